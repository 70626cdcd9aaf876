import { toInstant } from '../calendar.ts'
import type { Context } from '../context.ts'
import { lockPurchases } from './record.ts'
import { storePurchases } from './store.ts'

/** Purchases changed in one go: enough to be quick, few enough to stay small in memory. */
const BATCH = 200

/** Points every purchase of one retailer or brand at another one. */
export async function reassignPurchases(tx: Context, column: 'retailer_id' | 'brand_id', from: string, to: string) {
  const now = toInstant(tx.now())
  for (;;) {
    const rows = await tx.db
      .selectFrom('purchases')
      .select('id')
      .where(column, '=', from)
      .orderBy('id')
      .limit(BATCH)
      .execute()
    if (rows.length === 0) return
    const records = await lockPurchases(
      tx.db,
      rows.map(({ id }) => id),
    )
    const changes = records.map((before) => ({ before, after: { ...before, row: { ...before.row, [column]: to } } }))
    await storePurchases(tx, changes, now)
  }
}
