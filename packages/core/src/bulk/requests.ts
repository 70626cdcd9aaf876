import { isOneOf } from '@spends/db'
import type { z } from 'zod'
import type { Context } from '../context.ts'
import { type FieldError, invalid } from '../errors.ts'
import type { Job } from '../jobs/shapes.ts'
import { startJob } from '../jobs/store.ts'
import { resultOf, waitForJob } from '../jobs/wait.ts'
import { findMissingReferences } from '../purchases/check.ts'
import { type UndoContext, undoJob } from '../undo/requests.ts'
import type { Undo } from '../undo/take-back.ts'
import type { BulkById, BulkChange, BulkDeletion, BulkReport } from './shapes.ts'

/**
 * Queues the same change of many purchases.
 * @throws AppError UNPROCESSABLE_CONTENT naming the ids that lead nowhere; CONFLICT during a restore
 */
export async function changePurchases(ctx: Context, input: BulkChange): Promise<Job> {
  const references = await findMissingReferences(ctx, input.changes)
  const problems = [
    ...(await findMissingIds(ctx, input)),
    ...references.map(({ path, message }) => ({ path: `changes.${path}`, message })),
  ]
  if (problems.length > 0) throw invalid(problems)
  return startJob(ctx, 'CHANGE', input)
}

/** Queues the deletion of many purchases. @throws AppError as `changePurchases` */
export async function deletePurchases(ctx: Context, input: BulkDeletion): Promise<Job> {
  const problems = await findMissingIds(ctx, input)
  if (problems.length > 0) throw invalid(problems)
  return startJob(ctx, 'DELETE', input)
}

/**
 * Waits for what comes of a change or deletion.
 * @param signal gives the wait up; the job goes on
 * @throws AppError as the job failed; CONFLICT when it was cancelled; the reason of `signal`
 */
export async function waitForBulk(ctx: UndoContext, { id }: { id: string }, signal: AbortSignal): Promise<BulkReport> {
  return (await resultOf(ctx, await waitForJob(ctx, id, AbortSignal.any([ctx.stopping, signal])))) as BulkReport
}

/**
 * Takes back a change or deletion, and waits for that; once begun, it is carried through.
 * @throws AppError NOT_FOUND; CONFLICT where there is nothing to undo, or something was changed since, naming it
 */
export async function undoBulk(ctx: UndoContext, { job_id }: z.output<typeof BulkById>): Promise<Undo> {
  return undoJob(ctx, job_id, ['CHANGE', 'DELETE'])
}

async function findMissingIds({ db }: Context, { ids }: Pick<BulkDeletion, 'ids'>): Promise<FieldError[]> {
  if (!ids) return []
  const rows = await db
    .selectFrom('purchases')
    .select('id')
    .where(isOneOf(db, 'id', ids))
    .execute()
  const found = new Set(rows.map(({ id }) => id))
  return ids.flatMap((id, index) => (found.has(id) ? [] : [{ path: `ids.${index}`, message: 'leads to no purchase' }]))
}
