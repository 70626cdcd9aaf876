import { describeEachEngine } from '@spends/db/testing'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { createBrand } from '../brands.ts'
import { newId } from '../context.ts'
import { createRetailer } from '../retailers.ts'
import {
  addPurchase,
  changePurchase,
  dump,
  everyField,
  openContext,
  refusalOf,
  type TestContext,
  TODAY,
} from '../testing.ts'
import { getPurchase } from './read.ts'
import { PurchaseChanges } from './shapes.ts'
import { checkPurchaseChanges, deletePurchase, updatePurchase } from './write.ts'

const NOW = `${TODAY}T12:00:00Z`
const NOWHERE = newId()

describeEachEngine('changing a purchase', (engine) => {
  let ctx: TestContext
  let id: string
  let retailerId: string
  let brandId: string
  beforeAll(async () => {
    ctx = await openContext(engine)
    retailerId = (await createRetailer(ctx, { name: 'Kaffeehaus' })).id
    brandId = (await createBrand(ctx, { name: 'Lavatrice' })).id
  })
  beforeEach(async () => {
    ctx.setNow(TODAY)
    const made = { ...everyField, tags: [...everyField.tags], retailer_id: retailerId, brand_id: brandId }
    id = (await addPurchase(ctx, made)).id
    ctx.setNow('2026-03-16')
  })

  const single: [field: string, changes: Omit<PurchaseChanges, 'id'>, derived?: object][] = [
    ['product_name', { product_name: 'Grinder' }],
    ['price', { price: '7.00' }, { total: '14.00' }],
    ['quantity', { quantity: 3 }, { total: '3748.50' }],
    ['currency_code', { currency_code: 'CHF' }],
    ['status', { status: 'RECEIVED' }],
    ['purchase_date', { purchase_date: '2024-02-29' }],
    ['tax_deductible', { tax_deductible: false }],
    ['tags', { tags: ['中', 'Kitchen'] }],
    ['no tags', { tags: [] }],
    ['no retailer', { retailer_id: null }, { retailer: null }],
    ['no brand', { brand_id: null }, { brand: null }],
    ['no notes', { notes: null }],
    ['no model_number', { model_number: null }],
    ['no serial_number', { serial_number: null }],
    ['no order_number', { order_number: null }],
    ['no link', { link: null }],
    ['no return_by', { return_by: null }],
    ['no return_policy', { return_policy: null }],
  ]

  it.each(single)('changes %s and nothing else', async (_, changes, derived) => {
    const before = await getPurchase(ctx, { id })
    const after = await changePurchase(ctx, { id, ...changes })
    const stamp = { version: 2, updated_at: '2026-03-16T12:00:00Z' }
    expect(after).toEqual({ ...before, ...changes, ...derived, ...stamp })
    expect(await getPurchase(ctx, { id })).toEqual(after)
  })

  it('clears a text that is sent empty', async () => {
    expect(await changePurchase(ctx, { id, notes: '', link: ' ', model_number: '\u3000' })).toMatchObject({
      notes: null,
      link: null,
      model_number: null,
    })
  })

  it('counts a version for each change and none for what changes nothing', async () => {
    await changePurchase(ctx, { id })
    await changePurchase(ctx, { id, price: 1249.5, notes: everyField.notes, tags: [...everyField.tags] })
    expect(await getPurchase(ctx, { id })).toMatchObject({ version: 1, updated_at: NOW })
    await changePurchase(ctx, { id, quantity: 5 })
    await changePurchase(ctx, { id, quantity: 5 })
    ctx.setNow('2026-03-17')
    await changePurchase(ctx, { id, tags: ['büro'] })
    const stamp = { version: 3, created_at: NOW, updated_at: '2026-03-17T12:00:00Z' }
    expect(await getPurchase(ctx, { id })).toMatchObject(stamp)
  })

  it('refuses null where there is a default', () => {
    const fields = [
      'product_name',
      'price',
      'quantity',
      'currency_code',
      'status',
      'purchase_date',
      'tax_deductible',
      'tags',
    ]
    for (const field of fields) {
      const parsed = PurchaseChanges.safeParse({ id, [field]: null })
      expect(parsed.error?.issues.map(({ path }) => path)).toEqual([[field]])
    }
  })

  it('accepts read-only fields as they are stored and names those that differ', async () => {
    const stored = await getPurchase(ctx, { id })
    const { total, created_at, updated_at, retailer, brand, attachments } = stored
    const readOnly = { total, created_at, updated_at, retailer, brand, attachments }
    const changed = await changePurchase(ctx, { id, ...readOnly, quantity: 9 })
    expect(changed).toMatchObject({ quantity: 9, total: '11245.50' })

    const before = await dump(ctx)
    const wrong = {
      total: '1.00',
      created_at: '2020-01-01T00:00:00Z',
      updated_at: null,
      retailer: { id: retailerId, name: 'Other' },
      brand: null,
      attachments: [{}],
    }
    expect(await refusalOf(changePurchase(ctx, { id, ...wrong, quantity: 1 }))).toEqual({
      code: 'UNPROCESSABLE_CONTENT',
      paths: ['total', 'created_at', 'updated_at', 'retailer', 'brand', 'attachments'],
    })
    expect(await dump(ctx)).toEqual(before)
  })

  it('keeps the amount when only the currency changes', async () => {
    await changePurchase(ctx, { id, price: '1200.00' })
    expect(await changePurchase(ctx, { id, currency_code: 'JPY' })).toMatchObject({ price: '1200', total: '2400' })
    expect(await changePurchase(ctx, { id, currency_code: 'KWD' })).toMatchObject({ price: '1200.000' })
    expect(await changePurchase(ctx, { id, currency_code: 'USD', price: '1.99' })).toMatchObject({ price: '1.99' })
  })

  it.each([
    ['has too many decimals for it', { price: '19.99' }, { currency_code: 'JPY' }, ['currency_code']],
    ['is too large for it', { price: '99999999.00' }, { currency_code: 'KWD' }, ['currency_code']],
    ['is wrong in it', { price: '19.99' }, { currency_code: 'JPY', price: '1.5' }, ['price']],
    ['is too fine for the stored one', { price: '19.99' }, { price: '1.999' }, ['price']],
  ])('refuses a new currency or price that %s', async (_, stored, changes, paths) => {
    await changePurchase(ctx, { id, ...stored })
    const before = await dump(ctx)
    const refused = await refusalOf(changePurchase(ctx, { id, ...changes }))
    expect(refused).toEqual({ code: 'UNPROCESSABLE_CONTENT', paths })
    expect(await dump(ctx)).toEqual(before)
  })

  it('refuses a stale version, also of the warranty, and writes nothing', async () => {
    const warranty = { warranty_start: '2026-01-01', warranty_end: '2027-01-01' }
    await changePurchase(ctx, { id, version: 1, quantity: 3, warranty })
    await changePurchase(ctx, { id, version: 2, warranty: { version: 1, provider: 'Shield' } })
    const before = await dump(ctx)
    const stale = { code: 'PRECONDITION_FAILED', paths: [] }
    for (const version of [1, 3, 2 ** 40]) {
      expect(await refusalOf(changePurchase(ctx, { id, version, quantity: 4 }))).toEqual(stale)
      expect(await refusalOf(deletePurchase(ctx, { id, version }))).toEqual(stale)
      const nested = { quantity: 4, warranty: { version, provider: 'Other' } }
      if (version !== 2) expect(await refusalOf(changePurchase(ctx, { id, ...nested }))).toEqual(stale)
    }
    expect(await dump(ctx)).toEqual(before)
    await changePurchase(ctx, { id, warranty: null })
    expect(await refusalOf(changePurchase(ctx, { id, warranty: { version: 2, notes: 'x' } }))).toEqual(stale)
  })

  it('names every problem at once and writes nothing', async () => {
    const before = await dump(ctx)
    const input = {
      id,
      product_name: 'Changed',
      price: '1.001',
      retailer_id: NOWHERE,
      brand_id: NOWHERE,
      tags: [],
      warranty: { warranty_end: '2026-01-01', days_left: 1 },
      total: '0.00',
    }
    expect(await refusalOf(changePurchase(ctx, input))).toEqual({
      code: 'UNPROCESSABLE_CONTENT',
      paths: ['price', 'retailer_id', 'brand_id', 'warranty.days_left', 'warranty.warranty_start', 'total'],
    })
    expect(await dump(ctx)).toEqual(before)
  })

  it('looks at the fields that are right where others are wrong in form', async () => {
    const before = await dump(ctx)
    const paths = async (raw: unknown) => (await checkPurchaseChanges(ctx, raw)).map(({ path }) => path)
    expect(await paths({ id, price: '1.001', total: '0.00', quantity: 'x', brand_id: NOWHERE })).toEqual([
      'price',
      'brand_id',
      'total',
    ])
    expect(await paths({ id, price: '1.001', currency_code: 'ABC' })).toEqual([])
    for (const raw of [undefined, null, 5, 'text', [], {}]) expect(await paths(raw)).toEqual([])
    expect(await refusalOf(paths({ id: NOWHERE, price: 'x' }))).toMatchObject({ code: 'NOT_FOUND' })
    expect(await dump(ctx)).toEqual(before)
  })

  it('says that there is no such purchase', async () => {
    const nothing = { code: 'NOT_FOUND', paths: [] }
    expect(await refusalOf(getPurchase(ctx, { id: NOWHERE }))).toEqual(nothing)
    expect(await refusalOf(updatePurchase(ctx, { id: NOWHERE, price: '1' }))).toEqual(nothing)
    expect(await refusalOf(deletePurchase(ctx, { id: NOWHERE, version: 1 }))).toEqual(nothing)
  })
})

describeEachEngine('deleting a purchase', (engine) => {
  it('takes its warranty, tags and attachments with it, and nothing else', async () => {
    const ctx = await openContext(engine)
    const attach = async (purchase_id: string) => {
      const file = {
        kind: 'RECEIPT',
        filename: 'a.pdf',
        mime_type: 'application/pdf',
        size: 1,
        available: true,
      } as const
      const row = { ...file, id: newId(), purchase_id, sha256: '0'.repeat(64), created_at: NOW }
      await ctx.db.insertInto('attachments').values(row).execute()
      return row
    }
    const full = { tags: ['a', 'b'], warranty: { warranty_start: '2026-01-01', warranty_end: '2027-01-01' } }
    const kept = await addPurchase(ctx, full)
    await attach(kept.id)
    const before = await dump(ctx)

    const gone = await addPurchase(ctx, full)
    const attachment = await attach(gone.id)
    expect((await getPurchase(ctx, gone)).attachments).toEqual([attachment])
    await deletePurchase(ctx, { id: gone.id, version: 1 })
    expect(await dump(ctx)).toEqual(before)
    expect(await refusalOf(getPurchase(ctx, gone))).toMatchObject({ code: 'NOT_FOUND' })
  })
})
