import type { z } from 'zod'
import type { Context } from '../context.ts'
import { averageOf, formatMinorUnits } from '../money.ts'
import { productKey } from '../statistics/facts.ts'
import { type Sum, toSum } from '../statistics/read.ts'
import type { TopProducts, TopProductsQuery } from './shapes.ts'
import { sql } from 'kysely'

type Query = z.output<typeof TopProductsQuery> & { currency_code: string }

/**
 * The most bought products in one currency: names that differ only in case are one, shown as it was recorded last.
 */
export async function getTopProducts(ctx: Context, query: Query): Promise<z.infer<typeof TopProducts>> {
  const whole = query.date_from === undefined && query.date_to === undefined
  const ranked = whole ? await readRanking(ctx, query) : await rankRows(ctx, query)
  return ranked.map(({ product_name, sum }) => ({
    product_name,
    count: sum.item_count,
    total_spent: formatMinorUnits(sum.amount, query.currency_code),
    avg_price: averageOf(sum.amount, sum.item_count, query.currency_code),
  }))
}
