import { z } from 'zod'
import type { Context } from '../context.ts'
import { notFound } from '../errors.ts'
import { Id } from '../fields.ts'
import type { JobFolders } from '../jobs/handler.ts'
import type { Job } from '../jobs/shapes.ts'
import { getJob, startJob } from '../jobs/store.ts'
import { resultOf, waitForJob } from '../jobs/wait.ts'
import { undoJob } from '../undo/requests.ts'
import type { Undo } from '../undo/take-back.ts'
import { detectImport, type ImportDetection } from './detect.ts'
import { getImportFile, pathOfImportFile } from './files.ts'
import { type ImportParams, type ImportReport, optionsShape, readingShape } from './options.ts'

export const ImportRequest = z.strictObject({ file_id: Id, ...optionsShape }).meta({ id: 'ImportRequest' })
export type ImportRequest = z.output<typeof ImportRequest>

export const DetectionRequest = z.strictObject({ file_id: Id, ...readingShape }).meta({ id: 'DetectionRequest' })
export type DetectionRequest = z.output<typeof DetectionRequest>

export const ImportById = z.strictObject({ job_id: Id })

/** What requests around an import stand on. */
export interface ImportContext extends Context {
  readonly folders: JobFolders
  /** Who does the jobs. */
  readonly jobs: { poke(): void }
  /** Aborted when the process stops; its reason is for the caller. */
  readonly stopping: AbortSignal
}

/**
 * Says what a file that was sent is, and how it would be read.
 * @throws AppError NOT_FOUND; BAD_REQUEST when it is not of its kind; UNPROCESSABLE_CONTENT for a wrong option
 */
export async function detectImportFile(
  ctx: ImportContext,
  { file_id, ...options }: DetectionRequest,
): Promise<ImportDetection> {
  const file = await getImportFile(ctx, { file_id })
  return detectImport(ctx, { ...file, path: pathOfImportFile(ctx.folders.imports, file) }, options)
}

/** Queues the import of a file that was sent. @throws AppError NOT_FOUND when the file is not there, or no longer */
export async function startImport(ctx: ImportContext, { file_id, ...options }: ImportRequest): Promise<Job> {
  await getImportFile(ctx, { file_id })
  const params: ImportParams = { file_id, options }
  return startJob(ctx, 'IMPORT', params)
}

/**
 * Waits for the report of an import.
 * @param signal gives the wait up; the import goes on
 * @throws AppError as the import failed; CONFLICT when it was cancelled; the reason of `signal`
 */
export async function waitForImport(ctx: ImportContext, { id }: Job, signal: AbortSignal): Promise<ImportReport> {
  return (await resultOf(ctx, await waitForJob(ctx, id, AbortSignal.any([ctx.stopping, signal])))) as ImportReport
}

/**
 * Takes back what an import did, and waits for that; once begun, it is carried through.
 * @throws AppError NOT_FOUND; CONFLICT where there is nothing to undo, or something was changed since, naming it
 */
export async function undoImport(ctx: ImportContext, { job_id }: z.output<typeof ImportById>): Promise<Undo> {
  return undoJob(ctx, job_id, ['IMPORT'])
}

/** The job of an import. @throws AppError NOT_FOUND, also for a job of another kind */
export async function getImport(ctx: Context, { job_id }: z.output<typeof ImportById>): Promise<Job> {
  const job = await getJob(ctx, { id: job_id })
  if (job.kind !== 'IMPORT') throw notFound('import')
  return job
}
