import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { updateSettings } from '../settings.ts'
import { openContext, type TestContext } from '../testing.ts'
import { factsOf, importAndBack } from './testing/formats.ts'
import { importFile } from './testing/imports.ts'
import { csv } from './testing/reading.ts'

describeEachEngine('an inventory', (engine) => {
  let ctx: TestContext
  beforeEach(async () => {
    ctx = await openContext(engine)
    await updateSettings(ctx, { base_currency: 'EUR' })
  })

  describe('of Homebox', () => {
    // As version 0.26 writes it: the places come first, as rows of their own.
    const HEADER =
      'HB.import_ref,HB.parent_import_ref,HB.location,HB.tags,HB.asset_id,HB.archived,HB.url,HB.name,HB.quantity,HB.description,HB.insured,HB.notes,HB.purchase_price,HB.purchase_from,HB.purchase_date,HB.manufacturer,HB.model_number,HB.serial_number,HB.lifetime_warranty,HB.warranty_expires,HB.warranty_details,HB.sold_to,HB.sold_price,HB.sold_date,HB.sold_notes,HB.field.Colour,HB.field.Length in cm'
    const FILE = [
      HEADER,
      ',,,,,false,/location/aa-1,Workshop,1,,false,,0,,,,,,false,,,,0,,,,',
      'drill-1,,Workshop,"Tools; Power, cordless",000-017,false,/item/bb-1,Hammer drill,1,"18 V, two batteries",true,"second gear\nslips a bit",189.9,Werkzeug Müller,2024-02-29,Makita,DHP 485,SN-4411,false,2027-02-28,registered online,,0,,,teal,21.5',
      ',,Kitchen,Kitchen,000-018,false,/item/bb-2,Cast iron pan,2,,false,,49,IKEA,2023-11-05,,,,true,,for life,,0,,,,',
      ',,Kitchen,,000-019,false,/item/bb-3,"Plates, ""white""",12,,false,,3.995,IKEA,2023-11-05,,,,false,,,,0,,,,',
      ',,Attic,,000-020,false,/item/bb-4,Old chest,1,inherited,false,,0,,,,,,false,,,,0,,,brown,',
      ',,Attic,,000-021,false,/item/bb-5,Tent,1,,false,,199.5,Outdoor Shop,,Vaude,,,false,,,,0,,,,',
      ',,Attic,,000-022,true,/item/bb-6,Camera,1,,false,,1250,B&H Photo Video,2019-07-01,Nikon,D7500,0099,false,2021-07-01,,Somebody,400,2024-05-05,,,',
      '',
    ].join('\n')
    const DRILL = {
      price: '189.90',
      currency_code: 'EUR',
      quantity: 1,
      status: 'RECEIVED',
      purchase_date: '2024-02-29',
      retailer: 'Werkzeug Müller',
      brand: 'Makita',
      model_number: 'DHP 485',
      serial_number: 'SN-4411',
      tags: ['Tools', 'Power, cordless'],
      notes:
        '18 V, two batteries\nsecond gear\nslips a bit\nlocation: Workshop\nasset_id: 000-017\nColour: teal\nLength in cm: 21.5',
      warranty: {
        warranty_start: '2024-02-29',
        warranty_end: '2027-02-28',
        warranty_type: 'LIMITED',
        status: 'ACTIVE',
        notes: 'registered online',
      },
    }

    it('comes with all that there is a field for', async () => {
      const { report, purchases } = await importAndBack(ctx, FILE)
      expect(purchases).toEqual({
        'Hammer drill': DRILL,
        'Cast iron pan': {
          price: '49.00',
          currency_code: 'EUR',
          quantity: 2,
          status: 'RECEIVED',
          purchase_date: '2023-11-05',
          retailer: 'IKEA',
          tags: ['Kitchen'],
          notes: 'location: Kitchen\nasset_id: 000-018',
          warranty: {
            warranty_start: '2023-11-05',
            warranty_type: 'LIFETIME',
            status: 'ACTIVE',
            notes: 'for life',
          },
        },
        Camera: {
          price: '1250.00',
          currency_code: 'EUR',
          quantity: 1,
          status: 'RECEIVED',
          purchase_date: '2019-07-01',
          retailer: 'B&H Photo Video',
          brand: 'Nikon',
          model_number: 'D7500',
          serial_number: '0099',
          notes: 'location: Attic\nasset_id: 000-022',
          warranty: {
            warranty_start: '2019-07-01',
            warranty_end: '2021-07-01',
            warranty_type: 'LIMITED',
            status: 'EXPIRED',
          },
        },
      })
      expect(report).toMatchObject({ source: 'HOMEBOX', rows: 7, created: 3, skipped: 1, failed: 3 })
      expect(report.errors.map(({ row, column, value }) => [row, column, value])).toEqual([
        [6, 'HB.purchase_price', '3.995'],
        [7, 'HB.purchase_price', '0'],
        [7, 'HB.purchase_date', ''],
        [8, 'HB.purchase_date', ''],
      ])
      expect(report.warnings).toEqual([
        { message: expect.stringContaining('EUR') },
        { row: 2, message: expect.stringContaining('a place') },
        { row: 9, message: expect.stringContaining('sold') },
      ])
    })

    it('fills in what it is told for items that were never given a price or a date', async () => {
      const report = await importFile(ctx, FILE, { default_price: '1', default_purchase_date: '2020-01-01' })
      expect(report).toMatchObject({ created: 5, failed: 1, skipped: 1 })
      const purchases = await factsOf(ctx)
      expect(purchases['Old chest']).toMatchObject({ price: '1.00', purchase_date: '2020-01-01' })
      expect(purchases.Tent).toMatchObject({ price: '199.50', purchase_date: '2020-01-01' })
      expect(purchases['Hammer drill']).toEqual(DRILL)
    })

    it('is found again by its reference, whatever was changed there', async () => {
      await importFile(ctx, FILE)
      const changed = FILE.replace('Hammer drill', 'Impact drill').replace('189.9,', '179,')
      expect(await importFile(ctx, changed, { duplicates: 'update' })).toMatchObject({ updated: 1, created: 0 })
      expect(await factsOf(ctx)).toMatchObject({ 'Impact drill': { ...DRILL, price: '179.00' } })
    })

    it('of older versions has tabs, labels, times and days that were never set', async () => {
      const header =
        'HB.import_ref,HB.location,HB.labels,HB.asset_id,HB.archived,HB.url,HB.name,HB.quantity,HB.description,HB.insured,HB.notes,HB.purchase_price,HB.purchase_from,HB.purchase_time,HB.manufacturer,HB.model_number,HB.serial_number,HB.lifetime_warranty,HB.warranty_expires,HB.warranty_details,HB.sold_to,HB.sold_price,HB.sold_time,HB.sold_notes'
      const item =
        ',Hall,"Home, Light",,false,,Floor lamp,1,,false,,35.5,,2022-10-03,,,,false,0001-01-01,,,0,0001-01-01,'
      const cells = (line: string) => line.split(/,(?! )/).map((cell) => cell.replaceAll('"', ''))
      const { report, purchases } = await importAndBack(
        ctx,
        [header, item].map((line) => `${cells(line).join('\t')}\r\n`).join(''),
      )
      expect(purchases).toEqual({
        'Floor lamp': {
          price: '35.50',
          currency_code: 'EUR',
          quantity: 1,
          status: 'RECEIVED',
          purchase_date: '2022-10-03',
          tags: ['Home', 'Light'],
          notes: 'location: Hall',
        },
      })
      expect(report).toMatchObject({ source: 'HOMEBOX', created: 1, failed: 0 })
      expect(report.warnings).toHaveLength(1)
    })
  })

  describe('of Warracker', () => {
    const HEADER =
      'ProductName,PurchaseDate,IsLifetime,WarrantyDurationYears,WarrantyDurationMonths,WarrantyDurationDays,ExpirationDate,Status,PurchasePrice,SerialNumber,ProductURL,Tags,Vendor'.split(
        ',',
      )
    const row = (...cells: string[]) => `${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')}\n`
    const FILE = [
      row(...HEADER),
      row(
        'Dishwasher 60 cm, "steel"',
        '2023-08-31',
        'FALSE',
        '2',
        '6',
        '0',
        '2026-02-28',
        'expired',
        '749',
        'DW-1, DW-2',
        'https://shop.example/dw?id=7&x="1"',
        'kitchen, appliance',
        'Küchenhaus',
      ),
      row('Screwdriver', '2020-02-29', 'TRUE', '0', '0', '0', '', 'active', '24.5', '', '', '', 'Hardware & Sons'),
      row(
        'Headphones',
        '2025-12-24',
        'FALSE',
        '0',
        '0',
        '90',
        '2026-03-24',
        'expiring',
        '199.99',
        'H7',
        '',
        'audio',
        '',
      ),
      row('Laptop', '2024-05-13', 'FALSE', '0', '0', '0', '2027-01-31', 'active', '1299', '', '', '', 'Best Buy'),
      row('Toaster', '2024-05-13', 'FALSE', '1', '0', '0', '2025-05-13', 'expired', '', '', '', '', ''),
    ].join('')

    it('comes with its warranties', async () => {
      const { report, purchases } = await importAndBack(ctx, FILE)
      expect(purchases).toEqual({
        'Dishwasher 60 cm, "steel"': {
          price: '749.00',
          currency_code: 'EUR',
          quantity: 1,
          status: 'RECEIVED',
          purchase_date: '2023-08-31',
          retailer: 'Küchenhaus',
          serial_number: 'DW-1, DW-2',
          link: 'https://shop.example/dw?id=7&x="1"',
          tags: ['kitchen', 'appliance'],
          warranty: {
            warranty_start: '2023-08-31',
            warranty_end: '2026-02-28',
            warranty_type: 'LIMITED',
            status: 'EXPIRED',
          },
        },
        Screwdriver: {
          price: '24.50',
          currency_code: 'EUR',
          quantity: 1,
          status: 'RECEIVED',
          purchase_date: '2020-02-29',
          retailer: 'Hardware & Sons',
          warranty: { warranty_start: '2020-02-29', warranty_type: 'LIFETIME', status: 'ACTIVE' },
        },
        Headphones: {
          price: '199.99',
          currency_code: 'EUR',
          quantity: 1,
          status: 'RECEIVED',
          purchase_date: '2025-12-24',
          serial_number: 'H7',
          tags: ['audio'],
          warranty: {
            warranty_start: '2025-12-24',
            warranty_end: '2026-03-24',
            warranty_type: 'LIMITED',
            status: 'ACTIVE',
          },
        },
        Laptop: {
          price: '1299.00',
          currency_code: 'EUR',
          quantity: 1,
          status: 'RECEIVED',
          purchase_date: '2024-05-13',
          retailer: 'Best Buy',
          warranty: {
            warranty_start: '2024-05-13',
            warranty_end: '2027-01-31',
            warranty_type: 'LIMITED',
            status: 'ACTIVE',
          },
        },
      })
      expect(report).toMatchObject({
        source: 'WARRACKER',
        rows: 5,
        created: 4,
        failed: 1,
        retailers_created: 2,
        brands_created: 0,
      })
      expect(report.errors).toMatchObject([{ row: 6, column: 'PurchasePrice', value: '' }])
      expect(report.warnings).toEqual([{ message: expect.stringContaining('EUR') }])
    })

    it('is in the currency it is told', async () => {
      const { report, purchases } = await importAndBack(ctx, FILE, { currency_code: 'CAD', default_price: '0' })
      expect(Object.values(purchases).map(({ currency_code }) => currency_code)).toEqual(Array(5).fill('CAD'))
      expect(purchases.Toaster).toMatchObject({ price: '0.00' })
      expect(report.warnings).toEqual([])
    })

    it('keeps the type of a warranty where the file names one', async () => {
      const lines = [
        [...HEADER, 'WarrantyType'],
        ['TV', '2025-01-31', 'False', '1', '', '', '', '', '500', '', '', '', '', 'Extended Warranty'],
        ['Radio', '2025-01-31', 'False', '1', '', '', '', '', '50', '', '', '', '', 'manufacturer'],
      ]
      const { purchases } = await importAndBack(ctx, csv(...lines))
      expect(purchases).toMatchObject({
        TV: { warranty: { warranty_end: '2026-01-31', warranty_type: 'EXTENDED' } },
        Radio: { warranty: { warranty_end: '2026-01-31', warranty_type: 'MANUFACTURER' } },
      })
    })
  })
})
