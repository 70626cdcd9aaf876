import { ensureStatistics, getRevision, inTransaction, seedDatabase } from '@spends/core'
import {
  connectDatabase,
  type DatabaseHandle,
  DatabaseInUseError,
  type DatabaseOptions,
  DatabaseUrlError,
  findDamage,
  type Gate,
  holdDatabase,
  isDamaged,
  isUnavailable,
  migrateUp,
  migrationStatus,
  replaceDatabase,
  SchemaTooNewError,
} from '@spends/db'
import type { Env } from './env.ts'
import { reasonOf, StartError } from './start-error.ts'

export { type DatabaseHandle, newGateMemory } from '@spends/db'

/** The database cannot be used, and will not by waiting: a backup has to be restored. */
export class DamagedError extends StartError {
  /** What is wrong, in words that continue a sentence. */
  readonly reason: string

  constructor(reason: string) {
    super(`The database is damaged: ${reason}. "spends restore latest" puts the last backup in its place.`)
    this.reason = reason
  }
}

/**
 * Connects to the configured database and hears from it.
 * @param gate where other threads of this process use it too
 * @throws StartError
 */
export async function openDatabase(env: Env, gate?: Gate): Promise<DatabaseHandle> {
  return explained(async () => {
    const database = connectDatabase({
      ...locationOf(env),
      gate,
      pool: {
        max: env.DATABASE_POOL_SIZE,
        idleTimeoutMs: env.DATABASE_IDLE_TIMEOUT_MS,
        statementTimeoutMs: env.DATABASE_STATEMENT_TIMEOUT_MS,
      },
    })
    const letGo = holdDatabase(locationOf(env))
    const close = async () => {
      await database.close()
      letGo()
    }
    try {
      await database.ping()
    } catch (error) {
      await close()
      if (isDamaged(error)) throw error
      throw new StartError(`The database ${database.description} cannot be used: ${reasonOf(error)}`)
    }
    return { ...database, close }
  })
}

/**
 * What is wrong with the file of the database, in words that continue a sentence; undefined when nothing is found.
 * @param depth `start` takes moments, `whole` reads all of it
 * @throws StartError when it cannot be looked at
 */
export async function findDatabaseDamage(env: Env, depth: 'start' | 'whole'): Promise<string | undefined> {
  return explained(() => findDamage(locationOf(env), depth))
}

/** Whether the database may be opened: nothing is wrong with its file at first sight, and nobody replaces it. */
export async function isMended(env: Env): Promise<boolean> {
  try {
    holdDatabase(locationOf(env))()
  } catch (error) {
    if (error instanceof DatabaseInUseError) return false
    throw error
  }
  return (await findDatabaseDamage(env, 'start')) === undefined
}

/**
 * Puts a new database, which `fill` fills, in the place of the damaged one.
 * @returns where the damaged file is now, null where there was none; and what `fill` returned
 * @throws StartError while somebody uses it
 */
export async function replaceDamaged<T>(
  env: Env,
  now: () => Date,
  fill: (fresh: DatabaseHandle) => Promise<T>,
): Promise<{ aside: string | null; result: T }> {
  return explained(() => replaceDatabase(locationOf(env), now(), fill))
}

function locationOf({ DATABASE_URL, DATA_DIR }: Env): Pick<DatabaseOptions, 'url' | 'dataDir'> {
  return { url: DATABASE_URL, dataDir: DATA_DIR }
}

/**
 * Brings the tables up to this version, fills an empty database with its first entries, and computes the figures of one
 * from before there were any.
 * @returns the names of the migrations that ran
 * @throws StartError when the database is newer than this version
 */
export async function prepareDatabase({ db }: DatabaseHandle, now: () => Date): Promise<string[]> {
  return explained(async () => {
    const ran = await migrateUp(db)
    await seedDatabase({ db, now })
    await ensureStatistics({ db, now })
    return ran
  })
}

/**
 * Makes a database that is empty what every instance begins with; any other one stays as it is.
 * @returns its revision as it was begun with; undefined where there was something, or somebody else was quicker
 */
export async function beginDatabase({ db }: DatabaseHandle, now: () => Date): Promise<number | undefined> {
  return explained(async () => {
    const { migrations } = await migrationStatus(db)
    if (migrations.some(({ applied_at }) => applied_at !== null)) return undefined
    await migrateUp(db)
    // In one transaction: what anybody writes after it raises the revision.
    return inTransaction({ db, now }, async (tx) =>
      (await seedDatabase(tx)) ? (await getRevision(tx)).revision : undefined,
    )
  })
}

/** What keeps the database from being used at the moment, in a sentence; undefined when nothing does. */
export async function findDatabaseProblem(database: DatabaseHandle): Promise<string | undefined> {
  try {
    await database.ping()
    const { current } = await migrationStatus(database.db)
    return current ? undefined : 'The tables of the database are older than this version. Run the migrations.'
  } catch (error) {
    if (error instanceof SchemaTooNewError) return error.message
    if (isUnavailable(error)) return 'The database does not answer.'
    if (isDamaged(error)) return 'The database is damaged. Restore a backup.'
    throw error
  }
}

/** Turns the errors that a person can mend into StartErrors. */
export async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const explains = [DatabaseUrlError, DatabaseInUseError, SchemaTooNewError].some((Kind) => error instanceof Kind)
    if (explains) throw new StartError(reasonOf(error))
    if (isUnavailable(error)) throw new StartError(`The database does not answer: ${reasonOf(error)}`)
    if (isDamaged(error)) throw new DamagedError(reasonOf(error))
    throw error
  }
}
