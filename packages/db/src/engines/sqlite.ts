import { setTimeout } from 'node:timers/promises'
import Database from 'better-sqlite3'
import {
  AbortedTransactionError,
  type CompiledQuery,
  createQueryId,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  IdentifierNode,
  type Kysely,
  type QueryCompiler,
  type QueryResult,
  RawNode,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type TransactionSettings,
} from 'kysely'
import { announceWaiting, type Gate, isAwaited } from '../gate.ts'
import { SqliteFile } from './sqlite-file.ts'
import { Turns } from './turns.ts'

/** How long a writer waits for the writers of this process that came before it. */
const QUEUE_TIMEOUT_MS = 30_000
const SNAPSHOTS_KEPT = 4

/** How long a background writer lets those of other threads go first. */
const GIVING_WAY_MS = 50
/** How often a writer looks whether its turn has come whom a background writer lets go first. */
const AWAITED_PAUSE_MS = 1

/**
 * Kysely on a SQLite file, made for many readers beside one writer.
 *
 * Kysely's own dialect has one connection, so that every read waits for an open transaction. Here reads run on a
 * connection of their own, writers queue up in order, and `read only` transactions and streams get a snapshot.
 */
export class SqliteFileDialect implements Dialect {
  readonly #options: FileOptions

  /** @param path of a file; SQLite's `:memory:` would be a different database for each connection. */
  constructor(path: string, { lockTimeoutMs = 10_000, gate, durable = true }: Partial<Omit<FileOptions, 'path'>> = {}) {
    if (path === '' || path.includes(':memory:')) throw new Error('A database in memory is not supported: name a file')
    this.#options = { path, lockTimeoutMs, gate, durable }
  }

  createDriver(): Driver {
    return new SqliteFileDriver(this.#options)
  }

  createQueryCompiler(): QueryCompiler {
    return new SqliteQueryCompiler()
  }

  createAdapter(): DialectAdapter {
    return new SqliteFileAdapter()
  }

  createIntrospector<DB>(db: Kysely<DB>): DatabaseIntrospector {
    return new SqliteIntrospector(db)
  }
}

class SqliteFileAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true
  }

  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

type Compile = QueryCompiler['compileQuery']

/** A transaction in progress on `file`; `end` gives the file back. */
interface Session {
  readonly file: SqliteFile
  readonly end: () => void
}

interface FileOptions {
  path: string
  /** How long a writer waits for writers of other threads and processes. */
  lockTimeoutMs: number
  gate: Gate | undefined
  /** Whether what is committed outlives a power failure; false for files that nobody wants after one. */
  durable: boolean
}

class SqliteFileDriver implements Driver {
  readonly #path: string
  readonly #lockTimeoutMs: number
  readonly #gate: Gate | undefined
  readonly #durable: boolean
  readonly #writers = new Turns()
  readonly #idleSnapshots: SqliteFile[] = []
  #writer: SqliteFile | undefined
  #reader: SqliteFile | undefined

  constructor({ path, lockTimeoutMs, gate, durable }: FileOptions) {
    this.#path = path
    this.#lockTimeoutMs = lockTimeoutMs
    this.#gate = gate
    this.#durable = durable
  }

  async init(): Promise<void> {
    const writer = await retryWhileBusy(this.#lockTimeoutMs, () => new SqliteFile(this.#path, 'write', this.#durable))
    try {
      this.#reader = new SqliteFile(this.#path, 'read', this.#durable)
    } catch (error) {
      writer.close()
      throw error
    }
    this.#writer = writer
  }

  async acquireConnection(): Promise<SqliteConnection> {
    return new SqliteConnection(this)
  }

  async beginTransaction(connection: SqliteConnection, settings: TransactionSettings): Promise<void> {
    connection.session = settings.accessMode === 'read only' ? this.beginSnapshot() : await this.beginWriting()
  }

  async commitTransaction(connection: SqliteConnection): Promise<void> {
    const session = connection.requireSession()
    session.file.execute('commit')
    connection.session = undefined
    session.end()
  }

  async rollbackTransaction(connection: SqliteConnection): Promise<void> {
    connection.abandonSession()
  }

  async savepoint(connection: SqliteConnection, name: string, compile: Compile): Promise<void> {
    await connection.executeQuery(savepointCommand('savepoint', name, compile))
  }

  async rollbackToSavepoint(connection: SqliteConnection, name: string, compile: Compile): Promise<void> {
    await connection.executeQuery(savepointCommand('rollback to', name, compile))
  }

  async releaseSavepoint(connection: SqliteConnection, name: string, compile: Compile): Promise<void> {
    await connection.executeQuery(savepointCommand('release', name, compile))
  }

  async releaseConnection(connection: SqliteConnection): Promise<void> {
    connection.abandonSession()
  }

  async destroy(): Promise<void> {
    // The writer goes last: the last connection folds the WAL back into the file, which a reader cannot.
    for (const snapshot of this.#idleSnapshots.splice(0)) snapshot.close()
    this.#reader?.close()
    this.#writer?.close()
    this.#reader = this.#writer = undefined
  }

  async executeAlone<R>(sql: string, parameters: readonly unknown[]): Promise<QueryResult<R>> {
    const reader = opened(this.#reader)
    if (reader.isReadOnly(sql)) {
      const result = reader.execute<R>(sql, parameters)
      if (reader.inTransaction) {
        reader.execute('rollback')
        throw new Error(`"${sql}" outside a transaction would freeze what all readers see: use db.transaction()`)
      }
      return result
    }
    const session = await this.beginWriting()
    try {
      const result = session.file.execute<R>(sql, parameters)
      session.file.execute('commit')
      return result
    } finally {
      if (session.file.inTransaction) session.file.execute('rollback')
      session.end()
    }
  }

  beginSnapshot(): Session {
    opened(this.#reader)
    const file = this.#idleSnapshots.pop() ?? new SqliteFile(this.#path, 'read', this.#durable)
    file.execute('begin')
    return {
      file,
      end: () => {
        if (this.#idleSnapshots.length < SNAPSHOTS_KEPT && this.#reader) this.#idleSnapshots.push(file)
        else file.close()
      },
    }
  }

  async beginWriting(): Promise<Session> {
    const file = opened(this.#writer)
    const end = await this.#writers.take(QUEUE_TIMEOUT_MS, () => lockError('the writers before this one took too long'))
    try {
      await this.#lock(file)
      return { file, end }
    } catch (error) {
      end()
      throw error
    }
  }

  async #lock(file: SqliteFile): Promise<void> {
    const gate = this.#gate
    if (gate?.isBackground) await letOthersGoFirst(gate)
    const goOn = gate && !gate.isBackground ? announceWaiting(gate) : undefined
    try {
      await retryWhileBusy(this.#lockTimeoutMs, () => file.execute('begin immediate'), goOn && AWAITED_PAUSE_MS)
    } finally {
      goOn?.()
    }
  }
}

class SqliteConnection implements DatabaseConnection {
  readonly #driver: SqliteFileDriver
  session: Session | undefined

  constructor(driver: SqliteFileDriver) {
    this.#driver = driver
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    if (!this.session) return this.#driver.executeAlone(sql, parameters)
    return this.requireSession().file.execute(sql, parameters)
  }

  async *streamQuery<R>({ sql, parameters }: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    if (this.session) {
      yield* inChunks(this.requireSession().file.iterate<R>(sql, parameters), chunkSize)
      return
    }
    // A snapshot of its own: on the shared reader the open iteration would hide later writes from everybody.
    const snapshot = this.#driver.beginSnapshot()
    try {
      yield* inChunks(snapshot.file.iterate<R>(sql, parameters), chunkSize)
    } finally {
      snapshot.file.execute('rollback')
      snapshot.end()
    }
  }

  /** @throws AbortedTransactionError when SQLite itself gave the transaction up, as it does on a full disk. */
  requireSession(): Session {
    if (!this.session?.file.inTransaction) throw new AbortedTransactionError()
    return this.session
  }

  abandonSession(): void {
    const session = this.session
    if (!session) return
    this.session = undefined
    try {
      if (session.file.inTransaction) session.file.execute('rollback')
    } finally {
      session.end()
    }
  }
}

function* inChunks<R>(rows: Iterable<R>, size: number): Generator<QueryResult<R>> {
  let chunk: R[] = []
  for (const row of rows) {
    chunk.push(row)
    if (chunk.length >= size) {
      yield { rows: chunk }
      chunk = []
    }
  }
  if (chunk.length > 0) yield { rows: chunk }
}

function savepointCommand(command: string, name: string, compile: Compile): CompiledQuery {
  const node = RawNode.createWithChildren([RawNode.createWithSql(`${command} `), IdentifierNode.create(name)])
  return compile(node, createQueryId())
}

/**
 * Waits on timers, not in SQLite, so that other requests are served meanwhile.
 * @param pauseMs undefined: of different lengths, so that two who wait do not keep step
 */
async function retryWhileBusy<T>(timeoutMs: number, action: () => T, pauseMs?: number): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    try {
      return action()
    } catch (error) {
      if (!isBusy(error)) throw error
      if (performance.now() > deadline) throw lockError('another process holds it', error)
    }
    await setTimeout(pauseMs ?? 1 + Math.random() * 15)
  }
}

async function letOthersGoFirst(gate: Gate): Promise<void> {
  const deadline = performance.now() + GIVING_WAY_MS
  while (isAwaited(gate) && performance.now() < deadline) await setTimeout(1)
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')
}

function lockError(reason: string, cause?: unknown): Error {
  const error = new Database.SqliteError(`The database stayed locked: ${reason}`, 'SQLITE_BUSY')
  error.cause = cause
  return error
}

function opened(file: SqliteFile | undefined): SqliteFile {
  if (!file) throw new Error('driver has already been destroyed')
  return file
}
