import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Context, inTransaction } from '../context.ts'
import { AppError } from '../errors.ts'
import type { BlobStore } from '../files.ts'
import { lockBackups } from '../jobs/beside.ts'
import type { JobFolders } from '../jobs/handler.ts'
import type { Job } from '../jobs/shapes.ts'
import { enqueueJob, startJob } from '../jobs/store.ts'
import { resultOf, waitForJob } from '../jobs/wait.ts'
import { readConfig } from './config.ts'
import { type BucketAccess, openDestination } from './destinations/place.ts'
import { testDestination } from './destinations/try.ts'
import { backupPath, deleteBackup, listBackups, readBackup } from './folder.ts'
import type { Manifest } from './manifest.ts'
import type { BackupParams, RestoreFacts, RestoreParams, VerifyParams } from './params.ts'
import { planRestore, type RestorePlan } from './plan.ts'
import { inspectBackup, type Verification } from './proof.ts'
import { pendingMigrations } from './restore.ts'
import { uploadsOf } from './restore-files.ts'
import {
  type BackupById,
  type BackupFilter,
  type BackupList,
  type BackupToOpen,
  type DestinationTest,
  type DestinationToTest,
  type NewBackup,
  type NewBackupReport,
  toBackup,
} from './shapes.ts'
import { newUploadName, uploadPath } from './uploads.ts'

/** What requests around backups stand on. */
export interface BackupContext extends Context {
  readonly files: BlobStore
  readonly folders: JobFolders
  readonly buckets: BucketAccess
  readonly jobs: { poke(): void }
  /** Aborted when the process stops; its reason is for the caller. */
  readonly stopping: AbortSignal
}

/** A backup to restore: one of the folder, or one that was sent. */
export type RestoreSource = { backup_id: string } | { upload: string }

/** Queues a backup. @throws AppError CONFLICT while another backup or a restore is under way */
export async function startBackup(ctx: BackupContext, { passphrase }: NewBackup): Promise<Job> {
  return startJob(ctx, 'BACKUP', { trigger: 'MANUAL', passphrase } satisfies BackupParams)
}

/**
 * Waits for the backup that a job makes.
 * @param signal gives the wait up; the job goes on
 * @throws AppError as the job failed; CONFLICT when it was cancelled; the reason of `signal`
 */
export async function waitForBackup(ctx: BackupContext, { id }: { id: string }, signal: AbortSignal) {
  const job = await waitForJob(ctx, id, AbortSignal.any([ctx.stopping, signal]))
  return (await resultOf(ctx, job)) as NewBackupReport
}

/** One page of the backups, the newest first. */
export async function listAllBackups({ folders }: BackupContext, { skip, limit }: BackupFilter): Promise<BackupList> {
  const records = await listBackups(folders.backups)
  return { items: records.slice(skip, skip + limit).map(toBackup), total: records.length, skip, limit }
}

/**
 * Proves a backup anew, and waits for that.
 * @returns when it was proven, or what is wrong with it
 * @throws AppError NOT_FOUND; UNPROCESSABLE_CONTENT naming `passphrase` when it is missing or wrong
 */
export async function verifyBackupById(ctx: BackupContext, { id, passphrase }: BackupToOpen): Promise<Verification> {
  const job = await inTransaction(ctx, async (tx) => {
    await lockBackups(tx)
    await readBackup(ctx.folders.backups, id)
    const opening = passphrase ?? (await readConfig(tx)).passphrase
    return enqueueJob(tx, 'VERIFY', { backup_id: id, passphrase: opening } satisfies VerifyParams)
  })
  ctx.jobs.poke()
  return (await resultOf(ctx, await waitForJob(ctx, job, ctx.stopping))) as Verification
}

/** @throws AppError NOT_FOUND; CONFLICT while a job reads it */
export async function deleteBackupById(ctx: BackupContext, { id }: BackupById): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    await lockBackups(tx)
    const rows = await tx.db
      .selectFrom('jobs')
      .select('params')
      .where('status', 'in', ['QUEUED', 'RUNNING'])
      .where('kind', 'in', ['VERIFY', 'RESTORE'])
      .execute()
    const isRead = rows.some(({ params }) => JSON.parse(params ?? '{}').backup_id === id)
    if (isRead) throw new AppError('CONFLICT', 'The backup is being read. Try again when that is over.')
    await deleteBackup(ctx.folders.backups, id)
  })
}

/** Does with a place, once, what copying backups to it takes. */
export async function testPlace(ctx: BackupContext, { place }: DestinationToTest): Promise<DestinationTest> {
  const destination = await openDestination(place, ctx.buckets)
  return { problem: (await testDestination(destination, scratchOf(ctx))) ?? null }
}

/** A path for a backup that is being sent, and the name it goes by. Whoever asks writes the file, and removes it. */
export function newUpload({ folders }: BackupContext): { upload: string; path: string } {
  const upload = newUploadName()
  return { upload, path: uploadPath(folders, upload) }
}

/**
 * Reads all of a backup, and says what restoring it would change.
 * @param signal ends the reading
 * @throws AppError NOT_FOUND; BAD_REQUEST naming the entry that is wrong; UNPROCESSABLE_CONTENT when it is of a newer
 *   version, or naming `passphrase`
 */
export async function planRestoreOf(
  ctx: BackupContext,
  source: RestoreSource,
  { passphrase, signal = ctx.stopping }: { passphrase?: string | undefined; signal?: AbortSignal },
): Promise<RestorePlan> {
  const opening = passphrase ?? (await readConfig(ctx)).passphrase ?? undefined
  const path = await pathOf(ctx, source)
  return planRestore({ ctx, files: ctx.files, path, scratch: scratchOf(ctx), passphrase: opening, signal })
}

/**
 * Reads all of a backup, and queues its restore. A file that was sent is removed after it, or when it is refused.
 * @param signal ends the reading
 * @throws AppError as `planRestoreOf`; CONFLICT while a backup, a restore or an import is under way
 */
export async function startRestore(
  ctx: BackupContext,
  source: RestoreSource,
  { passphrase, signal = ctx.stopping }: { passphrase?: string | undefined; signal?: AbortSignal },
): Promise<Job> {
  const path = await pathOf(ctx, source)
  try {
    const opening = passphrase ?? (await readConfig(ctx)).passphrase ?? undefined
    const manifest = await inspectBackup(path, { scratch: scratchOf(ctx), passphrase: opening, signal })
    const params: RestoreParams = {
      backup_id: 'backup_id' in source ? source.backup_id : null,
      upload: 'upload' in source ? source.upload : null,
      passphrase: opening,
      facts: factsOf(manifest),
    }
    return await startJob(ctx, 'RESTORE', params)
  } catch (error) {
    if ('upload' in source) await rm(path, { force: true })
    throw error
  }
}

async function pathOf({ folders }: BackupContext, source: RestoreSource): Promise<string> {
  if ('upload' in source) return uploadPath(folders, source.upload)
  return backupPath(folders.backups, await readBackup(folders.backups, source.backup_id))
}

function scratchOf({ folders }: BackupContext): string {
  return join(folders.backups, 'tmp')
}

function factsOf(manifest: Manifest): RestoreFacts {
  const { created_at, trigger, app_version, schema_version, engine, row_counts, warnings } = manifest
  return {
    created_at,
    trigger,
    app_version,
    schema_version,
    engine,
    row_counts,
    warnings,
    migrations: [...pendingMigrations(schema_version)],
    file_count: uploadsOf(manifest).length,
  }
}
