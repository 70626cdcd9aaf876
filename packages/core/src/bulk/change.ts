import { isDeepStrictEqual } from 'node:util'
import { invalid } from '../errors.ts'
import type { JobHandler } from '../jobs/handler.ts'
import type { PurchaseRecord } from '../purchases/record.ts'
import { storePurchases } from '../purchases/store.ts'
import { changeRow } from '../purchases/write.ts'
import { foldCase } from '../text.ts'
import { logChanges, readAttachmentIds, stampAfter } from '../undo/changes.ts'
import { takeBack } from '../undo/take-back.ts'
import { forAll } from './run.ts'
import { BulkChange, type PurchasesChange } from './shapes.ts'

/** Tags that a purchase may have. */
const MOST_TAGS = 50

/** Makes the same change of many purchases: of all that are meant, or of none. */
export const changeHandler: JobHandler = {
  async run(job) {
    const { changes, ...which } = BulkChange.parse(job.params)
    return forAll(job, which, 'changing', async (tx, records, now) => {
      const changed = records.flatMap((before) => {
        const after = changeRecord(before, changes)
        return isDeepStrictEqual(before, after) ? [] : [{ before, after }]
      })
      const attachments = await readAttachmentIds(
        tx.db,
        changed.map(({ after }) => after.row.id),
      )
      await storePurchases(tx, changed, now)
      const log = changed.map((change) => {
        const { id } = change.after.row
        const stamp = stampAfter(change, attachments.get(id) ?? [])
        return { entity: 'purchase', entity_id: id, before: JSON.stringify(change.before), stamp } as const
      })
      await logChanges(tx.db, job.id, log)
      return changed.length
    })
  },

  cleanUp: async (job) => {
    await takeBack(job, job.id)
  },
}

/** @throws AppError UNPROCESSABLE_CONTENT naming the purchase that would have too many tags */
function changeRecord(before: PurchaseRecord, { add_tags = [], remove_tags = [], ...fields }: PurchasesChange) {
  const removed = new Set(remove_tags.map(foldCase))
  const kept = before.tags.filter((tag) => !removed.has(foldCase(tag)))
  const held = new Set(kept.map(foldCase))
  const tags = [...kept, ...add_tags.filter((tag) => !held.has(foldCase(tag)))]
  if (tags.length > MOST_TAGS) {
    const message = `"${before.row.product_name}" would have more than ${MOST_TAGS} tags`
    throw invalid([{ path: 'changes.add_tags', message }])
  }
  return { ...before, row: changeRow(before.row, fields), tags }
}
