import type { Context } from '../context.ts'
import { countStatisticsBy } from '../statistics/read.ts'
import { compareKeys } from '../text.ts'
import type { Filter } from './filter.ts'

/** Retailers or brands that stand at the same place in the order; null: purchases that have none. */
interface Group {
  ids: string[] | null
  /** Purchases that have one of them. */
  count: number
}

/**
 * The ids of one page of all purchases in the order of their retailers' or brands' names. The kept figures tell how
 * many purchases each has, so what comes before the page is skipped without being read.
 */
export async function pageByName(
  ctx: Context,
  by: 'retailer' | 'brand',
  direction: 'asc' | 'desc',
  { skip, limit }: Pick<Filter, 'skip' | 'limit'>,
): Promise<string[]> {
  const page: string[] = []
  let before = skip
  for (const { ids, count } of await readGroups(ctx, by, direction)) {
    if (before >= count) {
      before -= count
      continue
    }
    const column = `${by}_id` as const
    const rows = await ctx.db
      .selectFrom('purchases')
      .select('id')
      .where((eb) => (ids === null ? eb(column, 'is', null) : eb(column, 'in', ids)))
      .orderBy('id', direction)
      .offset(before)
      .limit(limit - page.length)
      .execute()
    page.push(...rows.map(({ id }) => id))
    if (page.length >= limit) return page
    before = 0
  }
  return page
}

/** Groups in the order of the list; none comes last in both directions. */
async function readGroups(ctx: Context, by: 'retailer' | 'brand', direction: 'asc' | 'desc'): Promise<Group[]> {
  const table = by === 'retailer' ? 'retailers' : 'brands'
  const counts = await countStatisticsBy(ctx, 'key', { kind: by })
  const named = new Map<string, { ids: string[]; count: number }>()
  for (const { id, sort_key } of await ctx.db.selectFrom(table).select(['id', 'sort_key']).execute()) {
    const count = counts.get(id)
    if (count === undefined) continue
    const group = named.get(sort_key) ?? { ids: [], count: 0 }
    group.ids.push(id)
    group.count += count
    named.set(sort_key, group)
  }
  const sign = direction === 'desc' ? -1 : 1
  const sorted = [...named].sort(([a], [b]) => sign * compareKeys(a, b)).map(([, group]) => group)
  return [...sorted, { ids: null, count: counts.get('') ?? 0 }]
}
