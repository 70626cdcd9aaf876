import { Kysely } from 'kysely'
import type { DatabaseHandle } from './connect.ts'
import { SqliteFileDialect } from './engines/sqlite.ts'
import { migrateUp } from './migrate.ts'
import { migrations } from './migrations/index.ts'
import type { Schema } from './schema.ts'

/** Names of the migrations that this version knows, oldest first: each is the version of a schema. */
export const SCHEMA_VERSIONS: readonly string[] = migrations.map(({ name }) => name)

/**
 * A new database for work that nobody misses after a crash, whatever engine the real one runs on.
 * @param path of a file that is not there yet; whoever asked removes it and its neighbours `-wal` and `-shm`
 * @param schemaVersion one of `SCHEMA_VERSIONS`; `migrateUp` brings it to today's
 */
export async function openScratch(path: string, schemaVersion: string): Promise<Pick<DatabaseHandle, 'db' | 'close'>> {
  const last = SCHEMA_VERSIONS.indexOf(schemaVersion)
  if (last < 0) throw new Error(`There is no schema ${schemaVersion}`)
  const db = new Kysely<Schema>({ dialect: new SqliteFileDialect(path, { durable: false }) })
  try {
    await migrateUp(db, migrations.slice(0, last + 1))
  } catch (error) {
    await db.destroy()
    throw error
  }
  return { db, close: () => db.destroy() }
}
