import { AppError } from '../errors.ts'
import type { JobRun } from '../jobs/handler.ts'
import { deleteCopy, listCopies, pruneCopies } from './destinations/copies.ts'
import { copyBackup } from './destinations/copy.ts'
import { openDestination } from './destinations/place.ts'
import type { Keeping } from './prune.ts'
import type { BackupRecord } from './record.ts'
import { whatToDelete } from './retention.ts'
import type { NewBackupReport } from './shapes.ts'

/** What copying needs of its job. */
type AtWork = Pick<JobRun, 'folders' | 'buckets' | 'now' | 'progress'>

interface Copying extends Keeping {
  record: BackupRecord
  places: readonly string[]
  scratch: string
}

/**
 * Copies a backup to each place, and removes there what need not be kept any more. A place that cannot be used keeps
 * nobody from the others.
 */
export async function copyToAll(job: AtWork, copying: Copying): Promise<NewBackupReport['copies']> {
  const copies: NewBackupReport['copies'] = []
  for (const place of copying.places) {
    try {
      await copyTo(job, place, copying)
      copies.push({ place, problem: null })
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      copies.push({ place, problem: error.message })
    }
  }
  return copies
}

async function copyTo(job: AtWork, place: string, { record, retention, timeZone, scratch }: Copying): Promise<void> {
  const destination = await openDestination(place, job.buckets)
  await copyBackup({
    destination,
    folder: job.folders.backups,
    record,
    now: job.now(),
    scratch,
    onProgress: job.progress,
  })
  for (const { id } of whatToDelete(await listCopies(destination), retention, timeZone)) {
    await deleteCopy(destination, id)
  }
  // Compared with the times of files, which are by the clock of the machine.
  await pruneCopies(destination, { now: new Date() })
}
