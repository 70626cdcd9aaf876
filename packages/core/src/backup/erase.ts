import { beginBulk, clearTables } from '@spends/db'
import { z } from 'zod'
import { toInstant } from '../calendar.ts'
import type { Context } from '../context.ts'
import { AppError } from '../errors.ts'
import { forgetImportFiles, removeImportFiles } from '../import/files.ts'
import { keepResult } from '../jobs/claim.ts'
import type { JobHandler } from '../jobs/handler.ts'
import type { Job } from '../jobs/shapes.ts'
import { startJob } from '../jobs/store.ts'
import { seedDatabase } from '../seed.ts'
import { makeRestorePoint, sweep } from './jobs.ts'
import { pruneRestorePoints } from './prune.ts'
import { BACKUP_TABLES } from './tables.ts'
import { FOLLOWING, holdData } from './unchanged.ts'
import { removeUploads } from './uploads.ts'

export const Erasing = z
  .strictObject({
    confirm: z.literal('ERASE').meta({ description: 'So that nobody does it by mistake.' }),
  })
  .meta({ id: 'Erasing' })

/** What erasing all data did. */
interface Erased {
  erased_at: string
  /** The id of the backup by which it is undone. */
  restore_point: string
}

/**
 * Makes a proven backup, then puts a fresh instance in the place of all data, in one transaction. Backups and their
 * configuration stay. What was sent to be imported or restored goes right after it, the bytes of attachments with the
 * next sweeps.
 */
export const eraseHandler: JobHandler = {
  async run(job): Promise<Erased> {
    // Files carry the machine's time, which that of the job need not be.
    const begun = new Date()
    const point = await makeRestorePoint(job)
    if (!point) throw new AppError('SERVICE_UNAVAILABLE', 'The data cannot be read to back it up. Nothing was erased.')
    const erased: Erased = { erased_at: toInstant(job.now()), restore_point: point.record.id }
    await job.progress('erase', 0, 1)
    const sent = await job.withRequestsClosed(() =>
      job.inTransaction(async (tx) => {
        await eraseRows(tx, job.id, point.revision)
        const ids = await forgetImportFiles(tx)
        await keepResult(tx, job.id, erased)
        return ids
      }),
    )
    await pruneRestorePoints(job.folders.backups)
    // Neither waits for the other: what one cannot remove now goes with the daily sweep.
    const removals = await Promise.allSettled([
      removeImportFiles(job.folders.imports, sent),
      removeUploads(job, job.folders, begun),
    ])
    for (const removal of removals) if (removal.status === 'rejected') throw removal.reason
    await job.progress('erase', 1, 1)
    return erased
  },

  cleanUp: sweep,
}

/**
 * Queues the erasing of all data.
 * @throws AppError CONFLICT while a backup, a restore, an import or a change of many purchases is under way
 */
export async function startErasing(ctx: Context): Promise<Job> {
  return startJob(ctx, 'ERASE', {})
}

/**
 * @param revision of the data that the backup has
 * @throws WrittenMeanwhile where the data is another by now
 */
async function eraseRows(tx: Context, jobId: string, revision: number): Promise<void> {
  const endBulk = await beginBulk(tx.db)
  await holdData(tx, revision, 'Nothing was erased: try again.')
  await clearTables(tx.db, [...BACKUP_TABLES.map(({ name }) => name), ...FOLLOWING])
  // Reports and errors of imports speak of what was erased.
  await tx.db.deleteFrom('jobs').where('id', '!=', jobId).where('status', 'not in', ['QUEUED', 'RUNNING']).execute()
  await seedDatabase(tx)
  await endBulk(tx.db)
  // Nobody may take an answer from before for one of this data.
  await tx.db
    .updateTable('settings')
    .set((eb) => ({ revision: eb('revision', '+', revision + 1) }))
    .execute()
}
