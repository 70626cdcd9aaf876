import type { z } from 'zod'
import { toInstant } from '../calendar.ts'
import { type Context, inTransaction, newId } from '../context.ts'
import { type FieldError, invalid, notFound } from '../errors.ts'
import { getMoment, type Moment } from '../moment.ts'
import { plainAmount, toMinorUnits } from '../money.ts'
import { findReadOnlyProblems } from '../read-only.ts'
import { validPart } from '../valid-part.ts'
import { checkVersion } from '../version.ts'
import { applyWarrantyDraft, blankWarranty, type WarrantyRecord } from '../warranties/rules.ts'
import { NewPurchaseWarranty, PurchaseWarrantyChanges, type WarrantyDraft } from '../warranties/shapes.ts'
import { findPurchaseProblems } from './check.ts'
import { getPurchase } from './read.ts'
import { lockPurchases, type PurchaseRecord, type PurchaseRow } from './record.ts'
import { NewPurchase, PurchaseChanges, type PurchaseDetails, type PurchaseDraft } from './shapes.ts'
import { storePurchases } from './store.ts'

/**
 * Adds a purchase, with its warranty when one is given.
 * @throws AppError UNPROCESSABLE_CONTENT naming every wrong field
 */
export async function createPurchase(ctx: Context, input: z.output<typeof NewPurchase>): Promise<PurchaseDetails> {
  return inTransaction(ctx, async (tx) => {
    const moment = await getMoment(tx)
    const problems = await findNewPurchaseProblems(tx, input, moment)
    if (problems.length > 0) throw invalid(problems)

    const row = newRow(newId(), input, moment)
    const warranty = input.warranty ? changeWarranty(null, row.id, input.warranty, moment).record : null
    await storePurchases(tx, [{ before: null, after: { row, tags: input.tags, warranty } }], moment.now)
    return getPurchase(tx, row)
  })
}

/**
 * Changes the fields that are given; `null` clears, and `warranty: null` removes the warranty.
 * What stays the same is not written, so its version stays too.
 * @throws AppError PRECONDITION_FAILED when `version`, or the warranty's, is not the current one; NOT_FOUND;
 * UNPROCESSABLE_CONTENT naming every wrong field
 */
export async function updatePurchase(
  ctx: Context,
  { id, version, ...draft }: z.output<typeof PurchaseChanges>,
): Promise<PurchaseDetails> {
  return inTransaction(ctx, async (tx) => {
    const [stored] = await lockPurchases(tx.db, [id])
    if (!stored) throw notFound('purchase')
    checkVersion(version, stored.row.version, 'purchase')
    if (draft.warranty?.version !== undefined) {
      checkVersion(draft.warranty.version, stored.warranty?.version, 'warranty')
    }
    const moment = await getMoment(tx)
    const problems = await findPurchaseChangeProblems(tx, draft, stored, moment)
    if (problems.length > 0) throw invalid(problems)

    const after: PurchaseRecord = {
      row: changeRow(stored.row, draft),
      tags: draft.tags ?? stored.tags,
      warranty:
        draft.warranty === undefined
          ? stored.warranty
          : draft.warranty && changeWarranty(stored.warranty, id, draft.warranty, moment).record,
    }
    await storePurchases(tx, [{ before: stored, after }], moment.now)
    return getPurchase(tx, { id })
  })
}

/**
 * Removes a purchase; its warranty and attachments go with it.
 * @throws AppError NOT_FOUND; PRECONDITION_FAILED when `version` is not the current one
 */
export async function deletePurchase(ctx: Context, input: { id: string; version?: number | undefined }): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const [stored] = await lockPurchases(tx.db, [input.id])
    if (!stored) throw notFound('purchase')
    checkVersion(input.version, stored.row.version, 'purchase')
    await storePurchases(tx, [{ before: stored, after: null }], toInstant(tx.now()))
  })
}

/** The rules of `createPurchase` on an input whose shape is wrong, for the fields that are right on their own. */
export async function checkNewPurchase(ctx: Context, raw: unknown): Promise<FieldError[]> {
  const draft: PurchaseDraft = validPart(NewPurchase, raw)
  const rawWarranty = nested(raw, 'warranty')
  if (rawWarranty !== undefined) draft.warranty = validPart(NewPurchaseWarranty, rawWarranty)
  const checkable = currencyIsWrong(draft, raw) ? { ...draft, price: undefined } : draft
  return findNewPurchaseProblems(ctx, checkable, await getMoment(ctx))
}

/** The rules of `updatePurchase` on an input whose shape is wrong, for the fields that are right on their own. */
export async function checkPurchaseChanges(ctx: Context, raw: unknown): Promise<FieldError[]> {
  const { id, version: _, ...draft } = validPart(PurchaseChanges, raw)
  const rawWarranty = nested(raw, 'warranty')
  if (rawWarranty !== undefined) draft.warranty = validPart(PurchaseWarrantyChanges, rawWarranty)
  if (id === undefined) return []
  return inTransaction(ctx, async (tx) => {
    const [stored] = await lockPurchases(tx.db, [id])
    if (!stored) throw notFound('purchase')
    const checkable = currencyIsWrong(draft, raw) ? { ...draft, price: undefined } : draft
    return findPurchaseChangeProblems(tx, checkable, stored, await getMoment(tx))
  })
}

async function findNewPurchaseProblems(ctx: Context, draft: PurchaseDraft, moment: Moment): Promise<FieldError[]> {
  const problems = await findPurchaseProblems(ctx, draft, null, moment.base_currency)
  const warranty = draft.warranty ? changeWarranty(null, '', draft.warranty, moment).problems : []
  return [...problems, ...warranty]
}

async function findPurchaseChangeProblems(
  tx: Context,
  draft: PurchaseDraft,
  stored: PurchaseRecord,
  moment: Moment,
): Promise<FieldError[]> {
  const warranty = draft.warranty ? changeWarranty(stored.warranty, stored.row.id, draft.warranty, moment).problems : []
  const shown = await getPurchase(tx, stored.row)
  return [
    ...(await findPurchaseProblems(tx, draft, stored, stored.row.currency_code)),
    ...warranty,
    ...findReadOnlyProblems(draft, shown, ['total', 'created_at', 'updated_at', 'retailer', 'brand', 'attachments']),
  ]
}

/** A warranty as the draft makes or changes it, with paths as the purchase's caller sees them. */
function changeWarranty(stored: WarrantyRecord | null, purchaseId: string, draft: WarrantyDraft, moment: Moment) {
  const base = stored ?? blankWarranty(newId(), purchaseId, moment)
  const { record, problems } = applyWarrantyDraft(stored, base, draft, moment)
  return { record, problems: problems.map(({ path, message }) => ({ path: `warranty.${path}`, message })) }
}

type NewValues = Omit<z.output<typeof NewPurchase>, 'tags' | 'warranty'>

/** The row of a new purchase whose values have been checked. */
export function newRow(id: string, values: NewValues, moment: Moment): PurchaseRow {
  const currency_code = values.currency_code ?? moment.base_currency
  return {
    id,
    product_name: values.product_name,
    price: toMinorUnits(values.price, currency_code),
    quantity: values.quantity,
    currency_code,
    retailer_id: values.retailer_id ?? null,
    brand_id: values.brand_id ?? null,
    status: values.status,
    purchase_date: values.purchase_date,
    notes: values.notes ?? null,
    model_number: values.model_number ?? null,
    serial_number: values.serial_number ?? null,
    order_number: values.order_number ?? null,
    link: values.link ?? null,
    return_by: values.return_by ?? null,
    return_policy: values.return_policy ?? null,
    tax_deductible: values.tax_deductible,
    version: 1,
    created_at: moment.now,
    updated_at: moment.now,
  }
}

/** The row with the draft's values, which have been checked; what the draft does not speak of stays. */
export function changeRow(row: PurchaseRow, draft: PurchaseDraft): PurchaseRow {
  const currency_code = draft.currency_code ?? row.currency_code
  const price =
    draft.price === undefined && currency_code === row.currency_code
      ? row.price
      : toMinorUnits(draft.price ?? plainAmount(row.price, row.currency_code), currency_code)
  return {
    ...row,
    product_name: draft.product_name ?? row.product_name,
    price,
    quantity: draft.quantity ?? row.quantity,
    currency_code,
    retailer_id: pick(draft.retailer_id, row.retailer_id),
    brand_id: pick(draft.brand_id, row.brand_id),
    status: draft.status ?? row.status,
    purchase_date: draft.purchase_date ?? row.purchase_date,
    notes: pick(draft.notes, row.notes),
    model_number: pick(draft.model_number, row.model_number),
    serial_number: pick(draft.serial_number, row.serial_number),
    order_number: pick(draft.order_number, row.order_number),
    link: pick(draft.link, row.link),
    return_by: pick(draft.return_by, row.return_by),
    return_policy: pick(draft.return_policy, row.return_policy),
    tax_deductible: draft.tax_deductible ?? row.tax_deductible,
  }
}

/** Null is a value that clears; undefined is no word at all. */
function pick<T>(said: T | undefined, stored: T): T {
  return said === undefined ? stored : said
}

function nested(raw: unknown, field: string): object | undefined {
  const value = raw !== null && typeof raw === 'object' ? (raw as Record<string, unknown>)[field] : undefined
  return value !== null && typeof value === 'object' ? value : undefined
}

/** A price can't be judged in a currency that was named wrongly. */
function currencyIsWrong(draft: PurchaseDraft, raw: unknown): boolean {
  return draft.currency_code === undefined && (raw as { currency_code?: unknown } | null)?.currency_code !== undefined
}
