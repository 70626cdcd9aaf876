import { describeEachEngine } from '@spends/db/testing'
import fc from 'fast-check'
import { beforeEach, expect, it } from 'vitest'
import { createBrand } from '../brands.ts'
import { newId } from '../context.ts'
import { AppError } from '../errors.ts'
import { NewPurchase } from '../purchases/shapes.ts'
import { createPurchase, deletePurchase } from '../purchases/write.ts'
import { createRetailer, listRetailers, updateRetailer } from '../retailers.ts'
import { verifyStatistics } from '../statistics/rebuild.ts'
import { addPurchase, changePurchase, dump, newPurchases, openContext, type TestContext } from '../testing.ts'
import { undoHandler } from '../undo/undo.ts'
import type { PurchaseDraft } from './item.ts'
import { allPurchases, importAndBreakOff, importItems, readerOf, rows, startJob, undo } from './testing/imports.ts'

const lamp = { product_name: 'Desk lamp', price: '10', purchase_date: '2026-01-31', currency_code: 'EUR' }

/** Everything but what every change raises. */
async function values(ctx: TestContext) {
  const { purchases = [], warranties = [], ...others } = await dump(ctx)
  const strip = (row: unknown) => ({ ...(row as object), version: 0, updated_at: '', row_number: 0 })
  return { ...others, purchases: purchases.map(strip), warranties: warranties.map(strip) }
}

async function refusalOf(work: Promise<unknown>): Promise<string | undefined> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error === undefined) return undefined
  if (!(error instanceof AppError)) throw error
  return `${error.code} ${error.message}`
}

describeEachEngine('undoing an import', (engine) => {
  let ctx: TestContext
  beforeEach(async () => {
    ctx = await openContext(engine)
  })

  it('removes what it made and restores what it changed', async () => {
    const { id } = await addPurchase(ctx, {
      notes: 'mine',
      tags: ['a'],
      warranty: { warranty_start: '2026-01-31', warranty_end: '2027-01-31' },
    })
    const before = await values(ctx)
    const report = await importItems(
      ctx,
      rows(
        { ...lamp, id, notes: 'theirs', tags: ['b'], warranty: null, retailer: { name: 'New shop' } },
        { ...lamp, product_name: 'Chair', brand: { name: 'New brand' } },
      ),
      { duplicates: 'update' },
    )
    expect(report).toMatchObject({ created: 1, updated: 1, retailers_created: 1, brands_created: 1 })
    expect(await undo(ctx, report)).toEqual({
      job_id: report.job_id,
      purchases_removed: 1,
      purchases_restored: 1,
      retailers_removed: 1,
      brands_removed: 1,
      kept: [],
    })
    expect(await values(ctx)).toEqual(before)
    expect((await allPurchases(ctx)).map(({ version }) => version)).toEqual([3])
    expect(await verifyStatistics(ctx)).toEqual([])
    expect(await refusalOf(undo(ctx, report))).toMatch('CONFLICT This import was undone already')
  })

  it('is refused where a purchase was touched since, by its name, and nothing is undone', async () => {
    const report = await importItems(ctx, rows(lamp, { ...lamp, product_name: 'Chair' }))
    const [first] = await allPurchases(ctx)
    await changePurchase(ctx, { id: first?.id ?? '', notes: 'mine now' })
    const before = await dump(ctx)
    expect(await refusalOf(undo(ctx, report))).toMatch(`CONFLICT Changed since the import: "${first?.product_name}"`)
    expect(await dump(ctx)).toEqual(before)
  })

  it.each([
    ['its warranty', async (id: string) => changePurchase(ctx, { id, warranty: { notes: 'called them' } })],
    ['the warranty it got since', async (id: string) => changePurchase(ctx, { id, warranty: null })],
  ])('sees a change of %s', async (_, touch) => {
    const report = await importItems(ctx, rows({ ...lamp, warranty: { warranty_end: '2028-01-01' } }))
    const [purchase] = await allPurchases(ctx)
    await touch(purchase?.id ?? '')
    expect(await refusalOf(undo(ctx, report))).toMatch('CONFLICT')
  })

  it('sees that an attachment took the place of another one', async () => {
    const draft = { kind: 'RECEIPT', filename: 'a.pdf', mime_type: 'application/pdf', size: 1, sha256: '0'.repeat(64) }
    const report = await importItems(ctx, rows({ ...lamp, attachments: [draft] }))
    const id = newId()
    await ctx.db.updateTable('attachments').set({ id }).execute()
    expect(await refusalOf(undo(ctx, report))).toMatch('CONFLICT')
  })

  it('that was begun is carried through, and says so, though it was cut off', async () => {
    const before = await values(ctx)
    const report = await importItems(ctx, rows(lamp, { ...lamp, price: '11' }))
    const job = await startJob(ctx, 'UNDO', { job_id: report.job_id })
    let transactions = 1
    const cutOff = undoHandler.run({
      ...job,
      inTransaction: (work) => {
        if (transactions-- === 0) throw new Error('cut off')
        return job.inTransaction(work)
      },
    })
    await expect(cutOff).rejects.toThrow('cut off')
    await undoHandler.cleanUp(job)
    expect(await values(ctx)).toEqual(before)
    const { result } = await ctx.db
      .selectFrom('jobs')
      .select('result')
      .where('id', '=', job.id)
      .executeTakeFirstOrThrow()
    expect(JSON.parse(result ?? '')).toMatchObject({ job_id: report.job_id, purchases_removed: 2 })
  })

  it('goes back through imports of the same purchase one after the other', async () => {
    const before = await values(ctx)
    const file = (notes: string) => rows({ ...lamp, notes, warranty: { warranty_end: '2028-01-01', notes } })
    const one = await importItems(ctx, file('one'))
    const two = await importItems(ctx, file('two'), { duplicates: 'update' })
    const three = await importItems(ctx, file('three'), { duplicates: 'update' })
    expect(await refusalOf(undo(ctx, two))).toMatch('CONFLICT Changed since')
    await undo(ctx, three)
    await undo(ctx, two)
    expect((await allPurchases(ctx)).map(({ notes }) => notes)).toEqual(['one'])
    await undo(ctx, one)
    expect(await values(ctx)).toEqual(before)
  })

  it('sees a retailer that was renamed, and a retailer of before that was deleted', async () => {
    const report = await importItems(ctx, rows({ ...lamp, retailer: { name: 'New shop' } }))
    const [shop] = (await listRetailers(ctx, { skip: 0, search: 'new shop' })).items
    await updateRetailer(ctx, { id: shop?.id ?? '', name: 'Old shop' })
    expect(await refusalOf(undo(ctx, report))).toMatch('"Old shop"')
  })

  it('does not mind what was deleted since, and keeps a retailer that others use by now', async () => {
    const report = await importItems(ctx, rows({ ...lamp, retailer: { name: 'New shop' } }, { ...lamp, price: '11' }))
    const [one] = await allPurchases(ctx)
    await deletePurchase(ctx, { id: one?.id ?? '' })
    const [shop] = (await listRetailers(ctx, { skip: 0, search: 'new shop' })).items
    await addPurchase(ctx, { retailer_id: shop?.id ?? null })
    const { kept } = (await undo(ctx, report)) as { kept: unknown[] }
    expect(kept).toEqual([{ entity: 'retailer', id: shop?.id, name: 'New shop', reason: 'is used by other purchases' }])
    expect(await allPurchases(ctx)).toHaveLength(1)
  })

  it('brings back the settings and the retailers that an export took the place of', async () => {
    const before = await values(ctx)
    const items = [
      { kind: 'settings', row: 1, settings: { base_currency: 'JPY' } } as const,
      { kind: 'retailer', row: 1, entry: { id: '00000000-0000-7000-8000-100000000001', name: 'Renamed' } } as const,
      ...rows(lamp),
    ]
    const report = await importItems(ctx, readerOf(items, { complete: true }))
    await undo(ctx, report)
    expect(await values(ctx)).toEqual(before)
  })

  it('that breaks off leaves nothing behind, wherever it does', async () => {
    await addPurchase(ctx, { ...lamp, notes: 'mine' })
    const before = await values(ctx)
    const many = Array.from({ length: 500 }, (_, index) => ({
      ...lamp,
      price: String(index),
      retailer: { name: `Shop ${index % 7}` },
    }))
    for (const transactions of [0, 1, 2]) {
      await importAndBreakOff(ctx, rows(...many), transactions)
      expect(await values(ctx)).toEqual(before)
      expect(await verifyStatistics(ctx)).toEqual([])
    }
  })

  it('is exact after any import into any data', async () => {
    const shop = await createRetailer(ctx, { name: 'Shop' })
    const maker = await createBrand(ctx, { name: 'Maker' })
    const some = fc.array(newPurchases({ retailers: [shop.id], brands: [maker.id] }), { minLength: 1, maxLength: 6 })
    const modes = fc.constantFrom('skip', 'update', 'create')
    await fc.assert(
      fc.asyncProperty(some, some, modes, fc.nat(), async (stored, brought, duplicates, seed) => {
        const ids: string[] = []
        for (const purchase of stored) ids.push((await createPurchase(ctx, NewPurchase.parse(purchase))).id)
        const before = await values(ctx)
        const drafts = brought.map(({ retailer_id, brand_id, warranty, ...fields }, index): PurchaseDraft => {
          // Some are stored already: by their id, or because they are like one.
          const id = ids[(seed + index) % (ids.length * 2)]
          return {
            ...(fields as PurchaseDraft),
            ...(id === undefined ? {} : { id }),
            retailer: retailer_id === null || retailer_id === undefined ? null : { name: `Shop ${index % 2}` },
            brand: brand_id === null || brand_id === undefined ? null : { id: brand_id },
            warranty: (warranty as PurchaseDraft['warranty']) ?? null,
          }
        })
        const report = await importItems(ctx, rows(...drafts), { duplicates })
        expect(report.created + report.updated + report.skipped + report.failed).toBe(report.rows)
        expect(await verifyStatistics(ctx)).toEqual([])
        await undo(ctx, report)
        expect(await values(ctx)).toEqual(before)
        expect(await verifyStatistics(ctx)).toEqual([])
      }),
      { numRuns: 15 },
    )
  })
})
