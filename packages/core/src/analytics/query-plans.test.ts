import { describeEachEngine } from '@spends/db/testing'
import { beforeAll, expect, it } from 'vitest'
import type { Context } from '../context.ts'
import { plansOf } from '../testing/plans.ts'
import { addPurchase, openContext, type TestContext } from '../testing.ts'
import { ByPeriodQuery, RangeQuery, TimelineQuery } from './shapes.ts'
import { getBrandShares, getRetailerShares } from './shares.ts'
import { getSpending, getSpendingByPeriod } from './spending.ts'
import { getSummary } from './summary.ts'
import { getTopProducts } from './top-products.ts'
import { getWarrantySummary, getWarrantyTimeline } from './warranties.ts'

const RETAILER = '00000000-0000-7000-8000-100000000001'
const BRAND = '00000000-0000-7000-8000-200000000001'
const EVER = { currency_code: 'USD', date_from: undefined, date_to: undefined }
const SOME = { currency_code: 'USD', date_from: '2026-01-15', date_to: '2026-03-15' }

const FIGURES = /statistics_pkey|sqlite_autoindex_statistics_1/
const PRODUCTS = /statistics_products_idx/
const DAYS = /purchases_currency_code_purchase_date_id_idx/

/** The answers of a dashboard, and the indexes that make them cost the same whatever the number of purchases. */
const ANSWERS: [name: string, indexes: RegExp[], answer: (ctx: Context) => Promise<unknown>][] = [
  ['spending by month', [FIGURES], (ctx) => getSpending(ctx, { months: 12, currency_code: 'USD' })],
  ['spending by day', [FIGURES], (ctx) => getSpendingByPeriod(ctx, ByPeriodQuery.parse({ ...SOME, group_by: 'day' }))],
  ['the summary', [FIGURES], (ctx) => getSummary(ctx, RangeQuery.parse({}))],
  ['the summary of some days', [FIGURES], (ctx) => getSummary(ctx, RangeQuery.parse(SOME))],
  ['the warranty timeline', [FIGURES], (ctx) => getWarrantyTimeline(ctx, TimelineQuery.parse({}))],
  ['the warranties by status', [FIGURES], (ctx) => getWarrantySummary(ctx, { currency_code: undefined })],
  ['the warranties of a currency', [FIGURES], (ctx) => getWarrantySummary(ctx, EVER)],
  ['the retailers', [FIGURES], (ctx) => getRetailerShares(ctx, EVER)],
  ['the retailers of some days', [FIGURES, DAYS], (ctx) => getRetailerShares(ctx, SOME)],
  ['the brands', [FIGURES], (ctx) => getBrandShares(ctx, EVER)],
  ['the brands of some days', [FIGURES, DAYS], (ctx) => getBrandShares(ctx, SOME)],
  ['the top products', [PRODUCTS, /purchases_sort_key_id_idx/], (ctx) => getTopProducts(ctx, { ...EVER, limit: 10 })],
  ['the top products of some days', [DAYS], (ctx) => getTopProducts(ctx, { ...SOME, limit: 10 })],
]

describeEachEngine('an index answers', (engine) => {
  let ctx: TestContext
  beforeAll(async () => {
    ctx = await openContext(engine)
    await addPurchase(ctx, { retailer_id: RETAILER, brand_id: BRAND })
  })

  it.each(ANSWERS)('%s', async (_, indexes, answer) => {
    const plans = await plansOf(ctx, engine.name, answer)
    for (const index of indexes) expect(plans.join('\n')).toMatch(index)
    const whole = /\bSCAN (purchases|warranties|statistics)\b|Seq Scan on (purchases|warranties|statistics)/
    expect(plans.filter((line) => whole.test(line))).toEqual([])
  })
})
