import { type Db, prepared } from '@spends/db'
import type { Expression, OrderByItemBuilder, SqlBool } from 'kysely'
import type { z } from 'zod'
import { type Context, inSnapshot } from '../context.ts'
import { notFound } from '../errors.ts'
import { getToday } from '../settings.ts'
import { pageByName } from './by-name.ts'
import { conditions, countPurchases } from './filter.ts'
import { fromPurchases, type JoinedRow, toPurchase, withRelations } from './joined.ts'
import { planSearch } from './search.ts'
import type { Purchase, PurchaseDetails, PurchaseFilter, PurchaseList } from './shapes.ts'

type Filter = z.output<typeof PurchaseFilter>

/** One page of the purchases that match, and how many match in all. */
export async function listPurchases(ctx: Context, filter: Filter): Promise<z.infer<typeof PurchaseList>> {
  // Without a filter it is one kept figure and one page: not worth a transaction.
  const isWhole = !filter.search && conditions(filter).length === 0
  return isWhole ? readList(ctx, filter) : inSnapshot(ctx, (tx) => readList(tx, filter))
}

async function readList(ctx: Context, filter: Filter): Promise<z.infer<typeof PurchaseList>> {
  const today = await getToday(ctx)
  const plan = await planSearch(ctx, filter)
  const total = plan?.total ?? (await countPurchases(ctx, filter, plan?.all))
  const rows = total > filter.skip ? await readPage(ctx, filter, plan?.ordered) : []
  return { items: rows.map((row) => toPurchase(row, today)), total, skip: filter.skip, limit: filter.limit }
}

/** The rows of one page. Where something is filtered the page is found first, from narrow rows, and read then. */
async function readPage(ctx: Context, filter: Filter, search: Expression<SqlBool> | undefined): Promise<JoinedRow[]> {
  const order = orderOf(filter)
  const all = [...conditions(filter), ...(search ? [search] : [])]
  if (all.length === 0 && (filter.sort === 'retailer' || filter.sort === 'brand')) {
    return readByName(ctx, filter.sort, order.direction, filter)
  }
  if (all.length === 0) return pagesOfAll(order)(ctx.db, filter.limit, filter.skip)
  const { column, directed, direction } = order
  const page = fromPurchases(ctx.db)
    .leftJoin('retailers as r', 'r.id', 'p.retailer_id')
    .leftJoin('brands as b', 'b.id', 'p.brand_id')
    .select('p.id')
    .where((eb) => eb.and(all))
    .orderBy(column, directed)
    .orderBy('p.id', direction)
    .offset(filter.skip)
    .limit(filter.limit)
  return withRelations(ctx.db, fromPurchases(ctx.db))
    .where('p.id', 'in', page)
    .orderBy(column, directed)
    .orderBy('p.id', direction)
    .execute()
}

function readByName(
  ctx: Context,
  by: 'retailer' | 'brand',
  direction: 'asc' | 'desc',
  page: Filter,
): Promise<JoinedRow[]> {
  return inSnapshot(ctx, async (tx) => {
    const ids = await pageByName(tx, by, direction, page)
    if (ids.length === 0) return []
    const rows = await withRelations(tx.db, fromPurchases(tx.db)).where('p.id', 'in', ids).execute()
    const rowOf = new Map(rows.map((row) => [row.id, row]))
    return ids.flatMap((id) => rowOf.get(id) ?? [])
  })
}

type PageOfAll = (db: Db, limit: number, skip: number) => Promise<JoinedRow[]>
const pages = new Map<string, PageOfAll>()

/** The query for the pages of the list that nothing filters, for each order once. */
function pagesOfAll({ column, directed, direction }: ReturnType<typeof orderOf>): PageOfAll {
  const name = `${column} ${direction}`
  let page = pages.get(name)
  if (!page) {
    page = prepared((db, limit: number, skip: number) =>
      withRelations(db, fromPurchases(db))
        .orderBy(column, directed)
        .orderBy('p.id', direction)
        .limit(limit)
        .offset(skip),
    )
    pages.set(name, page)
  }
  return page
}

/** The purchases of the latest days; of one day, those recorded last come first. */
export async function listRecentPurchases(ctx: Context, { limit }: { limit: number }): Promise<Purchase[]> {
  const [today, rows] = await Promise.all([
    getToday(ctx),
    withRelations(ctx.db, fromPurchases(ctx.db))
      .orderBy('p.purchase_date', 'desc')
      .orderBy('p.created_at', 'desc')
      .orderBy('p.id', 'desc')
      .limit(limit)
      .execute(),
  ])
  return rows.map((row) => toPurchase(row, today))
}

/** A purchase with its warranty and attachments. @throws AppError NOT_FOUND */
export async function getPurchase(ctx: Context, input: { id: string }): Promise<PurchaseDetails> {
  const [today, [row], attachments] = await Promise.all([
    getToday(ctx),
    findRow(ctx.db, input.id),
    findAttachments(ctx.db, input.id),
  ])
  if (!row) throw notFound('purchase')
  return { ...toPurchase(row, today), attachments }
}

const findRow = prepared((db, id: string) => withRelations(db, fromPurchases(db)).where('p.id', '=', id))

/** The attachments of a purchase, oldest first. */
const findAttachments = prepared((db, purchaseId: string) =>
  db.selectFrom('attachments').selectAll().where('purchase_id', '=', purchaseId).orderBy('id'),
)

const SORT_COLUMNS = {
  purchase_date: 'p.purchase_date',
  product_name: 'p.sort_key',
  price: 'p.price_key',
  created_at: 'p.created_at',
  retailer: 'r.sort_key',
  brand: 'b.sort_key',
  status: 'p.status',
} as const
const FALLS_BY_DEFAULT: readonly Filter['sort'][] = ['purchase_date', 'created_at', 'price']

/** A total order: ties are broken by the id, in the same direction; purchases without the sorted thing come last. */
function orderOf({ sort, order }: Filter) {
  const direction = order ?? (FALLS_BY_DEFAULT.includes(sort) ? 'desc' : 'asc')
  const nullable = sort === 'retailer' || sort === 'brand'
  const directed = (by: OrderByItemBuilder) => {
    const item = direction === 'desc' ? by.desc() : by.asc()
    return nullable ? item.nullsLast() : item
  }
  return { column: SORT_COLUMNS[sort], directed, direction } as const
}
