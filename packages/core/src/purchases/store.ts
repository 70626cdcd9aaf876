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
  let changed = false
  try {
    for await (const { before, after } of changes) {
      if (!(await storeChange(tx, before, after, now))) continue
      changed = true
      if (before) deltas.add(factsOf(before), -1)
      if (after) deltas.add(factsOf(after), 1)
    }
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

const insertPurchases = preparedInsert('purchases')
const insertTags = preparedInsert('purchase_tags')
const insertWarranties = preparedInsert('warranties')

/** @returns whether anything had to be written */
async function storeChange(tx: Context, before: PurchaseRecord | null, after: PurchaseRecord | null, now: string) {
  if (after) return storePurchase(tx, before, after, now)
  if (before) await tx.db.deleteFrom('purchases').where('id', '=', before.row.id).execute()
  return before !== null
}

async function storePurchase(tx: Context, before: PurchaseRecord | null, after: PurchaseRecord, now: string) {
  const tagsChanged = !isDeepStrictEqual(before?.tags ?? [], after.tags)
  const rowChanged = tagsChanged || !isDeepStrictEqual(before?.row, after.row)
  if (!before) {
    await insertPurchases(tx.db, [{ ...after.row, ...derivedColumns(after) }])
  } else if (rowChanged) {
    const { id, ...columns } = after.row
    const stamp = { version: before.row.version + 1, updated_at: now }
    await tx.db
      .updateTable('purchases')
      .set({ ...columns, ...derivedColumns(after), ...stamp })
      .where('id', '=', id)
      .execute()
  }
  if (tagsChanged) await storeTags(tx, after.row.id, after.tags, before !== null)
  const warrantyChanged = await storeWarranty(tx, before?.warranty ?? null, after.warranty, now)
  return rowChanged || warrantyChanged
}

async function storeTags(tx: Context, purchaseId: string, tags: readonly string[], replace: boolean) {
  if (replace) await tx.db.deleteFrom('purchase_tags').where('purchase_id', '=', purchaseId).execute()
  if (tags.length === 0) return
  const rows = tags.map((tag, position) => ({ purchase_id: purchaseId, position, tag, tag_key: foldCase(tag) }))
  await insertTags(tx.db, rows)
}

async function storeWarranty(tx: Context, before: WarrantyRecord | null, after: WarrantyRecord | null, now: string) {
  if (isDeepStrictEqual(before, after)) return false
  if (before && after?.id !== before.id) await tx.db.deleteFrom('warranties').where('id', '=', before.id).execute()
  if (!after) return true
  const search_text = joinSearchKeys([after.provider, after.notes])
  if (before?.id === after.id) {
    const { id, ...columns } = after
    const stamp = { version: before.version + 1, updated_at: now }
    await tx.db
      .updateTable('warranties')
      .set({ ...columns, search_text, ...stamp })
      .where('id', '=', id)
      .execute()
  } else {
    await insertWarranties(tx.db, [{ ...after, search_text }])
  }
  return true
}

function derivedColumns({ row, tags }: { row: PurchaseRow; tags: readonly string[] }) {
  const searched = [row.product_name, row.notes, row.model_number, row.serial_number, row.order_number, ...tags]
  return {
    sort_key: sortKey(row.product_name),
    price_key: toPriceKey(formatMinorUnits(row.price, row.currency_code)),
    search_text: joinSearchKeys(searched),
  }
}
