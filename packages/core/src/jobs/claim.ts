import { randomUUID } from 'node:crypto'
import { existsSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { currentInstant, type JobsTable, lockWhatIsFree } from '@spends/db'
import { sql } from 'kysely'
import { toInstant } from '../calendar.ts'
import { type Context, inTransaction } from '../context.ts'
import { INTERRUPTED, type JobFailure } from './failure.ts'
import type { JobKind, JobStatus } from './shapes.ts'

/*
 * Who does a job stands in its row, and every word a worker writes there asks whether that is still him. Heartbeats
 * are written and judged by the clock of the database: those of the processes may differ, and may stand still.
 */

/** A worker without a sign of life for so long is dead, wherever it ran. */
const DEAD_AFTER_SECONDS = 30

/** A job in the hands of a worker. */
export interface Claim {
  id: string
  kind: JobKind
  params: unknown
  worker: string
}

type Changes = Partial<Pick<JobsTable, 'stage' | 'done' | 'total'>>

/** A name for a worker of this process, `host:process:worker`; dots in place of colons in the host's. */
export function newWorkerName(): string {
  return `${machine()}:${process.pid}:${randomUUID()}`
}

/** What makes numbers of processes comparable: containers of one host name may each have a process 1. */
function machine(): string {
  const namespace = existsSync(PID_NAMESPACE) ? readlinkSync(PID_NAMESPACE) : ''
  return `${hostname()} ${namespace}`.replaceAll(':', '.')
}

const PID_NAMESPACE = '/proc/self/ns/pid'

/** Takes the job of these kinds that has waited longest. */
export async function claimNext(ctx: Context, worker: string, kinds: readonly JobKind[]): Promise<Claim | undefined> {
  if (!(await hasAny(ctx, 'QUEUED', kinds))) return undefined
  return inTransaction(ctx, async (tx) => {
    const waiting = tx.db
      .selectFrom('jobs')
      .select(['id', 'kind', 'params'])
      .where('status', '=', 'QUEUED')
      .where('kind', 'in', kinds)
      .orderBy('created_at')
      .orderBy('id')
      .limit(1)
    const row = await lockWhatIsFree(tx.db, waiting).executeTakeFirst()
    if (!row) return undefined
    await tx.db
      .updateTable('jobs')
      .set({ status: 'RUNNING', started_at: toInstant(tx.now()), ...claimedBy(tx, worker) })
      .where('id', '=', row.id)
      .execute()
    return toClaim(row, worker)
  })
}

/**
 * Takes a running job over from a worker that is dead. One that `worker` itself still has counts as well: this is
 * asked between its jobs, so what it has then is one that it could not clean up.
 */
export async function takeOverDead(
  ctx: Context,
  worker: string,
  kinds: readonly JobKind[],
  except: ReadonlySet<string>,
): Promise<Claim | undefined> {
  if (!(await hasAny(ctx, 'RUNNING', kinds))) return undefined
  return inTransaction(ctx, async (tx) => {
    const deadline = currentInstant(tx.db, -DEAD_AFTER_SECONDS)
    const running = tx.db
      .selectFrom('jobs')
      .select(['id', 'kind', 'params', 'claimed_by'])
      .select(sql<number>`case when heartbeat_at >= ${deadline} then 1 else 0 end`.as('is_fresh'))
      .where('status', '=', 'RUNNING')
      .where('kind', 'in', kinds)
      .orderBy('id')
    const rows = await lockWhatIsFree(tx.db, running).execute()
    const dead = rows.find(
      ({ id, claimed_by, is_fresh }) => !except.has(id) && (!is_fresh || !isAlive(claimed_by, worker)),
    )
    if (!dead) return undefined
    await tx.db.updateTable('jobs').set(claimedBy(tx, worker)).where('id', '=', dead.id).execute()
    return toClaim(dead, worker)
  })
}

/**
 * Shows that the worker lives, and writes how far it is.
 * @param heeding whether a request to cancel counts
 * @returns false when the job is not this worker's any more, or is to be cancelled: then nothing was written
 */
export async function keepClaim(ctx: Context, claim: Claim, changes: Changes, heeding: boolean): Promise<boolean> {
  const query = ours(ctx, claim).set({ ...changes, heartbeat_at: currentInstant(ctx.db) })
  return changed(heeding ? query.where('cancel_requested_at', 'is', null) : query)
}

/** @returns false as `keepClaim`, a request to cancel included */
export async function finishWell(ctx: Context, claim: Claim, changes: Changes, result: unknown): Promise<boolean> {
  return changed(
    ours(ctx, claim)
      .set({ ...changes, ...ended(ctx, 'SUCCEEDED'), result: JSON.stringify(result ?? null) })
      .where('cancel_requested_at', 'is', null),
  )
}

/**
 * The first step of taking a job back: it says so, and keeps the reason, so that whoever ends it knows it.
 * @param failure why it failed; none where it was cancelled or cut off
 * @returns false when the job is not this worker's any more
 */
export async function beginTakingBack(ctx: Context, claim: Claim, failure?: JobFailure): Promise<boolean> {
  const error = failure ? { error: JSON.stringify(failure) } : {}
  return changed(
    ours(ctx, claim).set({ stage: 'undo', done: 0, total: null, heartbeat_at: currentInstant(ctx.db), ...error }),
  )
}

/**
 * Keeps what came of a job before it is over, in a transaction of its own that has done the work: whatever stops the
 * worker after it, the job has SUCCEEDED.
 */
export async function keepResult({ db }: Context, id: string, result: unknown): Promise<void> {
  await db
    .updateTable('jobs')
    .set({ result: JSON.stringify(result) })
    .where('id', '=', id)
    .execute()
}

/** The last step, after everything is as it was before. @returns false when the job is not this worker's any more */
export async function finishTakenBack(ctx: Context, claim: Claim): Promise<boolean> {
  const reason = await readEnd(ctx, claim)
  if (!reason) return false
  if (reason.result !== null) return changed(ours(ctx, claim).set({ ...ended(ctx, 'SUCCEEDED'), error: null }))
  if (reason.error !== null) return changed(ours(ctx, claim).set(ended(ctx, 'FAILED')))
  if (reason.cancel_requested_at !== null) return changed(ours(ctx, claim).set(ended(ctx, 'CANCELLED')))
  return changed(ours(ctx, claim).set({ ...ended(ctx, 'INTERRUPTED'), error: JSON.stringify(INTERRUPTED) }))
}

/** How the worker stands to its job: it is to be cancelled, or nobody's business but the worker's, or another's by now. */
export async function standingOf(ctx: Context, claim: Claim): Promise<'cancelled' | 'ours' | 'lost'> {
  const row = await readEnd(ctx, claim)
  if (!row) return 'lost'
  return row.cancel_requested_at === null ? 'ours' : 'cancelled'
}

/** Leaves the job to whoever looks next, without the time that a dead worker's takes. */
export async function abandon(ctx: Context, claim: Claim): Promise<void> {
  await ours(ctx, claim).set({ heartbeat_at: null }).execute()
}

function claimedBy({ db }: Context, worker: string) {
  return { claimed_by: worker, heartbeat_at: currentInstant(db) }
}

function ended(ctx: Context, status: JobStatus) {
  return { status, finished_at: toInstant(ctx.now()), claimed_by: null, heartbeat_at: null }
}

function ours({ db }: Context, { id, worker }: Claim) {
  return db.updateTable('jobs').where('id', '=', id).where('status', '=', 'RUNNING').where('claimed_by', '=', worker)
}

function readEnd({ db }: Context, { id, worker }: Claim) {
  return db
    .selectFrom('jobs')
    .select(['result', 'error', 'cancel_requested_at'])
    .where('id', '=', id)
    .where('status', '=', 'RUNNING')
    .where('claimed_by', '=', worker)
    .executeTakeFirst()
}

async function changed(query: ReturnType<typeof ours>): Promise<boolean> {
  const { numUpdatedRows } = await query.executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

/** Looking costs nothing; a transaction that writes would keep others waiting, at every look. */
async function hasAny({ db }: Context, status: JobStatus, kinds: readonly JobKind[]): Promise<boolean> {
  if (kinds.length === 0) return false
  const query = db.selectFrom('jobs').select('id').where('status', '=', status).where('kind', 'in', kinds).limit(1)
  return (await query.executeTakeFirst()) !== undefined
}

function toClaim(row: { id: string; kind: string; params: string | null }, worker: string): Claim {
  return { id: row.id, kind: row.kind as JobKind, params: JSON.parse(row.params ?? 'null'), worker }
}

/** Whether a worker with a fresh heartbeat can still be there, as far as one can see from `worker`'s process. */
function isAlive(claimedBy: string | null, worker: string): boolean {
  const [host = '', pid = ''] = (claimedBy ?? '').split(':')
  const [ownHost, ownPid] = worker.split(':')
  if (host !== ownHost) return true
  // A process has one worker, and that one is asking: a second name in it is of one that ended.
  return pid !== ownPid && isRunning(Number(pid))
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
