import { z } from 'zod'
import { CalendarDate, CurrencyCode, OutAmount, OutCurrencyCode, OutDate, OutId } from '../fields.ts'
import { Purchase } from '../purchases/shapes.ts'
import { Warranty } from '../warranties/shapes.ts'

const currency_code = CurrencyCode.optional().meta({ description: 'Default: the base currency of Settings.' })
const warrantyCurrency = CurrencyCode.optional().meta({
  description: 'Only warranties of purchases in this currency; default: every warranty.',
})
const range = {
  date_from: CalendarDate.optional().meta({ description: 'First purchase date.' }),
  date_to: CalendarDate.optional().meta({ description: 'Last purchase date.' }),
}
const months = z.int().min(1).max(120).default(12)
const limit = z.int().min(1).max(100).default(10)

/** A complaint about the order of the dates, also where other fields are wrong. */
const inOrder = {
  path: ['date_to'],
  message: 'must not be before date_from',
  when: ({ value }: { value: unknown }) => value !== null && typeof value === 'object',
}
function datesInOrder({ date_from, date_to }: { date_from?: string | undefined; date_to?: string | undefined }) {
  return date_from === undefined || date_to === undefined || date_from <= date_to
}

export const SpendingQuery = z.strictObject({ months, currency_code })
export const ByPeriodQuery = z
  .strictObject({
    date_from: CalendarDate,
    date_to: CalendarDate,
    group_by: z.enum(['day', 'week', 'month']).default('month'),
    currency_code,
  })
  .refine(datesInOrder, inOrder)
export const RangeQuery = z.strictObject({ ...range, currency_code }).refine(datesInOrder, inOrder)
export const WarrantyRangeQuery = z
  .strictObject({ ...range, currency_code: warrantyCurrency })
  .refine(datesInOrder, inOrder)
export const TimelineQuery = z.strictObject({
  months,
  from: z
    .string()
    .regex(/^(?:19|2\d)\d{2}-(?:0[1-9]|1[0-2])$/, 'must be a month from 1900-01 to 2999-12, written YYYY-MM')
    .optional()
    .meta({ description: 'First month; default: six months before the current one.', examples: ['2026-01'] }),
  currency_code: warrantyCurrency,
})
export const TopProductsQuery = z.strictObject({ limit, ...range, currency_code }).refine(datesInOrder, inOrder)
export const RecentQuery = z.strictObject({ limit })

const Month = z.string().meta({ examples: ['2026-01'] })

export const Spending = z
  .array(z.object({ month: Month, total_amount: OutAmount, item_count: z.int() }))
  .meta({ id: 'Spending' })

export const SpendingByPeriod = z
  .object({
    currency_code: OutCurrencyCode,
    date_from: OutDate,
    date_to: OutDate,
    total_amount: OutAmount,
    item_count: z.int(),
    periods: z.array(
      z.object({
        period: z
          .string()
          .meta({ description: 'The day, the Monday of the week, or the month.', examples: ['2026-01'] }),
        total_amount: OutAmount,
        item_count: z.int(),
      }),
    ),
  })
  .meta({ id: 'SpendingByPeriod' })

export const Summary = z
  .object({
    currency_code: OutCurrencyCode,
    total_spent: OutAmount,
    avg_price: OutAmount.nullable().meta({ description: 'Total by item, rounded half to even; null without items.' }),
    purchase_count: z.int(),
    item_count: z.int(),
    ordered: z.int(),
    received: z.int(),
    tax_deductible_count: z.int(),
    active_warranties: z.int(),
    expiring_warranties: z.int(),
    expired_warranties: z.int(),
    voided_warranties: z.int(),
    by_currency: z.array(z.object({ currency_code: OutCurrencyCode, total_spent: OutAmount, purchase_count: z.int() })),
  })
  .meta({ id: 'Summary' })

export const WarrantyTimeline = z
  .array(
    z.object({
      month: Month,
      active: z.int().meta({ description: "In force on the month's last day." }),
      expired: z.int().meta({ description: 'Ended in the month, before today.' }),
      expiring_soon: z.int().meta({ description: 'Ends in the month, today or later.' }),
    }),
  )
  .meta({ id: 'WarrantyTimeline' })

export const WarrantySummary = z
  .object({
    total: z.int(),
    active: z.int(),
    expiring_soon: z.int().meta({ description: 'Active ones that end within the days set in Settings.' }),
    expired: z.int(),
    voided: z.int(),
  })
  .meta({ id: 'WarrantySummary' })

const share = {
  count: z.int().meta({ description: 'Purchases.' }),
  percentage: z.number().meta({ description: 'Of the purchases; all rows together are exactly 100.' }),
  total_spent: OutAmount,
}
export const RetailerShares = z
  .array(z.object({ retailer_id: OutId.nullable(), retailer_name: z.string().nullable(), ...share }))
  .meta({ id: 'RetailerShares' })
export const BrandShares = z
  .array(z.object({ brand_id: OutId.nullable(), brand_name: z.string().nullable(), ...share }))
  .meta({ id: 'BrandShares' })

export const TopProducts = z
  .array(
    z.object({
      product_name: z.string(),
      count: z.int().meta({ description: 'Items: the sum of quantities.' }),
      total_spent: OutAmount,
      avg_price: OutAmount,
    }),
  )
  .meta({ id: 'TopProducts' })

export const RecentPurchases = z.array(Purchase).meta({ id: 'RecentPurchases' })
export const RecentWarranties = z.array(Warranty).meta({ id: 'RecentWarranties' })
