import { randomUUID } from 'node:crypto'
import { link, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import {
  connectDatabase,
  type DatabaseHandle,
  type DatabaseOptions,
  DatabaseUrlError,
  databaseFile,
} from './connect.ts'
import { type Depth, findFileDamage } from './engines/sqlite-damage.ts'
import { holdFile } from './engines/sqlite-hold.ts'
import { isUnavailable } from './errors.ts'

type Location = Pick<DatabaseOptions, 'url' | 'dataDir'>

const NEIGHBOURS = ['-wal', '-shm'] as const

/** The file of the database is held by another process, so that it cannot be replaced; or is being replaced. */
export class DatabaseInUseError extends Error {
  override readonly name = 'DatabaseInUseError'
}

/**
 * What is wrong with the file of the database, in words that continue a sentence. Undefined when nothing is found, when
 * there is no file yet, and for a server, who looks after its files itself.
 * @param depth how much of it is read: `start` takes moments, `whole` its time
 * @throws DatabaseUrlError; what `isUnavailable` recognises, for a file that is only locked
 */
export async function findDamage(location: Location, depth: Depth): Promise<string | undefined> {
  const path = databaseFile(location)
  const damage = path === undefined ? undefined : await findFileDamage(path, depth)
  return damage && `${damage} (${path})`
}

/**
 * Says that this process uses the database, as long as it does: nobody can replace its file meanwhile.
 * @returns says that it does not any more
 * @throws DatabaseInUseError while somebody replaces it
 */
export function holdDatabase(location: Location): () => void {
  const path = databaseFile(location)
  return path === undefined
    ? () => {}
    : hold(path, 'use', `The database ${path} is being replaced by a restore. Try again when it is over.`)
}

/**
 * Makes a new database, lets `fill` fill it, and puts its file in the place of the damaged one, which is kept under
 * another name. Whatever fails before the end leaves everything as it was.
 * @returns the new name of the damaged file, null where there was none; and what `fill` returned
 * @throws DatabaseInUseError; DatabaseUrlError for a server; whatever `fill` throws
 */
export async function replaceDatabase<T>(
  location: Location,
  now: Date,
  fill: (fresh: DatabaseHandle) => Promise<T>,
): Promise<{ aside: string | null; result: T }> {
  const path = databaseFile(location)
  if (path === undefined) {
    throw new DatabaseUrlError(
      'The database on the server is damaged. Name a new, empty one in DATABASE_URL, and restore into that.',
    )
  }
  const release = hold(path, 'replace', `The database ${path} is in use. Stop the server first.`)
  const draft = `${path}.fresh-${randomUUID()}`
  try {
    const fresh = connectDatabase({ url: `sqlite:${draft}`, dataDir: '' })
    let result: T
    try {
      result = await fill(fresh)
    } finally {
      // The last connection folds what was written into the file itself.
      await fresh.close()
    }
    return { aside: await exchange(path, draft, now), result }
  } finally {
    for (const suffix of ['', ...NEIGHBOURS]) await rm(draft + suffix, { force: true })
    release()
  }
}

/** At no moment is there no file: whoever starts meanwhile would begin with an empty database. */
async function exchange(path: string, draft: string, now: Date): Promise<string | null> {
  const aside = `${path}.broken-${now.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
  // What was written to the old file last must never be taken for a part of the new one.
  for (const suffix of NEIGHBOURS) await rename(path + suffix, aside + suffix).catch(unlessMissing)
  const kept = await keepAs(aside, path)
  await rename(draft, path)
  const folder = await open(dirname(path))
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
  return kept ? aside : null
}

/** @returns whether there was a file */
async function keepAs(aside: string, path: string): Promise<boolean> {
  try {
    await link(path, aside)
    return true
  } catch (error) {
    if (isMissing(error)) return false
    // Not every file system has links.
    await rename(path, aside)
    return true
  }
}

function hold(path: string, purpose: 'use' | 'replace', refusal: string): () => void {
  try {
    return holdFile(path, purpose)
  } catch (error) {
    if (isUnavailable(error)) throw new DatabaseInUseError(refusal)
    throw error
  }
}

function unlessMissing(error: unknown): void {
  if (!isMissing(error)) throw error
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
