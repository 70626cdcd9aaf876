import { prepared } from '@spends/db'
import { sql } from 'kysely'
import type { z } from 'zod'
import { type Context, inSnapshot } from '../context.ts'
import { averageOf, formatMinorUnits } from '../money.ts'
import { productKey } from '../statistics/facts.ts'
import { addSums, type Sum, toSum } from '../statistics/read.ts'
import { compareKeys, sortKey } from '../text.ts'
import type { TopProducts, TopProductsQuery } from './shapes.ts'

type Query = z.output<typeof TopProductsQuery> & { currency_code: string }

/** A product, by the key that makes names the same. */
interface Product extends Sum {
  key: string
  product_name: string
}

/**
 * The most bought products in one currency. Names that differ only in case are one product, shown under the name that
 * was recorded last.
 */
export async function getTopProducts(ctx: Context, query: Query): Promise<z.infer<typeof TopProducts>> {
  const everything = query.date_from === undefined && query.date_to === undefined
  const products = everything ? await inSnapshot(ctx, (tx) => readProducts(tx, query)) : await sumProducts(ctx, query)
  return products.map(({ product_name, item_count, amount }) => ({
    product_name,
    count: item_count,
    total_spent: formatMinorUnits(amount, query.currency_code),
    avg_price: averageOf(amount, item_count, query.currency_code),
  }))
}

/** From the kept figures: the first rows of an index, however many products there are. */
async function readProducts(ctx: Context, { currency_code, limit }: Query): Promise<Product[]> {
  const rows = await ctx.db
    .selectFrom('statistics')
    .select(['key', 'row_count', 'item_count', sql<string>`cast(amount as text)`.as('amount')])
    .where('kind', '=', 'product')
    .where('currency_code', '=', currency_code)
    .where('item_count', '>', 0)
    .orderBy('item_count', 'desc')
    // The column: `amount` alone would be the text that is selected under this name.
    .orderBy('statistics.amount', 'desc')
    .orderBy('key')
    .limit(limit)
    .execute()
  const products: Product[] = []
  for (const { key, ...sum } of rows) {
    products.push({ key, product_name: await findLastName(ctx, key, currency_code), ...toSum(sum) })
  }
  return products
}

/** Names looked at in one go: those with the same sort key are nearly always the same product. */
const NAMES = 20

const selectNames = prepared((db, sort_key: string, currency_code: string, limit: number, skip: number) =>
  db
    .selectFrom('purchases')
    .select('product_name')
    .where('sort_key', '=', sort_key)
    .where('currency_code', '=', currency_code)
    .orderBy('id', 'desc')
    .limit(limit)
    .offset(skip),
)

/** The product's name as it was recorded last. */
async function findLastName(ctx: Context, key: string, currency_code: string): Promise<string> {
  for (let skip = 0; ; skip += NAMES) {
    const rows = await selectNames(ctx.db, sortKey(key), currency_code, NAMES, skip)
    const found = rows.find(({ product_name }) => productKey(product_name) === key)
    if (found) return found.product_name
    // The figures count a product that no purchase has: only possible while it is deleted at this moment.
    if (rows.length < NAMES) return key
  }
}

/** From the purchases of some days: added up by exact name, then by what makes names the same. */
async function sumProducts(ctx: Context, { currency_code, date_from, date_to, limit }: Query): Promise<Product[]> {
  let rows = ctx.db
    .selectFrom('purchases')
    .select([
      'product_name',
      sql<string>`max(cast(id as text))`.as('last_id'),
      sql<number>`cast(count(*) as bigint)`.as('row_count'),
      sql<number>`cast(sum(quantity) as bigint)`.as('item_count'),
      sql<string>`cast(sum(price * quantity) as text)`.as('amount'),
    ])
    .where('currency_code', '=', currency_code)
    .groupBy('product_name')
  if (date_from !== undefined) rows = rows.where('purchase_date', '>=', date_from)
  if (date_to !== undefined) rows = rows.where('purchase_date', '<=', date_to)

  const products = new Map<string, Product & { last_id: string }>()
  for (const { product_name, last_id, ...row } of await rows.execute()) {
    const key = productKey(product_name)
    const known = products.get(key)
    const sum = toSum(row)
    products.set(key, {
      key,
      ...(known ? addSums(known, sum) : sum),
      ...(known && known.last_id > last_id ? pickName(known) : { product_name, last_id }),
    })
  }
  return [...products.values()].sort(byMostBought).slice(0, limit)
}

function pickName({ product_name, last_id }: { product_name: string; last_id: string }) {
  return { product_name, last_id }
}

function byMostBought(a: Product, b: Product): number {
  if (a.item_count !== b.item_count) return b.item_count - a.item_count
  if (a.amount !== b.amount) return a.amount > b.amount ? -1 : 1
  return compareKeys(a.key, b.key)
}
