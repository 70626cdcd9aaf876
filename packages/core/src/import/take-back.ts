import { isOneOf } from '@spends/db'
import { z } from 'zod'
import { toInstant } from '../calendar.ts'
import type { Context } from '../context.ts'
import { keysOf } from '../directory.ts'
import type { JobRun } from '../jobs/handler.ts'
import type { PurchaseRecord } from '../purchases/record.ts'
import { type PurchaseChange, storePurchases } from '../purchases/store.ts'
import { raiseRevision } from '../revision.ts'
import { updateSettings } from '../settings.ts'
import { foldCase } from '../text.ts'
import { readAttachmentIds, stampAfter, stampOf } from './changes.ts'
import { Pace } from './pace.ts'
import { type Change, type Entry, Kept, readChanges, split, tableOf, type Word } from './touched.ts'

/** Things that are named one by one in an answer. */
const NAMED = 1000

/** What taking an import back did. */
export const ImportUndo = z
  .object({
    job_id: z.string().meta({ format: 'uuid', description: 'The job of the import.' }),
    purchases_removed: z.int(),
    purchases_restored: z.int(),
    retailers_removed: z.int(),
    brands_removed: z.int(),
    kept: z.array(Kept).meta({
      description: 'What stays although the import made it, such as a retailer that other purchases use by now.',
    }),
  })
  .meta({ id: 'ImportUndo' })
export type ImportUndo = z.infer<typeof ImportUndo>
/**
 * Takes back what a job has changed and is still in its log: what it made goes, what it changed is as before. What
 * somebody has touched since stays as they left it.
 */
export async function takeBack(job: JobRun, jobId: string): Promise<ImportUndo> {
  const undo: ImportUndo = {
    job_id: jobId,
    purchases_removed: 0,
    purchases_restored: 0,
    retailers_removed: 0,
    brands_removed: 0,
    kept: [],
  }
  const { total } = await job.db
    .selectFrom('job_changes')
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .where('job_id', '=', jobId)
    .executeTakeFirstOrThrow()
  let done = 0
  const pace = new Pace(() => job.isContended())
  // Purchases go before what they point at.
  for (const entity of ['purchase', 'settings', 'retailer', 'brand'] as const) {
    for (let isDone = false; !isDone; ) {
      await job.progress('undo', done, total)
      await pace.time(pace.size, async () => {
        const { changes, kept, removed, restored } = await job.inTransaction(async (tx) => {
          const changes = await readChanges(tx, jobId, entity, '', pace.size)
          const result = await takeBackPage(tx, jobId, entity, changes)
          await forget(tx, jobId, entity, changes)
          return { changes, ...result }
        })
        isDone = changes.length === 0
        done += changes.length
        undo.kept.push(...kept.slice(0, NAMED - undo.kept.length))
        if (entity === 'purchase') {
          undo.purchases_removed += removed
          undo.purchases_restored += restored
        }
        if (entity === 'retailer') undo.retailers_removed += removed
        if (entity === 'brand') undo.brands_removed += removed
      })
    }
  }
  return undo
}

async function forget(tx: Context, jobId: string, entity: Change['entity'], changes: readonly Change[]) {
  const last = changes.at(-1)?.entity_id
  if (last === undefined) return
  await tx.db
    .deleteFrom('job_changes')
    .where('job_id', '=', jobId)
    .where('entity', '=', entity)
    .where('entity_id', '<=', last)
    .execute()
}

interface Taken {
  kept: Kept[]
  removed: number
  restored: number
}

async function takeBackPage(
  tx: Context,
  jobId: string,
  entity: Change['entity'],
  changes: readonly Change[],
): Promise<Taken> {
  if (changes.length === 0) return { kept: [], removed: 0, restored: 0 }
  const { open, kept } = await split(tx, entity, changes)
  const removed = open.filter(({ change, current }) => change.before === null && current !== null)
  const restored = open.filter(({ change }) => change.before !== null)
  if (entity === 'purchase') {
    const purchases = [...removed, ...restored].map(({ change: { before }, current }): PurchaseChange => {
      return { before: current as PurchaseRecord, after: before === null ? null : JSON.parse(before) }
    })
    await storePurchases(tx, purchases, toInstant(tx.now()))
    await carryStamps(tx, jobId, purchases)
  } else if (entity === 'settings') {
    for (const { change } of restored) await updateSettings(tx, JSON.parse(change.before ?? '{}'))
  } else {
    for (const { change } of removed) {
      await tx.db.deleteFrom(tableOf(entity)).where('id', '=', change.entity_id).execute()
    }
    for (const { change, current } of restored) {
      const before: Entry = JSON.parse(change.before ?? '{}')
      if (!(await restoreEntry(tx, entity, before, current !== null))) {
        kept.push({ entity, id: before.id, name: before.name, reason: 'has a name that another one has by now' })
      }
    }
    await raiseRevision(tx)
  }
  return { kept, removed: removed.length, restored: restored.length }
}

/**
 * A purchase that is as an earlier import left it has another version all the same: the log of that import learns it,
 * so that imports can be taken back one after the other.
 */
async function carryStamps(tx: Context, jobId: string, purchases: readonly PurchaseChange[]): Promise<void> {
  const restored = purchases.flatMap(({ before, after }) => (before && after ? [{ before, after }] : []))
  if (restored.length === 0) return
  const earlier = await tx.db
    .selectFrom('jobs')
    .select('id')
    .where('kind', '=', 'IMPORT')
    .where('id', '!=', jobId)
    .execute()
  if (earlier.length === 0) return
  const ids = earlier.map(({ id }) => id)
  const attachments = await readAttachmentIds(
    tx.db,
    restored.map(({ after }) => after.row.id),
  )
  for (const change of restored) {
    const { id } = change.after.row
    const held = attachments.get(id) ?? []
    await tx.db
      .updateTable('job_changes')
      .set({ stamp: stampAfter(change, held) })
      .where(isOneOf(tx.db, 'job_id', ids))
      .where('entity', '=', 'purchase')
      .where('entity_id', '=', id)
      .where('stamp', '=', stampOf(change.after, held))
      .execute()
  }
}

/** @returns false where its name is another one's by now */
async function restoreEntry(tx: Context, word: Word, entry: Entry, exists: boolean): Promise<boolean> {
  const { id, ...columns } = { ...entry, ...keysOf(entry.name) }
  const table = tableOf(word)
  const taken = await tx.db
    .selectFrom(table)
    .select('id')
    .where('name_key', '=', foldCase(entry.name))
    .where('id', '!=', id)
    .executeTakeFirst()
  if (taken) return false
  if (exists) await tx.db.updateTable(table).set(columns).where('id', '=', id).execute()
  else
    await tx.db
      .insertInto(table)
      .values({ id, ...columns })
      .execute()
  return true
}
