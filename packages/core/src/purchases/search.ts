import { contains, containsByIndex, countByIndex, type Schema } from '@spends/db'
import { type Expression, expressionBuilder, type SqlBool, sql } from 'kysely'
import type { Context } from '../context.ts'
import { countStatistics } from '../statistics/read.ts'
import { searchKey } from '../text.ts'
import { estimatePurchases, type Filter } from './filter.ts'

/** How a search is carried out: by the text index or by looking at each row, whichever is less work. */
interface SearchPlan {
  /** The condition on `p` for finding all that match. */
  all: Expression<SqlBool>
  /** The condition on `p` for finding the first ones in the order of the list. */
  ordered: Expression<SqlBool>
  /** How many match, where that is known already. */
  total: number | undefined
}

const eb = expressionBuilder<Schema & { p: Schema['purchases'] }, 'p'>()

/**
 * Plans the search of a filter; undefined without one. The text stands somewhere in the purchase, or in the name of
 * its retailer or brand.
 */
export async function planSearch(ctx: Context, filter: Filter): Promise<SearchPlan | undefined> {
  const needle = searchKey(filter.search ?? '')
  if (needle === '') return undefined
  const byName = await findByName(ctx, needle)
  const scan = anyOf([contains('p.search_text', needle), ...byName])
  const index = containsByIndex(ctx.db, 'p', needle)
  if (!index) return { all: scan, ordered: scan, total: undefined }

  const others = await estimatePurchases(ctx, filter)
  const hits = (await countByIndex(ctx.db, needle, others === undefined ? undefined : others + 1)) ?? 0
  // Another filter leaves fewer rows than the text: look at those.
  if (others !== undefined && hits > others) return { all: scan, ordered: scan, total: undefined }

  const all = anyOf([index, ...byName])
  if (others !== undefined || isFiltered(filter)) return { all, ordered: all, total: undefined }
  const total = hits + (byName.length === 0 ? 0 : await countByNameAlone(ctx, byName, needle))
  // The page by the index costs as many rows as there are hits; along the list's order, as many as lie between hits.
  const rows = await countStatistics(ctx, { kind: 'purchase' })
  const between = ((filter.skip + filter.limit) * rows) / Math.max(total, 1)
  return { all, ordered: between < total ? scan : all, total }
}

/** Purchases that only their retailer's or brand's name finds. */
async function countByNameAlone(ctx: Context, byName: Expression<SqlBool>[], needle: string): Promise<number> {
  const { count } = await ctx.db
    .selectFrom('purchases as p')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where(anyOf(byName))
    .where((eb) => eb.not(contains('p.search_text', needle)))
    .executeTakeFirstOrThrow()
  return count
}

/** Filters that no figure counts. */
function isFiltered({ tag, price_from, price_to, return_from, return_to }: Filter): boolean {
  return [tag, price_from, price_to, return_from, return_to].some((asked) => asked !== undefined)
}

/** Retailers and brands are few: those that match are looked up first, so that the condition is one on their ids. */
async function findByName(ctx: Context, needle: string): Promise<Expression<SqlBool>[]> {
  const found: Expression<SqlBool>[] = []
  for (const [table, column] of [
    ['retailers', 'p.retailer_id'],
    ['brands', 'p.brand_id'],
  ] as const) {
    const rows = await ctx.db.selectFrom(table).select('id').where(contains('search_text', needle)).execute()
    // An expression of ids, not a list of them, where there might be more than a statement takes parameters.
    if (rows.length > 100) {
      found.push(eb(column, 'in', eb.selectFrom(table).select('id').where(contains('search_text', needle))))
    } else if (rows.length > 0) {
      found.push(
        eb(
          column,
          'in',
          rows.map(({ id }) => id),
        ),
      )
    }
  }
  return found
}

/** The condition that the search of a filter is for a few purchases `p` that are known already; undefined without one. */
export async function matchesSearch(ctx: Context, { search = '' }: Pick<Filter, 'search'>) {
  const needle = searchKey(search)
  return needle === '' ? undefined : anyOf([contains('p.search_text', needle), ...(await findByName(ctx, needle))])
}

/** The condition "the text stands somewhere in the purchase `p`, or in its retailer's or brand's name". */
export async function purchaseMatches(ctx: Context, search: string): Promise<Expression<SqlBool>> {
  const needle = searchKey(search)
  const text = containsByIndex(ctx.db, 'p', needle) ?? contains('p.search_text', needle)
  return anyOf([text, ...(await findByName(ctx, needle))])
}

function anyOf(expressions: readonly Expression<SqlBool>[]): Expression<SqlBool> {
  return sql<SqlBool>`(${sql.join(expressions, sql` or `)})`
}
