import type { JobHandler } from '../jobs/handler.ts'
import { storePurchases } from '../purchases/store.ts'
import { layAsideAttachments } from '../undo/attachments.ts'
import { logChanges, REMOVED } from '../undo/changes.ts'
import { takeBack } from '../undo/take-back.ts'
import { forAll } from './run.ts'
import { BulkDeletion } from './shapes.ts'

/** Deletes many purchases with their warranties and attachments: all that are meant, or none. */
export const deleteHandler: JobHandler = {
  async run(job) {
    return forAll(job, BulkDeletion.parse(job.params), 'deleting', async (tx, records, now) => {
      const ids = records.map(({ row }) => row.id)
      await layAsideAttachments(tx, job.id, ids, now)
      const removed = records.map((before) => ({ before, after: null }))
      await storePurchases(tx, removed, now)
      const log = records.map((before) => {
        const entity_id = before.row.id
        return { entity: 'purchase', entity_id, before: JSON.stringify(before), stamp: REMOVED } as const
      })
      await logChanges(tx.db, job.id, log)
      return records.length
    })
  },

  cleanUp: async (job) => {
    await takeBack(job, job.id)
  },
}
