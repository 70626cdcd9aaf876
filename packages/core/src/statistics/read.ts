import { type Db, prepared, type Schema } from '@spends/db'
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
  /** Undefined: every currency. */
  currency_code?: string | undefined
  /** First and last period. */
  from?: string | undefined
  to?: string | undefined
}

const ROW_COUNT = sql<number>`cast(coalesce(sum(row_count), 0) as bigint)`.as('row_count')

type Column = 'currency_code' | 'key' | 'period'

/**
 * What the figures of one currency, or of each, add up to, for each value of a column: `Map` of value -> sum.
 * Values without any are left out.
 */
export async function sumStatisticsBy<C extends Column>(
  ctx: Context,
  column: C,
  filter: StatisticsFilter & (C extends 'currency_code' ? unknown : { currency_code: string }),
): Promise<Map<string, Sum>> {
  const by: Column = column
  const select = shaped(sums, `${by} ${shapeOf(filter)}`, () =>
    prepared((db, ...values: Values) =>
      fromStatistics(db, filter, values)
        .select([by, ...SUMS])
        .groupBy(by),
    ),
  )
  const rows = await select(ctx.db, ...valuesOf(filter))
  return new Map(rows.filter((row) => row.row_count > 0).map((row) => [String(row[by]), toSum(row)]))
}

/** How many rows the figures count, for each value of a column. Values without any are left out. */
export async function countStatisticsBy(
  ctx: Context,
  column: Column,
  filter: StatisticsFilter,
): Promise<Map<string, number>> {
  const select = shaped(countsBy, `${column} ${shapeOf(filter)}`, () =>
    prepared((db, ...values: Values) => fromStatistics(db, filter, values).select([column, ROW_COUNT]).groupBy(column)),
  )
  const rows = await select(ctx.db, ...valuesOf(filter))
  return new Map(rows.filter((row) => row.row_count > 0).map((row) => [String(row[column]), row.row_count]))
}

/** How many rows the figures count. */
export async function countStatistics(ctx: Context, filter: StatisticsFilter): Promise<number> {
  const select = shaped(counts, shapeOf(filter), () =>
    prepared((db, ...values: Values) => fromStatistics(db, filter, values).select(ROW_COUNT)),
  )
  const [counted] = await select(ctx.db, ...valuesOf(filter))
  return counted?.row_count ?? 0
}

/** The values of a filter that are said, in the order of `CONDITIONS`. */
type Values = string[]
const CONDITIONS = ['kind', 'currency_code', 'from', 'to'] as const

function said(filter: StatisticsFilter) {
  return CONDITIONS.filter((condition) => filter[condition] !== undefined)
}

function valuesOf(filter: StatisticsFilter): Values {
  return said(filter).map((condition) => filter[condition] ?? '')
}

/** Filters of one shape differ only in their values: one query serves them all. */
function shapeOf(filter: StatisticsFilter): string {
  return `${isKeyed(filter)} ${said(filter).join(' ')}`
}

type Prepared<Row> = (db: Db, ...values: Values) => Promise<Row[]>
const sums = new Map<string, Prepared<SumRow & Partial<Record<Column, string>>>>()
const countsBy = new Map<string, Prepared<{ row_count: number } & Partial<Record<Column, string>>>>()
const counts = new Map<string, Prepared<{ row_count: number }>>()

function shaped<T>(known: Map<string, T>, shape: string, make: () => T): T {
  const query = known.get(shape) ?? make()
  known.set(shape, query)
  return query
}

function isKeyed({ kind }: StatisticsFilter): boolean {
  return kind === 'product' || kind.startsWith('retailer') || kind.startsWith('brand')
}

/** The figures of a filter. Every column of the primary key before the period is bound, so that a range is one too. */
function fromStatistics(db: Db, filter: StatisticsFilter, values: Values) {
  const value = new Map(said(filter).map((condition, index) => [condition, values[index] ?? '']))
  const all: Expression<SqlBool>[] = [eb('kind', '=', value.get('kind') as StatisticKind)]
  const [currency_code, from, to] = [value.get('currency_code'), value.get('from'), value.get('to')]
  if (currency_code !== undefined) all.push(eb('currency_code', '=', currency_code))
  else if (from !== undefined || to !== undefined) all.push(eb('currency_code', 'in', everyCurrency))
  if (!isKeyed(filter)) all.push(eb('key', '=', sql.lit('')))
  if (from !== undefined) all.push(eb('period', '>=', from))
  if (to !== undefined) all.push(eb('period', '<=', to))
  return db.selectFrom('statistics').where(eb.and(all))
}

const eb = expressionBuilder<Schema, 'statistics'>()

const everyCurrency = eb
  .selectFrom('statistics as c')
  .select('c.currency_code')
  .where('c.kind', '=', sql.lit('purchase' as const))

/** Amounts come as text: a sum may be larger than a JavaScript number holds, and one engine would not say so. */
const SUMS = [
  sql<number>`cast(sum(row_count) as bigint)`.as('row_count'),
  sql<number>`cast(sum(item_count) as bigint)`.as('item_count'),
  sql<string>`cast(sum(amount) as text)`.as('amount'),
] as const

interface SumRow {
  row_count: number
  item_count: number
  amount: string
}

export function toSum(row: SumRow): Sum {
  return { row_count: row.row_count, item_count: row.item_count, amount: BigInt(row.amount) }
}

export function addSums(a: Sum, b: Sum): Sum {
  return {
    row_count: a.row_count + b.row_count,
    item_count: a.item_count + b.item_count,
    amount: a.amount + b.amount,
  }
}
