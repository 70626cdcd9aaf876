import type { StatisticsTable } from '@spends/db'
import type { PurchaseRecord } from '../purchases/record.ts'
import { foldCase } from '../text.ts'

/** What is counted: over all time, or (`_month`, `_day`) for each period; retailers, brands and products by `key`. */
export type StatisticKind = StatisticsTable['kind']

/** How much one purchase adds to a figure; the figure is the sum over all purchases. */
export interface Fact {
  kind: StatisticKind
  /** Retailer's or brand's id (empty for none), or the product's name without regard to case; else empty. */
  key: string
  currency_code: string
  /** `YYYY-MM-DD`, `YYYY-MM`, or empty for all time. */
  period: string
  row_count: number
  item_count: number
  /** Minor units of the currency. */
  amount: bigint
}

/**
 * All that a purchase with its warranty adds to the figures. This is the one definition of what is derived: changes
 * are the difference of two of these, and recomputing is their sum.
 */
export function factsOf({ row, warranty }: PurchaseRecord): Fact[] {
  const { currency_code, purchase_date: day, quantity } = row
  const month = day.slice(0, 7)
  const bought = { currency_code, row_count: 1, item_count: quantity, amount: BigInt(row.price) * BigInt(quantity) }
  const counted = { currency_code, row_count: 1, item_count: 0, amount: 0n }

  const facts: Fact[] = []
  const add = (fact: typeof bought, kind: StatisticKind, key = '', period = '') => {
    facts.push({ ...fact, kind, key, period })
  }
  add(bought, 'purchase')
  add(bought, 'purchase_month', '', month)
  add(bought, 'purchase_day', '', day)
  add(bought, 'retailer', row.retailer_id ?? '')
  add(bought, 'retailer_month', row.retailer_id ?? '', month)
  add(bought, 'brand', row.brand_id ?? '')
  add(bought, 'brand_month', row.brand_id ?? '', month)
  add(bought, 'product', productKey(row.product_name))
  if (row.status === 'ORDERED') {
    add(counted, 'ordered')
    add(counted, 'ordered_day', '', day)
  }
  if (row.tax_deductible) {
    add(counted, 'tax_deductible')
    add(counted, 'tax_deductible_day', '', day)
  }
  if (!warranty) return facts

  add(counted, 'warranty')
  if (warranty.voided_at !== null) {
    add(counted, 'voided_warranty')
    return facts
  }
  add(counted, 'warranty_start_month', '', warranty.warranty_start.slice(0, 7))
  if (warranty.warranty_end !== null) {
    add(counted, 'warranty_end_month', '', warranty.warranty_end.slice(0, 7))
    add(counted, 'warranty_end_day', '', warranty.warranty_end)
  }
  return facts
}

/** What makes two purchases the same product: the name, without regard to case. */
export function productKey(productName: string): string {
  return foldCase(productName)
}
