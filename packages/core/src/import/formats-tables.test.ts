import { describeEachEngine } from '@spends/db/testing'
import iconv from 'iconv-lite'
import { beforeEach, describe, expect, it } from 'vitest'
import { addDays } from '../calendar.ts'
import { updateSettings } from '../settings.ts'
import { dump, openContext, refusalOf, type TestContext } from '../testing.ts'
import { expectEachRowOnce, factsOf, importAndBack } from './testing/formats.ts'
import { importFile } from './testing/imports.ts'
import { csv } from './testing/reading.ts'

const plain = { quantity: 1, status: 'RECEIVED' }

describeEachEngine("a table of somebody's own", (engine) => {
  let ctx: TestContext
  beforeEach(async () => {
    ctx = await openContext(engine)
    await updateSettings(ctx, { base_currency: 'EUR' })
  })

  it('may be German: saved by a spreadsheet, in its encoding, under lines of a title', async () => {
    const text = [
      'Haushaltsbuch;;;;;;;;;',
      'Stand:;31.01.2026;;;;;;;;',
      '',
      'Kaufdatum;Artikel;Händler;Hersteller;Einzelpreis in €;Anzahl;Seriennummer;Rechnungsnummer;Garantie bis;Bemerkungen',
      '31.12.2025;Größerer Stuhl „Köln“;Möbelhaus Müller;-;1.299,90 €;1;;R-77;30.12.2027;"Lehne; braun',
      'zweite Zeile"',
      '01.02.2025;Crème brûlée;Bäckerei Süß;;5,00;6;;;;',
      '03.04.2025;Bohrer;Baumarkt;Bosch;89,-;2;0815;R-78;03.04.2028;',
      'Summe;;;;1.394,90;;;;;',
      '',
    ].join('\r\n')
    const { report, purchases } = await importAndBack(ctx, iconv.encode(text, 'windows-1252'))
    expect(purchases).toEqual({
      'Größerer Stuhl „Köln“': {
        ...plain,
        price: '1299.90',
        currency_code: 'EUR',
        purchase_date: '2025-12-31',
        retailer: 'Möbelhaus Müller',
        order_number: 'R-77',
        notes: 'Lehne; braun\r\nzweite Zeile',
        warranty: {
          warranty_start: '2025-12-31',
          warranty_end: '2027-12-30',
          warranty_type: 'LIMITED',
          status: 'ACTIVE',
        },
      },
      'Crème brûlée': {
        ...plain,
        quantity: 6,
        price: '5.00',
        currency_code: 'EUR',
        purchase_date: '2025-02-01',
        retailer: 'Bäckerei Süß',
      },
      Bohrer: {
        ...plain,
        quantity: 2,
        price: '89.00',
        currency_code: 'EUR',
        purchase_date: '2025-04-03',
        retailer: 'Baumarkt',
        brand: 'Bosch',
        serial_number: '0815',
        order_number: 'R-78',
        warranty: {
          warranty_start: '2025-04-03',
          warranty_end: '2028-04-03',
          warranty_type: 'LIMITED',
          status: 'ACTIVE',
        },
      },
    })
    expect(report).toMatchObject({ source: 'OTHER_CSV', rows: 4, created: 3, failed: 1 })
    expect(report.errors).toMatchObject([
      { row: 9, column: 'Kaufdatum', value: 'Summe' },
      { row: 9, column: 'Artikel', value: '' },
    ])
  })

  it('may be English: of a bank, with days behind months and amounts in two currencies', async () => {
    const file = csv(
      ['Transaction Date', 'Description', 'Amount', 'Currency', 'Merchant', 'Category', 'Invoice No'],
      ['12/31/2025', 'Desk lamp, "white"', '$1,299.90', 'USD', 'Lights & Co', 'Home', 'TX1'],
      ['03/04/2025', 'Tea', '£4.50', 'GBP', 'Tea House', 'Food', 'TX2'],
      ['3/4/2025', 'Ramen', '980', 'jpy', '', '', ''],
    )
    const { report, purchases } = await importAndBack(ctx, file)
    expect(purchases).toEqual({
      'Desk lamp, "white"': {
        ...plain,
        price: '1299.90',
        currency_code: 'USD',
        purchase_date: '2025-12-31',
        retailer: 'Lights & Co',
        tags: ['Home'],
        order_number: 'TX1',
      },
      Tea: {
        ...plain,
        price: '4.50',
        currency_code: 'GBP',
        purchase_date: '2025-03-04',
        retailer: 'Tea House',
        tags: ['Food'],
        order_number: 'TX2',
      },
      Ramen: { ...plain, price: '980', currency_code: 'JPY', purchase_date: '2025-03-04' },
    })
    expect(report).toMatchObject({ source: 'OTHER_CSV', created: 3, failed: 0, warnings: [] })
  })

  it('may be French: narrow spaces in amounts, UTF-16 and tabs', async () => {
    const text = [
      "Date d'achat\tDésignation\tMagasin\tMarque\tPrix d'achat\tQuantité\tN° de série\tFin de garantie\tRemarques",
      '31/12/2025\tMachine à café\tLa Boutique\tŒuvre\t1\u202f299,90\u00a0€\t1\tA-1\t31/12/2027\tœuf',
      '03/04/2025\tThéière\tLa Boutique\t\t12,50\u00a0€\t2\t\t\t',
      '',
    ].join('\n')
    const { report, purchases } = await importAndBack(ctx, iconv.encode(text, 'utf-16le', { addBOM: true }))
    expect(purchases).toEqual({
      'Machine à café': {
        ...plain,
        price: '1299.90',
        currency_code: 'EUR',
        purchase_date: '2025-12-31',
        retailer: 'La Boutique',
        brand: 'Œuvre',
        serial_number: 'A-1',
        notes: 'œuf',
        warranty: {
          warranty_start: '2025-12-31',
          warranty_end: '2027-12-31',
          warranty_type: 'LIMITED',
          status: 'ACTIVE',
        },
      },
      Théière: {
        ...plain,
        quantity: 2,
        price: '12.50',
        currency_code: 'EUR',
        purchase_date: '2025-04-03',
        retailer: 'La Boutique',
      },
    })
    expect(report).toMatchObject({ created: 2, failed: 0, retailers_created: 1, brands_created: 1 })
  })

  it.each([
    ['Price (GBP)', '5.00', 'GBP'],
    ['Preis in €', '5.00', 'EUR'],
    ['price_usd', '5.00', 'USD'],
    ['Price', '5.00', 'CHF'],
    ['Price (GBP)', '¥500 JPY', 'JPY'],
  ])('takes its currency from the name of the column: %s, %s', async (column, cell, currency_code) => {
    await updateSettings(ctx, { base_currency: 'CHF' })
    const file = csv(['Name', column, 'Date'], ['Lamp', cell, '2025-12-31'])
    const { report, purchases } = await importAndBack(ctx, file)
    expect(purchases.Lamp).toMatchObject({ currency_code })
    expect(report.warnings).toHaveLength(column === 'Price' ? 1 : 0)
  })

  describe('that leaves something open', () => {
    const FILE = csv(['Name', 'Price', 'Date'], ['Lamp', '1.234', '03/04/2025'], ['Desk', '5', '05/06/2025'])

    it('is not imported before it is answered, and nothing is written', async () => {
      const before = await dump(ctx)
      expect(await refusalOf(importFile(ctx, FILE))).toEqual({
        code: 'UNPROCESSABLE_CONTENT',
        paths: ['decimal', 'date_format'],
      })
      expect(await refusalOf(importFile(ctx, FILE, { decimal: ',' }))).toMatchObject({ paths: ['date_format'] })
      expect(await refusalOf(importFile(ctx, FILE, { date_format: 'DMY' }))).toMatchObject({ paths: ['decimal'] })
      expect(await dump(ctx)).toEqual(before)
    })

    it.each([
      [{ decimal: ',', date_format: 'DMY' }, '1234.00', '2025-04-03'],
      [{ decimal: ',', date_format: 'MDY' }, '1234.00', '2025-03-04'],
      [{ decimal: '.', date_format: 'DMY', currency_code: 'KWD' }, '1.234', '2025-04-03'],
    ] as const)('is read as it is told: %j', async (options, price, purchase_date) => {
      const { purchases } = await importAndBack(ctx, FILE, options)
      expect(purchases.Lamp).toMatchObject({ price, purchase_date })
    })

    it('asks for columns by names it cannot know, and remembers them', async () => {
      const file = csv(['X1', 'X2', 'X3'], ['Lamp', '5.50', '2025-12-31'])
      expect(await refusalOf(importFile(ctx, file))).toMatchObject({ paths: ['columns'] })
      const columns = { product_name: 'X1', price: 'X2', purchase_date: 'X3' }
      await importFile(ctx, file, { columns })
      expect(await factsOf(ctx)).toEqual({
        Lamp: { ...plain, price: '5.50', currency_code: 'EUR', purchase_date: '2025-12-31' },
      })
      expect(await importFile(ctx, file)).toMatchObject({ rows: 1, created: 0, classes: { identical: 1 } })
    })
  })

  describe('with one bad row among many good ones', () => {
    const GOOD = 10_000
    const lines = Array.from({ length: GOOD }, (_, index) => {
      return `Thing ${index},${index % 997}.50,${addDays('2020-01-01', index % 2000)}\n`
    })
    const FILE = ['name,price,date\n', ...lines.toSpliced(GOOD / 2, 0, 'Odd,"5,2025-12-31\n')].join('')
    const bad = { row: GOOD / 2 + 2, column: null, value: null, message: expect.stringContaining('quote') }

    it('loses that one only', async () => {
      const report = await importFile(ctx, FILE)
      expectEachRowOnce(report)
      expect(report).toMatchObject({ rows: GOOD + 1, created: GOOD, failed: 1, errors: [bad], error_count: 1 })
      const { count, sum } = await ctx.db
        .selectFrom('purchases')
        .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.sum<string>('price').as('sum')])
        .executeTakeFirstOrThrow()
      const cents = lines.reduce((total, _, index) => total + (index % 997) * 100 + 50, 0)
      expect([Number(count), Number(sum)]).toEqual([GOOD, cents])
    }, 120_000)

    it('leaves nothing with on_error=abort, and names the row', async () => {
      const before = await dump(ctx)
      expect(await refusalOf(importFile(ctx, FILE, { on_error: 'abort' }))).toEqual({
        code: 'UNPROCESSABLE_CONTENT',
        paths: [`rows.${bad.row}`],
      })
      expect(await dump(ctx)).toEqual(before)
      expect(await ctx.db.selectFrom('import_errors').selectAll().execute()).toMatchObject([{ row_number: bad.row }])
    }, 120_000)
  })
})
