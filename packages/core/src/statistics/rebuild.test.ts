import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, expect, it } from 'vitest'
import { inTransaction, newId } from '../context.ts'
import { lockPurchases, type PurchaseRecord } from '../purchases/record.ts'
import { storePurchases } from '../purchases/store.ts'
import { deletePurchase } from '../purchases/write.ts'
import { createRetailer } from '../retailers.ts'
import { getRevision } from '../revision.ts'
import { addPurchase, changePurchase, openContext, refusalOf, type TestContext } from '../testing.ts'
import { ensureStatistics, rebuildStatistics, verifyStatistics } from './rebuild.ts'

/** The warranty of a purchase, for another one. */
function copyOf({ warranty }: PurchaseRecord): PurchaseRecord['warranty'] {
  return warranty && { ...warranty, id: newId() }
}

describeEachEngine('kept figures', (engine) => {
  let ctx: TestContext
  beforeEach(async () => {
    ctx = await openContext(engine)
  })

  const figures = () =>
    ctx.db
      .selectFrom('statistics')
      .select(['kind', 'currency_code', 'key', 'period', 'row_count', 'item_count'])
      .select((eb) => eb.cast<string>('amount', 'text').as('amount'))
      .orderBy('kind')
      .orderBy('currency_code')
      .orderBy('key')
      .orderBy('period')
      .execute()

  const addSome = async () => {
    const { id: retailer_id } = await createRetailer(ctx, { name: 'Shop' })
    const warranty = { warranty_start: '2026-01-01', warranty_end: '2027-01-01' }
    const first = await addPurchase(ctx, { retailer_id, quantity: 2, warranty })
    await addPurchase(ctx, { product_name: 'DESK LAMP', currency_code: 'JPY', status: 'ORDERED', tax_deductible: true })
    return first
  }

  it('say what the purchases say', async () => {
    const { retailer_id } = await addSome()
    const nothing = { key: '', period: '', row_count: 1, item_count: 0, amount: '0' }
    const usd = { currency_code: 'USD', key: '', period: '', row_count: 1, item_count: 2, amount: '2000' }
    const jpy = { currency_code: 'JPY', key: '', period: '', row_count: 1, item_count: 1, amount: '10' }
    const bought = [
      { ...jpy, kind: 'brand' },
      { ...usd, kind: 'brand' },
      { ...jpy, kind: 'brand_month', period: '2026-01' },
      { ...usd, kind: 'brand_month', period: '2026-01' },
      { ...nothing, kind: 'ordered', currency_code: 'JPY' },
      { ...nothing, kind: 'ordered_day', currency_code: 'JPY', period: '2026-01-31' },
      { ...jpy, kind: 'product', key: 'desk lamp' },
      { ...usd, kind: 'product', key: 'desk lamp' },
      { ...jpy, kind: 'purchase' },
      { ...usd, kind: 'purchase' },
      { ...jpy, kind: 'purchase_day', period: '2026-01-31' },
      { ...usd, kind: 'purchase_day', period: '2026-01-31' },
      { ...jpy, kind: 'purchase_month', period: '2026-01' },
      { ...usd, kind: 'purchase_month', period: '2026-01' },
      { ...jpy, kind: 'retailer' },
      { ...usd, kind: 'retailer', key: retailer_id },
      { ...jpy, kind: 'retailer_month', period: '2026-01' },
      { ...usd, kind: 'retailer_month', key: retailer_id, period: '2026-01' },
      { ...nothing, kind: 'tax_deductible', currency_code: 'JPY' },
      { ...nothing, kind: 'tax_deductible_day', currency_code: 'JPY', period: '2026-01-31' },
      { ...nothing, kind: 'warranty', currency_code: 'USD' },
      { ...nothing, kind: 'warranty_end_day', currency_code: 'USD', period: '2027-01-01' },
      { ...nothing, kind: 'warranty_end_month', currency_code: 'USD', period: '2027-01' },
      { ...nothing, kind: 'warranty_start_month', currency_code: 'USD', period: '2026-01' },
    ]
    expect(await figures()).toEqual(bought)
    await rebuildStatistics(ctx)
    expect(await figures()).toEqual(bought)
  })

  it('are nothing once everything is deleted', async () => {
    const { id } = await addSome()
    const others = await ctx.db.selectFrom('purchases').select('id').where('id', '<>', id).execute()
    for (const purchase of [{ id }, ...others]) await deletePurchase(ctx, purchase)
    for (const figure of await figures()) expect(figure).toMatchObject({ row_count: 0, item_count: 0, amount: '0' })
    expect(await verifyStatistics(ctx)).toEqual([])
    await rebuildStatistics(ctx)
    expect(await figures()).toEqual([])
  })

  it('are news to whoever holds an answer, when they are computed anew', async () => {
    const { revision } = await getRevision(ctx)
    await rebuildStatistics(ctx)
    expect((await getRevision(ctx)).revision).toBeGreaterThan(revision)
  })

  it('are verified while others write', async () => {
    await addSome()
    await inTransaction(ctx, async (tx) => {
      await addPurchase(tx)
      expect(await verifyStatistics(ctx)).toEqual([])
    })
    expect(await verifyStatistics(ctx)).toEqual([])
  })

  it('are given up with the write that failed', async () => {
    await addSome()
    const before = await figures()
    const failed = inTransaction(ctx, async (tx) => {
      await addPurchase(tx)
      throw new Error('after the purchase')
    })
    await expect(failed).rejects.toThrow('after the purchase')
    expect(await refusalOf(addPurchase(ctx, { price: '0.5', currency_code: 'JPY' }))).toBeDefined()
    expect(await figures()).toEqual(before)
  })

  it('are not written where a change changes no figure', async () => {
    const { id } = await addSome()
    const before = await figures()
    await ctx.db.updateTable('statistics').set({ item_count: 77 }).execute()
    await changePurchase(ctx, { id, notes: 'Seen', tags: ['a'], product_name: 'DESK lamp' })
    expect((await figures()).map(({ item_count }) => item_count)).toEqual(before.map(() => 77))
  })

  it('name every figure that is wrong, missing or too much', async () => {
    await addSome()
    const table = ctx.db.updateTable('statistics').where('currency_code', '=', 'USD')
    await table
      .set({ amount: 2n ** 60n + 1n })
      .where('kind', '=', 'purchase')
      .execute()
    await table.set({ row_count: 2 }).where('kind', '=', 'warranty_end_day').execute()
    await table.set({ item_count: -2 }).where('kind', '=', 'product').execute()
    await ctx.db.deleteFrom('statistics').where('kind', '=', 'tax_deductible').execute()
    const extra = { kind: 'ordered_day', currency_code: 'KWD', key: '', period: '2030-01-01' } as const
    await ctx.db
      .insertInto('statistics')
      .values({ ...extra, row_count: 3, item_count: 0, amount: 5n })
      .execute()
    const nothing = { row_count: 0, item_count: 0, amount: '0' }
    const one = { ...nothing, row_count: 1 }
    const usd = { currency_code: 'USD', key: '', period: '' }
    const lamp = { row_count: 1, item_count: 2, amount: '2000' }
    const found = await verifyStatistics(ctx)
    expect(found.sort((a, b) => (a.kind < b.kind ? -1 : 1))).toEqual([
      { ...extra, stored: { row_count: 3, item_count: 0, amount: '5' }, computed: nothing },
      { ...usd, kind: 'product', key: 'desk lamp', stored: { ...lamp, item_count: -2 }, computed: lamp },
      { ...usd, kind: 'purchase', stored: { ...lamp, amount: '1152921504606846977' }, computed: lamp },
      { kind: 'tax_deductible', currency_code: 'JPY', key: '', period: '', stored: nothing, computed: one },
      { ...usd, kind: 'warranty_end_day', period: '2027-01-01', stored: { ...one, row_count: 2 }, computed: one },
    ])
    await rebuildStatistics(ctx)
    expect(await verifyStatistics(ctx)).toEqual([])
  })

  it('are verified and computed over more purchases than are read in one go', async () => {
    const { id } = await addSome()
    await inTransaction(ctx, async (tx) => {
      const [record] = await lockPurchases(tx.db, [id])
      if (!record) throw new Error('The purchase is gone')
      const copies = Array.from({ length: 2_100 }, (_, index) => ({
        before: null,
        after: { ...record, row: { ...record.row, id: newId() }, warranty: index % 2 === 0 ? null : copyOf(record) },
      }))
      for (const { after } of copies) if (after.warranty) after.warranty.purchase_id = after.row.id
      await storePurchases(tx, copies, record.row.created_at)
    })
    expect(await verifyStatistics(ctx)).toEqual([])
    const right = await figures()
    await ctx.db.deleteFrom('statistics').execute()
    expect(await verifyStatistics(ctx)).toHaveLength(right.length)
    await rebuildStatistics(ctx)
    expect(await figures()).toEqual(right)
  })

  it('are computed where there are none yet, and left alone where there are some', async () => {
    await ensureStatistics(ctx)
    expect(await figures()).toEqual([])
    await addSome()
    const right = await figures()
    await ctx.db.deleteFrom('statistics').execute()
    await ensureStatistics(ctx)
    expect(await figures()).toEqual(right)

    await ctx.db.updateTable('statistics').set({ row_count: 9 }).execute()
    const wrong = await figures()
    await ensureStatistics(ctx)
    expect(await figures()).toEqual(wrong)
  })

  it('are computed once right by several starts at the same time', async () => {
    await addSome()
    const right = await figures()
    await ctx.db.deleteFrom('statistics').execute()
    await Promise.all([1, 2, 3, 4].map(() => ensureStatistics(ctx)))
    expect(await figures()).toEqual(right)
  })
})
