import { toInstant } from '../calendar.ts'
import type { Context } from '../context.ts'
import type { JobRun } from '../jobs/handler.ts'
import { Pace } from '../jobs/pace.ts'
import { lockPurchases, type PurchaseRecord } from '../purchases/record.ts'
import { selectIds, stillMeant } from './select.ts'
import type { BulkDeletion, BulkReport } from './shapes.ts'

/**
 * Does something with all purchases that are meant, in short transactions. Which they are is settled at the beginning;
 * what does not match any more when its turn comes is left alone.
 * @param work writes and logs one page of them, locked and in the order of their ids. @returns how many it changed
 */
export async function forAll(
  job: JobRun,
  which: Pick<BulkDeletion, 'ids' | 'filter'>,
  stage: string,
  work: (tx: Context, records: readonly PurchaseRecord[], now: string) => Promise<number>,
): Promise<BulkReport> {
  const report: BulkReport = { job_id: job.id, matched: 0, changed: 0, undone_at: null }
  const ids = await selectIds(job, which)
  const pace = new Pace(() => job.isContended())
  for (let done = 0; done < ids.length; ) {
    await job.progress(stage, done, ids.length)
    const page = ids.slice(done, done + pace.size)
    await pace.time(page.length, async () => {
      const { matched, changed } = await job.inTransaction(async (tx) => {
        const records = await lockPurchases(tx.db, page)
        const meant = await stillMeant(tx, page, which)
        const matching = records.filter(({ row }) => meant.has(row.id))
        return { matched: matching.length, changed: await work(tx, matching, toInstant(tx.now())) }
      })
      report.matched += matched
      report.changed += changed
    })
    done += page.length
  }
  await job.progress(stage, ids.length, ids.length)
  return report
}
