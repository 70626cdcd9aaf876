import { type Dialect, PostgresDialect } from 'kysely'
import pg from 'pg'
import Cursor from 'pg-cursor'

export interface PoolOptions {
  /** Connections at most. */
  max?: number
  idleTimeoutMs?: number
  /** How long a query waits for a free or new connection. */
  connectionTimeoutMs?: number
  statementTimeoutMs?: number
  idleInTransactionTimeoutMs?: number
}

/** Kysely on a pool of connections to `url`, handing every value over as SQLite would. */
export function postgresDialect(url: string, options: PoolOptions = {}): Dialect {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    idleTimeoutMillis: options.idleTimeoutMs ?? 30_000,
    connectionTimeoutMillis: options.connectionTimeoutMs ?? 5_000,
    statement_timeout: options.statementTimeoutMs ?? 30_000,
    idle_in_transaction_session_timeout: options.idleInTransactionTimeoutMs ?? 60_000,
    keepAlive: true,
    application_name: 'spends-tracker',
    options: '-c TimeZone=UTC -c DateStyle=ISO',
    types: { getTypeParser },
  })
  // Without a listener the server's goodbye (57P01) would end this process. Nothing is lost by not looking at it
  // here: a query under way is rejected with it, and the pool replaces a connection that was idle.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return new PostgresDialect({ pool, cursor: ClosableCursor })
}

/** What is used of a cursor of the driver, whose own types leave its connection out. */
interface DriverCursor<T> {
  /** Null before it was asked for anything. */
  readonly connection: pg.Connection | null
  read(rows: number): Promise<T[]>
  close(): Promise<void>
}
const DriverCursor = Cursor as unknown as new <T>(text: string, values: unknown[]) => DriverCursor<T>

/** A cursor that also closes when its connection is gone: the driver's would wait for the server's answer for ever. */
class ClosableCursor<T> extends DriverCursor<T> {
  override async close(): Promise<void> {
    const stream = this.connection?.stream
    if (!stream) return super.close()
    if (stream.closed) return
    const gone = Promise.withResolvers<void>()
    stream.once('close', gone.resolve)
    try {
      await Promise.race([super.close(), gone.promise])
    } finally {
      stream.off('close', gone.resolve)
    }
  }
}

type TextParser = (text: string) => unknown

const { BOOL, DATE, INT8, NUMERIC, TIMESTAMPTZ } = pg.types.builtins

const textParsers = new Map<number, TextParser>([
  [BOOL, (text) => text === 't'],
  [DATE, (text) => text],
  [INT8, parseInteger],
  [NUMERIC, (text) => text],
  [TIMESTAMPTZ, parseInstant],
])

function getTypeParser(oid: number, format?: 'text' | 'binary'): TextParser {
  return (format !== 'binary' && textParsers.get(oid)) || pg.types.getTypeParser(oid, format ?? 'text')
}

function parseInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} does not fit a JavaScript number: cast it to text`)
  return value
}

/** The session speaks UTC and ISO, and the columns hold whole seconds: `2026-01-31 12:00:00+00`. */
function parseInstant(text: string): string {
  return `${text.slice(0, 10)}T${text.slice(11, 19)}Z`
}
