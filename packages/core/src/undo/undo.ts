import { lockForUpdate } from '@spends/db'
import { z } from 'zod'
import type { BulkReport } from '../bulk/shapes.ts'
import { toInstant } from '../calendar.ts'
import type { Context } from '../context.ts'
import { AppError, type FieldError, notFound } from '../errors.ts'
import type { ImportReport } from '../import/options.ts'
import { keepResult } from '../jobs/claim.ts'
import type { JobHandler, JobRun } from '../jobs/handler.ts'
import { takeBack } from './take-back.ts'
import { COMES_WITHOUT, IN_USE, type Kept, readChanges, split } from './touched.ts'
import { UNDOABLE, UNDOABLE_KINDS, type UndoableKind } from './undoable.ts'

/** Things that are named one by one in a refusal. */
const NAMED = 1000
const PAGE = 500

const UndoParams = z.object({ job_id: z.string() })

/** Takes a finished job back. Once begun it is carried through, also after a crash. */
export const undoHandler: JobHandler = {
  async run(job) {
    const { job_id } = UndoParams.parse(job.params)
    const touched = await findTouched(job, job_id)
    if (touched.length > 0) throw refusal(touched, (await findDone(job, job_id, UNDOABLE_KINDS))?.word)
    await job.inTransaction((tx) => markUndone(tx, job_id))
    return takeBack(job, job_id)
  },

  async cleanUp(job) {
    const { job_id } = UndoParams.parse(job.params)
    if (!(await findDone(job, job_id, UNDOABLE_KINDS))?.report?.undone_at) return
    // It has a result: what was asked for is done, whatever came between.
    await keepResult(job, job.id, await takeBack(job, job_id))
  },
}

/** @throws AppError NOT_FOUND; CONFLICT where there is nothing to take back, with the reason */
export async function checkUndo(ctx: Context, jobId: string, kinds: readonly UndoableKind[]): Promise<void> {
  const done = await findDone(ctx, jobId, kinds)
  if (!done) throw notFound('job')
  const { word, report } = done
  if (!report) throw new AppError('CONFLICT', `This ${word} has not succeeded: there is nothing to undo.`)
  if (report.dry_run) throw new AppError('CONFLICT', 'This was a dry run: there is nothing to undo.')
  if (report.undone_at) throw new AppError('CONFLICT', `This ${word} was undone already.`)
  const isLogged = ctx.db.selectFrom('job_changes').select('job_id').where('job_id', '=', jobId).limit(1)
  if (!changedNothing(report) && !(await isLogged.executeTakeFirst())) {
    throw new AppError(
      'CONFLICT',
      `A backup was restored since this ${word}, so nobody knows any more what it had changed. Restoring the restore point brings the data of before back.`,
    )
  }
}

/** What the reports of jobs that can be undone say of it. */
type DoneReport = Partial<Omit<ImportReport & BulkReport, 'undone_at'>> & { undone_at?: string | null }

/** A job that can be undone, with its report once it has succeeded; undefined where there is no such job. */
async function findDone(
  ctx: Context,
  jobId: string,
  kinds: readonly UndoableKind[],
): Promise<{ word: string; report: DoneReport | null } | undefined> {
  const job = await ctx.db
    .selectFrom('jobs')
    .select(['kind', 'status', 'result'])
    .where('id', '=', jobId)
    .where('kind', 'in', kinds)
    .executeTakeFirst()
  if (!job) return undefined
  const report = job.status === 'SUCCEEDED' && job.result !== null ? JSON.parse(job.result) : null
  return { word: UNDOABLE[job.kind as UndoableKind], report }
}

function changedNothing(report: DoneReport): boolean {
  const { created = 0, updated = 0, retailers_created = 0, brands_created = 0, changed = 0 } = report
  return created + updated + retailers_created + brands_created + changed === 0
}

async function markUndone(tx: Context, jobId: string): Promise<void> {
  // Of two at once, the second one waits here and finds it undone.
  await lockForUpdate(tx.db, tx.db.selectFrom('jobs').select('id').where('id', '=', jobId)).execute()
  await checkUndo(tx, jobId, UNDOABLE_KINDS)
  const done = await findDone(tx, jobId, UNDOABLE_KINDS)
  const result = JSON.stringify({ ...done?.report, undone_at: toInstant(tx.now()) })
  await tx.db.updateTable('jobs').set({ result }).where('id', '=', jobId).execute()
}

function refusal(touched: readonly Kept[], word = 'job'): AppError {
  const names = touched.slice(0, 3).map(({ name }) => `"${name}"`)
  const more = touched.length > names.length ? ` and ${touched.length - names.length} more` : ''
  const errors = touched.map(({ entity, id, name, reason }): FieldError => {
    return { path: `${entity}.${id}`, message: `"${name}" ${reason}` }
  })
  return new AppError('CONFLICT', `Changed since the ${word}: ${names.join(', ')}${more}. Nothing was undone.`, errors)
}

/** Everything of a job that somebody has touched since, by name; the first thousand. */
async function findTouched(job: JobRun, jobId: string): Promise<Kept[]> {
  const touched: Kept[] = []
  for (const entity of ['purchase', 'retailer', 'brand', 'settings'] as const) {
    for (let last = ''; touched.length < NAMED; ) {
      const page = await readChanges(job, jobId, entity, last, PAGE)
      const [end] = page.slice(-1)
      if (!end) break
      last = end.entity_id
      const { kept } = await split(job, entity, page)
      // One that is merely in use stays, and says so afterwards.
      touched.push(...kept.filter(({ reason }) => reason !== IN_USE && reason !== COMES_WITHOUT))
      await job.progress('checking', 0)
    }
  }
  return touched.slice(0, NAMED)
}
