import { mkdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { type Dialect, Kysely, sql } from 'kysely'
import { type PoolOptions, postgresDialect } from './engines/postgres.ts'
import { SqliteFileDialect } from './engines/sqlite.ts'
import { type Gate, isAwaited } from './gate.ts'
import type { Schema } from './schema.ts'

/** What queries are written on: a database or a transaction in it. */
export type Db = Kysely<Schema>

export interface DatabaseOptions {
  /** Where the database is, as in DATABASE_URL: a file's path, `sqlite:path`, `postgres://...`. */
  url?: string | undefined
  /** The folder for the database file where `url` says nothing. */
  dataDir: string
  /** For servers; a file takes no notice of it. */
  pool?: PoolOptions
  /** Where several threads of this process use the same file; a server takes no notice of it. */
  gate?: Gate | undefined
}

export interface DatabaseHandle {
  db: Db
  /** Which database this is, without its password. */
  description: string
  /** Resolves once the database has answered. @throws what `isUnavailable` recognises, when it does not. */
  ping(): Promise<void>
  /** Whether another thread waits to write, so that a long transaction of this one had better end soon. */
  isContended(): boolean
  /** Ends every connection; running queries on a server may finish first. */
  close(): Promise<void>
}

/** DATABASE_URL names no database that could be used. The message says why, and holds no password. */
export class DatabaseUrlError extends Error {
  override readonly name = 'DatabaseUrlError'
}

/**
 * Prepares access to the database and makes the folder of its file; the first query connects.
 * @throws DatabaseUrlError
 */
export function connectDatabase({ url, dataDir, pool, gate }: DatabaseOptions): DatabaseHandle {
  const location = locate({ url, dataDir })
  return isServer(location) ? connectServer(location, pool) : connectFile(filePath(location), gate)
}

/** The path of the file in which the database is; undefined when it is on a server. @throws DatabaseUrlError */
export function databaseFile(options: Pick<DatabaseOptions, 'url' | 'dataDir'>): string | undefined {
  const location = locate(options)
  return isServer(location) ? undefined : filePath(location)
}

function locate({ url, dataDir }: Pick<DatabaseOptions, 'url' | 'dataDir'>): string {
  return url?.trim() || join(dataDir, 'spends_tracker.db')
}

function isServer(location: string): boolean {
  return /^postgres(ql)?:/i.test(location)
}

function connectServer(url: string, pool: PoolOptions | undefined): DatabaseHandle {
  if (!URL.canParse(url)) {
    throw new DatabaseUrlError(
      'DATABASE_URL is not a valid address: it should look like postgres://user:password@host:5432/name',
    )
  }
  const { protocol, username, host, pathname } = new URL(url)
  const description = `${protocol}//${username ? `${username}@` : ''}${host}${pathname}`
  return handle(postgresDialect(url, pool), description, 'select 1')
}

function connectFile(path: string, gate: Gate | undefined): DatabaseHandle {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new DatabaseUrlError(`DATABASE_URL should name a file, but ${path} is a folder`)
  }
  try {
    mkdirSync(dirname(path), { recursive: true })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new DatabaseUrlError(`The folder of the database file ${path} cannot be made (DATABASE_URL): ${reason}`)
  }
  // A plain `select 1` would be answered without a look at the file.
  const probe = 'select count(*) from sqlite_schema'
  const isContended = () => gate?.isBackground === true && isAwaited(gate)
  return handle(new SqliteFileDialect(path, { gate }), `sqlite:${path}`, probe, isContended)
}

function filePath(location: string): string {
  if (location.includes(':memory:')) {
    throw new DatabaseUrlError(
      'DATABASE_URL cannot be a database in memory: name a file, as in sqlite:./data/spends.db',
    )
  }
  const path = location.replace(/^sqlite:(\/\/(?=\/)|(?!\/\/))/i, '')
  // One letter before the colon is a drive, not a scheme.
  if (path === '' || /^[a-z][a-z0-9+.-]+:/i.test(path)) {
    throw new DatabaseUrlError(
      'DATABASE_URL should be a file path, sqlite:path, sqlite:///absolute/path or postgres://...',
    )
  }
  return resolve(path)
}

function handle(dialect: Dialect, description: string, probe: string, isContended = () => false): DatabaseHandle {
  const db = new Kysely<Schema>({ dialect })
  return {
    db,
    description,
    ping: async () => {
      await sql.raw(probe).execute(db)
    },
    isContended,
    close: () => db.destroy(),
  }
}
