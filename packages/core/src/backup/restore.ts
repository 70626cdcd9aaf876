import { type Db, type EndBulk, migrateUp, SCHEMA_VERSIONS } from '@spends/db'
import { type Context, inTransaction } from '../context.ts'
import type { BlobStore } from '../files.ts'
import { seedDatabase } from '../seed.ts'
import type { Manifest } from './manifest.ts'
import { type OpenBackup, readEverything, totalSize, withBackup } from './open.ts'
import type { ReadBackupOptions } from './proof.ts'
import { markAvailability } from './restore-availability.ts'
import { storeFiles, storeSwept, uploadsOf } from './restore-files.ts'
import { withScratch } from './scratch.ts'
import { checkSettings, switchRows } from './switch.ts'
import { withTemporary } from './temporary.ts'
import { startWork, type Work } from './work.ts'

export type RestoreStage = 'inspect' | 'load' | 'migrate' | 'files' | 'switch'

export interface RestoreOptions extends ReadBackupOptions<RestoreStage> {
  ctx: Context
  files: BlobStore
  /** Of the backup. */
  path: string
  /**
   * Runs the one transaction that changes the database, once all is ready for it: the default is `inTransaction`.
   * Whoever has data to keep makes a backup of it here, right before; who serves requests answers none meanwhile.
   */
  transact?: (switching: Switching) => Promise<void>
}

/**
 * Replaces all rows, in a transaction; may be called again after it has thrown.
 * @param expected the revision of the data that is kept in a backup
 * @throws WrittenMeanwhile where the data is another
 */
type Switching = (tx: Context, expected?: number) => Promise<void>

/** What a restore has done. */
export interface RestoreReport extends Pick<Manifest, 'created_at' | 'schema_version' | 'content_hash' | 'warnings'> {
  /** Migrations that brought it to today's schema. */
  migrations: readonly string[]
  /** Rows that are there now. */
  row_counts: Record<string, number>
  files: { total: number; added: number }
}

/**
 * Puts the rows of a backup in the place of those of the database, and its files into the store. All that can be known
 * is known before the database is touched, and that happens in one transaction: whatever fails or stops it leaves the
 * old data or has brought the new. Jobs stay as they are, but no import before it can be undone any more.
 * @throws AppError BAD_REQUEST naming the entry that is wrong; UNPROCESSABLE_CONTENT when it is of a newer version, or
 *   naming `passphrase`; what the database, the store and the disk throw
 */
export async function restoreBackup(options: RestoreOptions): Promise<RestoreReport> {
  const { ctx, files, path, scratch, passphrase } = options
  const work = startWork(options)
  const transact = options.transact ?? ((switching) => inTransaction(ctx, switching))
  await work.step('open backup')
  return withTemporary(scratch, (temporary) =>
    withBackup(path, { passphrase, temporary }, async (backup) => {
      const { manifest } = backup
      const migrations = pendingMigrations(manifest.schema_version)
      await inspect(backup, work)
      await work.step('load rows')
      const rows = { path: temporary('db'), onRows: counting(work, 'load', sum(manifest.row_counts)) }
      return withScratch(backup, rows, async (db, endBulk) => {
        await migrate(db, { endBulk, pending: migrations, work })
        // Of an instance that was never started: it begins now, as its own start would have made it.
        await seedDatabase({ db, now: ctx.now })
        await checkSettings(db)
        const added = await storeFiles(backup, files, work)
        await markAvailability(db, { uploads: uploadsOf(manifest), files, now: ctx.now, work })
        await work.step('switch')
        let row_counts: Record<string, number> = {}
        await transact(async (tx, expected) => {
          row_counts = await switchRows(tx, { from: db, revision: manifest.revision, expected, work })
        })
        await storeSwept(backup, files)
        const { created_at, schema_version, content_hash, warnings } = manifest
        const total = uploadsOf(manifest).length
        return { created_at, schema_version, content_hash, warnings, migrations, row_counts, files: { total, added } }
      })
    }),
  )
}

/** Migrations that a backup of this schema has not seen. */
export function pendingMigrations(schemaVersion: string): readonly string[] {
  return SCHEMA_VERSIONS.slice(SCHEMA_VERSIONS.indexOf(schemaVersion) + 1)
}

async function inspect(backup: OpenBackup, work: Work<RestoreStage>): Promise<void> {
  await work.step('inspect')
  await readEverything(backup, counting(work, 'inspect', totalSize(backup.manifest)))
}

/** Brings the rows to today's schema. */
async function migrate(
  db: Db,
  { endBulk, pending, work }: { endBulk: EndBulk; pending: readonly string[]; work: Work<RestoreStage> },
): Promise<void> {
  await work.progress('migrate', 0, pending.length)
  if (pending.length === 0) return
  await work.step('migrate rows')
  // A migration may rely on all that its schema has.
  await db.transaction().execute(endBulk)
  await migrateUp(db)
  await work.progress('migrate', pending.length, pending.length)
}

function counting(work: Work<RestoreStage>, stage: RestoreStage, total: number): (count: number) => Promise<void> {
  let done = 0
  return async (count) => {
    done += count
    await work.progress(stage, done, total)
  }
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0)
}
