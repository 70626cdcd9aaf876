import type { z } from 'zod'
import type { Context } from '../context.ts'
import { formatMinorUnits } from '../money.ts'
import { addSums, type Sum, sumStatisticsBy } from '../statistics/read.ts'
import { sumPurchasesBy } from './days.ts'
import { addMonths, lastDayOf, monthOf } from './months.ts'
import { toPercentages } from './percentages.ts'
import type { BrandShares, RangeQuery, RetailerShares } from './shapes.ts'

type Query = z.output<typeof RangeQuery> & { currency_code: string }

/** How purchases in one currency are distributed over retailers; a null id is "none". Most money first. */
export async function getRetailerShares(ctx: Context, query: Query): Promise<z.infer<typeof RetailerShares>> {
  const shares = await getShares(ctx, 'retailer', query)
  return shares.map(({ id, name, ...share }) => ({ retailer_id: id, retailer_name: name, ...share }))
}

/** How purchases in one currency are distributed over brands; a null id is "none". Most money first. */
export async function getBrandShares(ctx: Context, query: Query): Promise<z.infer<typeof BrandShares>> {
  const shares = await getShares(ctx, 'brand', query)
  return shares.map(({ id, name, ...share }) => ({ brand_id: id, brand_name: name, ...share }))
}

async function getShares(ctx: Context, dimension: 'retailer' | 'brand', query: Query) {
  const sums = await sumByKey(ctx, dimension, query)
  const ids = [...sums.keys()].filter((id) => id !== '')
  const rows = ids.length === 0 ? [] : await readNames(ctx, dimension, ids)
  const names = new Map(rows.map(({ id, name, sort_key }) => [id, { name, sort_key }]))
  const ranked = [...sums].sort(([idA, a], [idB, b]) => {
    if (a.amount !== b.amount) return a.amount > b.amount ? -1 : 1
    if (a.row_count !== b.row_count) return b.row_count - a.row_count
    return compare(names.get(idA)?.sort_key, names.get(idB)?.sort_key) || compare(idA, idB)
  })
  const percentages = toPercentages(ranked.map(([, sum]) => sum.row_count))
  return ranked.map(([id, sum], index) => ({
    id: id === '' ? null : id,
    name: names.get(id)?.name ?? null,
    count: sum.row_count,
    percentage: percentages[index] ?? 0,
    total_spent: formatMinorUnits(sum.amount, query.currency_code),
  }))
}

/** Fewer rows than names fit in a parameter list: all of them are read where there are many. */
const MAX_IDS = 500

function readNames(ctx: Context, dimension: 'retailer' | 'brand', ids: readonly string[]) {
  const all = ctx.db.selectFrom(dimension === 'retailer' ? 'retailers' : 'brands').select(['id', 'name', 'sort_key'])
  return (ids.length > MAX_IDS ? all : all.where('id', 'in', ids)).execute()
}

/** Without a name comes last. */
function compare(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0
  if (a === undefined || b === undefined) return a === undefined ? 1 : -1
  return a < b ? -1 : 1
}

/** Whole months come from the figures by month; the days before and after them from the purchases themselves. */
async function sumByKey(ctx: Context, dimension: 'retailer' | 'brand', query: Query): Promise<Map<string, Sum>> {
  const { currency_code, date_from, date_to } = query
  if (date_from === undefined && date_to === undefined) {
    return sumStatisticsBy(ctx, 'key', { kind: dimension, currency_code })
  }
  const { months, days } = cutRange(date_from, date_to)
  const parts = await Promise.all([
    months ? sumStatisticsBy(ctx, 'key', { kind: `${dimension}_month`, currency_code, ...months }) : new Map(),
    ...days.map((range) => sumPurchasesBy(ctx, `${dimension}_id`, { currency_code, ...range })),
  ])
  const sums = new Map<string, Sum>()
  for (const part of parts) {
    for (const [key, sum] of part)
      sums.set(key, addSums(sums.get(key) ?? { row_count: 0, item_count: 0, amount: 0n }, sum))
  }
  return sums
}

interface Range {
  from?: string
  to?: string
}

/** The whole months of a range of days, and the days before and after them. An open end is whole months. */
export function cutRange(
  from: string | undefined,
  to: string | undefined,
): { months: Range | undefined; days: { from: string; to: string }[] } {
  const startsInside = from !== undefined && !from.endsWith('-01')
  const endsInside = to !== undefined && to !== lastDayOf(monthOf(to))
  const firstMonth = from && (startsInside ? addMonths(monthOf(from), 1) : monthOf(from))
  const lastMonth = to && (endsInside ? addMonths(monthOf(to), -1) : monthOf(to))
  if (from !== undefined && to !== undefined && (firstMonth ?? '') > (lastMonth ?? '')) {
    return { months: undefined, days: [{ from, to }] }
  }
  const days: { from: string; to: string }[] = []
  if (startsInside) days.push({ from, to: lastDayOf(monthOf(from)) })
  if (endsInside) days.push({ from: `${monthOf(to)}-01`, to })
  return { months: { ...(firstMonth ? { from: firstMonth } : {}), ...(lastMonth ? { to: lastMonth } : {}) }, days }
}
