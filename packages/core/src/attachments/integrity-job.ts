import { z } from 'zod'
import type { Context } from '../context.ts'
import type { JobHandler } from '../jobs/handler.ts'
import type { Job } from '../jobs/shapes.ts'
import { startJob } from '../jobs/store.ts'
import { resultOf, waitForJob } from '../jobs/wait.ts'
import { type DamagedFile, type FilesReport, verifyFiles } from './integrity.ts'

/** Files that a report names one by one, and attachments of each: a report stays small whatever was lost. */
const NAMED = 100
const NAMED_OF_ONE = 10

const DamagedFileShape = z.object({
  sha256: z.string(),
  attachments: z
    .array(z.object({ id: z.string(), purchase_id: z.string(), filename: z.string() }))
    .meta({ description: 'The first ten.' }),
  attachment_count: z.int(),
})

/** How it stands with the files of attachments. */
export const IntegrityReport = z
  .object({
    checked: z.int().meta({ description: 'Different contents that attachments have.' }),
    bytes: z.int().meta({ description: 'Of those that are there as they were stored.' }),
    missing: z.array(DamagedFileShape).meta({ description: 'Their bytes are not there; the first hundred.' }),
    missing_count: z.int(),
    altered: z.array(DamagedFileShape).meta({ description: 'Their bytes are others by now; the first hundred.' }),
    altered_count: z.int(),
    orphaned_count: z.int().meta({ description: 'Stored contents of no attachment: they are cleared away in time.' }),
    orphaned_bytes: z.int(),
  })
  .meta({ id: 'IntegrityReport' })
export type IntegrityReport = z.infer<typeof IntegrityReport>

/** What requests around files stand on. */
export interface FilesContext extends Context {
  /** Aborted when the process stops; its reason is for the caller. */
  readonly stopping: AbortSignal
}

/** Reads the bytes of all attachments, and says what is missing or altered. */
export const integrityHandler: JobHandler = {
  async run(job) {
    const report = await verifyFiles(job, job.files, {
      onProgress: (done, total) => job.progress('reading', done, total),
    })
    return toReport(report)
  },

  // What is marked is marked rightly, however far it came.
  cleanUp: () => Promise.resolve(),
}

/** Queues a look at the bytes of all attachments. */
export async function startIntegrity(ctx: Context): Promise<Job> {
  return startJob(ctx, 'INTEGRITY', {})
}

/**
 * Waits for the report of a look at all files.
 * @param signal gives the wait up; the job goes on
 * @throws AppError as the job failed; CONFLICT when it was cancelled; the reason of `signal`
 */
export async function waitForIntegrity(ctx: FilesContext, { id }: { id: string }, signal: AbortSignal) {
  const job = await waitForJob(ctx, id, AbortSignal.any([ctx.stopping, signal]))
  return (await resultOf(ctx, job)) as IntegrityReport
}

function toReport({ checked, bytes, missing, altered, orphaned }: FilesReport): IntegrityReport {
  return {
    checked,
    bytes,
    missing: missing.slice(0, NAMED).map(shorten),
    missing_count: missing.length,
    altered: altered.slice(0, NAMED).map(shorten),
    altered_count: altered.length,
    orphaned_count: orphaned.length,
    orphaned_bytes: orphaned.reduce((sum, { size }) => sum + size, 0),
  }
}

function shorten({ sha256, attachments }: DamagedFile): IntegrityReport['missing'][number] {
  return { sha256, attachments: attachments.slice(0, NAMED_OF_ONE), attachment_count: attachments.length }
}
