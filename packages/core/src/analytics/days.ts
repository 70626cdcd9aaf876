import { sql } from 'kysely'
import type { Context } from '../context.ts'
import { type Sum, toSum } from '../statistics/read.ts'

/**
 * What the purchases of some days in one currency add up to, by retailer or brand (empty for none): from the rows
 * themselves, for the parts of a range that no kept figure covers.
 */
export async function sumPurchasesBy(
  ctx: Context,
  column: 'retailer_id' | 'brand_id',
  { currency_code, from, to }: { currency_code: string; from: string; to: string },
): Promise<Map<string, Sum>> {
  const rows = await ctx.db
    .selectFrom('purchases')
    .select([
      column,
      sql<number>`cast(count(*) as bigint)`.as('row_count'),
      sql<number>`cast(sum(quantity) as bigint)`.as('item_count'),
      sql<string>`cast(sum(price * quantity) as text)`.as('amount'),
    ])
    .where('currency_code', '=', currency_code)
    .where('purchase_date', '>=', from)
    .where('purchase_date', '<=', to)
    .groupBy(column)
    .execute()
  return new Map(rows.map((row) => [row[column] ?? '', toSum(row)]))
}
