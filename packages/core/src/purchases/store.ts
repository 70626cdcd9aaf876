import { isDeepStrictEqual } from 'node:util'
import { isForeignKeyViolation, preparedInsert } from '@spends/db'
import type { Context } from '../context.ts'
import { AppError } from '../errors.ts'
import { formatMinorUnits, toPriceKey } from '../money.ts'
import { raiseRevision } from '../revision.ts'
import { Deltas } from '../statistics/deltas.ts'
import { factsOf } from '../statistics/facts.ts'
import { storeDeltas } from '../statistics/store.ts'
import { foldCase, joinSearchKeys, sortKey } from '../text.ts'
import type { WarrantyRecord } from '../warranties/rules.ts'
import type { PurchaseRecord, PurchaseRow } from './record.ts'

/** A purchase before and after a change; null before it was there, or once it is gone. */
export interface PurchaseChange {
  before: PurchaseRecord | null
  after: PurchaseRecord | null
}

/**
 * Writes changes of purchases with their tags and warranties. Every write of a purchase passes here, in whatever
 * number, so that all that is derived from purchases can be kept in the same transaction.
 *
 * `version` and `updated_at` are set here: a row that changes rises by one, a row that stays the same is not touched.
 * @param now the instant of the change
 */
export async function storePurchases(
  tx: Context,
  changes: Iterable<PurchaseChange> | AsyncIterable<PurchaseChange>,
  now: string,
): Promise<void> {
  const deltas = new Deltas()
  const added: PurchaseRecord[] = []
  let changed = false
  try {
    for await (const { before, after } of changes) {
      if (!before && after) {
        added.push(after)
        if (added.length === BATCH) await insertRecords(tx, added.splice(0))
      } else {
        // In the order in which they came: this may be a change of one of those.
        await insertRecords(tx, added.splice(0))
        if (!(await storeChange(tx, before, after, now))) continue
      }
      changed = true
      if (before) deltas.add(factsOf(before), -1)
      if (after) deltas.add(factsOf(after), 1)
    }
    await insertRecords(tx, added)
  } catch (error) {
    // What it points at was there when the input was checked.
    if (isForeignKeyViolation(error)) {
      throw new AppError('CONFLICT', 'The retailer or brand was deleted at the same moment. Nothing was changed.')
    }
    throw error
  }
  await storeDeltas(tx, deltas)
  if (changed) await raiseRevision(tx)
}

/** New purchases that wait to be written together. */
const BATCH = 256

const insertPurchases = preparedInsert('purchases')
const insertTags = preparedInsert('purchase_tags')
const insertWarranties = preparedInsert('warranties')

/** What `storePurchases` makes of a change: the versions that the purchase and its warranty have afterwards. */
export function versionsAfter({ before, after }: { before: PurchaseRecord | null; after: PurchaseRecord }) {
  const [old, warranty] = [before?.warranty ?? null, after.warranty]
  return {
    row: before && isRowChanged(before, after) ? before.row.version + 1 : after.row.version,
    warranty: warranty && old?.id === warranty.id && isChanged(old, warranty) ? old.version + 1 : warranty?.version,
  }
}

function isRowChanged(before: PurchaseRecord, after: PurchaseRecord): boolean {
  return isChanged(before.tags, after.tags) || isChanged(before.row, after.row)
}

function isChanged(before: unknown, after: unknown): boolean {
  return !isDeepStrictEqual(before, after)
}

async function insertRecords(tx: Context, records: readonly PurchaseRecord[]): Promise<void> {
  if (records.length === 0) return
  await insertPurchases(
    tx.db,
    records.map((record) => ({ ...record.row, ...derivedColumns(record) })),
  )
  await insertTags(tx.db, records.flatMap(tagRowsOf))
  const warranties = records.flatMap(({ warranty }) => (warranty ? [warrantyRowOf(warranty)] : []))
  await insertWarranties(tx.db, warranties)
}

/** @returns whether anything had to be written */
async function storeChange(tx: Context, before: PurchaseRecord | null, after: PurchaseRecord | null, now: string) {
  if (!before) return false
  if (after) return updateRecord(tx, before, after, now)
  await tx.db.deleteFrom('purchases').where('id', '=', before.row.id).execute()
  return true
}

async function updateRecord(tx: Context, before: PurchaseRecord, after: PurchaseRecord, now: string) {
  const versions = versionsAfter({ before, after })
  const rowChanged = versions.row !== before.row.version
  if (rowChanged) {
    const { id, ...columns } = after.row
    await tx.db
      .updateTable('purchases')
      .set({ ...columns, ...derivedColumns(after), version: versions.row, updated_at: now })
      .where('id', '=', id)
      .execute()
  }
  if (isChanged(before.tags, after.tags)) await replaceTags(tx, after)
  const warrantyChanged = await storeWarranty(tx, before.warranty, after.warranty, now)
  return rowChanged || warrantyChanged
}

async function replaceTags(tx: Context, record: PurchaseRecord) {
  await tx.db.deleteFrom('purchase_tags').where('purchase_id', '=', record.row.id).execute()
  await insertTags(tx.db, tagRowsOf(record))
}

async function storeWarranty(tx: Context, before: WarrantyRecord | null, after: WarrantyRecord | null, now: string) {
  if (!isChanged(before, after)) return false
  if (before && after?.id !== before.id) await tx.db.deleteFrom('warranties').where('id', '=', before.id).execute()
  if (!after) return true
  if (before?.id === after.id) {
    const { id, ...columns } = warrantyRowOf(after)
    await tx.db
      .updateTable('warranties')
      .set({ ...columns, version: before.version + 1, updated_at: now })
      .where('id', '=', id)
      .execute()
  } else {
    await insertWarranties(tx.db, [warrantyRowOf(after)])
  }
  return true
}

function tagRowsOf({ row, tags }: PurchaseRecord) {
  return tags.map((tag, position) => ({ purchase_id: row.id, position, tag, tag_key: foldCase(tag) }))
}

function warrantyRowOf(warranty: WarrantyRecord) {
  return { ...warranty, search_text: joinSearchKeys([warranty.provider, warranty.notes]) }
}

function derivedColumns({ row, tags }: { row: PurchaseRow; tags: readonly string[] }) {
  const searched = [row.product_name, row.notes, row.model_number, row.serial_number, row.order_number, ...tags]
  return {
    sort_key: sortKey(row.product_name),
    price_key: toPriceKey(formatMinorUnits(row.price, row.currency_code)),
    search_text: joinSearchKeys(searched),
  }
}
