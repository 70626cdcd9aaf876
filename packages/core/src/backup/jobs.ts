import { existsSync } from 'node:fs'
import { access, constants, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isDamaged } from '@spends/db'
import type { z } from 'zod'
import { toInstant } from '../calendar.ts'
import { AppError } from '../errors.ts'
import { keepResult } from '../jobs/claim.ts'
import { type JobHandler, type JobRun, JobStopped } from '../jobs/handler.ts'
import { readConfig } from './config.ts'
import { copyToAll } from './copy-to-all.ts'
import { createBackup } from './create.ts'
import { asDestinationError } from './destinations/explain.ts'
import { backupPath, deleteBackup, readBackup, sweepOwn } from './folder.ts'
import { BackupParams, type RestoreFacts, RestoreParams, VerifyParams } from './params.ts'
import { verifyListed } from './proof.ts'
import { pruneBackups, pruneRestorePoints, readKeeping } from './prune.ts'
import { type RestoreReport, restoreBackup } from './restore.ts'
import { createRestorePoint, type KeptPoint, replaceKept } from './restore-point.ts'
import { type NewBackupReport, toBackup } from './shapes.ts'
import { uploadPath } from './uploads.ts'

/** Makes a backup, removes those that need not be kept any more, and copies it to the destinations. */
export const backupHandler: JobHandler = {
  async run(job): Promise<NewBackupReport> {
    const { trigger, passphrase } = await takeParams(job, BackupParams)
    const { passphrase: own, destinations } = await readConfig(job)
    const folder = await openFolder(job)
    const record = await createBackup({
      ctx: job,
      files: job.files,
      folder,
      trigger,
      appVersion: job.appVersion,
      owner: job.id,
      passphrase: (passphrase === undefined ? own : passphrase) ?? undefined,
      onProgress: job.progress,
    })
    const places: string[] = JSON.parse(destinations)
    const cutOff = places.map((place) => ({ place, problem: 'The copy was cut off.' }))
    try {
      await job.inTransaction((tx) => keepResult(tx, job.id, { ...toBackup(record), copies: cutOff }))
    } catch (error) {
      // It was cancelled in the last moment: then there is no backup. After any other failure the result may be kept
      // all the same, where only the answer of the database was lost, and what it names has to be there.
      if (error instanceof JobStopped) await deleteBackup(folder, record.id)
      throw error
    }
    // From here on it is proven and kept, whatever becomes of the rest.
    const keeping = await readKeeping(job)
    await pruneBackups(folder, keeping)
    const copies = await copyToAll(job, { record, places, ...keeping, scratch: scratchOf(job) })
    await rm(scratchOf(job), { recursive: true, force: true })
    return { ...toBackup(record), copies }
  },

  cleanUp: sweep,
}

/** Proves a backup anew. */
export const verifyHandler: JobHandler = {
  async run(job) {
    const { backup_id, passphrase } = await takeParams(job, VerifyParams)
    const scratch = scratchOf(job)
    const options = { scratch, now: job.now(), passphrase: passphrase ?? undefined, onProgress: job.progress }
    const verification = await verifyListed(job.folders.backups, backup_id, options)
    await rm(scratch, { recursive: true, force: true })
    return verification
  },

  cleanUp: (job) => rm(scratchOf(job), { recursive: true, force: true }),
}

/** What a restore did. */
interface RestoreOutcome extends Omit<RestoreFacts, 'file_count'> {
  /** Files of attachments in the backup. */
  files: Pick<RestoreReport['files'], 'total'>
  restored_at: string
  /** The id of the backup by which the restore is undone; null where the data of before could not be read. */
  restore_point: string | null
}

/** Makes a backup ready, then a restore point, and puts the backup in the place of the data. */
export const restoreHandler: JobHandler = {
  async run(job): Promise<RestoreOutcome> {
    const { backup_id, upload, passphrase, facts } = await takeParams(job, RestoreParams)
    const folder = await openFolder(job)
    const path =
      upload === null ? backupPath(folder, await readBackup(folder, backup_id ?? '')) : uploadPath(job.folders, upload)
    if (upload !== null && !existsSync(path)) {
      throw new AppError('CONFLICT', 'The backup that was sent is not there any more. Send it again.')
    }
    const { file_count, ...known } = facts
    const outcome: RestoreOutcome = {
      ...known,
      files: { total: file_count },
      restored_at: toInstant(job.now()),
      restore_point: null,
    }
    const { row_counts } = await restoreBackup({
      ctx: job,
      files: job.files,
      path,
      scratch: scratchOf(job),
      passphrase: passphrase ?? undefined,
      onProgress: job.progress,
      transact: (switching) =>
        replaceKept(folder, {
          keep: async () => (await makeRestorePoint(job)) ?? { revision: undefined, record: null },
          replace: async ({ revision, record }) => {
            outcome.restored_at = toInstant(job.now())
            outcome.restore_point = record?.id ?? null
            await job.progress('switch', 0, 1)
            await job.withRequestsClosed(() =>
              job.inTransaction(async (tx) => {
                await switching(tx, revision)
                await keepResult(tx, job.id, outcome)
              }),
            )
          },
          again: job.withRequestsClosed,
        }),
    })
    await removeFiles(job, upload)
    await pruneRestorePoints(folder)
    return { ...outcome, row_counts }
  },

  async cleanUp(job) {
    await removeFiles(job, RestoreParams.parse(job.params).upload)
    await sweep(job)
  },
}

/** Undefined where the database is damaged: that must not keep it from being replaced. */
export async function makeRestorePoint(job: JobRun): Promise<KeptPoint | undefined> {
  const folder = await openFolder(job)
  try {
    return await createRestorePoint({
      ctx: job,
      files: job.files,
      folder,
      appVersion: job.appVersion,
      owner: job.id,
      onProgress: (_, done, total) => job.progress('restore_point', done, total),
    })
  } catch (error) {
    if (isDamaged(error)) return undefined
    throw error
  }
}

/** What the job is asked to do. A passphrase in it is not kept any longer. */
async function takeParams<T>(job: JobRun, Params: z.ZodType<T>): Promise<T> {
  const params = Params.parse(job.params)
  const { passphrase, ...rest } = params as { passphrase?: string | null }
  if (passphrase) {
    await job.inTransaction((tx) =>
      tx.db
        .updateTable('jobs')
        .set({ params: JSON.stringify(rest) })
        .where('id', '=', job.id)
        .execute(),
    )
  }
  return params
}

/** The folder of backups. @throws AppError SERVICE_UNAVAILABLE with a sentence when it cannot be written to */
async function openFolder({ folders: { backups } }: JobRun): Promise<string> {
  try {
    await mkdir(backups, { recursive: true })
    await access(backups, constants.W_OK)
    return backups
  } catch (error) {
    throw asDestinationError(backups, error)
  }
}

/** Where the job keeps what it needs for a while. */
function scratchOf({ folders, id }: JobRun): string {
  return join(folders.backups, 'tmp', id)
}

async function removeFiles(job: JobRun, upload: string | null): Promise<void> {
  await rm(scratchOf(job), { recursive: true, force: true })
  if (upload !== null) await rm(uploadPath(job.folders, upload), { force: true })
}

/** After a backup that was cut off: what a program of its own makes in the same folder at the time is not touched. */
export async function sweep(job: JobRun): Promise<void> {
  try {
    await sweepOwn(job.folders.backups, job.id)
    await rm(scratchOf(job), { recursive: true, force: true })
  } catch (error) {
    // The folder cannot be used, most likely why the job failed: it is swept again every hour.
    if (!(error instanceof Error && 'syscall' in error)) throw error
  }
}
