import { describeEachEngine } from '@spends/db/testing'
import { expect, it } from 'vitest'
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
})
