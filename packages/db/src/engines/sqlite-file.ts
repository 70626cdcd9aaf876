import Database from 'better-sqlite3'
import type { QueryResult } from 'kysely'
import type { Schema } from '../schema.ts'

/** SQLite's own busy handler would block the thread; a writer's waits are the driver's, on timers. */
const WRITER_BUSY_MS = 0
const READER_BUSY_MS = 5_000
const STATEMENTS_KEPT = 500

interface Prepared {
  readonly statement: Database.Statement<unknown[], Row>
  /** Names of result columns that come from a boolean column, which SQLite keeps as 0 and 1. */
  readonly booleans: readonly string[]
}

type Row = Record<string, unknown>

type BooleanColumns = {
  [T in keyof Schema as true extends Schema[T][keyof Schema[T]] ? T : never]: {
    [C in keyof Schema[T] as Schema[T][C] extends boolean ? C : never]: true
  }
}

/** The type makes the compiler name a boolean column of the schema that is missing here. */
const booleanColumns: BooleanColumns = {
  purchases: { tax_deductible: true },
  attachments: { available: true },
  removed_attachments: { available: true },
}

const booleanOrigins = new Set(
  Object.entries(booleanColumns).flatMap(([table, columns]) =>
    Object.keys(columns).map((column) => `${table}.${column}`),
  ),
)

/** One connection to a database file, with the settings that make it safe and its own bounded statement cache. */
export class SqliteFile {
  readonly #connection: Database.Database
  readonly #prepared = new Map<string, Prepared>()

  /** @throws SqliteError `SQLITE_BUSY` while another process switches the file to WAL: try again. */
  constructor(path: string, mode: 'read' | 'write', durable = true) {
    const readonly = mode === 'read'
    this.#connection = new Database(path, { readonly, timeout: readonly ? READER_BUSY_MS : WRITER_BUSY_MS })
    try {
      if (!readonly) {
        this.#connection.pragma('journal_mode = WAL')
        this.#connection.pragma('journal_size_limit = 67108864')
        // One purchase touches some 45 pages; copying them back four times less often is a quarter of its cost.
        this.#connection.pragma('wal_autocheckpoint = 4000')
      }
      // The bundled build would take NORMAL for WAL files, and lose acknowledged commits when the power fails.
      this.#connection.pragma(`synchronous = ${durable ? 'FULL' : 'OFF'}`)
      this.#connection.pragma('foreign_keys = ON')
      // What nobody misses after a crash is filled and read once, from its beginning to its end.
      this.#connection.pragma(`cache_size = ${durable ? -16_000 : -4000}`)
      this.#connection.pragma('temp_store = MEMORY')
    } catch (error) {
      this.#connection.close()
      throw error
    }
  }

  get inTransaction(): boolean {
    return this.#connection.inTransaction
  }

  isReadOnly(sql: string): boolean {
    return this.#prepare(sql).statement.readonly
  }

  /** Runs one statement to its end. */
  execute<R>(sql: string, parameters: readonly unknown[] = []): QueryResult<R> {
    const { statement, booleans } = this.#prepare(sql)
    if (!statement.reader) {
      return { numAffectedRows: BigInt(statement.run(...bindable(parameters)).changes), rows: [] }
    }
    const rows = statement.all(...bindable(parameters))
    if (booleans.length > 0) for (const row of rows) restoreBooleans(row, booleans)
    return statement.readonly ? { rows: rows as R[] } : { numAffectedRows: BigInt(rows.length), rows: rows as R[] }
  }

  /** Reads row by row; nothing can be written on this connection until the iteration ends. */
  *iterate<R>(sql: string, parameters: readonly unknown[]): Generator<R> {
    // A statement of its own: a cached one could be started a second time while this one is half-way.
    const { statement, booleans } = prepare(this.#connection, sql)
    for (const row of statement.iterate(...bindable(parameters))) {
      restoreBooleans(row, booleans)
      yield row as R
    }
  }

  close(): void {
    this.#prepared.clear()
    this.#connection.close()
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql)
    if (known) {
      // Re-inserting keeps the map in order of last use.
      this.#prepared.delete(sql)
      this.#prepared.set(sql, known)
      return known
    }
    const fresh = prepare(this.#connection, sql)
    this.#prepared.set(sql, fresh)
    if (this.#prepared.size > STATEMENTS_KEPT) {
      for (const oldest of this.#prepared.keys()) {
        this.#prepared.delete(oldest)
        break
      }
    }
    return fresh
  }
}

function prepare(connection: Database.Database, sql: string): Prepared {
  const statement = connection.prepare<unknown[], Row>(sql)
  const booleans = statement.reader
    ? statement
        .columns()
        .filter(({ table, column }) => booleanOrigins.has(`${table}.${column}`))
        .map(({ name }) => name)
    : []
  return { statement, booleans }
}

function bindable(parameters: readonly unknown[]): unknown[] {
  return parameters.map((value) => (typeof value === 'boolean' ? Number(value) : value))
}

function restoreBooleans(row: Row, columns: readonly string[]): void {
  for (const column of columns) if (row[column] !== null) row[column] = row[column] === 1
}
