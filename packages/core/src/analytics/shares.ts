import type { z } from 'zod'
import { type Context, inSnapshot } from '../context.ts'
import { formatMinorUnits } from '../money.ts'
import { addSums, NOTHING, type Sum, sumStatisticsBy } from '../statistics/read.ts'
import { compareKeys } from '../text.ts'
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
  const { sums, names } = await inSnapshot(ctx, async (tx) => {
    const sums = await sumByKey(tx, dimension, query)
    return { sums, names: await readNames(tx, dimension, [...sums.keys()]) }
  })
  const ranked = [...sums].sort(([idA, a], [idB, b]) => {
    if (a.amount !== b.amount) return a.amount > b.amount ? -1 : 1
    if (a.row_count !== b.row_count) return b.row_count - a.row_count
    return compareNames(names.get(idA)?.sort_key, names.get(idB)?.sort_key) || compareKeys(idA, idB)
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

/** Id -> name. @param keys ids, and perhaps the empty key for none */
async function readNames(ctx: Context, dimension: 'retailer' | 'brand', keys: readonly string[]) {
  const ids = keys.filter((id) => id !== '')
  if (ids.length === 0) return new Map<string, never>()
  const all = ctx.db.selectFrom(dimension === 'retailer' ? 'retailers' : 'brands').select(['id', 'name', 'sort_key'])
  const rows = await (ids.length > MAX_IDS ? all : all.where('id', 'in', ids)).execute()
  return new Map(rows.map((row) => [row.id, row]))
}

/** Without a name comes last. */
function compareNames(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
  return compareKeys(a, b)
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
    for (const [key, sum] of part) sums.set(key, addSums(sums.get(key) ?? NOTHING, sum))
  }
  return sums
}

const FIRST_DAY = '0001-01-01'
const LAST_DAY = '9999-12-31'

interface Range {
  from: string
  to: string
}

/** The whole months of a range of days, and the days before and after them. */
export function cutRange(from = FIRST_DAY, to = LAST_DAY): { months: Range | undefined; days: Range[] } {
  const startsInside = !from.endsWith('-01')
  const endsInside = to !== lastDayOf(monthOf(to))
  // Months compare as texts, which the one after the last would break: so it is asked first whether there is just one.
  const insideOne = (startsInside || endsInside) && monthOf(from) === monthOf(to)
  const months = {
    from: addMonths(monthOf(from), startsInside ? 1 : 0),
    to: addMonths(monthOf(to), endsInside ? -1 : 0),
  }
  if (insideOne || months.from > months.to) return { months: undefined, days: [{ from, to }] }
  const days: Range[] = []
  if (startsInside) days.push({ from, to: lastDayOf(monthOf(from)) })
  if (endsInside) days.push({ from: `${monthOf(to)}-01`, to })
  return { months, days }
}
