import {
  type Expression,
  type Kysely,
  PostgresAdapter,
  type QueryExecutorProvider,
  type RawBuilder,
  type SelectQueryBuilder,
  type SqlBool,
  sql,
} from 'kysely'

export type Engine = 'sqlite' | 'postgres'

/** Which engine a database or transaction runs on. */
export function engineOf(db: QueryExecutorProvider): Engine {
  return db.getExecutor().adapter instanceof PostgresAdapter ? 'postgres' : 'sqlite'
}

/**
 * The same query, and nobody else changes the rows it finds until the transaction `db` ends.
 * A writing transaction on SQLite is alone anyway.
 */
export function lockForUpdate<DB, TB extends keyof DB, O>(
  db: Kysely<DB>,
  query: SelectQueryBuilder<DB, TB, O>,
): SelectQueryBuilder<DB, TB, O> {
  return engineOf(db) === 'postgres' ? query.forUpdate() : query
}

/**
 * The same query without the rows that somebody else holds at the moment, and nobody changes those it finds until the
 * transaction `db` ends. A writing transaction on SQLite is alone anyway.
 */
export function lockWhatIsFree<DB, TB extends keyof DB, O>(
  db: Kysely<DB>,
  query: SelectQueryBuilder<DB, TB, O>,
): SelectQueryBuilder<DB, TB, O> {
  return engineOf(db) === 'postgres' ? query.forUpdate().skipLocked() : query
}

/**
 * The instant by the clock of the database, which all processes share.
 * @param seconds added to it
 */
export function currentInstant(db: QueryExecutorProvider, seconds = 0): RawBuilder<string> {
  if (engineOf(db) === 'postgres') {
    return sql<string>`date_trunc('second', clock_timestamp() + make_interval(secs => ${seconds}))`
  }
  return sql<string>`strftime('%Y-%m-%dT%H:%M:%SZ', 'now', ${`${seconds} seconds`})`
}

/**
 * True where `text` holds `needle`, every character of it meant literally.
 * @param text a column's name, or an expression. It and the needle are already in the same normal form, lower case
 * included: the engines do not agree on the case of letters.
 */
export function contains(text: string | Expression<string | null>, needle: string): Expression<SqlBool> {
  const operand = typeof text === 'string' ? sql.ref(text) : text
  const pattern = `%${needle.replace(/[\\%_]/g, '\\$&')}%`
  return sql<SqlBool>`${operand} like ${pattern} escape '\\'`
}

/** The texts of a column, in the order of another one, as one JSON list: a list inside a row. */
export function jsonList(db: QueryExecutorProvider, column: string, order: string): RawBuilder<string> {
  const [value, by] = [sql.ref(column), sql.ref(order)]
  if (engineOf(db) === 'postgres') return sql<string>`coalesce(json_agg(${value} order by ${by}), '[]')::text`
  return sql<string>`json_group_array(${value} order by ${by})`
}

/** Characters that a trigram index needs to find anything. */
const TRIGRAM = 3

/**
 * The condition "`purchases.search_text` holds `needle`" by way of the text index, or undefined where that is no use:
 * for short needles, and on an engine that decides by itself whether it uses the index for `contains`.
 * @param table the name of the purchases table in the query
 */
export function containsByIndex(
  db: QueryExecutorProvider,
  table: string,
  needle: string,
): Expression<SqlBool> | undefined {
  if (engineOf(db) === 'postgres' || [...needle].length < TRIGRAM) return undefined
  return sql<SqlBool>`${sql.ref(`${table}.row_number`)} in (
    select rowid from purchase_search where purchase_search match ${quotePhrase(needle)}
  )`
}

/**
 * How many purchases hold `needle`, counted in the text index alone; undefined where `containsByIndex` is.
 * @param limit counts no further
 */
export async function countByIndex<DB>(db: Kysely<DB>, needle: string, limit = -1): Promise<number | undefined> {
  if (engineOf(db) === 'postgres' || [...needle].length < TRIGRAM) return undefined
  const { rows } = await sql<{ hits: number }>`select count(*) as hits from (
    select rowid from purchase_search where purchase_search match ${quotePhrase(needle)} limit ${limit}
  )`.execute(db)
  return rows[0]?.hits ?? 0
}

/** As one phrase, in which no character means anything but itself. */
function quotePhrase(needle: string): string {
  return `"${needle.replaceAll('"', '""')}"`
}

/**
 * Nobody else writes the table until the transaction `tx` ends; reading goes on.
 * A writing transaction on SQLite is alone anyway.
 */
export async function lockTable<DB>(tx: Kysely<DB>, table: keyof DB & string): Promise<void> {
  if (engineOf(tx) === 'postgres') await sql`lock table ${sql.table(table)} in share row exclusive mode`.execute(tx)
}

/**
 * Nobody else writes or reads the tables until the transaction `tx` ends: it waits, table by table, for those who do.
 * A writing transaction on SQLite is alone anyway.
 */
export async function lockTablesWhole<DB>(tx: Kysely<DB>, tables: readonly (keyof DB & string)[]): Promise<void> {
  if (engineOf(tx) !== 'postgres') return
  await sql`lock table ${sql.join(tables.map((table) => sql.table(table)))} in access exclusive mode`.execute(tx)
}

/**
 * The condition "the column holds one of these texts", in the same words whatever their number: so that a query for
 * many is prepared once.
 */
export function isOneOf(db: QueryExecutorProvider, column: string, values: readonly string[]): Expression<SqlBool> {
  const left = sql.ref(column)
  if (engineOf(db) === 'postgres') return sql<SqlBool>`${left} = any(${values})`
  return sql<SqlBool>`${left} in (select value from json_each(${JSON.stringify(values)}))`
}
