import { contains } from '@spends/db'
import { type Expression, type SqlBool, sql } from 'kysely'
import type { z } from 'zod'
import { addDays, today } from '../calendar.ts'
import { type Context, inSnapshot } from '../context.ts'
import { notFound } from '../errors.ts'
import { WARRANTY_COLUMNS } from '../purchases/record.ts'
import { purchaseMatches } from '../purchases/search.ts'
import { getSettings, getToday } from '../settings.ts'
import { countStatistics } from '../statistics/read.ts'
import { searchKey } from '../text.ts'
import { endsWithin, hasWarrantyStatus } from '../warranty-status.ts'
import { toPurchaseWarranty } from './rules.ts'
import type { ExpiringFilter, Warranty, WarrantyFilter, WarrantyList } from './shapes.ts'

type Filter = z.output<typeof WarrantyFilter>
type List = z.infer<typeof WarrantyList>
type Page = Pick<Filter, 'skip' | 'limit' | 'sort' | 'order'>

/** One page of the warranties that match, and how many match in all. */
export async function listWarranties(ctx: Context, filter: Filter): Promise<List> {
  return inSnapshot(ctx, (tx) => readList(tx, filter))
}

async function readList(ctx: Context, filter: Filter): Promise<List> {
  const settings = await getSettings(ctx)
  const day = today(ctx.now(), settings.time_zone)
  const all: Expression<SqlBool>[] = []
  if (filter.status) all.push(hasWarrantyStatus(filter.status, day))
  if (filter.warranty_type) all.push(sql`w.warranty_type in (${sql.join(filter.warranty_type)})`)
  if (filter.expiring_soon !== undefined) {
    const soon = endsWithin(day, addDays(day, settings.expiring_soon_days))
    all.push(filter.expiring_soon ? soon : sql<SqlBool>`(${soon}) is not true`)
  }
  if (!filter.search) return listPage(ctx, all, filter, day, await countWarranties(ctx, all))
  const inWarranty = contains('w.search_text', searchKey(filter.search))
  all.push(sql<SqlBool>`(${await purchaseMatches(ctx, filter.search)} or ${inWarranty})`)
  const { total } = await fromWarranties(ctx)
    .where((eb) => eb.and(all))
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow()
  return listPage(ctx, all, filter, day, total)
}

/** Warranties in force that end from today to today + days, soonest first. @param days default: those of Settings */
export async function listExpiringWarranties(ctx: Context, filter: z.output<typeof ExpiringFilter>): Promise<List> {
  const settings = await getSettings(ctx)
  const day = today(ctx.now(), settings.time_zone)
  const lastDay = addDays(day, filter.days ?? settings.expiring_soon_days)
  const page = { skip: filter.skip, limit: filter.limit, sort: 'warranty_end', order: 'asc' } as const
  const soon = [endsWithin(day, lastDay)]
  return listPage(ctx, soon, page, day, await countWarranties(ctx, soon))
}

/** The warranties that were recorded last, latest first. */
export async function listRecentWarranties(ctx: Context, { limit }: { limit: number }): Promise<Warranty[]> {
  const [day, rows] = await Promise.all([
    getToday(ctx),
    sorted(withPurchase(fromWarranties(ctx)), { sort: 'created_at', order: 'desc' })
      .limit(limit)
      .execute(),
  ])
  return rows.map((row) => toWarranty(row, day))
}

/** @throws AppError NOT_FOUND */
export async function getWarranty(ctx: Context, input: { id: string }): Promise<Warranty> {
  const [day, row] = await Promise.all([
    getToday(ctx),
    withPurchase(fromWarranties(ctx)).where('w.id', '=', input.id).executeTakeFirst(),
  ])
  if (!row) throw notFound('warranty')
  return toWarranty(row, day)
}

async function listPage(
  ctx: Context,
  conditions: Expression<SqlBool>[],
  page: Page,
  day: string,
  total: number,
): Promise<List> {
  const rows = fromWarranties(ctx).$if(conditions.length > 0, (query) => query.where((eb) => eb.and(conditions)))
  const { skip, limit } = page
  const found = total > skip ? await sorted(withPurchase(rows), page).offset(skip).limit(limit).execute() : []
  return { items: found.map((row) => toWarranty(row, day)), total, skip, limit }
}

/** How many warranties match conditions on `w` alone. */
async function countWarranties(ctx: Context, conditions: Expression<SqlBool>[]): Promise<number> {
  if (conditions.length === 0) return countStatistics(ctx, { kind: 'warranty' })
  const { total } = await ctx.db
    .selectFrom('warranties as w')
    .where((eb) => eb.and(conditions))
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow()
  return total
}

function fromWarranties(ctx: Context) {
  return ctx.db.selectFrom('warranties as w').innerJoin('purchases as p', 'p.id', 'w.purchase_id')
}

function withPurchase(query: ReturnType<typeof fromWarranties>) {
  return query
    .select(WARRANTY_COLUMNS.map((column) => `w.${column}` as const))
    .select(['p.product_name', 'p.purchase_date'])
}
type Row = Awaited<ReturnType<ReturnType<typeof withPurchase>['execute']>>[number]

function toWarranty(row: Row, day: string): Warranty {
  const purchase = { id: row.purchase_id, product_name: row.product_name, purchase_date: row.purchase_date }
  return { ...toPurchaseWarranty(row, day), purchase }
}

const SORT_COLUMNS = {
  warranty_end: 'w.warranty_end',
  warranty_start: 'w.warranty_start',
  product_name: 'p.sort_key',
  created_at: 'w.created_at',
} as const

/** A total order: ties are broken by the id, in the same direction; a warranty that never ends comes last. */
function sorted(query: ReturnType<typeof withPurchase>, { sort, order }: Pick<Page, 'sort' | 'order'>) {
  const direction = order ?? (sort === 'created_at' ? 'desc' : 'asc')
  return query
    .orderBy(SORT_COLUMNS[sort], (by) => {
      const directed = direction === 'desc' ? by.desc() : by.asc()
      return sort === 'warranty_end' ? directed.nullsLast() : directed
    })
    .orderBy('w.id', direction)
}
