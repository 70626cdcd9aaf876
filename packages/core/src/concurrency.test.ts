import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, expect, it } from 'vitest'
import { createBrand, deleteBrand } from './brands.ts'
import { inTransaction } from './context.ts'
import { getPurchase, listPurchases } from './purchases/read.ts'
import { PurchaseFilter } from './purchases/shapes.ts'
import { deletePurchase } from './purchases/write.ts'
import { createRetailer, deleteRetailer, listRetailers } from './retailers.ts'
import { addPurchase, changePurchase, dump, openContext, refusalOf, type TestContext } from './testing.ts'
import { NewWarranty } from './warranties/shapes.ts'
import { createWarranty } from './warranties/write.ts'

const codes = (outcomes: readonly ({ code: string } | undefined)[]) =>
  outcomes.map((outcome) => outcome?.code ?? 'done')
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)

describeEachEngine('callers at the same time', (engine) => {
  let ctx: TestContext
  beforeEach(async () => {
    ctx = await openContext(engine)
  })

  it('all change a purchase when they name no version, and each is counted', async () => {
    const { id } = await addPurchase(ctx)
    await Promise.all(numbers(50).map((index) => changePurchase(ctx, { id, tags: [`tag ${index}`] })))
    const { version, tags } = await getPurchase(ctx, { id })
    expect(version).toBe(51)
    expect(tags).toHaveLength(1)
  })

  it('lose nothing that others changed in other fields', async () => {
    const { id } = await addPurchase(ctx)
    const changes = [{ notes: 'a' }, { quantity: 7 }, { tags: ['b'] }, { price: '3.00' }, { order_number: 'c' }]
    await Promise.all(changes.map((change) => changePurchase(ctx, { id, ...change })))
    expect(await getPurchase(ctx, { id })).toMatchObject({ ...Object.assign({}, ...changes), version: 6 })
  })

  it('change a purchase once when all name the same version', async () => {
    const { id } = await addPurchase(ctx)
    const attempts = numbers(20).map((index) => changePurchase(ctx, { id, version: 1, notes: `note ${index}` }))
    const outcomes = codes(await Promise.all(attempts.map(refusalOf)))
    expect(outcomes.filter((code) => code === 'done')).toHaveLength(1)
    expect(outcomes.filter((code) => code === 'PRECONDITION_FAILED')).toHaveLength(19)
    const { version, notes } = await getPurchase(ctx, { id })
    expect([version, notes]).toEqual([2, `note ${outcomes.indexOf('done')}`])
  })

  it('give a purchase one warranty', async () => {
    const { id } = await addPurchase(ctx)
    const input = NewWarranty.parse({ purchase_id: id, warranty_start: '2026-01-01', warranty_end: '2027-01-01' })
    const outcomes = await Promise.all(numbers(10).map(() => refusalOf(createWarranty(ctx, input))))
    expect(codes(outcomes).sort()).toEqual([...Array(9).fill('CONFLICT'), 'done'])
    expect(await ctx.db.selectFrom('warranties').select('id').execute()).toHaveLength(1)
  })

  it('delete a purchase once', async () => {
    const { id } = await addPurchase(ctx, { tags: ['a'] })
    const changes = numbers(5).map(() => refusalOf(changePurchase(ctx, { id, tags: ['b'] })))
    const deletions = numbers(5).map(() => refusalOf(deletePurchase(ctx, { id })))
    const outcomes = codes(await Promise.all([...deletions, ...changes]))
    expect(outcomes.slice(0, 5).filter((code) => code === 'done')).toHaveLength(1)
    for (const code of outcomes) expect(['done', 'NOT_FOUND']).toContain(code)
    expect((await dump(ctx)).purchase_tags).toEqual([])
  })

  it('leave no purchase behind at a retailer or brand that is gone', async () => {
    for (let round = 0; round < 6; round += 1) {
      const retailer_id = (await createRetailer(ctx, { name: `Shop ${round}` })).id
      const brand_id = (await createBrand(ctx, { name: `Make ${round}` })).id
      const other = await addPurchase(ctx)
      const work = [
        ...numbers(3).map(() => addPurchase(ctx, { retailer_id, brand_id })),
        deleteRetailer(ctx, { id: retailer_id }),
        changePurchase(ctx, { id: other.id, retailer_id, brand_id }),
        deleteBrand(ctx, { id: brand_id }),
        ...numbers(3).map(() => addPurchase(ctx, { retailer_id, brand_id })),
      ]
      // Whether the purchases or the deletions come first is open; each order has its own right ending.
      const order = round % 2 === 0 ? work : work.reverse()
      for (const code of codes(await Promise.all(order.map(refusalOf)))) {
        expect(['done', 'CONFLICT', 'UNPROCESSABLE_CONTENT']).toContain(code)
      }
      const { items } = await listPurchases(ctx, PurchaseFilter.parse({ limit: 100 }))
      for (const purchase of items) {
        expect([purchase.retailer?.id ?? null, purchase.brand?.id ?? null]).toEqual([
          purchase.retailer_id,
          purchase.brand_id,
        ])
      }
    }
  })

  it('keep the retailer they chose while its old one hands its purchases over', async () => {
    const [from, to, chosen] = [
      await createRetailer(ctx, { name: 'From' }),
      await createRetailer(ctx, { name: 'To' }),
      await createRetailer(ctx, { name: 'Chosen' }),
    ]
    const { id } = await addPurchase(ctx, { retailer_id: from.id })
    const stays = await addPurchase(ctx, { retailer_id: from.id })
    const handOver = await inTransaction(ctx, async (tx) => {
      await changePurchase(tx, { id, retailer_id: chosen.id })
      const waiting = deleteRetailer(ctx, { id: from.id, reassign_to: to.id })
      // It comes as far as it can before the purchase is let go; on the way it still sees it at its old retailer.
      for (let turn = 0; turn < 50; turn += 1) await getPurchase(ctx, { id })
      return { waiting }
    })
    await handOver.waiting
    expect(await getPurchase(ctx, { id })).toMatchObject({ retailer_id: chosen.id, version: 2 })
    expect(await getPurchase(ctx, stays)).toMatchObject({ retailer_id: to.id, version: 2 })
  })

  it('hand purchases over between two retailers that are both to go', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [a, b] = [await createRetailer(ctx, { name: 'A' }), await createRetailer(ctx, { name: 'B' })]
      const purchases = [await addPurchase(ctx, { retailer_id: a.id }), await addPurchase(ctx, { retailer_id: b.id })]
      const outcomes = await Promise.all([
        refusalOf(deleteRetailer(ctx, { id: a.id, reassign_to: b.id })),
        refusalOf(deleteRetailer(ctx, { id: b.id, reassign_to: a.id })),
      ])
      expect(codes(outcomes).sort()).toEqual(['UNPROCESSABLE_CONTENT', 'done'])
      const { items } = await listRetailers(ctx, { skip: 0, search: '' })
      const left = items.filter(({ id }) => id === a.id || id === b.id)
      expect(left).toMatchObject([{ purchase_count: 2 }])
      for (const { id } of purchases) await deletePurchase(ctx, { id })
      await deleteRetailer(ctx, { id: left[0]?.id ?? '' })
    }
  })
})
