import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, expect, it } from 'vitest'
import { openContext, type TestContext } from '../testing.ts'
import { readContent } from './testing/reading.ts'

const PURCHASE = '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071'
const WARRANTY = '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6072'
const RETAILER = '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6073'
const FILE = '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6074'
const SHA256 = 'ab'.repeat(32)

const purchase = {
  id: PURCHASE,
  product_name: '=Lamp\u0000"\n🏊',
  price: '19.90',
  quantity: 2,
  total: '39.80',
  currency_code: 'EUR',
  retailer_id: RETAILER,
  brand_id: null,
  status: 'ORDERED',
  purchase_date: '2026-01-31',
  notes: null,
  model_number: 'M',
  serial_number: 'S',
  order_number: 'O',
  link: 'https://shop.example/',
  return_by: '2026-02-28',
  return_policy: 'none',
  tax_deductible: true,
  tags: ['a', 'b'],
  version: 3,
  created_at: '2026-02-01T00:00:00Z',
  updated_at: '2026-02-02T00:00:00Z',
  retailer: { id: RETAILER, name: 'Shop' },
  brand: null,
  warranty: {
    id: WARRANTY,
    purchase_id: PURCHASE,
    warranty_start: '2026-01-31',
    warranty_end: null,
    warranty_type: 'LIFETIME',
    status: 'ACTIVE',
    days_left: null,
    provider: 'Maker',
    notes: null,
    version: 2,
    created_at: '2026-02-01T00:00:00Z',
    updated_at: '2026-02-01T00:00:00Z',
  },
  attachments: [
    {
      id: FILE,
      purchase_id: PURCHASE,
      kind: 'RECEIPT',
      filename: 'receipt.pdf',
      mime_type: 'application/pdf',
      size: 7,
      sha256: SHA256,
      available: true,
      created_at: '2026-02-01T00:00:00Z',
    },
  ],
}
const { total: _, retailer_id: __, brand_id: ___, ...said } = purchase
const { purchase_id: ____, days_left: _____, ...warranty } = purchase.warranty
const draft = {
  ...said,
  warranty,
  attachments: purchase.attachments.map(({ purchase_id, available, ...attachment }) => attachment),
}
const retailer = { id: RETAILER, name: 'Shop', url: null, created_at: '2026-01-01T00:00:00Z' }
const outside = {
  format: 'spends-tracker',
  version: 1,
  exported_at: '2026-03-01T00:00:00Z',
  settings: { base_currency: 'EUR' },
  retailers: [retailer],
  brands: [],
  purchases: [purchase],
}

describeEachEngine('JSON', (engine) => {
  let ctx: TestContext
  beforeEach(async () => {
    ctx = await openContext(engine)
  })
  const read = (content: unknown) =>
    readContent(ctx, typeof content === 'string' ? content : JSON.stringify(content), 'JSON')

  it('of ours is read back field by field', async () => {
    const { reader, items } = await read(outside)
    expect(reader).toMatchObject({ source: 'SPENDS_JSON', complete: true, warnings: [] })
    expect(items).toMatchObject([
      { kind: 'settings', settings: { base_currency: 'EUR' } },
      { kind: 'retailer', row: 1, entry: retailer },
      { kind: 'purchase', row: 1, errors: [], warnings: [] },
    ])
    expect(items[2]).toHaveProperty('draft', draft)
  })

  it('of ours may have its keys in any order', async () => {
    const { purchases, brands, settings, retailers, ...rest } = outside
    const { items } = await read({ purchases, brands, ...rest, settings, retailers })
    expect(items.map(({ kind }) => kind)).toEqual(['settings', 'retailer', 'purchase'])
    const early = await read({ purchases, ...rest })
    expect(early.reader.source).toBe('SPENDS_JSON')
    expect(early.purchases).toHaveLength(1)
  })

  it('of ours may have prices as numbers, and only an id of the retailer', async () => {
    const { retailer: _, ...rest } = purchase
    const { purchases } = await read({ ...outside, purchases: [{ ...rest, price: 19.9 }] })
    expect(purchases[0]?.draft).toMatchObject({ price: '19.9', retailer: { id: RETAILER } })
  })

  it('says which field of a purchase is of the wrong kind, and reads the others', async () => {
    const wrong = { ...purchase, quantity: '2', tags: 'a', warranty: { ...purchase.warranty, notes: 5 } }
    const { purchases } = await read({ ...outside, purchases: [wrong, null, purchase] })
    expect(purchases.map(({ row, errors }) => ({ row, errors }))).toEqual([
      {
        row: 1,
        errors: [
          { column: 'quantity', value: '2', message: 'must be a number' },
          { column: 'tags', value: 'a', message: 'must be a list of texts' },
          { column: 'warranty.notes', value: '5', message: 'must be a text' },
        ],
      },
      { row: 2, errors: [{ column: null, value: null, message: 'must be an object' }] },
      { row: 3, errors: [] },
    ])
    expect(purchases[0]?.cellOf('warranty.provider')).toEqual({ column: 'warranty.provider', value: 'Maker' })
    expect(purchases[2]?.cellOf('tags.1')).toEqual({ column: 'tags.1', value: 'b' })
  })

  it('makes one record that is too large one wrong row', async () => {
    const huge = { ...purchase, notes: 'x'.repeat(2 ** 21) }
    const { purchases } = await read({ ...outside, purchases: [purchase, huge, purchase] })
    expect(purchases.map(({ row, errors }) => [row, errors.map(({ message }) => message)])).toEqual([
      [1, []],
      [2, ['is larger than 1048576 bytes']],
      [3, []],
    ])
  })

  it.each([
    [{ ...outside, version: 2 }, 'newer'],
    [{ ...outside, version: '1' }, 'version'],
    [{ ...outside, format: 'other' }, 'other'],
    [{ format: 'spends-tracker', version: 1 }, 'purchases'],
    [{ ...outside, purchases: {} }, 'purchases'],
    [{ ...outside, retailers: {} }, 'must be a list'],
    [{ items: [] }, '"items"'.replaceAll('"', '')],
    [{}, 'purchases'],
  ])('refuses what is none of the known files: %j', async (content, reason) => {
    await expect(read(content)).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringContaining(reason),
    })
  })

  it("of the predecessor's is read field by field", async () => {
    const id = '8c1f9a0e-2b3d-4c5e-8f70-1a2b3c4d5e6f'
    const old = {
      id,
      product_name: 'Toaster',
      price: 29.990000000000002,
      currency_code: 'EUR',
      retailer_id: 'r1',
      brand_id: null,
      status: 'PurchaseStatus.RECEIVED',
      purchase_date: '2025-11-05T00:00:00',
      notes: '',
      model_number: null,
      serial_number: 'T-9',
      retailer_order_number: '302-1',
      return_deadline: '2025-12-05',
      return_policy: '30 days',
      tax_deductible: 1,
      tags: 'Kitchen, bread',
      created_at: '2025-11-06T08:09:10.123456',
      updated_at: '2025-11-06T08:09:10+02:00',
    }
    const content = {
      purchases: [old, { ...old, id: 'other', price: '5', purchase_date: 'soon', tags: null }],
      warranties: [
        {
          id: 'w1',
          purchase_id: id,
          warranty_start: '2025-11-05',
          warranty_end: '2027-11-05T00:00:00',
          warranty_type: 'WarrantyType.EXTENDED',
          status: 'WarrantyStatus.VOIDED',
          provider: 'Maker',
          notes: 'n',
        },
        { id: 'w2', purchase_id: id },
        { id: 'w3', purchase_id: 'gone' },
        7,
      ],
      retailers: [{ id: 'r1', name: 'Bread Shop', url: 'https://bread.example' }],
      brands: [],
      files: [
        {
          id: FILE,
          purchase_id: id,
          filename: 'bill.pdf',
          file_type: 'FileType.INVOICE',
          mime_type: 'application/pdf',
          file_size: 7,
          file_path: `uploads/ab/ab/${SHA256.toUpperCase()}.pdf`,
        },
        { purchase_id: id, filename: 'lost.pdf' },
      ],
    }
    const { reader, items, purchases, warnings } = await read(content)
    expect(reader).toMatchObject({ source: 'PREDECESSOR_JSON', complete: false })
    expect(items[0]).toMatchObject({ kind: 'warning', message: expect.stringContaining('Number 4') })
    expect(items.find(({ kind }) => kind === 'retailer')).toEqual({
      kind: 'retailer',
      row: 1,
      entry: { id: 'r1', name: 'Bread Shop', url: 'https://bread.example' },
    })
    expect(warnings).toEqual([
      expect.stringContaining('Number 4'),
      expect.stringContaining('a purchase that is not in the file'),
    ])
    expect(purchases[0]).toMatchObject({
      errors: [],
      warnings: [expect.stringContaining('several'), expect.stringContaining('lost.pdf')],
    })
    expect(purchases[0]?.draft).toEqual({
      id,
      product_name: 'Toaster',
      price: '29.99',
      currency_code: 'EUR',
      retailer: { id: 'r1' },
      brand: null,
      status: 'RECEIVED',
      purchase_date: '2025-11-05',
      notes: '',
      model_number: null,
      serial_number: 'T-9',
      order_number: '302-1',
      return_by: '2025-12-05',
      return_policy: '30 days',
      tax_deductible: true,
      tags: ['Kitchen', 'bread'],
      warranty: {
        id: 'w1',
        warranty_start: '2025-11-05',
        warranty_end: '2027-11-05',
        warranty_type: 'EXTENDED',
        status: 'VOIDED',
        provider: 'Maker',
        notes: 'n',
      },
      attachments: [
        {
          id: FILE,
          kind: 'RECEIPT',
          filename: 'bill.pdf',
          mime_type: 'application/pdf',
          size: 7,
          sha256: SHA256,
        },
      ],
      created_at: '2025-11-06T08:09:10Z',
      updated_at: '2025-11-06T06:09:10Z',
    })
    expect(purchases[1]?.errors).toEqual([
      { column: 'purchase_date', value: 'soon', message: expect.stringContaining('must be a real day') },
    ])
    expect(purchases[1]?.cellOf('order_number')).toEqual({ column: 'retailer_order_number', value: '302-1' })
  })
})
