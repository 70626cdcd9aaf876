import { sql } from 'kysely'
import type { Db } from './connect.ts'
import { engineOf } from './dialect.ts'
import type { PurchasesTable } from './schema.ts'

/** What two purchases have in common that may be one: the day, and the name in its sortable form. */
export type DayAndName = Pick<PurchasesTable, 'purchase_date' | 'sort_key'>

type Found = Pick<
  PurchasesTable,
  'id' | 'product_name' | 'purchase_date' | 'sort_key' | 'price' | 'currency_code' | 'retailer_id'
>

/** The purchases that have one of these days together with its name, by id. */
export async function findSameDayAndName(db: Db, pairs: readonly DayAndName[]): Promise<Found[]> {
  const days = pairs.map(({ purchase_date }) => purchase_date)
  const names = pairs.map(({ sort_key }) => sort_key)
  const columns = sql`id, product_name, purchase_date, sort_key, price, currency_code, retailer_id`
  // Each engine is told to look up pair by pair in the index of both: while a table grows its planner does not know how
  // many purchases a day has, and would rather filter all of them.
  const query =
    engineOf(db) === 'postgres'
      ? sql<Found>`
          select found.* from unnest(${days}::date[], ${names}::text[]) as wanted (day, name)
          cross join lateral (
            select ${columns} from purchases where purchase_date = wanted.day and sort_key = wanted.name offset 0
          ) as found
          order by found.id`
      : sql<Found>`
          select ${columns} from purchases
          where (purchase_date, sort_key) in (
            select value ->> 0, value ->> 1 from json_each(${JSON.stringify(days.map((day, at) => [day, names[at]]))})
          )
          order by id`
  return (await query.execute(db)).rows
}
