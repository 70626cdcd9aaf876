import { type DayAndName, findSameDayAndName } from '@spends/db'
import { type Context, newId } from '../context.ts'
import type { Moment } from '../moment.ts'
import { findPriceProblem, toMinorUnits } from '../money.ts'
import { lockPurchases, type PurchaseRecord } from '../purchases/record.ts'
import { changeRow, newRow } from '../purchases/write.ts'
import { foldCase } from '../text.ts'
import { applyWarrantyDraft, type WarrantyRecord } from '../warranties/rules.ts'
import { type CheckedPurchase, cellOf } from './check.ts'
import type { CellError } from './item.ts'

/** Where a checked purchase points, in our ids. */
export interface Resolved {
  purchase: CheckedPurchase
  /** Whether earlier rows like this one have taken all that is stored. */
  isExhausted: boolean
  /** Undefined where the file does not speak of it. */
  retailer_id: string | null | undefined
  brand_id: string | null | undefined
}

export interface Stored {
  byId: ReadonlyMap<string, PurchaseRecord>
  /** Ids of the stored purchases that are like a row, in a stable order. */
  alike: ReadonlyMap<CheckedPurchase, readonly string[]>
}

/**
 * Looks for what is stored already of these rows, and locks it: by id, or else by day, name, price, currency and, where
 * the file speaks of it, retailer.
 */
export async function findStored(tx: Context, rows: readonly Resolved[]): Promise<Stored> {
  const alike = await findAlike(
    tx,
    rows.filter(({ isExhausted }) => !isExhausted),
  )
  const ids = rows.flatMap(({ purchase }) => purchase.id ?? [])
  const wanted = new Set([...ids, ...[...alike.values()].flat()])
  const records = await lockPurchases(tx.db, [...wanted].sort())
  return { byId: new Map(records.map((record) => [record.row.id, record])), alike }
}

async function findAlike(tx: Context, rows: readonly Resolved[]): Promise<Map<CheckedPurchase, string[]>> {
  const pairs = new Map<string, DayAndName>()
  for (const { purchase } of rows) {
    const { purchase_date, sort_key } = purchase.likeness
    pairs.set(`${purchase_date} ${sort_key}`, { purchase_date, sort_key })
  }
  const found = Map.groupBy(
    await findSameDayAndName(tx.db, [...pairs.values()]),
    ({ purchase_date, sort_key }) => `${purchase_date} ${sort_key}`,
  )
  const alike = new Map<CheckedPurchase, string[]>()
  if (found.size === 0) return alike
  for (const { purchase, retailer_id } of rows) {
    const { purchase_date, sort_key, name_key, price, currency_code } = purchase.likeness
    const candidates = (found.get(`${purchase_date} ${sort_key}`) ?? []).filter(
      (stored) =>
        // The sortable form has lost accents and voicing, by which names may differ.
        foldCase(stored.product_name) === name_key &&
        stored.currency_code === currency_code &&
        stored.price === toMinorUnits(price, currency_code) &&
        (retailer_id === undefined || stored.retailer_id === retailer_id),
    )
    if (candidates.length > 0) {
      alike.set(
        purchase,
        candidates.map(({ id }) => id),
      )
    }
  }
  return alike
}

/** The purchase that a row makes where it is new. @param id a free one */
export function toNewRecord({ purchase, retailer_id, brand_id }: Resolved, id: string, moment: Moment): PurchaseRecord {
  const { values, stamps, warranty } = purchase
  const references = { retailer_id: retailer_id ?? null, brand_id: brand_id ?? null }
  const { version, created_at = moment.now, updated_at = moment.now } = stamps
  return {
    row: { ...newRow(id, { ...values, ...references }, moment), version, created_at, updated_at },
    tags: values.tags,
    warranty: warranty ? { ...warranty.record, purchase_id: id } : null,
  }
}

/** A stored purchase as the row changes it, or what keeps the row from changing it. */
export function toChangedRecord(
  before: PurchaseRecord,
  { purchase, retailer_id, brand_id }: Resolved,
  moment: Moment,
): PurchaseRecord | CellError[] {
  const { values, said } = purchase
  const draft: Parameters<typeof changeRow>[1] = Object.fromEntries(
    Object.entries(values).filter(([field]) => said.has(field)),
  )
  const currency = draft.currency_code ?? before.row.currency_code
  const problem = draft.price === undefined ? undefined : findPriceProblem(draft.price, currency)
  if (problem) return [{ ...cellOf(purchase, 'price'), message: problem }]
  // Without a price of its own the row keeps the stored one, whose digits may not fit another currency.
  if (draft.price === undefined) delete draft.currency_code
  const warranty = changeWarranty(before, purchase, moment)
  if (Array.isArray(warranty)) return warranty
  return {
    row: changeRow(before.row, { ...draft, retailer_id, brand_id }),
    tags: said.has('tags') ? values.tags : before.tags,
    warranty,
  }
}

function changeWarranty(
  { row, warranty: stored }: PurchaseRecord,
  purchase: CheckedPurchase,
  moment: Moment,
): WarrantyRecord | null | CellError[] {
  const { warranty } = purchase
  if (!warranty) return warranty === null ? null : stored
  if (!stored) return { ...warranty.record, id: newId(), purchase_id: row.id }
  const { record, problems } = applyWarrantyDraft(stored, stored, warranty.said, moment)
  if (problems.length > 0) {
    return problems.map(({ path, message }) => ({ ...cellOf(purchase, `warranty.${path}`), message }))
  }
  const voided_at = warranty.voided ? (stored.voided_at ?? moment.now) : null
  return { ...record, voided_at: warranty.voided === undefined ? stored.voided_at : voided_at }
}
