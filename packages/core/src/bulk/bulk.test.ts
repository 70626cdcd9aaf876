import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { describeEachEngine, testFolder } from '@spends/db/testing'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { sweepFiles } from '../attachments/sweep.ts'
import { attach } from '../attachments/testing.ts'
import { type BlobStore, localFiles } from '../files.ts'
import { allPurchases, importItems, rows, startJob, undo as undoImport } from '../import/testing/imports.ts'
import type { JobHandler, JobRun } from '../jobs/handler.ts'
import { NewPurchase, type PurchaseSelection } from '../purchases/shapes.ts'
import { createPurchase } from '../purchases/write.ts'
import { createRetailer, deleteRetailer } from '../retailers.ts'
import { verifyStatistics } from '../statistics/rebuild.ts'
import {
  addPurchase,
  changePurchase,
  dump,
  newPurchases,
  openContext,
  refusalOf,
  type TestContext,
} from '../testing.ts'
import { takeBack } from '../undo/take-back.ts'
import { undoHandler } from '../undo/undo.ts'
import { changeHandler } from './change.ts'
import { deleteHandler } from './delete.ts'
import { BulkChange, BulkDeletion, type BulkReport, type PurchasesChange } from './shapes.ts'

const HANDLERS = { CHANGE: changeHandler, DELETE: deleteHandler } as const

/** Everything but what every change raises. */
async function values(ctx: TestContext) {
  const { purchases = [], warranties = [], ...others } = await dump(ctx)
  const strip = (row: unknown) => ({ ...(row as object), version: 0, updated_at: '', row_number: 0 })
  return { ...others, purchases: purchases.map(strip), warranties: warranties.map(strip) }
}

describeEachEngine('work on many purchases', (engine) => {
  let ctx: TestContext
  let files: BlobStore
  beforeEach(async () => {
    ctx = await openContext(engine)
    files = localFiles(join(testFolder(), randomUUID()))
  })

  async function run(kind: keyof typeof HANDLERS, input: object): Promise<BulkReport> {
    const params = JSON.parse(JSON.stringify((kind === 'CHANGE' ? BulkChange : BulkDeletion).parse(input)))
    const job = await startJob(ctx, kind, params)
    const report = (await (HANDLERS[kind] as JobHandler).run({ ...job, files })) as BulkReport
    const done = { status: 'SUCCEEDED', result: JSON.stringify(report) } as const
    await ctx.db.updateTable('jobs').set(done).where('id', '=', job.id).execute()
    return report
  }
  const change = (input: z.input<typeof BulkChange>) => run('CHANGE', input)
  const remove = (input: z.input<typeof BulkDeletion>) => run('DELETE', input)
  async function undo({ job_id }: BulkReport) {
    const job = await startJob(ctx, 'UNDO', { job_id })
    return undoHandler.run({ ...job, files })
  }

  it('changes every field that may be changed, and only of those that are named', async () => {
    const shop = await createRetailer(ctx, { name: 'Shop' })
    const one = await addPurchase(ctx, { tags: ['Home', 'old'], brand_id: '00000000-0000-7000-8000-200000000001' })
    const other = await addPurchase(ctx)
    const report = await change({
      ids: [one.id],
      changes: {
        status: 'ORDERED',
        retailer_id: shop.id,
        brand_id: null,
        tax_deductible: true,
        add_tags: ['HOME', 'new'],
        remove_tags: ['OLD'],
      },
    })
    expect(report).toMatchObject({ matched: 1, changed: 1, undone_at: null })
    const changed = (await allPurchases(ctx)).find(({ id }) => id === one.id)
    expect(changed).toMatchObject({
      status: 'ORDERED',
      retailer: { name: 'Shop' },
      brand: null,
      tax_deductible: true,
      tags: ['Home', 'new'],
      version: 2,
    })
    expect((await allPurchases(ctx)).find(({ id }) => id === other.id)).toMatchObject({ version: 1, tags: [] })
    expect(await verifyStatistics(ctx)).toEqual([])
  })

  it('changes all that match, counts those that were so already, and touches no other', async () => {
    for (const status of ['ORDERED', 'ORDERED', 'RECEIVED'] as const) {
      await addPurchase(ctx, { status, tags: status === 'RECEIVED' ? [] : ['mine'], notes: 'for the office' })
    }
    await addPurchase(ctx, { status: 'RECEIVED', tags: ['mine'], notes: 'at the OFFICE' })
    await addPurchase(ctx, { status: 'ORDERED', tags: ['mine'] })
    const report = await change({ filter: { tag: 'MINE', search: 'office' }, changes: { status: 'RECEIVED' } })
    expect(report).toMatchObject({ matched: 3, changed: 2 })
    expect((await allPurchases(ctx)).map(({ status }) => status).sort()).toEqual([
      'ORDERED',
      'RECEIVED',
      'RECEIVED',
      'RECEIVED',
      'RECEIVED',
    ])
  })

  it('deletes with warranties and files, and undoing brings all of it back', async () => {
    const gone = await addPurchase(ctx, {
      tags: ['a', 'B'],
      warranty: { warranty_start: '2026-01-31', warranty_end: '2027-01-31', notes: 'box' },
    })
    await addPurchase(ctx, { status: 'ORDERED' })
    const receipt = await attach(ctx, files, gone, 'the receipt')
    const before = await values(ctx)
    const report = await remove({ filter: { status: 'RECEIVED' } })
    expect(report).toMatchObject({ matched: 1, changed: 1 })
    expect(await dump(ctx)).toMatchObject({ purchases: [{ status: 'ORDERED' }], warranties: [], attachments: [] })
    expect(await verifyStatistics(ctx)).toEqual([])

    expect(await undo(report)).toMatchObject({ purchases_removed: 0, purchases_restored: 1, kept: [] })
    expect(await values(ctx)).toEqual(before)
    expect(await verifyStatistics(ctx)).toEqual([])
    // Nobody who had read it before takes it for the same.
    expect((await allPurchases(ctx)).find(({ id }) => id === gone.id)).toMatchObject({
      version: 2,
      warranty: { version: 2 },
    })
    expect(await files.has(receipt.sha256)).toBe(true)
    expect(await refusalOf(undo(report))).toMatchObject({ code: 'CONFLICT' })
  })

  it('keeps the bytes of what was deleted for thirty days, and says later that they are gone', async () => {
    const gone = await addPurchase(ctx)
    const { sha256 } = await attach(ctx, files, gone, 'the receipt')
    const report = await remove({ ids: [gone.id] })
    // By the clock of its storage the file is old enough to go at once.
    const options = { now: new Date('2999-01-01T00:00:00Z') }
    expect(await sweepFiles(ctx, files, options)).toMatchObject({ removed: 0 })
    ctx.setNow('2026-04-14')
    expect(await sweepFiles(ctx, files, options)).toMatchObject({ removed: 0 })
    ctx.setNow('2026-04-15')
    expect(await sweepFiles(ctx, files, options)).toMatchObject({ removed: 1 })
    await undo(report)
    const [attachment] = await ctx.db.selectFrom('attachments').selectAll().execute()
    expect(attachment).toMatchObject({ purchase_id: gone.id, sha256, available: false })
  })

  it('refuses to undo what was touched since, by name', async () => {
    const { id } = await addPurchase(ctx)
    const report = await change({ ids: [id], changes: { status: 'ORDERED' } })
    await changePurchase(ctx, { id, notes: 'mine now' })
    expect(await refusalOf(undo(report))).toEqual({ code: 'CONFLICT', paths: [`purchase.${id}`] })
  })

  it('brings a purchase back without a retailer that was deleted since, and says so', async () => {
    const shop = await createRetailer(ctx, { name: 'Shop' })
    const { id } = await addPurchase(ctx, { retailer_id: shop.id })
    const report = await remove({ ids: [id] })
    await deleteRetailer(ctx, { id: shop.id })
    expect(await undo(report)).toMatchObject({
      purchases_restored: 1,
      kept: [{ entity: 'purchase', id, name: 'Desk lamp', reason: expect.stringContaining('without its retailer') }],
    })
    expect(await allPurchases(ctx)).toMatchObject([{ id, retailer: null }])
    expect(await verifyStatistics(ctx)).toEqual([])
  })

  it('can be undone one after the other, an import before them too', async () => {
    const lamp = { product_name: 'Lamp', price: '1', purchase_date: '2026-01-31', currency_code: 'EUR' }
    const before = await values(ctx)
    const imported = await importItems(ctx, rows(lamp, { ...lamp, price: '2' }))
    const changed = await change({ filter: {}, changes: { add_tags: ['x'] } })
    const deleted = await remove({ filter: { tag: 'x' } })
    await expect(undo(changed)).rejects.toThrow('Changed since the change')
    await undo(deleted)
    await undo(changed)
    expect(await allPurchases(ctx)).toMatchObject([{ tags: [] }, { tags: [] }])
    await undoImport(ctx, imported)
    expect(await values(ctx)).toEqual(before)
  })

  it('changes none where one would have too many tags', async () => {
    const tags = Array.from({ length: 50 }, (_, index) => `tag ${index}`)
    await addPurchase(ctx, { tags: [] })
    await addPurchase(ctx, { tags })
    const before = await values(ctx)
    const job = await startJob(ctx, 'CHANGE', { filter: {}, changes: { add_tags: ['one more'] } })
    expect(await refusalOf(changeHandler.run(job))).toMatchObject({ paths: ['changes.add_tags'] })
    await changeHandler.cleanUp(job)
    expect(await values(ctx)).toEqual(before)
  })

  describe.each(['CHANGE', 'DELETE'] as const)('%s', (kind) => {
    it('that breaks off leaves nothing behind, wherever it does', async () => {
      for (let index = 0; index < 250; index++) await addPurchase(ctx, { price: String(index) })
      const [first] = await allPurchases(ctx)
      await attach(ctx, files, { id: first?.id ?? '' }, 'the receipt')
      const before = await values(ctx)
      // However fast it goes, so many take at least two transactions: the first has 200.
      for (const transactions of [0, 1]) {
        const params = { filter: {}, ...(kind === 'CHANGE' ? { changes: { tax_deductible: true } } : {}) }
        const job: JobRun = { ...(await startJob(ctx, kind, params)), files }
        let left = transactions
        const inTransaction: JobRun['inTransaction'] = (work) => {
          if (left-- === 0) throw new Error('broken off')
          return job.inTransaction(work)
        }
        await expect(HANDLERS[kind].run({ ...job, inTransaction })).rejects.toThrow('broken off')
        expect((await dump(ctx)).purchases).not.toEqual(transactions === 0 ? [] : before.purchases)
        await takeBack(job, job.id)
        expect(await values(ctx)).toEqual(before)
        expect(await verifyStatistics(ctx)).toEqual([])
      }
    })
  })

  it('leaves alone what does not match any more when its turn comes', async () => {
    const { id } = await addPurchase(ctx, { notes: 'office' })
    const job = await startJob(ctx, 'DELETE', { filter: { search: 'office' } })
    const report = await deleteHandler.run({
      ...job,
      progress: async () => {
        await changePurchase(ctx, { id, notes: 'at home' })
      },
    })
    expect(report).toMatchObject({ matched: 0, changed: 0 })
    expect(await allPurchases(ctx)).toHaveLength(1)
  })

  it('is undone exactly, and leaves the figures right, whatever there is', async () => {
    const shop = await createRetailer(ctx, { name: 'Shop' })
    const brand = '00000000-0000-7000-8000-200000000001'
    const some = fc.array(newPurchases({ retailers: [shop.id], brands: [brand] }), { minLength: 1, maxLength: 5 })
    const filters = fc.constantFrom<PurchaseSelection>(
      {},
      { status: 'ORDERED' },
      { has_warranty: true },
      { has_retailer: false },
      { search: 'a' },
      { tax_deductible: true },
    )
    const changes = fc.constantFrom<z.input<typeof PurchasesChange>>(
      { status: 'ORDERED' },
      { retailer_id: shop.id, brand_id: null },
      { tax_deductible: true, add_tags: ['ä', 'X'] },
      { remove_tags: ['a', 'Ä'], retailer_id: null },
    )
    await fc.assert(
      fc.asyncProperty(some, filters, fc.option(changes), async (stored, filter, changes) => {
        for (const purchase of stored) await createPurchase(ctx, NewPurchase.parse(purchase))
        const before = await values(ctx)
        const report = await (changes ? change({ filter, changes }) : remove({ filter }))
        expect(report.changed).toBeLessThanOrEqual(report.matched)
        expect(await verifyStatistics(ctx)).toEqual([])
        await undo(report)
        expect(await values(ctx)).toEqual(before)
        expect(await verifyStatistics(ctx)).toEqual([])
      }),
      { numRuns: 12 },
    )
  })
})
