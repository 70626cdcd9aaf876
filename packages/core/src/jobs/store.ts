import { lockForUpdate } from '@spends/db'
import { toInstant } from '../calendar.ts'
import { type Context, inSnapshot, inTransaction, newId } from '../context.ts'
import { AppError, notFound } from '../errors.ts'
import { refuseBeside } from './beside.ts'
import type { JobFailure } from './failure.ts'
import type { Job, JobFilter, JobKind, JobList, JobStatus } from './shapes.ts'

const COLUMNS = [
  'id',
  'kind',
  'status',
  'stage',
  'done',
  'total',
  'result',
  'error',
  'created_at',
  'started_at',
  'finished_at',
] as const

/**
 * Queues a job, and pokes the worker. In an open transaction it is there when that one is, and found a little later.
 * @param params what the handler of this kind gets, as JSON
 * @returns its id
 * @throws AppError CONFLICT when a job is under way beside which this kind may not be
 */
export async function enqueueJob(ctx: Context, kind: JobKind, params: unknown): Promise<string> {
  const id = newId()
  await inTransaction(ctx, async (tx) => {
    await refuseBeside(tx, kind)
    await tx.db
      .insertInto('jobs')
      .values({
        id,
        kind,
        status: 'QUEUED',
        done: 0,
        created_at: toInstant(tx.now()),
        params: JSON.stringify(params ?? null),
      })
      .execute()
  })
  if (!ctx.db.isTransaction) ctx.jobs?.poke()
  return id
}

/**
 * Queues a job for whoever wants to follow it: as it is before a worker has seen it.
 * @throws AppError CONFLICT as `enqueueJob`
 */
export async function startJob(ctx: Context, kind: JobKind, params: unknown): Promise<Job> {
  const job = await inTransaction(ctx, async (tx) => getJob(tx, { id: await enqueueJob(tx, kind, params) }))
  ctx.jobs?.poke()
  return job
}

/** @throws AppError NOT_FOUND */
export async function getJob(ctx: Context, { id }: { id: string }): Promise<Job> {
  const row = await selectJobs(ctx).where('id', '=', id).executeTakeFirst()
  if (!row) throw notFound('job')
  return toJob(row)
}

/** One page of the jobs that match, the newest first. */
export async function listJobs(ctx: Context, { skip, limit, status, kind }: JobFilter): Promise<JobList> {
  return inSnapshot(ctx, async (tx) => {
    const matching = tx.db
      .selectFrom('jobs')
      .$if(status !== undefined, (query) => query.where('status', 'in', status ?? []))
      .$if(kind !== undefined, (query) => query.where('kind', 'in', kind ?? []))
    const { total } = await matching.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
    const rows = await matching
      .select(COLUMNS)
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .offset(skip)
      .limit(limit)
      .execute()
    return { items: rows.map(toJob), total, skip, limit }
  })
}

/**
 * Ends a job that waits; one that runs takes back what it has done, and is CANCELLED after that.
 * @throws AppError NOT_FOUND; CONFLICT when it is over
 */
export async function cancelJob(ctx: Context, { id }: { id: string }): Promise<Job> {
  return inTransaction(ctx, async (tx) => {
    const job = await lockForUpdate(tx.db, selectJobs(tx).where('id', '=', id)).executeTakeFirst()
    if (!job) throw notFound('job')
    if (isFinal(job.status)) throw new AppError('CONFLICT', `The job is over already: it is ${job.status}.`)
    const now = toInstant(tx.now())
    await tx.db
      .updateTable('jobs')
      .set((eb) =>
        job.status === 'QUEUED'
          ? // Nobody needs its order any more, in which a secret may stand.
            { status: 'CANCELLED', finished_at: now, params: null }
          : { cancel_requested_at: eb.fn.coalesce('cancel_requested_at', eb.val(now)) },
      )
      .where('id', '=', id)
      .execute()
    return getJob(tx, { id })
  })
}

/** Whether nothing more will happen to a job in this status. */
export function isFinal(status: JobStatus): boolean {
  return status !== 'QUEUED' && status !== 'RUNNING'
}

/** Why a job has no result, as it was noted; undefined where nothing was. */
export async function findJobFailure(ctx: Context, id: string): Promise<JobFailure | undefined> {
  const row = await ctx.db.selectFrom('jobs').select('error').where('id', '=', id).executeTakeFirst()
  return row?.error ? JSON.parse(row.error) : undefined
}

function selectJobs({ db }: Context) {
  return db.selectFrom('jobs').select(COLUMNS)
}
type Row = Awaited<ReturnType<ReturnType<typeof selectJobs>['execute']>>[number]

function toJob({ kind, result, error, ...row }: Row): Job {
  const failure: JobFailure | undefined = error === null ? undefined : JSON.parse(error)
  return {
    ...row,
    kind: kind as JobKind,
    // One that is kept already while the job is still at work is not told before its end.
    result: result === null || row.status !== 'SUCCEEDED' ? null : JSON.parse(result),
    error: failure?.message ?? null,
  }
}
