import { prepared, type Schema } from '@spends/db'
import { type Expression, expressionBuilder, type SqlBool, sql } from 'kysely'
import type { Context } from '../context.ts'
import type { StatisticKind } from './facts.ts'

/** A sum of figures. */
export interface Sum {
  row_count: number
  item_count: number
  /** Minor units of the currency. */
  amount: bigint
}

export const NOTHING: Sum = { row_count: 0, item_count: 0, amount: 0n }

export interface StatisticsFilter {
  kind: StatisticKind
  /** Undefined: every currency; then only counts may be added, never amounts. */
  currency_code?: string | undefined
  key?: string | undefined
  /** First and last period. */
  from?: string | undefined
  to?: string | undefined
}

const eb = expressionBuilder<Schema, 'statistics'>()

const ROW_COUNT = sql<number>`cast(coalesce(sum(row_count), 0) as bigint)`.as('row_count')

function conditions(filter: StatisticsFilter): Expression<SqlBool> {
  const all = [eb('kind', '=', filter.kind)]
  if (filter.currency_code !== undefined) all.push(eb('currency_code', '=', filter.currency_code))
  if (filter.key !== undefined) all.push(eb('key', '=', filter.key))
  if (filter.from !== undefined) all.push(eb('period', '>=', filter.from))
  if (filter.to !== undefined) all.push(eb('period', '<=', filter.to))
  return eb.and(all)
}

/** What the figures add up to, for each value of a column: `Map` of value -> sum. Values without any are left out. */
export async function sumStatisticsBy(
  ctx: Context,
  column: 'currency_code' | 'key' | 'period',
  filter: StatisticsFilter,
): Promise<Map<string, Sum>> {
  const rows = await ctx.db
    .selectFrom('statistics')
    .select([column, ...SUMS])
    .where(conditions(filter))
    .groupBy(column)
    .execute()
  return new Map(rows.filter((row) => row.row_count > 0).map((row) => [String(row[column]), toSum(row)]))
}

const countKind = prepared((db, kind: StatisticKind) =>
  db.selectFrom('statistics').select(ROW_COUNT).where('kind', '=', kind),
)

/** How many rows the figures count. */
export async function countStatistics(ctx: Context, filter: StatisticsFilter): Promise<number> {
  const { kind, ...narrower } = filter
  if (Object.values(narrower).every((value) => value === undefined)) {
    const [counted] = await countKind(ctx.db, kind)
    return counted?.row_count ?? 0
  }
  const { row_count } = await ctx.db
    .selectFrom('statistics')
    .select(ROW_COUNT)
    .where(conditions(filter))
    .executeTakeFirstOrThrow()
  return row_count
}

/** Amounts come as text: a sum may be larger than a JavaScript number holds, and one engine would not say so. */
const SUMS = [
  sql<number>`cast(sum(row_count) as bigint)`.as('row_count'),
  sql<number>`cast(sum(item_count) as bigint)`.as('item_count'),
  sql<string>`cast(sum(amount) as text)`.as('amount'),
] as const

export function toSum(row: { row_count: number; item_count: number; amount: string }): Sum {
  return { row_count: row.row_count, item_count: row.item_count, amount: BigInt(row.amount) }
}

export function addSums(a: Sum, b: Sum): Sum {
  return {
    row_count: a.row_count + b.row_count,
    item_count: a.item_count + b.item_count,
    amount: a.amount + b.amount,
  }
}
