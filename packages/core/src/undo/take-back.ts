import { isOneOf } from '@spends/db'
import { z } from 'zod'
import { toInstant } from '../calendar.ts'
import type { Context } from '../context.ts'
import { keysOf } from '../directory.ts'
import type { BlobStore } from '../files.ts'
import type { JobRun } from '../jobs/handler.ts'
import { Pace } from '../jobs/pace.ts'
import type { PurchaseRecord } from '../purchases/record.ts'
import { type PurchaseChange, storePurchases } from '../purchases/store.ts'
import { raiseRevision } from '../revision.ts'
import { updateSettings } from '../settings.ts'
import { foldCase } from '../text.ts'
import { restoreAttachments, withFreeWarrantyIds } from './attachments.ts'
import { readAttachmentIds, stampAfter, stampOf } from './changes.ts'
import { type Change, type Entry, Kept, readChanges, type Split, split, tableOf, type Word } from './touched.ts'
import { UNDOABLE_KINDS } from './undoable.ts'

/** Things that are named one by one in an answer. */
const NAMED = 1000

/** What taking back an import, a change or a deletion did. */
export const Undo = z
  .object({
    job_id: z.string().meta({ format: 'uuid', description: 'The job that was undone.' }),
    purchases_removed: z.int().meta({ description: 'Made by the job.' }),
    purchases_restored: z.int().meta({ description: 'Changed or deleted by the job.' }),
    retailers_removed: z.int(),
    brands_removed: z.int(),
    kept: z.array(Kept).meta({
      description:
        'What is not quite as before, and why: a retailer that the import made and others use by now, or a purchase whose retailer was deleted since.',
    }),
  })
  .meta({ id: 'Undo' })
export type Undo = z.infer<typeof Undo>

/**
 * Takes back what a job has changed and is still in its log: what it made goes, what it changed is as before. What
 * somebody has touched since stays as they left it.
 */
export async function takeBack(job: JobRun, jobId: string): Promise<Undo> {
  const undo: Undo = {
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
          const result = await takeBackPage(tx, job.files, jobId, entity, changes)
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

/** A purchase as it is, as it will be, and as the job found it. */
interface TakenBack extends PurchaseChange {
  was: PurchaseRecord | null
}

/**
 * Those that were deleted, by id, as they come back: their versions rise all the same, so that nobody takes them for
 * what they had read before.
 */
async function comingBack(tx: Context, restored: Split['open'], now: string): Promise<Map<string, PurchaseRecord>> {
  const raised = <T extends { version: number }>(of: T): T => ({ ...of, version: of.version + 1, updated_at: now })
  const records = restored.flatMap(({ change, current, missing }): PurchaseRecord[] => {
    if (current !== null) return []
    const { row, tags, warranty }: PurchaseRecord = JSON.parse(change.before ?? '{}')
    const present = (id: string | null) => (id !== null && missing?.has(id) ? null : id)
    const linked = { ...raised(row), retailer_id: present(row.retailer_id), brand_id: present(row.brand_id) }
    return [{ row: linked, tags, warranty: warranty && raised(warranty) }]
  })
  return new Map((await withFreeWarrantyIds(tx.db, records)).map((record) => [record.row.id, record]))
}

interface Taken {
  kept: Kept[]
  removed: number
  restored: number
}

async function takeBackPage(
  tx: Context,
  files: BlobStore,
  jobId: string,
  entity: Change['entity'],
  changes: readonly Change[],
): Promise<Taken> {
  if (changes.length === 0) return { kept: [], removed: 0, restored: 0 }
  const { open, kept } = await split(tx, entity, changes)
  const removed = open.filter(({ change, current }) => change.before === null && current !== null)
  const restored = open.filter(({ change }) => change.before !== null)
  if (entity === 'purchase') {
    const now = toInstant(tx.now())
    const back = await comingBack(tx, restored, now)
    const purchases = [...removed, ...restored].map(({ change, current }): TakenBack => {
      const was: PurchaseRecord | null = change.before === null ? null : JSON.parse(change.before)
      return { before: current as PurchaseRecord | null, after: back.get(change.entity_id) ?? was, was }
    })
    await storePurchases(tx, purchases, now)
    await restoreAttachments(tx, files, jobId, [...back.keys()])
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
 * A purchase that is as an earlier job left it has another version all the same: the log of that job learns it, so
 * that jobs can be taken back one after the other.
 */
async function carryStamps(tx: Context, jobId: string, purchases: readonly TakenBack[]): Promise<void> {
  const restored = purchases.flatMap(({ before, after, was }) => (was && after ? [{ before, after, was }] : []))
  if (restored.length === 0) return
  const earlier = await tx.db
    .selectFrom('jobs')
    .select('id')
    .where('kind', 'in', UNDOABLE_KINDS)
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
      .where('stamp', '=', stampOf(change.was, held))
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
