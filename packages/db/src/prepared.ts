import type {
  CompiledQuery,
  DialectAdapter,
  Insertable,
  InsertQueryBuilder,
  InsertResult,
  QueryExecutorProvider,
} from 'kysely'
import type { Db } from './connect.ts'
import type { Schema } from './schema.ts'

/**
 * A query that is built and compiled once, not at each call: for the few that most requests make.
 *
 *     const findName = prepared((db, id: string) => db.selectFrom('brands').select('name').where('id', '=', id))
 *     const [brand] = await findName(db, id)
 *
 * @param build gets stand-ins instead of values, so it may only hand them on as parameters of the query
 */
export function prepared<P extends readonly unknown[], O>(
  build: (db: Db, ...parameters: P) => { compile(): CompiledQuery<O> },
): (db: Db, ...parameters: P) => Promise<O[]> {
  const compiled = new WeakMap<DialectAdapter, Template<O>>()
  return async (db, ...parameters) => {
    const { adapter } = (db as QueryExecutorProvider).getExecutor()
    let template = compiled.get(adapter)
    if (!template) {
      template = compile(parameters.length, (standIns) => build(db, ...(standIns as unknown as P)))
      compiled.set(adapter, template)
    }
    const values = template.sources.map((source) => (source instanceof StandIn ? parameters[source.index] : source))
    const { rows } = await db.executeQuery<O>({ ...template.query, parameters: values })
    return rows
  }
}

type Insert<T extends keyof Schema> = InsertQueryBuilder<Schema, T, InsertResult>

/** Rows in one statement, the most first: any number of rows is a few of these, and few statements are kept. */
const SIZES = [256, 64, 16, 4, 1]

/**
 * Inserts any number of rows, many in one statement, by queries that are compiled once. All rows have the same columns.
 * @param finish adds what comes after the values, as for a conflict
 */
export function preparedInsert<T extends keyof Schema>(
  table: T,
  finish: (query: Insert<T>) => Insert<T> = (query) => query,
): (db: Db, rows: readonly Insertable<Schema[T]>[]) => Promise<void> {
  const queries = new Map<string, (db: Db, ...values: unknown[]) => Promise<InsertResult[]>>()
  return async (db, rows) => {
    const [first] = rows
    if (!first) return
    const columns = Object.keys(first) as (keyof typeof first)[]
    for (let start = 0; start < rows.length; ) {
      const size = SIZES.find((size) => size <= rows.length - start) ?? 1
      const shape = `${size} ${columns.join(' ')}`
      let insert = queries.get(shape)
      if (!insert) {
        insert = prepared((db, ...values: unknown[]) => {
          const rowOf = (index: number) =>
            Object.fromEntries(columns.map((column, at) => [column, values[index * columns.length + at]]))
          const standIns = Array.from({ length: size }, (_, index) => rowOf(index) as Insertable<Schema[T]>)
          return finish(db.insertInto(table).values(standIns))
        })
        queries.set(shape, insert)
      }
      const values: unknown[] = []
      for (let end = start + size; start < end; start++) {
        const row = rows[start] as Insertable<Schema[T]>
        for (const column of columns) values.push(row[column])
      }
      await insert(db, ...values)
    }
  }
}

interface Template<O> {
  query: CompiledQuery<O>
  /** For each parameter of the SQL: the stand-in of a value that comes with each call, or a value that never changes. */
  sources: readonly unknown[]
}

class StandIn {
  readonly index: number

  constructor(index: number) {
    this.index = index
  }
}

function compile<O>(count: number, build: (standIns: StandIn[]) => { compile(): CompiledQuery<O> }): Template<O> {
  const standIns = Array.from({ length: count }, (_, index) => new StandIn(index))
  const query = build(standIns).compile()
  const used = new Set(query.parameters)
  const unused = standIns.findIndex((standIn) => !used.has(standIn))
  if (unused >= 0) throw new Error(`Parameter ${unused + 1} of a prepared query is not in it: ${query.sql}`)
  return { query, sources: query.parameters }
}
