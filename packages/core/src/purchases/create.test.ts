import { describeEachEngine } from '@spends/db/testing'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { createBrand } from '../brands.ts'
import { newId } from '../context.ts'
import { createRetailer } from '../retailers.ts'
import { updateSettings } from '../settings.ts'
import {
  addPurchase,
  dump,
  everyField,
  newPurchases,
  openContext,
  refusalOf,
  type TestContext,
  TODAY,
} from '../testing.ts'
import { getPurchase } from './read.ts'
import { NewPurchase } from './shapes.ts'
import { checkNewPurchase, createPurchase } from './write.ts'

const NOW = `${TODAY}T12:00:00Z`
const NOWHERE = newId()

describeEachEngine('creating a purchase', (engine) => {
  let ctx: TestContext
  beforeAll(async () => {
    ctx = await openContext(engine)
  })

  it('fills in the defaults', async () => {
    const created = await addPurchase(ctx, { product_name: '  Desk lamp ', price: '19.9', purchase_date: '2026-01-31' })
    expect(created).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      product_name: 'Desk lamp',
      price: '19.90',
      quantity: 1,
      total: '19.90',
      currency_code: 'USD',
      retailer_id: null,
      brand_id: null,
      status: 'RECEIVED',
      purchase_date: '2026-01-31',
      notes: null,
      model_number: null,
      serial_number: null,
      order_number: null,
      link: null,
      return_by: null,
      return_policy: null,
      tax_deductible: false,
      tags: [],
      version: 1,
      created_at: NOW,
      updated_at: NOW,
      retailer: null,
      brand: null,
      warranty: null,
      attachments: [],
    })
  })

  it('keeps every field', async () => {
    const retailer = await createRetailer(ctx, { name: 'Kaffeehaus' })
    const brand = await createBrand(ctx, { name: 'Lavatrice' })
    const input = { ...everyField, tags: [...everyField.tags], retailer_id: retailer.id, brand_id: brand.id }
    const created = await addPurchase(ctx, input)
    expect(created).toMatchObject({
      ...input,
      total: '2499.00',
      retailer: { id: retailer.id, name: 'Kaffeehaus' },
      brand: { id: brand.id, name: 'Lavatrice' },
    })
    expect(await getPurchase(ctx, created)).toEqual(created)
  })

  it('keeps whatever texts and values there are', async () => {
    const retailers = [(await createRetailer(ctx, { name: 'Any' })).id]
    const brands = [(await createBrand(ctx, { name: 'Any' })).id]
    const stored = (text: string | null | undefined) => text?.normalize('NFC').trim() || null
    await fc.assert(
      fc.asyncProperty(newPurchases({ retailers, brands }), async ({ warranty: given, ...input }) => {
        const { warranty, ...read } = await getPurchase(ctx, await addPurchase(ctx, { ...input, warranty: given }))
        expect(read).toMatchObject({
          ...input,
          product_name: stored(input.product_name),
          notes: stored(input.notes),
          model_number: stored(input.model_number),
          serial_number: stored(input.serial_number),
          order_number: stored(input.order_number),
          return_policy: stored(input.return_policy),
          tags: input.tags?.map(stored),
        })
        if (!given) expect(warranty).toBeNull()
        else {
          const { provider, notes, status: _, ...dates } = given
          expect(warranty).toMatchObject({
            warranty_end: null,
            ...dates,
            provider: stored(provider),
            notes: stored(notes),
          })
        }
      }),
      { numRuns: 40 },
    )
  })

  it('takes the base currency of Settings at that moment', async () => {
    const other = await openContext(engine)
    await updateSettings(other, { base_currency: 'JPY' })
    expect(await addPurchase(other, { price: 500 })).toMatchObject({ currency_code: 'JPY', price: '500' })
    expect(await refusalOf(addPurchase(other, { price: '5.50' }))).toMatchObject({ paths: ['price'] })
    await updateSettings(other, { base_currency: 'KWD' })
    expect(await addPurchase(other, { price: '5.5' })).toMatchObject({ currency_code: 'KWD', price: '5.500' })
  })

  it('names every problem at once and writes nothing', async () => {
    const before = await dump(ctx)
    const input = NewPurchase.parse({
      product_name: 'Lamp',
      price: '1.001',
      purchase_date: '2026-01-01',
      retailer_id: NOWHERE,
      brand_id: NOWHERE,
      warranty: { warranty_start: '2026-01-02', warranty_end: '2026-01-01', status: 'EXPIRED' },
    })
    expect(await refusalOf(createPurchase(ctx, input))).toEqual({
      code: 'UNPROCESSABLE_CONTENT',
      paths: ['price', 'retailer_id', 'brand_id', 'warranty.warranty_end', 'warranty.status'],
    })
    expect(await dump(ctx)).toEqual(before)
  })

  it('looks at the fields that are right where others are wrong in form', async () => {
    const paths = async (raw: unknown) => (await checkNewPurchase(ctx, raw)).map(({ path }) => path)
    expect(await paths({ price: '1.001', retailer_id: NOWHERE, brand_id: 5, quantity: 'x' })).toEqual([
      'price',
      'retailer_id',
    ])
    // In which currency the price would be right, nobody knows.
    expect(await paths({ price: '1.001', currency_code: 'ABC' })).toEqual([])
    expect(await paths({ warranty: { warranty_start: '2026-01-02', warranty_end: '2026-01-01', notes: 5 } })).toEqual([
      'warranty.warranty_end',
    ])
    for (const raw of [undefined, null, 5, 'text', [], {}, { warranty: null }, { warranty: 5 }]) {
      expect(await paths(raw)).toEqual([])
    }
  })
})

describe('the shape of a purchase', () => {
  const least = { product_name: 'Lamp', price: '1', purchase_date: '2026-01-01' }

  it.each<[path: string, input: object]>([
    ['product_name', { product_name: '' }],
    ['product_name', { product_name: ' \u3000 ' }],
    ['product_name', { product_name: 'a\nb' }],
    ['product_name', { product_name: 'x'.repeat(256) }],
    ['product_name', { product_name: '\ud800' }],
    ['notes', { notes: 'x'.repeat(10_001) }],
    ['notes', { notes: 'a\u0000b' }],
    ['quantity', { quantity: 0 }],
    ['quantity', { quantity: 1.5 }],
    ['quantity', { quantity: '1' }],
    ['currency_code', { currency_code: 'usd' }],
    ['status', { status: 'LOST' }],
    ['purchase_date', { purchase_date: '2025-02-30' }],
    ['return_by', { return_by: '2025-02-30' }],
    ['link', { link: 'javascript:alert(1)' }],
    ['link', { link: 'ftp://shop.example' }],
    ['tags.0', { tags: ['a;b'] }],
    ['tags.1', { tags: ['Büro', 'BU\u0308RO'] }],
    ['tags.0', { tags: ['x'.repeat(51)] }],
    ['tags', { tags: Array.from({ length: 51 }, (_, index) => `t${index}`) }],
    ['retailer_id', { retailer_id: 'x' }],
    ['tax_deductible', { tax_deductible: 'true' }],
    ['', { colour: 'red' }],
    ['', { id: NOWHERE }],
    ['warranty', { warranty: { colour: 'red', warranty_start: '2026-01-01' } }],
  ])('refuses a wrong %s: %j', (path, input) => {
    const parsed = NewPurchase.safeParse({ ...least, ...input })
    expect(parsed.error?.issues.map((issue) => issue.path.join('.'))).toEqual([path])
  })

  it('counts characters, not the units they are stored in', () => {
    expect(NewPurchase.safeParse({ ...least, product_name: '🏊'.repeat(255) }).success).toBe(true)
    expect(NewPurchase.safeParse({ ...least, product_name: 'e\u0301'.repeat(255) }).success).toBe(true)
    expect(NewPurchase.safeParse({ ...least, product_name: '🏊'.repeat(256) }).success).toBe(false)
  })
})
