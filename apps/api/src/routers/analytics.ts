import {
  BrandShares,
  ByPeriodQuery,
  getBrandShares,
  getRetailerShares,
  getSettings,
  getSpending,
  getSpendingByPeriod,
  getSummary,
  getTopProducts,
  getWarrantySummary,
  getWarrantyTimeline,
  listRecentPurchases,
  listRecentWarranties,
  RangeQuery,
  RecentPurchases,
  RecentQuery,
  RecentWarranties,
  RetailerShares,
  Spending,
  SpendingByPeriod,
  SpendingQuery,
  Summary,
  TimelineQuery,
  TopProducts,
  TopProductsQuery,
  WarrantyRangeQuery,
  WarrantySummary,
  WarrantyTimeline,
} from '@spends/core'
import type { ApiContext } from '../context.ts'
import { read, router } from '../trpc.ts'

const tags = ['Analytics'] as const
const headers = ['X-Currency-Code'] as const

/** Asks in the currency given, else in the base currency, and says in a header which it was: a list has no room for it. */
async function inCurrency<Query extends { currency_code?: string | undefined }, Answer>(
  ctx: ApiContext,
  query: Query,
  ask: (ctx: ApiContext, query: Query & { currency_code: string }) => Promise<Answer>,
): Promise<Answer> {
  const currency_code = query.currency_code ?? (await getSettings(ctx)).base_currency
  const answer = await ask(ctx, { ...query, currency_code })
  ctx.setHeader('X-Currency-Code', currency_code)
  return answer
}

export const analytics = router({
  spending: read
    .meta({
      openapi: {
        method: 'GET',
        path: '/analytics/spending',
        operation_id: 'getSpending',
        summary: 'Spending in the last months',
        description: 'As many rows as `months`, oldest first, also where nothing was bought; the last is this month.',
        tags,
        headers,
        conditional: true,
      },
    })
    .input(SpendingQuery.prefault({}))
    .output(Spending)
    .query(({ ctx, input }) => inCurrency(ctx, input, getSpending)),

  spendingByPeriod: read
    .meta({
      openapi: {
        method: 'GET',
        path: '/analytics/spending/by-period',
        operation_id: 'getSpendingByPeriod',
        summary: 'Spending between two days',
        description:
          'Cut into days, weeks (named by their Monday) or months, also where nothing was bought. At most 5,000 periods.',
        tags,
        conditional: true,
      },
    })
    .input(ByPeriodQuery)
    .output(SpendingByPeriod)
    .query(({ ctx, input }) => getSpendingByPeriod(ctx, input)),

  summary: read
    .meta({
      openapi: {
        method: 'GET',
        path: '/analytics/summary',
        operation_id: 'getSummary',
        summary: 'The most important figures',
        description:
          'Of purchases in one currency, with the totals of every currency beside them. Dates choose purchases; warranties are counted whatever the dates, and by currency only where one is given.',
        tags,
        conditional: true,
      },
    })
    .input(RangeQuery.prefault({}))
    .output(Summary)
    .query(({ ctx, input }) => getSummary(ctx, input)),

  warrantyTimeline: read
    .meta({
      openapi: {
        method: 'GET',
        path: '/analytics/warranties/timeline',
        operation_id: 'getWarrantyTimeline',
        summary: 'Warranties by month',
        description:
          'How many are in force and how many end, month by month. Voided ones count nowhere. The header names the currency where one was given.',
        tags,
        headers,
        conditional: true,
      },
    })
    .input(TimelineQuery.prefault({}))
    .output(WarrantyTimeline)
    .query(({ ctx, input }) => {
      if (input.currency_code !== undefined) ctx.setHeader('X-Currency-Code', input.currency_code)
      return getWarrantyTimeline(ctx, input)
    }),

  warrantySummary: read
    .meta({
      openapi: {
        method: 'GET',
        path: '/analytics/warranties/summary',
        operation_id: 'getWarrantySummary',
        summary: 'Warranties by status',
        description: 'How many there are today. Dates are accepted as for the other figures, but filter no warranty.',
        tags,
        conditional: true,
      },
    })
    .input(WarrantyRangeQuery.prefault({}))
    .output(WarrantySummary)
    .query(({ ctx, input }) => getWarrantySummary(ctx, input)),

  retailers: read
    .meta({
      openapi: {
        method: 'GET',
        path: '/analytics/retailers',
        operation_id: 'getRetailerShares',
        summary: 'Purchases by retailer',
        description: 'Most money first; the row without an id is of purchases without a retailer.',
        tags,
        headers,
        conditional: true,
      },
    })
    .input(RangeQuery.prefault({}))
    .output(RetailerShares)
    .query(({ ctx, input }) => inCurrency(ctx, input, getRetailerShares)),

  brands: read
    .meta({
      openapi: {
        method: 'GET',
        path: '/analytics/brands',
        operation_id: 'getBrandShares',
        summary: 'Purchases by brand',
        description: 'Most money first; the row without an id is of purchases without a brand.',
        tags,
        headers,
        conditional: true,
      },
    })
    .input(RangeQuery.prefault({}))
    .output(BrandShares)
    .query(({ ctx, input }) => inCurrency(ctx, input, getBrandShares)),

  topProducts: read
    .meta({
      openapi: {
        method: 'GET',
        path: '/analytics/top-products',
        operation_id: 'getTopProducts',
        summary: 'The products bought most',
        description: 'Names that differ only in case are one product, named as it was recorded last.',
        tags,
        headers,
        conditional: true,
      },
    })
    .input(TopProductsQuery.prefault({}))
    .output(TopProducts)
    .query(({ ctx, input }) => inCurrency(ctx, input, getTopProducts)),

  recentPurchases: read
    .meta({
      openapi: {
        method: 'GET',
        path: '/analytics/recent-purchases',
        operation_id: 'listRecentPurchases',
        summary: 'The latest purchases',
        description: 'By the day of purchase; of one day, those recorded last come first.',
        tags,
        conditional: true,
      },
    })
    .input(RecentQuery.prefault({}))
    .output(RecentPurchases)
    .query(({ ctx, input }) => listRecentPurchases(ctx, input)),

  recentWarranties: read
    .meta({
      openapi: {
        method: 'GET',
        path: '/analytics/recent-warranties',
        operation_id: 'listRecentWarranties',
        summary: 'The latest warranties',
        description: 'Those recorded last come first.',
        tags,
        conditional: true,
      },
    })
    .input(RecentQuery.prefault({}))
    .output(RecentWarranties)
    .query(({ ctx, input }) => listRecentWarranties(ctx, input)),
})
