import { describeEachEngine } from '@spends/db/testing'
import { expect, it } from 'vitest'
import { EntryFilter } from '../directory.ts'
import { listPurchases } from '../purchases/read.ts'
import { PurchaseFilter } from '../purchases/shapes.ts'
import { listRetailers } from '../retailers.ts'
import { addPurchase, dump, openContext, refusalOf } from '../testing.ts'

describeEachEngine('figures', (engine) => {
  it('refuse what would take a sum out of 64 bits, and change nothing then', async () => {
    const ctx = await openContext(engine)
    await addPurchase(ctx, { price: '1' })
    await ctx.db
      .updateTable('statistics')
      .set({ amount: 2n ** 63n - 1_000n })
      .where('kind', '=', 'purchase')
      .execute()
    const before = await dump(ctx)

    const refusal = { code: 'UNPROCESSABLE_CONTENT', paths: ['price'] }
    expect(await refusalOf(addPurchase(ctx, { price: '10' }))).toEqual(refusal)
    expect(await dump(ctx)).toEqual(before)
    expect(await refusalOf(addPurchase(ctx, { price: '9.99' }))).toBeUndefined()
  })

  it('never add up amounts of different currencies, not even to count', async () => {
    const ctx = await openContext(engine)
    const retailer_id = '00000000-0000-7000-8000-100000000001'
    for (const currency_code of ['KRW', 'VND']) await addPurchase(ctx, { price: '10', currency_code, retailer_id })
    await ctx.db
      .updateTable('statistics')
      .set({ amount: 2n ** 63n - 1_000n })
      .execute()

    const { items } = await listRetailers(ctx, EntryFilter.parse({}))
    expect(items.find(({ id }) => id === retailer_id)?.purchase_count).toBe(2)
    expect((await listPurchases(ctx, PurchaseFilter.parse({ retailer_id }))).total).toBe(2)
    expect((await listPurchases(ctx, PurchaseFilter.parse({ currency_code: 'KRW' }))).total).toBe(1)
    expect((await listPurchases(ctx, PurchaseFilter.parse({ sort: 'retailer' }))).items).toHaveLength(2)
  })
})
