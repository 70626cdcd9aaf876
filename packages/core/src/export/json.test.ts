import { text } from 'node:stream/consumers'
import { describeEachEngine } from '@spends/db/testing'
import fc from 'fast-check'
import { beforeEach, expect, it } from 'vitest'
import { createBrand } from '../brands.ts'
import { getPurchase, listPurchases } from '../purchases/read.ts'
import { PurchaseFilter } from '../purchases/shapes.ts'
import { createRetailer } from '../retailers.ts'
import { getSettings, updateSettings } from '../settings.ts'
import { addPurchase, everyField, newPurchases, openContext, readPages, type TestContext } from '../testing.ts'
import { exportJson, JsonExport } from './json.ts'
import type { Selection } from './pages.ts'

describeEachEngine('export as JSON', (engine) => {
  let ctx: TestContext
  beforeEach(async () => {
    ctx = await openContext(engine)
  })

  async function json(selection: Selection = {}): Promise<string> {
    return text(exportJson(ctx, selection))
  }

  async function exported(selection: Selection = {}): Promise<JsonExport> {
    const parsed: unknown = JSON.parse(await json(selection))
    // The shape that the document promises, with nothing beside it.
    expect(JsonExport.parse(parsed)).toEqual(parsed)
    return JsonExport.parse(parsed)
  }

  async function attach(purchase_id: string, id: string, available: boolean) {
    const attachment = {
      id,
      purchase_id,
      kind: 'RECEIPT',
      filename: 'bon "1".pdf',
      mime_type: 'application/pdf',
      size: 12_345_678_901,
      sha256: 'ab'.repeat(32),
      created_at: '2026-02-01T00:00:00Z',
    } as const
    await ctx.db
      .insertInto('attachments')
      .values({ ...attachment, available })
      .execute()
    const { purchase_id: _, ...rest } = attachment
    return rest
  }

  it('has the head, the settings, every retailer and every brand where nothing was bought', async () => {
    await updateSettings(ctx, { base_currency: 'EUR', dashboard_cards: ['avg_price', 'item_count'] })
    await createRetailer(ctx, { name: 'Shop', url: 'https://shop.example/' })
    const { retailers, brands, ...rest } = await exported()
    expect(rest).toEqual({
      format: 'spends-tracker',
      version: 1,
      exported_at: '2026-03-15T12:00:00Z',
      settings: await getSettings(ctx),
      purchases: [],
    })
    const columns = ['id', 'name', 'url', 'created_at', 'updated_at'] as const
    expect(retailers).toEqual(await ctx.db.selectFrom('retailers').select(columns).orderBy('id').execute())
    expect(brands).toEqual(await ctx.db.selectFrom('brands').select(columns).orderBy('id').execute())
  })

  it('has what importers need before it is needed', async () => {
    await addPurchase(ctx)
    const keys = ['format', 'version', 'exported_at', 'settings', 'retailers', 'brands', 'purchases']
    expect(Object.keys(JSON.parse(await json()))).toEqual(keys)
  })

  it('says everything of a purchase', async () => {
    const [retailer, brand] = [await createRetailer(ctx, { name: 'Shop' }), await createBrand(ctx, { name: 'Maker' })]
    const warranty = { warranty_start: '2026-02-28', warranty_end: '2028-02-28', provider: 'Insurer', notes: 'n' }
    const { id } = await addPurchase(ctx, { ...everyField, retailer_id: retailer.id, brand_id: brand.id, warranty })
    const attachments = [
      await attach(id, '019ab3c4-0000-7000-8000-000000000001', true),
      await attach(id, '019ab3c4-0000-7000-8000-000000000002', false),
    ]
    const stored = await getPurchase(ctx, { id })
    const { purchases } = await exported()
    expect(purchases).toEqual([
      {
        id,
        ...everyField,
        retailer_id: retailer.id,
        brand_id: brand.id,
        retailer: { id: retailer.id, name: 'Shop' },
        brand: { id: brand.id, name: 'Maker' },
        version: 1,
        created_at: '2026-03-15T12:00:00Z',
        updated_at: '2026-03-15T12:00:00Z',
        warranty: {
          id: stored.warranty?.id,
          ...warranty,
          warranty_type: 'LIMITED',
          status: 'ACTIVE',
          version: 1,
          created_at: '2026-03-15T12:00:00Z',
          updated_at: '2026-03-15T12:00:00Z',
        },
        attachments,
      },
    ])
  })

  it('says what reading says, of any purchase', async () => {
    const ids = async (table: 'retailers' | 'brands') =>
      (await ctx.db.selectFrom(table).select('id').execute()).map(({ id }) => id)
    const anyPurchase = newPurchases({ retailers: await ids('retailers'), brands: await ids('brands') })
    for (const purchase of fc.sample(anyPurchase, { numRuns: 60, seed: 4 })) await addPurchase(ctx, purchase)
    const listed = await readPages((page) => listPurchases(ctx, PurchaseFilter.parse(page)))
    const expected = listed.map(({ total: _, warranty, ...purchase }) => {
      if (!warranty) return { ...purchase, warranty, attachments: [] }
      const { purchase_id: __, days_left: ___, ...rest } = warranty
      return { ...purchase, warranty: rest, attachments: [] }
    })
    expected.sort((a, b) => (a.id < b.id ? -1 : 1))
    expect((await exported()).purchases).toEqual(expected)
  })

  it('is the same text for the same data, whatever the clock says', async () => {
    for (const product_name of ['a', 'b']) await addPurchase(ctx, { product_name })
    const first = await json()
    ctx.setNow('2026-03-16')
    expect((await json()).replace('2026-03-16T12:00:00Z', '2026-03-15T12:00:00Z')).toBe(first)
  })

  it('has one entry a line', async () => {
    for (const notes of ['a\nb', 'c']) await addPurchase(ctx, { notes })
    const lines = (await json()).split('\n').filter((line) => line.includes('"product_name"'))
    expect(lines.map((line) => JSON.parse(line.replace(/,$/, '')).notes)).toEqual(['a\nb', 'c'])
  })

  it('has all settings, retailers and brands beside the purchases that are selected', async () => {
    const everything = await exported()
    await addPurchase(ctx, { status: 'ORDERED', product_name: 'wanted' })
    await addPurchase(ctx, { product_name: 'other' })
    const { purchases, ...rest } = await exported({ status: ['ORDERED'] })
    expect(purchases.map(({ product_name }) => product_name)).toEqual(['wanted'])
    expect({ ...rest, purchases: [] }).toEqual(everything)
  })
})
