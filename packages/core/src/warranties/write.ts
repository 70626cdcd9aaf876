import type { z } from 'zod'
import { toInstant } from '../calendar.ts'
import { type Context, inTransaction, newId } from '../context.ts'
import { AppError, type FieldError, invalid, notFound } from '../errors.ts'
import { getMoment, type Moment } from '../moment.ts'
import { lockPurchases, type PurchaseRecord } from '../purchases/record.ts'
import { storePurchases } from '../purchases/store.ts'
import { findReadOnlyProblems } from '../read-only.ts'
import { validPart } from '../valid-part.ts'
import { checkVersion } from '../version.ts'
import { getWarranty } from './read.ts'
import { applyWarrantyDraft, blankWarranty } from './rules.ts'
import { NewWarranty, type Warranty, WarrantyChanges, type WarrantyDraft } from './shapes.ts'

/**
 * Gives a purchase its warranty.
 * @throws AppError CONFLICT when the purchase has one; UNPROCESSABLE_CONTENT naming every wrong field
 */
export async function createWarranty(ctx: Context, input: z.output<typeof NewWarranty>): Promise<Warranty> {
  return inTransaction(ctx, async (tx) => {
    const { purchase_id, ...draft } = input
    const moment = await getMoment(tx)
    const [before] = await lockPurchases(tx.db, [purchase_id])
    const { record, problems } = applyWarrantyDraft(null, blankWarranty(newId(), purchase_id, moment), draft, moment)
    const all = before ? problems : [{ path: 'purchase_id', message: 'leads to no purchase' }, ...problems]
    if (!before || all.length > 0) throw invalid(all)
    if (before.warranty) throw new AppError('CONFLICT', 'The purchase has a warranty already.')
    await storePurchases(tx, [{ before, after: { ...before, warranty: record } }], moment.now)
    return getWarranty(tx, record)
  })
}

/**
 * Changes the fields that are given; `null` clears.
 * @throws AppError PRECONDITION_FAILED when `version` is not the current one; NOT_FOUND; UNPROCESSABLE_CONTENT naming
 * every wrong field
 */
export async function updateWarranty(ctx: Context, input: z.output<typeof WarrantyChanges>): Promise<Warranty> {
  return inTransaction(ctx, async (tx) => {
    const before = await lockWarranty(tx, input)
    const moment = await getMoment(tx)
    const { record, problems } = await changeWarranty(tx, before, input, moment)
    if (problems.length > 0) throw invalid(problems)
    await storePurchases(tx, [{ before, after: { ...before, warranty: record } }], moment.now)
    return getWarranty(tx, input)
  })
}

/** @throws AppError NOT_FOUND; PRECONDITION_FAILED when `version` is not the current one */
export async function deleteWarranty(ctx: Context, input: { id: string; version?: number | undefined }): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const before = await lockWarranty(tx, input)
    await storePurchases(tx, [{ before, after: { ...before, warranty: null } }], toInstant(tx.now()))
  })
}

/** The rules of `createWarranty` on an input whose shape is wrong, for the fields that are right on their own. */
export async function checkNewWarranty(ctx: Context, raw: unknown): Promise<FieldError[]> {
  const { purchase_id, ...draft } = validPart(NewWarranty, raw)
  const moment = await getMoment(ctx)
  const { problems } = applyWarrantyDraft(null, blankWarranty(newId(), '', moment), draft, moment)
  if (purchase_id === undefined) return problems
  const found = await ctx.db.selectFrom('purchases').select('id').where('id', '=', purchase_id).executeTakeFirst()
  return found ? problems : [{ path: 'purchase_id', message: 'leads to no purchase' }, ...problems]
}

/** The rules of `updateWarranty` on an input whose shape is wrong, for the fields that are right on their own. */
export async function checkWarrantyChanges(ctx: Context, raw: unknown): Promise<FieldError[]> {
  const { id, version: _, ...draft } = validPart(WarrantyChanges, raw)
  if (id === undefined) return []
  return inTransaction(ctx, async (tx) => {
    const before = await lockWarranty(tx, { id })
    return (await changeWarranty(tx, before, { id, ...draft }, await getMoment(tx))).problems
  })
}

type Locked = PurchaseRecord & { warranty: NonNullable<PurchaseRecord['warranty']> }

/** The purchase of a warranty, locked. */
async function lockWarranty(
  tx: Context,
  { id, version }: { id: string; version?: number | undefined },
): Promise<Locked> {
  const found = await tx.db.selectFrom('warranties').select('purchase_id').where('id', '=', id).executeTakeFirst()
  const [record] = found ? await lockPurchases(tx.db, [found.purchase_id]) : []
  // Between the two reads it may have been replaced by another warranty.
  if (record?.warranty?.id !== id) throw notFound('warranty')
  checkVersion(version, record.warranty.version, 'warranty')
  return { ...record, warranty: record.warranty }
}

async function changeWarranty(
  tx: Context,
  before: Locked,
  input: WarrantyDraft & { id: string; purchase?: unknown },
  moment: Moment,
) {
  const { record, problems } = applyWarrantyDraft(before.warranty, before.warranty, input, moment)
  const shown = await getWarranty(tx, before.warranty)
  return { record, problems: [...problems, ...findReadOnlyProblems(input, shown, ['purchase'])] }
}
