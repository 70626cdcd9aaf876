import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { updateSettings } from '../../settings.ts'
import { openContext, type TestContext } from '../../testing.ts'
import { idFrom } from '../external-id.ts'
import { IMPORT_FIELDS } from '../options.ts'
import { csv, readContent } from '../testing/reading.ts'

describeEachEngine('a CSV of a known format', (engine) => {
  let ctx: TestContext
  beforeEach(async () => {
    ctx = await openContext(engine)
  })

  describe('our own', () => {
    const full = [
      '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071',
      "'=SUM(A1)",
      '19.90',
      '3',
      'EUR',
      "''+Shop",
      'Brand; Co',
      'ORDERED',
      '2026-01-31',
      'line one\nline "two"',
      'M-1',
      "'-77",
      'O-1',
      'https://shop.example/a',
      '2026-02-28',
      '30 days',
      'true',
      "'@home;büro",
      '2026-01-31',
      '2028-01-31',
      'EXTENDED',
      'VOIDED',
      'Maker',
      "'quoted'",
      '2026-02-01T10:00:00Z',
      '2026-02-02T10:00:00Z',
    ]

    it('is read back field by field', async () => {
      const { reader, purchases } = await readContent(ctx, csv(IMPORT_FIELDS, full))
      expect(reader).toMatchObject({ source: 'SPENDS_CSV', complete: false, warnings: [] })
      expect(purchases).toHaveLength(1)
      expect(purchases[0]).toMatchObject({ row: 2, errors: [], warnings: [] })
      expect(purchases[0]?.draft).toEqual({
        id: '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071',
        product_name: '=SUM(A1)',
        price: '19.90',
        quantity: 3,
        currency_code: 'EUR',
        retailer: { name: "'+Shop" },
        brand: { name: 'Brand; Co' },
        status: 'ORDERED',
        purchase_date: '2026-01-31',
        notes: 'line one\nline "two"',
        model_number: 'M-1',
        serial_number: '-77',
        order_number: 'O-1',
        link: 'https://shop.example/a',
        return_by: '2026-02-28',
        return_policy: '30 days',
        tax_deductible: true,
        tags: ['@home', 'büro'],
        warranty: {
          warranty_start: '2026-01-31',
          warranty_end: '2028-01-31',
          warranty_type: 'EXTENDED',
          status: 'VOIDED',
          provider: 'Maker',
          notes: "'quoted'",
        },
        created_at: '2026-02-01T10:00:00Z',
        updated_at: '2026-02-02T10:00:00Z',
      })
    })

    it('says with an empty cell that there is none', async () => {
      const bare = IMPORT_FIELDS.map(
        (field) => ({ product_name: 'Lamp', price: '1', purchase_date: '2026-01-31' })[field as 'price'] ?? '',
      )
      const { purchases } = await readContent(ctx, csv(IMPORT_FIELDS, bare))
      expect(purchases[0]?.draft).toEqual({
        product_name: 'Lamp',
        price: '1',
        quantity: null,
        currency_code: null,
        retailer: null,
        brand: null,
        status: null,
        purchase_date: '2026-01-31',
        notes: null,
        model_number: null,
        serial_number: null,
        order_number: null,
        link: null,
        return_by: null,
        return_policy: null,
        tax_deductible: null,
        tags: [],
        warranty: null,
      })
    })

    it('names the cells that are wrong', async () => {
      const wrong = full.with(3, '1.5').with(16, 'perhaps')
      const { purchases } = await readContent(ctx, csv(IMPORT_FIELDS, wrong))
      expect(purchases[0]?.errors).toEqual([
        { column: 'quantity', value: '1.5', message: 'must be a whole number' },
        { column: 'tax_deductible', value: 'perhaps', message: 'must be true or false' },
      ])
      const cellOf = purchases[0]?.cellOf ?? expect.fail('no purchase')
      expect(cellOf('warranty.provider')).toEqual({ column: 'warranty_provider', value: 'Maker' })
      expect(cellOf('warranty.warranty_end')).toEqual({ column: 'warranty_end', value: '2028-01-31' })
      expect(cellOf('tags.1')).toEqual({ column: 'tags', value: "'@home;büro" })
      expect(cellOf('attachments.0.size')).toEqual({ column: null, value: null })
    })

    it('may come back from a spreadsheet that writes dates and numbers its own way', async () => {
      const header = IMPORT_FIELDS.join(';')
      const cells = full
        .with(2, '1249,5')
        .with(8, '31.01.2026')
        .with(14, '')
        .with(18, '31.01.2026')
        .with(19, '31.01.2028')
      const text = cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(';')
      const { reader, purchases } = await readContent(ctx, `${header}\r\n${text}\r\n`)
      expect(reader.source).toBe('SPENDS_CSV')
      expect(purchases[0]?.errors).toEqual([])
      expect(purchases[0]?.draft).toMatchObject({
        id: full[0],
        product_name: '=SUM(A1)',
        price: '1249.5',
        currency_code: 'EUR',
        purchase_date: '2026-01-31',
        return_by: null,
        tags: ['@home', 'büro'],
        warranty: { warranty_start: '2026-01-31', warranty_end: '2028-01-31', status: 'VOIDED' },
      })
    })

    it('is any other CSV when a column is missing: then an empty cell says nothing', async () => {
      const { reader, purchases } = await readContent(
        ctx,
        csv(
          ['product_name', 'price', 'purchase_date', 'notes', 'serial_number'],
          ["'=1", '5', '2026-01-31', '', "'tis"],
        ),
      )
      expect(reader.source).toBe('OTHER_CSV')
      expect(purchases[0]?.draft).toEqual({
        product_name: '=1',
        price: '5',
        purchase_date: '2026-01-31',
        serial_number: "'tis",
      })
    })
  })

  it("knows the predecessor's", async () => {
    const header =
      'id,product_name,price,currency_code,retailer_id,brand_id,purchase_date,notes,model_number,serial_number,retailer_order_number,created_at,updated_at'
    const { reader, purchases } = await readContent(
      ctx,
      csv(
        header.split(','),
        [
          '8c1f9a0e-2b3d-4c5e-8f70-1a2b3c4d5e6f',
          'Toaster',
          '29.990000000000002',
          'EUR',
          '11111111-2222-4333-8444-555555555555',
          '',
          '2025-11-05T00:00:00',
          'two slices',
          '',
          'T-9',
          '302-1',
          '2025-11-06T08:09:10.123456',
          '',
        ],
        ['8c1f9a0e-2b3d-4c5e-8f70-1a2b3c4d5e70', 'Tea', '500.0', 'JPY', '', '', '2025-11-06', '', '', '', '', '', ''],
      ),
    )
    expect(reader.source).toBe('PREDECESSOR_CSV')
    expect(purchases.map(({ draft }) => draft)).toEqual([
      {
        id: '8c1f9a0e-2b3d-4c5e-8f70-1a2b3c4d5e6f',
        product_name: 'Toaster',
        price: '29.99',
        currency_code: 'EUR',
        retailer: { id: '11111111-2222-4333-8444-555555555555' },
        purchase_date: '2025-11-05',
        notes: 'two slices',
        serial_number: 'T-9',
        order_number: '302-1',
        created_at: '2025-11-06T08:09:10Z',
      },
      {
        id: '8c1f9a0e-2b3d-4c5e-8f70-1a2b3c4d5e70',
        product_name: 'Tea',
        price: '500',
        currency_code: 'JPY',
        purchase_date: '2025-11-06',
      },
    ])
  })

  describe('Homebox', () => {
    const header = [
      'HB.import_ref',
      'HB.name',
      'HB.quantity',
      'HB.description',
      'HB.notes',
      'HB.labels',
      'HB.purchase_price',
      'HB.purchase_from',
      'HB.purchase_time',
      'HB.manufacturer',
      'HB.model_number',
      'HB.serial_number',
      'HB.lifetime_warranty',
      'HB.warranty_expires',
      'HB.warranty_details',
      'HB.archived',
      'HB.sold_price',
      'HB.location',
      'HB.field.Colour',
    ]
    const drill = [
      'dr-1',
      'Drill',
      '2',
      'cordless',
      'in the blue box',
      'Tools; Garage',
      '129.5',
      'Tool Barn',
      '2024-05-06',
      'Makita',
      'DF-3',
      'SN8',
      'false',
      '2027-05-06',
      'with receipt',
      'false',
      '0',
      'Garage',
      'green',
    ]

    it.each([
      ['CSV', (lines: string[][]) => csv(...lines)],
      ['TSV', (lines: string[][]) => lines.map((cells) => `${cells.join('\t')}\n`).join('')],
    ])('%s is read field by field', async (_, write) => {
      const { reader, purchases, warnings } = await readContent(ctx, write([header, drill]))
      expect(reader.source).toBe('HOMEBOX')
      expect(warnings).toEqual([expect.stringContaining('USD')])
      expect(purchases[0]).toMatchObject({ errors: [], warnings: [] })
      expect(purchases[0]?.draft).toEqual({
        id: idFrom('homebox', 'dr-1'),
        product_name: 'Drill',
        price: '129.5',
        quantity: 2,
        retailer: { name: 'Tool Barn' },
        brand: { name: 'Makita' },
        purchase_date: '2024-05-06',
        model_number: 'DF-3',
        serial_number: 'SN8',
        tags: ['Tools', 'Garage'],
        notes: 'cordless\nin the blue box\nlocation: Garage\nColour: green',
        warranty: { warranty_start: '2024-05-06', warranty_end: '2027-05-06', notes: 'with receipt' },
      })
    })

    it('knows a warranty for life, the day that was never set, and labels with commas', async () => {
      const odd = drill.with(0, '').with(5, 'Tools, Garage').with(8, '0001-01-01').with(12, 'true').with(13, '')
      const { purchases } = await readContent(ctx, csv(header, odd))
      expect(purchases[0]?.draft).not.toHaveProperty('id')
      expect(purchases[0]?.draft).not.toHaveProperty('purchase_date')
      expect(purchases[0]?.draft).toMatchObject({
        tags: ['Tools', 'Garage'],
        warranty: { warranty_type: 'LIFETIME', warranty_end: null, notes: 'with receipt' },
      })
    })

    it('says once what it leaves out', async () => {
      const sold = drill.with(16, '50')
      const { purchases } = await readContent(ctx, csv(header, drill, sold, sold))
      expect(purchases.map(({ warnings }) => warnings.length)).toEqual([0, 1, 0])
    })
  })

  describe('Warracker', () => {
    const header = [
      'ProductName',
      'PurchaseDate',
      'IsLifetime',
      'WarrantyDurationYears',
      'WarrantyDurationMonths',
      'WarrantyDurationDays',
      'ExpirationDate',
      'Status',
      'PurchasePrice',
      'SerialNumber',
      'ProductURL',
      'Tags',
      'Vendor',
    ]
    const kettle = [
      'Kettle',
      '2024-01-31',
      'False',
      '2',
      '1',
      '0',
      '2026-03-01',
      'Active',
      '39.9',
      'K1',
      'https://shop.example/k',
      'Kitchen,Tea',
      'Tea House',
    ]

    it('is read field by field', async () => {
      const { reader, purchases, warnings } = await readContent(ctx, csv(header, kettle))
      expect(reader.source).toBe('WARRACKER')
      expect(warnings).toEqual([expect.stringContaining('USD')])
      expect(purchases[0]).toMatchObject({ errors: [], warnings: [] })
      expect(purchases[0]?.draft).toEqual({
        product_name: 'Kettle',
        price: '39.9',
        purchase_date: '2024-01-31',
        serial_number: 'K1',
        link: 'https://shop.example/k',
        tags: ['Kitchen', 'Tea'],
        retailer: { name: 'Tea House' },
        warranty: { warranty_start: '2024-01-31', warranty_end: '2026-02-28' },
      })
    })

    it.each([
      ['2024-02-29', '1', '0', '0', '2025-02-28'],
      ['2024-01-31', '0', '1', '0', '2024-02-29'],
      ['2024-12-31', '0', '2', '1', '2025-03-01'],
      ['2024-01-01', '', '', '90', '2024-03-31'],
      ['2024-01-01', '0', '0', '0', '2026-03-01'],
    ])('%s and %s years, %s months, %s days is %s', async (date, years, months, days, end) => {
      const cells = kettle.with(1, date).with(3, years).with(4, months).with(5, days)
      const { purchases } = await readContent(ctx, csv(header, cells))
      expect(purchases[0]?.draft.warranty).toEqual({ warranty_start: date, warranty_end: end })
    })

    it('knows a warranty for life, a void one, and none', async () => {
      const lifetime = kettle.with(2, 'TRUE').with(6, '')
      const voided = kettle.with(7, 'Voided')
      const none = kettle.with(3, '0').with(4, '').with(6, '')
      const wrong = kettle.with(3, 'two').with(6, '')
      const { purchases } = await readContent(ctx, csv(header, lifetime, voided, none, wrong))
      expect(purchases.map(({ draft }) => draft.warranty)).toMatchObject([
        { warranty_start: '2024-01-31', warranty_type: 'LIFETIME', warranty_end: null },
        { warranty_end: '2026-02-28', status: 'VOIDED' },
        undefined,
        {},
      ])
      expect(purchases[3]?.errors).toEqual([
        { column: 'WarrantyDurationYears', value: 'two', message: 'must be a whole number' },
      ])
    })
  })

  describe('Amazon', () => {
    const history = [
      'Order Date',
      'Order ID',
      'Title',
      'Category',
      'ASIN/ISBN',
      'Website',
      'Purchase Price Per Unit',
      'Quantity',
      'Order Status',
      'Carrier Name & Tracking Number',
      'Item Total',
      'Currency',
    ]
    const pen = [
      '10/01/22',
      '111-0000001-0000001',
      'Pen, blue',
      'Office',
      'B000000001',
      'Amazon.com',
      '$11.17',
      '2',
      'Shipped',
      'UPS(1Z9)',
      '$24.18',
      'USD',
    ]

    it('order history is read field by field', async () => {
      const { reader, purchases, warnings } = await readContent(ctx, csv(history, pen))
      expect(reader.source).toBe('AMAZON_ORDER_HISTORY')
      expect(warnings).toEqual([])
      expect(purchases[0]).toMatchObject({ errors: [], warnings: [] })
      expect(purchases[0]?.draft).toEqual({
        product_name: 'Pen, blue',
        price: '11.17',
        quantity: 2,
        currency_code: 'USD',
        retailer: { name: 'Amazon.com' },
        status: 'RECEIVED',
        purchase_date: '2022-10-01',
        order_number: '111-0000001-0000001',
        link: 'https://www.amazon.com/dp/B000000001',
      })
    })

    it('order history of another country asks which number is the month', async () => {
      const british = pen.with(5, 'Amazon.co.uk').with(6, '£11.17').with(11, 'GBP')
      await expect(readContent(ctx, csv(history, british))).rejects.toMatchObject({
        code: 'UNPROCESSABLE_CONTENT',
        errors: [{ path: 'date_format', message: expect.stringContaining('10/01/22') }],
      })
      const { purchases } = await readContent(ctx, csv(history, british), 'CSV', { date_format: 'DMY' })
      expect(purchases[0]?.draft).toMatchObject({ purchase_date: '2022-01-10', price: '11.17', currency_code: 'GBP' })
    })

    const request = [
      'Website',
      'Order ID',
      'Order Date',
      'Purchase Order Number',
      'Currency',
      'Unit Price',
      'Unit Price Tax',
      'Shipping Charge',
      'Total Owed',
      'ASIN',
      'Product Condition',
      'Quantity',
      'Order Status',
      'Shipment Status',
      'Product Name',
      'Gift Message',
      'Item Serial Number',
    ]
    const mug = [
      'Amazon.de',
      '304-1',
      '2023-12-31T23:30:00Z',
      'Not Applicable',
      'EUR',
      '1,249.50',
      '0',
      '0',
      '1249.5',
      'B000000002',
      'New',
      '1',
      'Closed',
      'Shipped',
      'Mug',
      'Not Available',
      'Not Available',
    ]

    it('data request is read field by field, in the time zone of the settings', async () => {
      await updateSettings(ctx, { time_zone: 'Europe/Berlin' })
      const { reader, purchases } = await readContent(ctx, csv(request, mug))
      expect(reader.source).toBe('AMAZON_DATA_REQUEST')
      expect(purchases[0]).toMatchObject({ errors: [], warnings: [] })
      expect(purchases[0]?.draft).toEqual({
        product_name: 'Mug',
        price: '1249.5',
        quantity: 1,
        currency_code: 'EUR',
        retailer: { name: 'Amazon.de' },
        status: 'RECEIVED',
        purchase_date: '2024-01-01',
        order_number: '304-1',
        link: 'https://www.amazon.de/dp/B000000002',
      })
    })

    it('leaves out cancelled orders by name, and keeps those that have not left', async () => {
      const lines = [mug, mug.with(12, 'Cancelled'), mug.with(12, 'Authorized')]
      const { items } = await readContent(ctx, csv(request, ...lines))
      expect(items.map((item) => (item.kind === 'purchase' ? item.draft.status : item))).toEqual([
        'RECEIVED',
        { kind: 'skipped', row: 3, message: 'The order was cancelled: it is no purchase' },
        'ORDERED',
      ])
    })
  })
})
