import type { Schema } from '@spends/db'
import { type Expression, expressionBuilder, type SqlBool, sql } from 'kysely'
import type { z } from 'zod'
import type { Context } from '../context.ts'
import { toPriceKey } from '../money.ts'
import { countStatistics, countStatisticsBy } from '../statistics/read.ts'
import { foldCase } from '../text.ts'
import type { PurchaseFilter } from './shapes.ts'

export type Filter = z.output<typeof PurchaseFilter>

const eb = expressionBuilder<Schema & { p: Schema['purchases'] }, 'p'>()

/**
 * What the filter asks of a purchase `p`, apart from the search; all of it must hold.
 * @param known whether something else says which few purchases `p` may be: then each is asked for its tags, where
 *   otherwise all that have them are looked up first
 */
export function conditions(filter: Filter, known = false): Expression<SqlBool>[] {
  const all: Expression<SqlBool>[] = []
  if (filter.id) all.push(eb('p.id', 'in', filter.id))
  if (filter.status) all.push(eb('p.status', 'in', filter.status))
  if (filter.retailer_id) all.push(eb('p.retailer_id', 'in', filter.retailer_id))
  if (filter.brand_id) all.push(eb('p.brand_id', 'in', filter.brand_id))
  if (filter.currency_code) all.push(eb('p.currency_code', 'in', filter.currency_code))
  if (filter.date_from) all.push(eb('p.purchase_date', '>=', filter.date_from))
  if (filter.date_to) all.push(eb('p.purchase_date', '<=', filter.date_to))
  if (filter.price_from) all.push(eb('p.price_key', '>=', toPriceKey(filter.price_from)))
  if (filter.price_to) all.push(eb('p.price_key', '<=', toPriceKey(filter.price_to)))
  if (filter.return_from) all.push(eb('p.return_by', '>=', filter.return_from))
  if (filter.return_to) all.push(eb('p.return_by', '<=', filter.return_to))
  if (filter.tax_deductible !== undefined) {
    // Said in full: an index that holds only these is not found by a parameter.
    all.push(sql<SqlBool>`p.tax_deductible is ${filter.tax_deductible ? sql`true` : sql`false`}`)
  }
  if (filter.has_retailer !== undefined) all.push(eb('p.retailer_id', filter.has_retailer ? 'is not' : 'is', null))
  if (filter.has_brand !== undefined) all.push(eb('p.brand_id', filter.has_brand ? 'is not' : 'is', null))
  if (filter.tag) {
    const tagged = eb.selectFrom('purchase_tags').select('purchase_id').where('tag_key', 'in', filter.tag.map(foldCase))
    all.push(known ? eb.exists(tagged.whereRef('purchase_id', '=', 'p.id')) : eb('p.id', 'in', tagged))
  }
  if (filter.has_warranty !== undefined) {
    const warranty = eb.exists(eb.selectFrom('warranties').select('id').whereRef('purchase_id', '=', 'p.id'))
    all.push(filter.has_warranty ? warranty : eb.not(warranty))
  }
  return all
}

/** How many purchases match. @param search the condition that the filter's search became */
export async function countPurchases(ctx: Context, filter: Filter, search?: Expression<SqlBool>): Promise<number> {
  const all = conditions(filter)
  if (!search) {
    const counts = countsByDimension(ctx, filter)
    if (all.length === 0) return countStatistics(ctx, { kind: 'purchase' })
    const [count] = counts
    if (count && counts.length === 1 && asks(filter) === 1) return count()
  }
  const { total } = await ctx.db
    .selectFrom('purchases as p')
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .where((eb) => eb.and(search ? [...all, search] : all))
    .executeTakeFirstOrThrow()
  return total
}

/**
 * How many purchases the filter leaves at most, by what is counted already; undefined where no figure tells.
 * Each dimension alone is an upper bound.
 */
export async function estimatePurchases(ctx: Context, filter: Filter): Promise<number | undefined> {
  const counts = await Promise.all(countsByDimension(ctx, filter).map((count) => count()))
  if (filter.id) counts.push(filter.id.length)
  return counts.length === 0 ? undefined : Math.min(...counts)
}

/** How many things the filter asks; a range of purchase dates is one. */
function asks(filter: Filter): number {
  const { skip: _, limit: __, sort: ___, order: ____, date_from, date_to, search: _____, ...others } = filter
  const dates = date_from !== undefined || date_to !== undefined ? 1 : 0
  return dates + Object.values(others).filter((value) => value !== undefined).length
}

/** For each thing that the filter asks and the kept figures count: how many purchases have it. */
function countsByDimension(ctx: Context, filter: Filter): (() => Promise<number>)[] {
  const counts: (() => Promise<number>)[] = []
  const { status, retailer_id, brand_id, currency_code, date_from: from, date_to: to } = filter
  const all = () => countStatistics(ctx, { kind: 'purchase' })
  const withOrWithout = (has: boolean | undefined, having: () => Promise<number>) => {
    if (has !== undefined) counts.push(async () => (has ? having() : (await all()) - (await having())))
  }
  if (status) {
    const ordered = () => countStatistics(ctx, { kind: 'ordered' })
    const wanted = new Set(status)
    counts.push(async () =>
      wanted.size === 2 ? all() : wanted.has('ORDERED') ? ordered() : (await all()) - (await ordered()),
    )
  }
  if (retailer_id) counts.push(() => countKeys(ctx, 'retailer', 'key', retailer_id))
  if (brand_id) counts.push(() => countKeys(ctx, 'brand', 'key', brand_id))
  if (currency_code) counts.push(() => countKeys(ctx, 'purchase', 'currency_code', currency_code))
  if (from !== undefined || to !== undefined)
    counts.push(() => countStatistics(ctx, { kind: 'purchase_day', from, to }))
  withOrWithout(filter.has_warranty, () => countStatistics(ctx, { kind: 'warranty' }))
  withOrWithout(filter.tax_deductible, () => countStatistics(ctx, { kind: 'tax_deductible' }))
  withOrWithout(filter.has_retailer, async () => (await all()) - (await countKeys(ctx, 'retailer', 'key', [''])))
  withOrWithout(filter.has_brand, async () => (await all()) - (await countKeys(ctx, 'brand', 'key', [''])))
  return counts
}

async function countKeys(
  ctx: Context,
  kind: 'retailer' | 'brand' | 'purchase',
  column: 'key' | 'currency_code',
  values: readonly string[],
): Promise<number> {
  const counts = await countStatisticsBy(ctx, column, { kind })
  return [...new Set(values)].reduce((count, value) => count + (counts.get(value) ?? 0), 0)
}
