import { CURRENCIES, TAGS } from '@spends/core/demo/words'
import type { Call } from './load.ts'

/** What requests can refer to in a database. */
export interface Sample {
  purchases: readonly string[]
  retailers: readonly string[]
  brands: readonly string[]
}

export function get(path: string): Call {
  return { method: 'GET', path }
}

export function getOne(number: number, { purchases }: Sample): Call {
  return get(`/api/purchases/${pick(purchases, number)}`)
}

export const LIST_20 = get('/api/purchases?limit=20')
export const SUMMARY = get('/api/analytics/summary')

export function create(number: number, sample: Sample): Call {
  return { method: 'POST', path: '/api/purchases', body: newPurchase(number, sample) }
}

/** A query as the typed client sends it: in a batch, here of one. */
export function trpcQuery(procedure: string, input: unknown): Call {
  return get(`/trpc/${procedure}?batch=1&input=${encodeURIComponent(JSON.stringify({ 0: input }))}`)
}

export function trpcGetOne(number: number, { purchases }: Sample): Call {
  return trpcQuery('purchases.get', { id: pick(purchases, number) })
}

export function trpcCreate(number: number, sample: Sample): Call {
  return { method: 'POST', path: '/trpc/purchases.create?batch=1', body: { 0: newPurchase(number, sample) } }
}

/** Every call of the dashboard, as the page makes them. */
export const DASHBOARD: Readonly<Record<string, Call>> = {
  summary: SUMMARY,
  'spending, 12 months': get('/api/analytics/spending?months=12'),
  'by period, a year by month': get(
    '/api/analytics/spending/by-period?date_from=2025-07-01&date_to=2026-06-30&group_by=month',
  ),
  'warranty timeline': get('/api/analytics/warranties/timeline'),
  'warranty summary': get('/api/analytics/warranties/summary'),
  retailers: get('/api/analytics/retailers'),
  brands: get('/api/analytics/brands'),
  'top products': get('/api/analytics/top-products'),
  'recent purchases': get('/api/analytics/recent-purchases'),
  'recent warranties': get('/api/analytics/recent-warranties'),
}

export function searchFor(text: string, filter = ''): Call {
  return get(`/api/purchases?limit=20&search=${encodeURIComponent(text)}${filter}`)
}

/** Texts to search for in generated purchases, in the normal form of searched texts. */
export const NEEDLES = {
  /** Nowhere. */
  none: 'zzzqqq',
  /** In a few of 100,000. */
  rare: 'm-1234',
  /** In one of thirteen. */
  many: 'one',
  /** In one of ten, and in the name of a retailer. */
  named: 'the',
  /** Too short for an index of three characters; in one of ten. */
  short: 'ke',
}

export function pick<T>(choices: readonly T[], number: number): T {
  const chosen = choices[number % choices.length]
  if (chosen === undefined) throw new Error('there is nothing to choose from')
  return chosen
}

function newPurchase(number: number, { retailers, brands }: Sample): Record<string, unknown> {
  const currency_code = pick(CURRENCIES, number)
  return {
    product_name: `Größe ${number % 60} новый Lamp`,
    price: currency_code === 'JPY' ? String(500 + number) : `${500 + number}.90`,
    currency_code,
    retailer_id: pick(retailers, number),
    brand_id: pick(brands, number),
    purchase_date: '2025-03-31',
    notes: number % 5 === 0 ? 'Bought on sale.' : null,
    order_number: `2025-${number}`,
    tags: number % 3 === 0 ? [pick(TAGS, number), 'bench'] : [],
    // Three in five, as in the generated purchases.
    ...(number % 5 < 3
      ? { warranty: { warranty_start: '2025-03-31', warranty_end: '2027-03-31', provider: 'Store Care' } }
      : {}),
  }
}
