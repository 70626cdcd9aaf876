import { connectDatabase, type DatabaseHandle } from '@spends/db'
import { describeEachEngine } from '@spends/db/testing'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createBrand } from '../brands.ts'
import { inTransaction, newId } from '../context.ts'
import { lockPurchases } from '../purchases/record.ts'
import { storePurchases } from '../purchases/store.ts'
import { deletePurchase } from '../purchases/write.ts'
import { createRetailer, deleteRetailer } from '../retailers.ts'
import { addPurchase, changePurchase, openContext, refusalOf, type TestContext } from '../testing.ts'
import { NewWarranty } from '../warranties/shapes.ts'
import { createWarranty } from '../warranties/write.ts'
import { rebuildStatistics, verifyStatistics } from './rebuild.ts'

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)
const warranty = { warranty_start: '2026-01-01', warranty_end: '2026-12-31' }

describeEachEngine('figures under writers at the same time', (engine) => {
  let url: string
  let handle: DatabaseHandle
  let ctx: TestContext
  let shop: { retailer_id: string; brand_id: string }
  beforeEach(async () => {
    url = await engine.createDatabaseUrl()
    // As many connections as writers: on a server they really meet.
    handle = connectDatabase({ url, dataDir: '', pool: { max: 50, connectionTimeoutMs: 20_000 } })
    ctx = await openContext({ ...engine, openDatabase: async () => handle })
    shop = {
      retailer_id: (await createRetailer(ctx, { name: 'Shop' })).id,
      brand_id: (await createBrand(ctx, { name: 'Make' })).id,
    }
  })
  afterEach(() => handle.close())

  /** Refusals that are no wonder among so many; anything else fails. */
  async function settle(work: readonly Promise<unknown>[], allowed: readonly string[]): Promise<void> {
    const outcomes = await Promise.all(work.map(refusalOf))
    for (const outcome of outcomes) if (outcome) expect(allowed).toContain(outcome.code)
  }

  /** Transactions that gave way to others: the services try again, so nobody else sees them. */
  async function countDeadlocks(): Promise<number> {
    if (engine.name === 'sqlite') return 0
    // Each connection says what it has counted when it ends.
    await handle.close()
    handle = connectDatabase({ url, dataDir: '', pool: { max: 1 } })
    for (;;) {
      const { rows } = await sql<{ connections: number; deadlocks: number }>`
        select numbackends as connections, deadlocks from pg_stat_database where datname = current_database()
      `.execute(handle.db)
      const [row] = rows
      if (row?.connections === 1) return row.deadlocks
    }
  }

  it('stay right with 50 of them on one retailer, brand, day and product', async () => {
    const purchases: { id: string }[] = []
    for (const index of numbers(20)) {
      purchases.push(await addPurchase(ctx, { ...shop, ...(index % 2 === 0 ? { warranty } : {}) }))
    }
    const id = (index: number) => purchases[index % purchases.length]?.id ?? ''
    const kinds: ((index: number) => Promise<unknown>)[] = [
      () => addPurchase(ctx, { ...shop, warranty, quantity: 3, tax_deductible: true }),
      (index) => changePurchase(ctx, { id: id(index), quantity: index + 1, currency_code: 'EUR', status: 'ORDERED' }),
      (index) => changePurchase(ctx, { id: id(index * 7), price: String(index), retailer_id: null, warranty: null }),
      (index) => changePurchase(ctx, { id: id(index + 3), warranty: { ...warranty, status: 'VOIDED' } }),
      (index) => deletePurchase(ctx, { id: id(index * 3) }),
      (index) => createWarranty(ctx, NewWarranty.parse({ purchase_id: id(index), ...warranty })),
      (index) => changePurchase(ctx, { id: id(index), product_name: 'DESK LAMP', purchase_date: '2026-02-01' }),
    ]
    const work = numbers(50).map((index) => kinds[index % kinds.length]?.(index) ?? Promise.resolve())
    await settle(work, ['NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE_CONTENT'])
    expect(await verifyStatistics(ctx)).toEqual([])
    expect(await countDeadlocks()).toBe(0)
  })

  it('stay right while a retailer hands its purchases over', async () => {
    // More than one go of purchases, the later ones in the currency that comes first.
    const template = await addPurchase(ctx, shop)
    await inTransaction(ctx, async (tx) => {
      const [record] = await lockPurchases(tx.db, [template.id])
      if (!record) throw new Error('The purchase is gone')
      const copies = numbers(450).map((index) => ({
        before: null,
        after: {
          ...record,
          row: { ...record.row, id: newId(), currency_code: index < 230 ? 'USD' : 'EUR' },
        },
      }))
      await storePurchases(tx, copies, record.row.created_at)
    })
    let from = shop.retailer_id
    for (const round of numbers(3)) {
      const to = (await createRetailer(ctx, { name: `Next ${round}` })).id
      const there: { id: string }[] = []
      for (const _ of numbers(5)) there.push(await addPurchase(ctx, { retailer_id: to }))
      const work = [
        ...numbers(5).map(() => addPurchase(ctx, { retailer_id: to, currency_code: 'EUR' })),
        ...there.map(({ id }) => changePurchase(ctx, { id, currency_code: 'EUR' })),
        deleteRetailer(ctx, { id: from, reassign_to: to }),
        ...numbers(5).map(() => addPurchase(ctx, { retailer_id: from })),
        changePurchase(ctx, { id: template.id, quantity: round + 2 }),
        ...numbers(5).map(() => addPurchase(ctx, { retailer_id: to })),
      ]
      await settle(work, ['CONFLICT', 'UNPROCESSABLE_CONTENT'])
      expect(await verifyStatistics(ctx)).toEqual([])
      from = to
    }
    expect(await countDeadlocks()).toBe(0)
  })

  it('stay right while they are computed anew and verified', async () => {
    const purchases: { id: string }[] = []
    for (const _ of numbers(10)) purchases.push(await addPurchase(ctx, { ...shop, warranty }))
    const verified: Promise<unknown>[] = []
    const work = numbers(40).map((index) => {
      const id = purchases[index % 10]?.id ?? ''
      if (index % 10 === 4) return rebuildStatistics(ctx)
      if (index % 10 === 8) return verified[verified.push(verifyStatistics(ctx)) - 1] ?? Promise.resolve()
      if (index % 3 === 0) return addPurchase(ctx, { ...shop, warranty })
      if (index % 3 === 1) return changePurchase(ctx, { id, quantity: index, warranty: { warranty_end: '2026-06-30' } })
      return index > 30
        ? deletePurchase(ctx, { id })
        : changePurchase(ctx, { id, currency_code: 'EUR', warranty: null })
    })
    await settle(work, ['NOT_FOUND', 'UNPROCESSABLE_CONTENT'])
    for (const found of await Promise.all(verified)) expect(found).toEqual([])
    expect(await verifyStatistics(ctx)).toEqual([])
    expect(await countDeadlocks()).toBe(0)
  })
})
