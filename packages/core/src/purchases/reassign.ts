import { lockForUpdate } from '@spends/db'
import { toInstant } from '../calendar.ts'
import type { Context } from '../context.ts'
import { lockPurchases } from './record.ts'
import { storePurchases } from './store.ts'

/** Purchases read in one go: enough to be quick, few enough to stay small in memory. */
const BATCH = 200

/** Points every purchase of one retailer or brand at another one. */
export async function reassignPurchases(tx: Context, column: 'retailer_id' | 'brand_id', from: string, to: string) {
  // All are locked before the first is written: writing locks figures too, and whoever holds those must not wait for
  // a purchase any more.
  const query = tx.db.selectFrom('purchases').select('id').where(column, '=', from).orderBy('id')
  const ids = (await lockForUpdate(tx.db, query).execute()).map(({ id }) => id)
  await storePurchases(tx, moved(tx, ids, column, to), toInstant(tx.now()))
}

async function* moved(tx: Context, ids: readonly string[], column: 'retailer_id' | 'brand_id', to: string) {
  for (let start = 0; start < ids.length; start += BATCH) {
    for (const before of await lockPurchases(tx.db, ids.slice(start, start + BATCH))) {
      yield { before, after: { ...before, row: { ...before.row, [column]: to } } }
    }
  }
}
