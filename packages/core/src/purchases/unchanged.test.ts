import { describeEachEngine } from '@spends/db/testing'
import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { BrandChanges, createBrand, getBrand, updateBrand } from '../brands.ts'
import { createRetailer } from '../retailers.ts'
import { getSettings, SettingsChanges, updateSettings } from '../settings.ts'
import { addPurchase, changePurchase, dump, newPurchases, openContext, type TestContext, TODAY } from '../testing.ts'
import { getWarranty } from '../warranties/read.ts'
import { WarrantyChanges } from '../warranties/shapes.ts'
import { updateWarranty } from '../warranties/write.ts'
import { getPurchase, listPurchases } from './read.ts'
import { type NewPurchase, PurchaseFilter } from './shapes.ts'

/** What a caller on the other side of a wire gets. */
function overTheWire<T>(value: T): T {
  return JSON.parse(JSON.stringify(value))
}

/** A warranty in each state it can be in on the day of the test. */
const WARRANTIES: [state: string, warranty: NewPurchase['warranty']][] = [
  ['none', null],
  ['ACTIVE', { warranty_start: '2026-01-01', warranty_end: '2027-12-31' }],
  ['ACTIVE without end', { warranty_start: '2026-01-01', warranty_type: 'LIFETIME' }],
  ['EXPIRED', { warranty_start: '2020-01-01', warranty_end: '2021-12-31' }],
  ['VOIDED', { warranty_start: '2026-01-01', warranty_end: '2027-12-31', status: 'VOIDED' }],
  ['VOIDED without end', { warranty_start: '2026-01-01', warranty_type: 'LIFETIME', status: 'VOIDED' }],
]

function pickTexts({ provider, notes }: NonNullable<NewPurchase['warranty']>) {
  return { provider, notes }
}

describeEachEngine('sending back what was read', (engine) => {
  let ctx: TestContext
  let retailers: string[]
  let brands: string[]
  beforeAll(async () => {
    ctx = await openContext(engine)
    retailers = [(await createRetailer(ctx, { name: 'Kaffeehaus', url: 'https://kaffee.example' })).id]
    brands = [(await createBrand(ctx, { name: 'Lavatrice' })).id]
  })

  it.each(WARRANTIES)('changes nothing of any purchase, nor of its warranty: %s', async (state, warranty) => {
    await fc.assert(
      fc.asyncProperty(newPurchases({ retailers, brands }), fc.boolean(), async (purchase, listed) => {
        ctx.setNow(TODAY)
        const texts = warranty && purchase.warranty && pickTexts(purchase.warranty)
        const { id } = await addPurchase(ctx, { ...purchase, warranty: warranty && { ...texts, ...warranty } })
        const details = await getPurchase(ctx, { id })
        const newest = PurchaseFilter.parse({ sort: 'created_at', limit: 1 })
        const [item] = (await listPurchases(ctx, newest)).items
        expect(details.warranty?.status ?? 'none').toBe(state.split(' ')[0])
        const before = await dump(ctx)

        // Later, but on the same day: on another one, the days left are others.
        ctx.setNow(`${TODAY}T23:00:00Z`)
        const read = overTheWire(listed ? item : details)
        expect(read?.id).toBe(id)
        expect(await changePurchase(ctx, { ...read, id })).toEqual(details)
        if (details.warranty) {
          const shown = await getWarranty(ctx, details.warranty)
          expect(await updateWarranty(ctx, WarrantyChanges.parse(overTheWire(shown)))).toEqual(shown)
        }
        expect(await dump(ctx)).toEqual(before)
        expect(await getPurchase(ctx, { id })).toEqual(details)
      }),
      { numRuns: 12 },
    )
  })

  it('changes nothing of a brand or the settings', async () => {
    const [id = ''] = brands
    const before = await dump(ctx)
    ctx.setNow('2026-05-05')
    const brand = await getBrand(ctx, { id })
    expect(await updateBrand(ctx, BrandChanges.parse(overTheWire(brand)))).toEqual(brand)
    const settings = await getSettings(ctx)
    expect(await updateSettings(ctx, SettingsChanges.parse(overTheWire(settings)))).toEqual(settings)
    expect(await dump(ctx)).toEqual(before)
  })
})
