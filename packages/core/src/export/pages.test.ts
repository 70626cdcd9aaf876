import { text } from 'node:stream/consumers'
import { setImmediate } from 'node:timers/promises'
import { describeEachEngine } from '@spends/db/testing'
import fc from 'fast-check'
import { sql } from 'kysely'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { streamSnapshot } from '../context.ts'
import { generatePurchases } from '../demo/generate.ts'
import { listPurchases } from '../purchases/read.ts'
import { PurchaseFilter, PurchaseSelection } from '../purchases/shapes.ts'
import { deletePurchase } from '../purchases/write.ts'
import { addPurchase, openContext, readPages, type TestContext } from '../testing.ts'
import { exportCsv } from './csv.ts'
import { readPurchases, type Selection } from './pages.ts'

async function idsOf(ctx: TestContext, selection: Selection): Promise<string[]> {
  const ids: string[] = []
  const pages = streamSnapshot(ctx, (tx) => readPurchases(tx, selection))
  for await (const page of pages) ids.push(...page.map(({ id }) => id))
  return ids
}

/** The ids that the list has, in their order. */
async function listedIds(ctx: TestContext, selection: Selection): Promise<string[]> {
  const items = await readPages((page) => listPurchases(ctx, PurchaseFilter.parse({ ...selection, ...page })))
  return items.map(({ id }) => id).sort()
}

describeEachEngine('the purchases of an export', (engine) => {
  describe('of hundreds', () => {
    let ctx: TestContext
    let retailers: string[]
    let brands: string[]
    beforeAll(async () => {
      ctx = await openContext(engine)
      await generatePurchases(ctx, { purchases: 1203 })
      retailers = (await ctx.db.selectFrom('retailers').select('id').execute()).map(({ id }) => id)
      brands = (await ctx.db.selectFrom('brands').select('id').execute()).map(({ id }) => id)
    })

    it('are all of them once, by id', async () => {
      const ids = await idsOf(ctx, {})
      expect(ids).toEqual(await listedIds(ctx, {}))
      expect(ids).toHaveLength(1203)
    })

    const SELECTIONS: [string, (ids: { retailer: string; brand: string }) => PurchaseSelection][] = [
      ['a status', () => ({ status: 'RECEIVED' })],
      ['every status', () => ({ status: ['ORDERED', 'RECEIVED'] })],
      ['a retailer', ({ retailer }) => ({ retailer_id: retailer })],
      ['a brand', ({ brand }) => ({ brand_id: [brand] })],
      ['currencies', () => ({ currency_code: ['EUR', 'JPY'] })],
      ['a tag', () => ({ tag: 'KITCHEN' })],
      ['days', () => ({ date_from: '2023-01-01', date_to: '2024-12-31' })],
      ['prices', () => ({ price_from: '10', price_to: '500.5' })],
      ['a warranty', () => ({ has_warranty: true })],
      ['no warranty', () => ({ has_warranty: false })],
      ['a return window', () => ({ return_from: '2026-01-01', return_to: '2026-12-31' })],
      ['no retailer, no brand', () => ({ has_retailer: false, has_brand: false })],
      ['what taxes know', () => ({ tax_deductible: true })],
      ['a text', () => ({ search: 'lamp' })],
      ['a short text', () => ({ search: 'e' })],
      ['a name', () => ({ search: 'store 1' })],
      ['a text that is nowhere', () => ({ search: 'nowhere at all' })],
      ['a text and more', () => ({ search: 'a', status: 'RECEIVED', has_warranty: true, price_from: '5' })],
      ['nothing that exists', () => ({ date_from: '1990-01-01', date_to: '1990-01-02' })],
    ]
    it.each(SELECTIONS)('with %s are those of the list', async (_, select) => {
      const selection = PurchaseSelection.parse(select({ retailer: retailers[3] ?? '', brand: brands[5] ?? '' }))
      expect(await idsOf(ctx, selection)).toEqual(await listedIds(ctx, selection))
    })

    it('with any filters are those of the list', async () => {
      const selections = fc.record(
        {
          status: fc.constantFrom('ORDERED' as const, 'RECEIVED' as const),
          retailer_id: fc.subarray(retailers, { minLength: 1, maxLength: 30 }),
          brand_id: fc.subarray(brands, { minLength: 1, maxLength: 90 }),
          currency_code: fc.constantFrom('USD', 'EUR'),
          date_from: fc.constantFrom('2022-01-01', '2025-06-01'),
          price_to: fc.constantFrom('100', '1000'),
          has_warranty: fc.boolean(),
          search: fc.constantFrom('a', 'lamp', 'maker'),
        },
        { requiredKeys: [] },
      )
      await fc.assert(
        fc.asyncProperty(selections, async (asked) => {
          const selection = PurchaseSelection.parse(asked)
          expect(await idsOf(ctx, selection)).toEqual(await listedIds(ctx, selection))
        }),
        { numRuns: 25 },
      )
    })
  })

  describe('at their edges', () => {
    let ctx: TestContext
    beforeEach(async () => {
      ctx = await openContext(engine)
    })

    it.each([249, 250, 251, 500, 501])('are complete where there are %i', async (count) => {
      await generatePurchases(ctx, { purchases: count })
      expect(await idsOf(ctx, {})).toEqual(await listedIds(ctx, {}))
      expect(await idsOf(ctx, { search: 'a' })).toEqual(await listedIds(ctx, { search: 'a' }))
    })

    it('have the lowest and the highest id there can be', async () => {
      const ids = ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff']
      const { id } = await addPurchase(ctx)
      const row = await ctx.db.selectFrom('purchases').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
      const { row_number: _, ...rest } = { row_number: 0, ...row }
      await ctx.db
        .insertInto('purchases')
        .values(ids.map((other) => ({ ...rest, id: other })))
        .execute()
      expect(await idsOf(ctx, {})).toEqual([ids[0], id, ids[1]])
    })
  })

  describe('while others write', () => {
    let ctx: TestContext
    beforeEach(async () => {
      ctx = await openContext(engine)
      await generatePurchases(ctx, { purchases: 1000 })
    })

    it('are those of the moment at which it began', async () => {
      const before = await text(exportCsv(ctx, {}))
      const parts: string[] = []
      for await (const part of exportCsv(ctx, {})) {
        parts.push(part)
        const { id } = await addPurchase(ctx, { product_name: 'written meanwhile' })
        if (parts.length % 2 === 0) await deletePurchase(ctx, { id })
        await ctx.db.updateTable('purchases').set({ notes: 'changed meanwhile' }).execute()
      }
      expect(parts.length).toBeGreaterThan(4)
      expect(parts.join('')).toBe(before)
    })

    it('give their connection back when nobody reads on', async () => {
      // More than the pool has, one after the other.
      for (let count = 0; count < 12; count += 1) {
        const parts = exportCsv(ctx, {})
        await parts.next()
        await parts.next()
        await parts.return(undefined)
      }
      await addPurchase(ctx)
      expect(await idsOf(ctx, {})).toHaveLength(1001)
    })

    it.runIf(engine.name === 'postgres')('fail when their connection is lost, and leave none behind', async () => {
      const parts = exportCsv(ctx, {})
      await parts.next()
      await parts.next()
      const others = sql`pid <> pg_backend_pid() and datname = current_database() and state = 'idle in transaction'`
      await sql`select pg_terminate_backend(pid) from pg_stat_activity where ${others}`.execute(ctx.db)
      await expect(text(parts)).rejects.toThrow()
      // Five at once are as many as the pool has.
      const again = await Promise.all(Array.from({ length: 5 }, () => idsOf(ctx, {})))
      expect(again.map((ids) => ids.length)).toEqual([1000, 1000, 1000, 1000, 1000])
    })

    it('let others have their turn', async () => {
      let turns = 0
      let done = false
      const others = (async () => {
        while (!done) {
          await setImmediate()
          turns += 1
        }
      })()
      const pages = await idsOf(ctx, {}).finally(() => {
        done = true
      })
      await others
      expect(pages).toHaveLength(1000)
      expect(turns).toBeGreaterThanOrEqual(4)
    })
  })
})
