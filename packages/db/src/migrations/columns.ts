import { type RawBuilder, sql } from 'kysely'
import type { Engine } from '../dialect.ts'

/** Column types and rules of an engine. The ones that take a name hold their rule in a CHECK on that column. */
export interface Columns {
  uuid(name: string): RawBuilder<unknown>
  date(name: string): RawBuilder<unknown>
  instant(name: string): RawBuilder<unknown>
  boolean(name: string): RawBuilder<unknown>
  /** Minor units of a currency, in 64 bits. */
  money: RawBuilder<unknown>
  integer: RawBuilder<unknown>
  text: RawBuilder<unknown>
  /** Text that is compared, ordered or searched by its code points, the same on both engines. */
  key: RawBuilder<unknown>
  /** A first column that numbers the rows for a text index, where that needs one; its numbers outlive a VACUUM. */
  rowNumber: RawBuilder<unknown>
  /** True where the whole column matches a shape of hexadecimal or capital letters. */
  matches(name: string, shape: 'sha256' | 'currency'): RawBuilder<unknown>
  /** Ends `create table`. */
  tableOptions: RawBuilder<unknown>
}

export function columns(engine: Engine): Columns {
  return engine === 'sqlite' ? sqliteColumns : postgresColumns
}

/** Uninteresting at first sight, but `x is f(x)` matters: where `f(x)` is null, `x = f(x)` would let the row pass. */
const sqliteColumns: Columns = {
  uuid: (name) => checkedText(name, (column) => sql`${column} glob ${sql.lit(uuidGlob)}`),
  date: (name) => checkedText(name, (column) => sql`${column} is date(${column})`),
  instant: (name) => checkedText(name, (column) => sql`${column} is strftime('%Y-%m-%dT%H:%M:%SZ', ${column})`),
  boolean: (name) => sql`integer check (${sql.ref(name)} in (0, 1))`,
  money: sql`integer`,
  integer: sql`integer`,
  text: sql`text`,
  key: sql`text`,
  rowNumber: sql`row_number integer primary key,`,
  matches: (name, shape) => sql`${sql.ref(name)} glob ${sql.lit(shape === 'sha256' ? hex(64) : '[A-Z][A-Z][A-Z]')}`,
  tableOptions: sql`strict`,
}

const postgresColumns: Columns = {
  uuid: () => sql`uuid`,
  date: () => sql`date`,
  instant: () => sql`timestamptz(0)`,
  boolean: () => sql`boolean`,
  money: sql`bigint`,
  integer: sql`bigint`,
  text: sql`text`,
  key: sql`text collate "C"`,
  rowNumber: sql``,
  matches: (name, shape) => sql`${sql.ref(name)} ~ ${sql.lit(shape === 'sha256' ? '^[0-9a-f]{64}$' : '^[A-Z]{3}$')}`,
  tableOptions: sql``,
}

function checkedText(name: string, rule: (column: RawBuilder<unknown>) => RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`text check (${rule(sql.ref(name))})`
}

function hex(digits: number): string {
  return '[0-9a-f]'.repeat(digits)
}

const uuidGlob = [8, 4, 4, 4, 12].map(hex).join('-')
