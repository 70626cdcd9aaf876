import type { BrandShares, PurchaseSelection, RetailerShares } from '@spends/client'
import { count, money, percent } from './format.ts'
import { inventoryLink } from './links.ts'
import { t, tn } from './messages.ts'
import { barsOf, sharesOf } from './shares.ts'

/** So many are drawn; all of them are in the table. */
const DRAWN = 8

/** A row of a ranking, as it is shown. */
interface RankedRow {
  key: string
  name: string
  href: string
  amount: string
  /** Of the money. */
  share: string
  /** Of the purchases. */
  percentage: string
  count: string
  purchases: string
  /** How long its bar is. */
  bar: { inlineSize: string }
}

export interface Ranking {
  rows: RankedRow[]
  drawn: RankedRow[]
  /** Says that there are more than are drawn; empty where there are not. */
  more: string
}

/** Retailers by the money spent there. */
export function rankRetailers(shares: RetailerShares, currency: string): Ranking {
  return rank(shares, currency, ({ retailer_id, retailer_name }) => ({
    id: retailer_id,
    name: retailer_name ?? t('dashboard.no_retailer'),
    selection: retailer_id === null ? { has_retailer: false } : { retailer_id: [retailer_id] },
  }))
}

/** Brands by the money spent on them. */
export function rankBrands(shares: BrandShares, currency: string): Ranking {
  return rank(shares, currency, ({ brand_id, brand_name }) => ({
    id: brand_id,
    name: brand_name ?? t('dashboard.no_brand'),
    selection: brand_id === null ? { has_brand: false } : { brand_id: [brand_id] },
  }))
}

interface Share {
  count: number
  percentage: number
  total_spent: string
}

function rank<T extends Share>(
  shares: readonly T[],
  currency: string,
  identify: (share: T) => { id: string | null; name: string; selection: PurchaseSelection },
): Ranking {
  const amounts = shares.map(({ total_spent }) => total_spent)
  const parts = sharesOf(amounts)
  const bars = barsOf(amounts)
  const rows = shares.map((share, index): RankedRow => {
    const { id, name, selection } = identify(share)
    return {
      key: id ?? 'none',
      name,
      href: inventoryLink({ ...selection, currency_code: [currency] }),
      amount: money(share.total_spent, currency),
      share: percent(parts[index] ?? 0),
      percentage: percent(share.percentage),
      count: count(share.count),
      purchases: tn('dashboard.purchase_count', share.count, { count: count(share.count) }),
      bar: { inlineSize: `${((bars[index] ?? 0) * 100).toFixed(2)}%` },
    }
  })
  const left = rows.length - DRAWN
  return {
    rows,
    drawn: rows.slice(0, DRAWN),
    more: left > 0 ? tn('dashboard.more_rows', left, { count: count(left) }) : '',
  }
}
