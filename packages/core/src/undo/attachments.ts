import { type Db, isOneOf, preparedInsert } from '@spends/db'
import { type Context, newId } from '../context.ts'
import type { BlobStore } from '../files.ts'
import type { PurchaseRecord } from '../purchases/record.ts'

const insertAttachments = preparedInsert('attachments')
const insertRemoved = preparedInsert('removed_attachments')

/** Lays aside the attachments of purchases that a job is about to delete, in the same transaction. */
export async function layAsideAttachments(
  { db }: Context,
  jobId: string,
  purchaseIds: readonly string[],
  now: string,
): Promise<void> {
  const rows = await db
    .selectFrom('attachments')
    .selectAll()
    .where(isOneOf(db, 'purchase_id', purchaseIds))
    .execute()
  await insertRemoved(
    db,
    rows.map((row) => ({ ...row, job_id: jobId, removed_at: now })),
  )
}

/** Brings back the attachments of purchases that a job had deleted, and says which of their bytes are still there. */
export async function restoreAttachments(
  { db }: Context,
  files: BlobStore,
  jobId: string,
  purchaseIds: readonly string[],
): Promise<void> {
  if (purchaseIds.length === 0) return
  const rows = await db
    .selectFrom('removed_attachments')
    .selectAll()
    .where('job_id', '=', jobId)
    .where(isOneOf(db, 'purchase_id', purchaseIds))
    .execute()
  if (rows.length === 0) return
  const idOf = await freeIds(
    db,
    'attachments',
    rows.map(({ id }) => id),
  )
  const restored = []
  for (const { job_id: _, removed_at: __, ...row } of rows) {
    restored.push({ ...row, id: idOf(row.id), available: await files.has(row.sha256) })
  }
  await insertAttachments(db, restored)
  await db
    .deleteFrom('removed_attachments')
    .where('job_id', '=', jobId)
    .where(isOneOf(db, 'purchase_id', purchaseIds))
    .execute()
}

/** Gives the warranties of purchases that come back other ids where an import has taken theirs. */
export async function withFreeWarrantyIds(db: Db, records: readonly PurchaseRecord[]): Promise<PurchaseRecord[]> {
  const ids = records.flatMap(({ warranty }) => warranty?.id ?? [])
  const idOf = await freeIds(db, 'warranties', ids)
  return records.map((record) => {
    const { warranty } = record
    return warranty ? { ...record, warranty: { ...warranty, id: idOf(warranty.id) } } : record
  })
}

/** The id that something with this id gets when it comes back: its own, unless that is taken by now. */
async function freeIds(
  db: Db,
  table: 'attachments' | 'warranties',
  ids: readonly string[],
): Promise<(id: string) => string> {
  if (ids.length === 0) return (id) => id
  const taken = await db
    .selectFrom(table)
    .select('id')
    .where(isOneOf(db, 'id', ids))
    .execute()
  const isTaken = new Set(taken.map(({ id }) => id))
  return (id) => (isTaken.has(id) ? newId() : id)
}
