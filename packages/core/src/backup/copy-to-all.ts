import { AppError } from '../errors.ts'
import type { JobRun } from '../jobs/handler.ts'
import { deleteCopy, listCopies, pruneCopies } from './destinations/copies.ts'
import { copyBackup } from './destinations/copy.ts'
import { openDestination } from './destinations/place.ts'
import type { BackupRecord } from './record.ts'
import { type Retention, whatToDelete } from './retention.ts'
import type { NewBackupReport } from './shapes.ts'

interface Copying {
  record: BackupRecord
  places: readonly string[]
  retention: Retention
  timeZone: string
  scratch: string
}

/**
 * Copies a backup to each place, and removes there what need not be kept any more. A place that cannot be used keeps
 * nobody from the others.
 */
export async function copyToAll(job: JobRun, copying: Copying): Promise<NewBackupReport['copies']> {
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

async function copyTo(job: JobRun, place: string, { record, retention, timeZone, scratch }: Copying): Promise<void> {
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
