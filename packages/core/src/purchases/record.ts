import { type Db, isOneOf, lockForUpdate, type PurchasesTable } from '@spends/db'
import type { WarrantyRecord } from '../warranties/rules.ts'

/** The row without what follows from it. */
export type PurchaseRow = Omit<PurchasesTable, 'sort_key' | 'price_key' | 'search_text'>

/** One purchase as the database holds it, with all that belongs to it. */
export interface PurchaseRecord {
  row: PurchaseRow
  tags: readonly string[]
  warranty: WarrantyRecord | null
}

export const PURCHASE_COLUMNS = [
  'id',
  'product_name',
  'price',
  'quantity',
  'currency_code',
  'retailer_id',
  'brand_id',
  'status',
  'purchase_date',
  'notes',
  'model_number',
  'serial_number',
  'order_number',
  'link',
  'return_by',
  'return_policy',
  'tax_deductible',
  'version',
  'created_at',
  'updated_at',
] as const satisfies readonly (keyof PurchaseRow)[]

export const WARRANTY_COLUMNS = [
  'id',
  'purchase_id',
  'warranty_start',
  'warranty_end',
  'warranty_type',
  'voided_at',
  'provider',
  'notes',
  'version',
  'created_at',
  'updated_at',
] as const satisfies readonly (keyof WarrantyRecord)[]

/**
 * The purchases with these ids as they stand, locked until the transaction ends: whoever changes one, or its tags or
 * warranty, comes through here, so changes of one purchase queue. Ordered by id.
 */
export async function lockPurchases(tx: Db, ids: readonly string[]): Promise<PurchaseRecord[]> {
  if (ids.length === 0) return []
  const query = tx
    .selectFrom('purchases')
    .select(PURCHASE_COLUMNS)
    .where(isOneOf(tx, 'id', ids))
    .orderBy('id')
  const rows = await lockForUpdate(tx, query).execute()
  const [tags, warranties] = [
    await readTags(tx, ids),
    await tx
      .selectFrom('warranties')
      .select(WARRANTY_COLUMNS)
      .where(isOneOf(tx, 'purchase_id', ids))
      .execute(),
  ]
  const warrantyOf = new Map(warranties.map((warranty) => [warranty.purchase_id, warranty]))
  return rows.map((row) => ({ row, tags: tags.get(row.id) ?? [], warranty: warrantyOf.get(row.id) ?? null }))
}

/** Purchase id -> its tags in order; a purchase without tags is not in the map. */
async function readTags(db: Db, purchaseIds: readonly string[]): Promise<Map<string, string[]>> {
  const tagsOf = new Map<string, string[]>()
  if (purchaseIds.length === 0) return tagsOf
  const rows = await db
    .selectFrom('purchase_tags')
    .select(['purchase_id', 'tag'])
    .where(isOneOf(db, 'purchase_id', purchaseIds))
    .orderBy('purchase_id')
    .orderBy('position')
    .execute()
  for (const { purchase_id, tag } of rows) {
    const tags = tagsOf.get(purchase_id)
    if (tags) tags.push(tag)
    else tagsOf.set(purchase_id, [tag])
  }
  return tagsOf
}
