import { setTimeout } from 'node:timers/promises'
import type { Context } from '../context.ts'
import { AppError } from '../errors.ts'
import { fromJobFailure } from './failure.ts'
import type { Job } from './shapes.ts'
import { findJobFailure, getJob, isFinal } from './store.ts'

/** Jobs change a few times a second; whoever waits for one looks as often. */
const LOOK_MS = 50

/**
 * The job as it is, and again whenever it has changed, until it is over.
 * @param signal ends the watch
 * @throws AppError NOT_FOUND
 */
export async function* watchJob(ctx: Context, id: string, signal: AbortSignal): AsyncGenerator<Job> {
  let seen = ''
  while (!signal.aborted) {
    const job = await getJob(ctx, { id })
    const text = JSON.stringify(job)
    if (text !== seen) yield job
    if (isFinal(job.status)) return
    seen = text
    await setTimeout(LOOK_MS, undefined, { signal }).catch(ignoreAbort)
  }
}

/**
 * Waits until a job is over, however it ends.
 * @param signal gives the wait up; the job goes on
 * @throws AppError NOT_FOUND; the reason of `signal`
 */
export async function waitForJob(ctx: Context, id: string, signal: AbortSignal): Promise<Job> {
  for await (const job of watchJob(ctx, id, signal)) if (isFinal(job.status)) return job
  throw signal.reason
}

/**
 * What came of a job that is over.
 * @throws AppError as the job failed; CONFLICT when it was cancelled; SERVICE_UNAVAILABLE when it was interrupted;
 * Error for a bug
 */
export async function resultOf(ctx: Context, { id, status, result }: Job): Promise<unknown> {
  if (status === 'SUCCEEDED') return result
  if (status === 'CANCELLED') throw new AppError('CONFLICT', 'The job was cancelled.')
  const failure = await findJobFailure(ctx, id)
  throw fromJobFailure(failure ?? { message: `The job is ${status}.` })
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error && error.name === 'AbortError')) throw error
}
