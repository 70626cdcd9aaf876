import type { z } from 'zod'
import { type Context, inSnapshot } from '../context.ts'
import { averageOf, formatMinorUnits } from '../money.ts'
import { getSettings } from '../settings.ts'
import { countStatistics, NOTHING, sumStatisticsBy } from '../statistics/read.ts'
import type { RangeQuery, Summary } from './shapes.ts'
import { getWarrantySummary } from './warranties.ts'

/**
 * The dashboard's figures in one currency, and every currency's total beside them.
 * Dates choose purchases; warranties are counted whatever the dates, and only with an explicit currency by it.
 */
export async function getSummary(ctx: Context, query: z.output<typeof RangeQuery>): Promise<z.infer<typeof Summary>> {
  return inSnapshot(ctx, (tx) => readSummary(tx, query))
}

async function readSummary(ctx: Context, query: z.output<typeof RangeQuery>): Promise<z.infer<typeof Summary>> {
  const currency_code = query.currency_code ?? (await getSettings(ctx)).base_currency
  const { date_from: from, date_to: to } = query
  const whole = from === undefined && to === undefined
  const [sums, ordered, tax_deductible_count, warranties] = await Promise.all([
    sumStatisticsBy(ctx, 'currency_code', { kind: whole ? 'purchase' : 'purchase_day', from, to }),
    countStatistics(ctx, { kind: whole ? 'ordered' : 'ordered_day', currency_code, from, to }),
    countStatistics(ctx, { kind: whole ? 'tax_deductible' : 'tax_deductible_day', currency_code, from, to }),
    getWarrantySummary(ctx, { currency_code: query.currency_code }),
  ])
  const sum = sums.get(currency_code) ?? NOTHING
  return {
    currency_code,
    total_spent: formatMinorUnits(sum.amount, currency_code),
    avg_price: sum.item_count === 0 ? null : averageOf(sum.amount, sum.item_count, currency_code),
    purchase_count: sum.row_count,
    item_count: sum.item_count,
    ordered,
    received: sum.row_count - ordered,
    tax_deductible_count,
    active_warranties: warranties.active,
    expiring_warranties: warranties.expiring_soon,
    expired_warranties: warranties.expired,
    voided_warranties: warranties.voided,
    by_currency: [...sums]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([code, { amount, row_count }]) => ({
        currency_code: code,
        total_spent: formatMinorUnits(amount, code),
        purchase_count: row_count,
      })),
  }
}
