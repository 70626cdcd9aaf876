import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { updateSettings } from '../settings.ts'
import { openContext, type TestContext } from '../testing.ts'
import { factsOf, importAndBack } from './testing/formats.ts'
import { importFile } from './testing/imports.ts'
import { csv } from './testing/reading.ts'

/** Lines of cells under a header, each given by the names of the columns. */
function table(header: string, rows: readonly Record<string, string>[]): string {
  const columns = header.split(',')
  const unknown = rows.flatMap((row) => Object.keys(row).filter((name) => !columns.includes(name)))
  expect(unknown).toEqual([])
  return csv(columns, ...rows.map((row) => columns.map((name) => row[name] ?? '')))
}

describeEachEngine('orders of Amazon', (engine) => {
  let ctx: TestContext
  beforeEach(async () => {
    ctx = await openContext(engine)
  })

  describe('from the order history', () => {
    const HEADER =
      'Order Date,Order ID,Title,Category,ASIN/ISBN,UNSPSC Code,Website,Release Date,Condition,Seller,Seller Credentials,List Price Per Unit,Purchase Price Per Unit,Quantity,Payment Instrument Type,Purchase Order Number,PO Line Number,Ordering Customer Email,Shipment Date,Shipping Address Name,Shipping Address Street 1,Shipping Address Street 2,Shipping Address City,Shipping Address State,Shipping Address Zip,Order Status,Carrier Name & Tracking Number,Item Subtotal,Item Subtotal Tax,Item Total,Tax Exemption Applied,Tax Exemption Type,Exemption Opt-Out,Buyer Name,Currency,Group Name'
    const common = {
      'Order ID': '111-0000001-0000001',
      Website: 'Amazon.com',
      Condition: 'new',
      Seller: 'Some Seller LLC',
      'Payment Instrument Type': 'Visa - 0000',
      'Ordering Customer Email': 'someone@mail.example',
      'Shipment Date': '10/02/22',
      'Order Status': 'Shipped',
      Currency: 'USD',
    }
    const ROWS = [
      {
        ...common,
        'Order Date': '10/01/22',
        Title: 'Notebook, A5, "dotted"',
        Category: 'OFFICE_PRODUCTS',
        'ASIN/ISBN': 'B0TEST0001',
        'List Price Per Unit': '$20.99',
        'Purchase Price Per Unit': '$11.17',
        Quantity: '3',
        'Item Subtotal': '$33.51',
        'Item Subtotal Tax': '$2.60',
        'Item Total': '$36.11',
      },
      {
        ...common,
        'Order Date': '03/04/23',
        'Order ID': '111-0000002-0000002',
        Title: 'Television',
        'ASIN/ISBN': 'B0TEST0002',
        'List Price Per Unit': '$0.00',
        'Purchase Price Per Unit': '$1,299.90 ',
        Quantity: '1',
        'Item Total': '$1,410.00',
      },
      {
        ...common,
        'Order Date': '7/8/2023',
        'Order ID': '111-0000003-0000003',
        Title: 'Book about birds',
        'ASIN/ISBN': '0123456789',
        'Purchase Price Per Unit': '$8.00',
        Quantity: '1',
        'Order Status': 'Shipping soon',
      },
      {
        ...common,
        'Order Date': '11/30/23',
        Title: 'Cancelled chair',
        'Purchase Price Per Unit': '$80.00',
        Quantity: '1',
        'Order Status': 'Cancelled',
      },
    ]
    const FILE = table(HEADER, ROWS)
    const EXPECTED = {
      'Notebook, A5, "dotted"': {
        price: '11.17',
        quantity: 3,
        currency_code: 'USD',
        status: 'RECEIVED',
        purchase_date: '2022-10-01',
        order_number: '111-0000001-0000001',
        link: 'https://www.amazon.com/dp/B0TEST0001',
        retailer: 'Amazon.com',
      },
      Television: {
        price: '1299.90',
        quantity: 1,
        currency_code: 'USD',
        status: 'RECEIVED',
        purchase_date: '2023-03-04',
        order_number: '111-0000002-0000002',
        link: 'https://www.amazon.com/dp/B0TEST0002',
        retailer: 'Amazon.com',
      },
      'Book about birds': {
        price: '8.00',
        quantity: 1,
        currency_code: 'USD',
        status: 'ORDERED',
        purchase_date: '2023-07-08',
        order_number: '111-0000003-0000003',
        link: 'https://www.amazon.com/dp/0123456789',
        retailer: 'Amazon.com',
      },
    }

    it('come with the price of one piece, and without cancelled ones', async () => {
      await updateSettings(ctx, { base_currency: 'EUR' })
      const { report, purchases } = await importAndBack(ctx, FILE)
      expect(purchases).toEqual(EXPECTED)
      expect(report).toMatchObject({
        source: 'AMAZON_ORDER_HISTORY',
        rows: 4,
        created: 3,
        skipped: 1,
        failed: 0,
        retailers_created: 1,
        brands_created: 0,
        errors: [],
      })
      expect(report.warnings).toEqual([{ row: 5, message: expect.stringContaining('cancelled') }])
    })

    it('come the same with an empty line below the header, as the report had one', async () => {
      const { purchases } = await importAndBack(ctx, FILE.replace('\r\n', '\r\n\r\n'))
      expect(purchases).toEqual(EXPECTED)
    })

    it('come right when no day of them tells which number is the month', async () => {
      const { purchases } = await importAndBack(ctx, table(HEADER, ROWS.slice(0, 1)))
      expect(purchases).toEqual({ 'Notebook, A5, "dotted"': EXPECTED['Notebook, A5, "dotted"'] })
    })

    it('stay two when two equal pieces were ordered in two lines', async () => {
      const twice = table(HEADER, [...ROWS.slice(0, 1), ...ROWS.slice(0, 1)])
      expect(await importFile(ctx, twice)).toMatchObject({ created: 2 })
      expect(await importFile(ctx, twice)).toMatchObject({ created: 0, classes: { identical: 2 } })
    })
  })

  describe('from a data request', () => {
    const HEADER =
      'Website,Order ID,Order Date,Purchase Order Number,Currency,Unit Price,Unit Price Tax,Shipping Charge,Total Discounts,Total Owed,Shipment Item Subtotal,Shipment Item Subtotal Tax,ASIN,Product Condition,Quantity,Payment Instrument Type,Order Status,Shipment Status,Ship Date,Shipping Option,Shipping Address,Billing Address,Carrier Name & Tracking Number,Product Name,Gift Message,Gift Sender Name,Gift Recipient Contact Details,Item Serial Number'
    const common = {
      Website: 'Amazon.de',
      'Purchase Order Number': 'Not Applicable',
      'Unit Price Tax': '0',
      'Shipping Charge': '0',
      'Total Discounts': "'-0.68'",
      'Product Condition': 'New',
      'Payment Instrument Type': 'Not Available',
      'Order Status': 'Closed',
      'Shipment Status': 'Shipped',
      'Ship Date': '2023-06-02T06:50:22.292Z',
      'Shipping Option': 'std-de',
      'Shipping Address': 'Somebody, Some Street 1',
      'Billing Address': 'Somebody, Some Street 1',
      'Gift Message': 'Not Available',
      'Gift Sender Name': 'Not Available',
      'Gift Recipient Contact Details': 'Not Available',
      'Item Serial Number': 'Not Available',
    }
    const ROWS = [
      {
        ...common,
        'Order ID': '304-0000001-0000001',
        'Order Date': '2023-05-31T22:30:59.799Z',
        Currency: 'EUR',
        'Unit Price': '1,249.5',
        'Total Owed': '1,249.50',
        ASIN: 'B0TEST0003',
        Quantity: '1',
        'Product Name': 'Kaffeevollautomat „Größe L“',
        'Item Serial Number': 'KV-77',
      },
      {
        ...common,
        Website: 'Amazon.co.jp',
        'Order ID': '249-0000002-0000002',
        'Order Date': '2024-02-29T00:00:00Z',
        Currency: 'JPY',
        'Unit Price': '1980',
        ASIN: '4100000001',
        Quantity: '2',
        'Product Name': '漫画',
        'Order Status': 'Authorized',
      },
      {
        ...common,
        Website: 'panda01',
        'Order ID': '304-0000003-0000003',
        'Order Date': '2024-03-01T11:12:13Z',
        Currency: 'EUR',
        'Unit Price': 'Not Available',
        ASIN: 'B0TEST0005',
        Quantity: '1',
        'Product Name': 'Gift',
      },
      {
        ...common,
        'Order ID': '304-0000004-0000004',
        'Order Date': '2024-03-02T11:12:13Z',
        Currency: 'EUR',
        'Unit Price': '0',
        ASIN: 'B0TEST0006',
        Quantity: '0',
        'Product Name': 'Never sent',
        'Order Status': 'Cancelled',
      },
      {
        ...common,
        'Order ID': '304-0000005-0000005',
        'Order Date': '2024-04-05T06:07:08Z',
        Currency: 'GBP',
        Website: 'Amazon.co.uk',
        'Unit Price': '5.01',
        ASIN: 'B0TEST0007',
        Quantity: '4',
        'Product Name': 'Candle',
      },
    ]
    const EXPECTED = {
      'Kaffeevollautomat „Größe L“': {
        price: '1249.50',
        quantity: 1,
        currency_code: 'EUR',
        status: 'RECEIVED',
        purchase_date: '2023-06-01',
        serial_number: 'KV-77',
        order_number: '304-0000001-0000001',
        link: 'https://www.amazon.de/dp/B0TEST0003',
        retailer: 'Amazon.de',
      },
      漫画: {
        price: '1980',
        quantity: 2,
        currency_code: 'JPY',
        status: 'ORDERED',
        purchase_date: '2024-02-29',
        order_number: '249-0000002-0000002',
        link: 'https://www.amazon.co.jp/dp/4100000001',
        retailer: 'Amazon.co.jp',
      },
      Candle: {
        price: '5.01',
        quantity: 4,
        currency_code: 'GBP',
        status: 'RECEIVED',
        purchase_date: '2024-04-05',
        order_number: '304-0000005-0000005',
        link: 'https://www.amazon.co.uk/dp/B0TEST0007',
        retailer: 'Amazon.co.uk',
      },
    }

    it('come in their own currencies, on the day it was where the buyer is', async () => {
      await updateSettings(ctx, { time_zone: 'Europe/Berlin' })
      const { report, purchases } = await importAndBack(ctx, table(HEADER, ROWS))
      expect(purchases).toEqual(EXPECTED)
      expect(report).toMatchObject({ source: 'AMAZON_DATA_REQUEST', rows: 5, created: 3, skipped: 1, failed: 1 })
      expect(report.errors).toMatchObject([{ row: 4, column: 'Unit Price', value: 'Not Available' }])
      expect(report.warnings).toEqual([{ row: 5, message: expect.stringContaining('cancelled') }])
    })

    it('come the same from the newer file, with a mark and columns in another order', async () => {
      const header =
        'ASIN,Billing Address,Carrier Name & Tracking Number,Currency,Gift Message,Gift Recipient Contact,Gift Sender Name,Item Serial Number,Order Date,Order ID,Order Status,Original Quantity,Payment Method Type,Product Condition,Product Name,Purchase Order Number,Ship Date,Shipment Item Subtotal,Shipment Item Subtotal Tax,Shipment Status,Shipping Address,Shipping Charge,Shipping Option,Total Amount,Total Discounts,Unit Price,Unit Price Tax,Website'
      const rows = ROWS.map(
        ({
          Quantity,
          'Payment Instrument Type': payment,
          'Gift Recipient Contact Details': contact,
          ...row
        }): Record<string, string> => {
          const { 'Total Owed': total, ...others } = { 'Total Owed': '0', ...row }
          return {
            ...others,
            'Original Quantity': Quantity,
            'Payment Method Type': payment,
            'Gift Recipient Contact': contact,
            'Total Amount': total,
          }
        },
      )
      await updateSettings(ctx, { time_zone: 'Europe/Berlin' })
      await importFile(ctx, `\ufeff${table(header, rows)}`)
      expect(await factsOf(ctx)).toEqual(EXPECTED)
    })
  })
})
