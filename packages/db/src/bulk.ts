import { setImmediate } from 'node:timers/promises'
import { type Kysely, type SqlBool, sql } from 'kysely'
import type { Db } from './connect.ts'
import { engineOf } from './dialect.ts'
import { preparedInsert } from './prepared.ts'
import type { Schema } from './schema.ts'

/** A row of any table, of today's schema or an older one, in the values that both engines hand over. */
export type Row = Record<string, unknown>

type Table = keyof Schema

/** Numbers the rows for a text index of one engine, and means nothing anywhere else. */
const ROW_NUMBER = 'row_number'

/** The columns that a table has in this database, in the order of their names; none where there is no such table. */
export async function columnsOf(db: Db, table: Table): Promise<string[]> {
  const { rows } = await (engineOf(db) === 'postgres'
    ? sql<{ name: string }>`
        select column_name as name from information_schema.columns
        where table_schema = current_schema() and table_name = ${table}`
    : sql<{ name: string }>`select name from pragma_table_info(${table})`
  ).execute(db)
  return rows
    .map(({ name }) => name)
    .filter((name) => name !== ROW_NUMBER)
    .sort()
}

/**
 * All rows of a table, as many at a time as `size`, in the order of columns that tell rows apart.
 *
 * Page by page, not by a cursor: between two pages the connection is free for other statements.
 */
export async function* streamRows(
  db: Db,
  table: Table,
  { columns, order, size }: { columns: readonly string[]; order: readonly string[]; size: number },
): AsyncGenerator<Row[]> {
  const keys = sql`(${sql.join(order.map((column) => sql.ref(column)))})`
  for (let last: Row | undefined; ; ) {
    let query = untyped(db).selectFrom(table).select(columns).limit(size)
    for (const column of order) query = query.orderBy(column)
    const values = order.map((column) => last?.[column])
    const rows: Row[] = await (last ? query.where(sql<SqlBool>`${keys} > (${sql.join(values)})`) : query).execute()
    if (rows.length > 0) yield rows
    if (rows.length < size) return
    last = rows.at(-1)
  }
}

/** How many rows a table has. */
export async function countRows(db: Db, table: Table): Promise<number> {
  const query = untyped(db).selectFrom(table)
  const { rows } = await query.select((eb) => eb.fn.countAll<number>().as('rows')).executeTakeFirstOrThrow()
  return rows
}

/** Inserts rows that all have the same columns. */
export async function insertRows(db: Db, table: Table, rows: readonly Row[]): Promise<void> {
  let insert = inserts.get(table)
  if (!insert) {
    insert = preparedInsert(table) as InsertAny
    inserts.set(table, insert)
  }
  await insert(db, rows)
}

type InsertAny = (db: Db, rows: readonly Row[]) => Promise<void>
const inserts = new Map<Table, InsertAny>()

/**
 * Empties tables in a transaction.
 * @param tables those that are pointed at before those that point
 */
export async function clearTables(tx: Db, tables: readonly Table[]): Promise<void> {
  if (engineOf(tx) === 'postgres') {
    // Row by row, each purchase would be looked for in all that could point at it.
    await sql`truncate table ${sql.join(tables.map((table) => sql.table(table)))}`.execute(tx)
    return
  }
  for (const table of tables.toReversed()) {
    // What one statement deletes is held in memory until it is through.
    const some = sql`delete from ${sql.table(table)} where rowid in (
      select rowid from ${sql.table(table)} limit ${DELETED_AT_ONCE}
    )`
    while ((await some.execute(tx)).numAffectedRows) await setImmediate()
  }
}

const DELETED_AT_ONCE = 10_000

/** Puts the text indexes back that `beginBulk` took away, in the same transaction or a later one. */
export type EndBulk = (tx: Db) => Promise<void>

/**
 * Makes a transaction ready to clear and fill whole tables: it may take as long as it needs, and text indexes, which
 * cost more than all the rest, wait until its end.
 */
export async function beginBulk(tx: Db): Promise<EndBulk> {
  if (engineOf(tx) === 'postgres') {
    for (const limit of ['statement_timeout', 'idle_in_transaction_session_timeout']) {
      await sql`set local ${sql.raw(limit)} = 0`.execute(tx)
    }
    // Whoever reads these tables may finish; whoever never does is left in peace.
    await sql`set local lock_timeout = '60s'`.execute(tx)
  }
  const { rows } = await sql.raw<{ name: string; definition: string }>(TEXT_INDEXES[engineOf(tx)].find).execute(tx)
  const { drop, rebuild } = TEXT_INDEXES[engineOf(tx)]
  for (const { name } of rows) await drop(name).execute(tx)
  return async (tx) => {
    for (const { definition } of rows) await sql.raw(definition).execute(tx)
    if (rows.length > 0) for (const statement of rebuild) await statement.execute(tx)
  }
}

/** What keeps a text index: triggers on one engine, the index itself on the other. */
const TEXT_INDEXES = {
  sqlite: {
    find: `select name, sql as definition from sqlite_schema where type = 'trigger' order by name`,
    drop: (name: string) => sql`drop trigger ${sql.id(name)}`,
    rebuild: [sql`insert into purchase_search (purchase_search) values ('rebuild')`],
  },
  postgres: {
    find: `select indexname as name, indexdef as definition from pg_indexes
      where schemaname = current_schema() and indexdef like '% USING gin %' order by indexname`,
    drop: (name: string) => sql`drop index ${sql.id(name)}`,
    rebuild: [],
  },
}

function untyped(db: Db): Kysely<Record<string, Row>> {
  return db as unknown as Kysely<Record<string, Row>>
}
