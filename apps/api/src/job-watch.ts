import { createHash } from 'node:crypto'
import { getJob, type Job, JobById, watchJob } from '@spends/core'
import { type TrackedEnvelope, tracked } from '@trpc/server'
import { z } from 'zod'
import type { ApiContext } from './context.ts'

/** Which job to watch. `lastEventId` is tRPC's own word: what a caller had seen when its connection broke. */
export const JobWatch = z.strictObject({ ...JobById.shape, lastEventId: z.string().nullish() })

/**
 * The job as it is, and again at each change, until it is over; what the caller has seen already is left out.
 * @param signal the caller's hanging up
 * @throws AppError NOT_FOUND; from the stream SERVICE_UNAVAILABLE when the server stops, upon which clients come back
 */
export async function watchTracked(
  ctx: ApiContext,
  { id, lastEventId }: z.output<typeof JobWatch>,
  signal: AbortSignal | undefined,
): Promise<AsyncGenerator<TrackedEnvelope<Job>>> {
  // Before the stream begins: its failures are not those of a procedure.
  await getJob(ctx, { id })
  return trackedChanges(ctx, id, lastEventId, signal)
}

async function* trackedChanges(
  ctx: ApiContext,
  id: string,
  lastEventId: string | null | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<TrackedEnvelope<Job>> {
  const end = signal ? AbortSignal.any([signal, ctx.stopping]) : ctx.stopping
  try {
    for await (const job of watchJob(ctx, id, end)) {
      const eventId = fingerprint(job)
      if (eventId !== lastEventId) yield tracked(eventId, job)
    }
  } catch (error) {
    ctx.log.error({ err: error, request_id: ctx.requestId, job_id: id }, 'A watched job could not be read')
    throw error
  }
  ctx.stopping.throwIfAborted()
}

/** The same for the same state, whichever process answers. */
function fingerprint(job: Job): string {
  return createHash('sha256').update(JSON.stringify(job)).digest('base64url').slice(0, 22)
}
