import { prepared } from '@spends/db'
import type { Context } from '../context.ts'
import type { FieldError } from '../errors.ts'
import { findPriceProblem, plainAmount } from '../money.ts'
import type { PurchaseRecord } from './record.ts'
import type { PurchaseDraft } from './shapes.ts'

/**
 * What is wrong with a purchase's values once the database is asked: the price in its currency, and where the ids
 * lead. Fields that are not in the draft are not complained about.
 * @param stored the purchase that the draft changes, null for a new one
 * @param baseCurrency for a new one that names none
 */
export async function findPurchaseProblems(
  ctx: Context,
  draft: PurchaseDraft,
  stored: PurchaseRecord | null,
  baseCurrency: string,
): Promise<FieldError[]> {
  return [...findPriceProblems(draft, stored, baseCurrency), ...(await findMissingReferences(ctx, draft))]
}

/** The retailer and brand that are named and are not there. */
export async function findMissingReferences(
  ctx: Context,
  { retailer_id, brand_id }: Pick<PurchaseDraft, 'retailer_id' | 'brand_id'>,
): Promise<FieldError[]> {
  return [
    ...(await findMissing(ctx, 'retailers', 'retailer_id', retailer_id)),
    ...(await findMissing(ctx, 'brands', 'brand_id', brand_id)),
  ]
}

function findPriceProblems(draft: PurchaseDraft, stored: PurchaseRecord | null, baseCurrency: string): FieldError[] {
  const currency = draft.currency_code ?? stored?.row.currency_code ?? baseCurrency
  if (draft.price !== undefined) {
    const message = findPriceProblem(draft.price, currency)
    return message ? [{ path: 'price', message }] : []
  }
  // A new currency keeps the amount, not the number of minor units.
  if (!stored || currency === stored.row.currency_code) return []
  const amount = plainAmount(stored.row.price, stored.row.currency_code)
  const message = findPriceProblem(amount, currency)
  return message ? [{ path: 'currency_code', message: `the price ${amount} ${message}` }] : []
}

const FIND = {
  retailers: prepared((db, id: string) => db.selectFrom('retailers').select('id').where('id', '=', id)),
  brands: prepared((db, id: string) => db.selectFrom('brands').select('id').where('id', '=', id)),
}

async function findMissing(
  ctx: Context,
  table: 'retailers' | 'brands',
  path: 'retailer_id' | 'brand_id',
  id: string | null | undefined,
): Promise<FieldError[]> {
  if (id === null || id === undefined) return []
  const [found] = await FIND[table](ctx.db, id)
  return found ? [] : [{ path, message: `leads to no ${table === 'retailers' ? 'retailer' : 'brand'}` }]
}
