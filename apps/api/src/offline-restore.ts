import { join } from 'node:path'
import {
  type BackupRecord,
  type Context,
  createRestorePoint,
  type RestoreOptions,
  type RestorePoint,
  type RestoreReport,
  replaceKept,
  restoreBackup,
  switchBesideServer,
} from '@spends/core'
import {
  beginDatabase,
  DamagedError,
  explained,
  findDatabaseDamage,
  openDatabase,
  prepareDatabase,
  replaceDamaged,
} from './database.ts'
import type { Env } from './env.ts'
import { openFiles } from './files.ts'
import { foldersOf } from './folders.ts'
import { version } from './version.ts'

export interface OfflineRestoreOptions extends Pick<RestoreOptions, 'path' | 'passphrase' | 'signal'> {
  env: Env
  now: () => Date
  /** Is awaited. */
  onProgress?: (stage: string, done: number, total: number) => Promise<void> | void
}

/** What a restore without a server has done. */
export interface OfflineRestore {
  report: RestoreReport
  /** The backup by which it is undone; null where there was nothing to keep, or nothing that could be read. */
  restorePoint: BackupRecord | null
  /** Where the file of a damaged database is now; null where it was not damaged. */
  aside: string | null
}

/** Where restores keep what they need for a while. */
export function scratchOf(env: Env): string {
  return join(foldersOf(env).backups, 'tmp')
}

/**
 * Restores a backup without a server, whatever state the database is in: one that is damaged is put aside, one that is
 * not there is made. A server that runs on the same data goes on with the new one.
 * @throws StartError, AppError; as `restoreBackup`. Nothing has changed then but for the restore point
 */
export async function restoreOffline(options: OfflineRestoreOptions): Promise<OfflineRestore> {
  const { env } = options
  if ((await findDatabaseDamage(env, 'whole')) !== undefined) return restoreAnew(options)
  try {
    return await explained(() => restoreInPlace(options))
  } catch (error) {
    // Some damage shows only to who uses the file.
    if (error instanceof DamagedError) return restoreAnew(options)
    throw error
  }
}

async function restoreAnew(options: OfflineRestoreOptions): Promise<OfflineRestore> {
  const { env, now } = options
  const { aside, result } = await replaceDamaged(env, now, async (fresh) => {
    await prepareDatabase(fresh, now)
    return restoreInto({ db: fresh.db, now }, options)
  })
  return { report: result, restorePoint: null, aside }
}

async function restoreInPlace(options: OfflineRestoreOptions): Promise<OfflineRestore> {
  const { env, now } = options
  const database = await openDatabase(env)
  try {
    const ctx = { db: database.db, now }
    const revision = await beginDatabase(database, now)
    await prepareDatabase(database, now)
    // What it begins with need not be kept, as long as nobody has written to it.
    let fresh: RestorePoint | null = revision === undefined ? null : { revision, record: null }
    let restorePoint: BackupRecord | null = null
    const report = await restoreInto(ctx, options, (switching) =>
      replaceKept(foldersOf(env).backups, {
        keep: async () => {
          const point = fresh ?? (await makeRestorePoint(ctx, options))
          fresh = null
          return point
        },
        replace: async ({ revision, record }) => {
          await options.onProgress?.('switch', 0, 1)
          await switchBesideServer(ctx, (tx) => switching(tx, revision))
          restorePoint = record
        },
        again: (attempts) => attempts(),
      }),
    )
    return { report, restorePoint, aside: null }
  } finally {
    await database.close()
  }
}

async function makeRestorePoint(ctx: Context, { env, onProgress, signal }: OfflineRestoreOptions) {
  return createRestorePoint({
    ctx,
    files: await openFiles(env),
    folder: foldersOf(env).backups,
    appVersion: version,
    onProgress: (_, done, total) => onProgress?.('restore point', done, total),
    signal,
  })
}

async function restoreInto(
  ctx: Context,
  { env, now: _, ...options }: OfflineRestoreOptions,
  transact?: RestoreOptions['transact'],
): Promise<RestoreReport> {
  return restoreBackup({
    ...options,
    ctx,
    files: await openFiles(env),
    scratch: scratchOf(env),
    ...(transact ? { transact } : {}),
  })
}
