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

export const Spending = z.array(z.object({ month: Month, total_amount: OutAmount, item_count: z.int() })).meta({
  id: 'Spending',
  examples: [
    [
      { month: '2026-01', total_amount: '149.70', item_count: 3 },
      { month: '2026-02', total_amount: '0.00', item_count: 0 },
    ],
  ],
})

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
  .meta({
    id: 'SpendingByPeriod',
    examples: [
      {
        currency_code: 'EUR',
        date_from: '2026-01-15',
        date_to: '2026-02-14',
        total_amount: '149.70',
        item_count: 3,
        periods: [
          { period: '2026-01', total_amount: '149.70', item_count: 3 },
          { period: '2026-02', total_amount: '0.00', item_count: 0 },
        ],
      },
    ],
  })

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
  .meta({
    id: 'Summary',
    examples: [
      {
        currency_code: 'EUR',
        total_spent: '149.70',
        avg_price: '49.90',
        purchase_count: 2,
        item_count: 3,
        ordered: 1,
        received: 1,
        tax_deductible_count: 0,
        active_warranties: 3,
        expiring_warranties: 1,
        expired_warranties: 1,
        voided_warranties: 0,
        by_currency: [
          { currency_code: 'EUR', total_spent: '149.70', purchase_count: 2 },
          { currency_code: 'JPY', total_spent: '50000', purchase_count: 3 },
        ],
      },
    ],
  })

export const WarrantyTimeline = z
  .array(
    z.object({
      month: Month,
      active: z.int().meta({ description: "In force on the month's last day." }),
      expired: z.int().meta({ description: 'Ended in the month, before today.' }),
      expiring_soon: z.int().meta({ description: 'Ends in the month, today or later.' }),
    }),
  )
  .meta({
    id: 'WarrantyTimeline',
    examples: [
      [
        { month: '2026-01', active: 3, expired: 1, expiring_soon: 0 },
        { month: '2026-02', active: 2, expired: 0, expiring_soon: 1 },
      ],
    ],
  })

export const WarrantySummary = z
  .object({
    total: z.int(),
    active: z.int(),
    expiring_soon: z.int().meta({ description: 'Active ones that end within the days set in Settings.' }),
    expired: z.int(),
    voided: z.int(),
  })
  .meta({
    id: 'WarrantySummary',
    examples: [{ total: 4, active: 3, expiring_soon: 1, expired: 1, voided: 0 }],
  })

const share = {
  count: z.int().meta({ description: 'Purchases.' }),
  percentage: z.number().meta({ description: 'Of the purchases; all rows together are exactly 100.' }),
  total_spent: OutAmount,
}
export const RetailerShares = z
  .array(z.object({ retailer_id: OutId.nullable(), retailer_name: z.string().nullable(), ...share }))
  .meta({
    id: 'RetailerShares',
    examples: [
      [
        {
          retailer_id: '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071',
          retailer_name: 'IKEA',
          count: 2,
          percentage: 66.67,
          total_spent: '149.70',
        },
        { retailer_id: null, retailer_name: null, count: 1, percentage: 33.33, total_spent: '12.50' },
      ],
    ],
  })
export const BrandShares = z
  .array(z.object({ brand_id: OutId.nullable(), brand_name: z.string().nullable(), ...share }))
  .meta({
    id: 'BrandShares',
    examples: [
      [
        {
          brand_id: '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071',
          brand_name: 'Bosch',
          count: 2,
          percentage: 66.67,
          total_spent: '149.70',
        },
        { brand_id: null, brand_name: null, count: 1, percentage: 33.33, total_spent: '12.50' },
      ],
    ],
  })

export const TopProducts = z
  .array(
    z.object({
      product_name: z.string(),
      count: z.int().meta({ description: 'Items: the sum of quantities.' }),
      total_spent: OutAmount,
      avg_price: OutAmount,
    }),
  )
  .meta({
    id: 'TopProducts',
    examples: [[{ product_name: 'Desk lamp', count: 3, total_spent: '149.70', avg_price: '49.90' }]],
  })

export const RecentPurchases = z.array(Purchase).meta({ id: 'RecentPurchases' })
export const RecentWarranties = z.array(Warranty).meta({ id: 'RecentWarranties' })
