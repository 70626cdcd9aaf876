import { lockForUpdate } from '@spends/db'
import { z } from 'zod'
import { toInstant } from '../calendar.ts'
import type { Context } from '../context.ts'
import { AppError, type FieldError } from '../errors.ts'
import { keepResult } from '../jobs/claim.ts'
import type { JobHandler, JobRun } from '../jobs/handler.ts'
import type { ImportReport } from './options.ts'
import { takeBack } from './take-back.ts'
import { IN_USE, type Kept, readChanges, split } from './touched.ts'

/** Things that are named one by one in a refusal. */
const NAMED = 1000
const PAGE = 500

const UndoParams = z.object({ job_id: z.string() })

/** Takes a finished import back. Once begun it is carried through, also after a crash. */
export const undoImportHandler: JobHandler = {
  async run(job) {
    const { job_id } = UndoParams.parse(job.params)
    const touched = await findTouched(job, job_id)
    if (touched.length > 0) throw refusal(touched)
    await job.inTransaction((tx) => markUndone(tx, job_id))
    return takeBack(job, job_id)
  },

  async cleanUp(job) {
    const { job_id } = UndoParams.parse(job.params)
    if (!(await readReport(job, job_id))?.undone_at) return
    // It has a result: what was asked for is done, whatever came between.
    await keepResult(job, job.id, await takeBack(job, job_id))
  },
}

/** @throws AppError NOT_FOUND; CONFLICT where there is nothing to take back, with the reason */
export async function checkUndo(ctx: Context, jobId: string): Promise<void> {
  const report = await readReport(ctx, jobId)
  if (report === undefined) throw new AppError('NOT_FOUND', 'There is no such import.')
  if (report === null) throw new AppError('CONFLICT', 'Only an import that has succeeded can be undone.')
  if (report.dry_run) throw new AppError('CONFLICT', 'This was a dry run: there is nothing to undo.')
  if (report.undone_at) throw new AppError('CONFLICT', 'This import was undone already.')
  const isLogged = ctx.db.selectFrom('job_changes').select('job_id').where('job_id', '=', jobId).limit(1)
  if (!changedNothing(report) && !(await isLogged.executeTakeFirst())) {
    throw new AppError(
      'CONFLICT',
      'A backup was restored since this import, so nobody knows any more what it had changed. Restoring the restore point brings the data of before back.',
    )
  }
}

/** The report of an import; null where it has none yet, undefined where there is no such import. */
async function readReport(ctx: Context, jobId: string): Promise<ImportReport | null | undefined> {
  const job = await ctx.db
    .selectFrom('jobs')
    .select(['status', 'result'])
    .where('id', '=', jobId)
    .where('kind', '=', 'IMPORT')
    .executeTakeFirst()
  if (!job) return undefined
  return job.status === 'SUCCEEDED' && job.result !== null ? JSON.parse(job.result) : null
}

function changedNothing({ created, updated, retailers_created, brands_created }: ImportReport): boolean {
  return created + updated + retailers_created + brands_created === 0
}

async function markUndone(tx: Context, jobId: string): Promise<void> {
  // Of two at once, the second one waits here and finds it undone.
  await lockForUpdate(tx.db, tx.db.selectFrom('jobs').select('id').where('id', '=', jobId)).execute()
  await checkUndo(tx, jobId)
  const report = await readReport(tx, jobId)
  const result = JSON.stringify({ ...report, undone_at: toInstant(tx.now()) })
  await tx.db.updateTable('jobs').set({ result }).where('id', '=', jobId).execute()
}

function refusal(touched: readonly Kept[]): AppError {
  const names = touched.slice(0, 3).map(({ name }) => `"${name}"`)
  const more = touched.length > names.length ? ` and ${touched.length - names.length} more` : ''
  const errors = touched.map(({ entity, id, name, reason }): FieldError => {
    return { path: `${entity}.${id}`, message: `"${name}" ${reason}` }
  })
  return new AppError('CONFLICT', `Changed since the import: ${names.join(', ')}${more}. Nothing was undone.`, errors)
}

/** Everything of an import that somebody has touched since, by name; the first thousand. */
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
      touched.push(...kept.filter(({ reason }) => reason !== IN_USE))
      await job.progress('checking', 0)
    }
  }
  return touched.slice(0, NAMED)
}
