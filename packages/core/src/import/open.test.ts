import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { openContext, refusalOf, type TestContext } from '../testing.ts'
import { rememberColumns } from './columns.ts'
import { detectImport, ImportDetection } from './detect.ts'
import { IMPORT_FIELDS, type ReadingOptions } from './options.ts'
import { csv, fileOf, readContent } from './testing/reading.ts'

const lamp = ['Lamp', '12.50', '2026-01-31']

describeEachEngine('a file to import', (engine) => {
  let ctx: TestContext
  beforeEach(async () => {
    ctx = await openContext(engine)
  })
  const read = (content: string, options: ReadingOptions = {}) => readContent(ctx, content, 'CSV', options)
  const detect = async (content: string | Buffer, options: ReadingOptions = {}, kind: 'CSV' | 'JSON' = 'CSV') =>
    ImportDetection.parse(await detectImport(ctx, await fileOf(content, kind), options))
  const table = (...cells: string[][]) => csv(['Product', 'Price', 'Date'], ...cells)

  it('of any header is read by the names of its columns', async () => {
    const header = [
      'Artikel',
      'Preis',
      'Währung',
      'Kaufdatum',
      'Händler',
      'Anzahl',
      'Steuerlich absetzbar',
      'Status',
      'Kategorie',
      'Garantie bis',
      'Garantieart',
      'Notiz',
    ]
    const { reader, purchases } = await read(
      csv(header, [
        'Lampe',
        '1.299,90 €',
        'EUR',
        '31.12.2025',
        ' Möbelhaus ',
        '2',
        'ja',
        'geliefert',
        'Büro, Licht',
        '31.12.2027',
        'LIMITED',
        'N/A ist sie nicht',
      ]),
    )
    expect(reader).toMatchObject({ source: 'OTHER_CSV', complete: false, warnings: [] })
    expect(reader.table).toMatchObject({ header, mapping_from: 'PROPOSED' })
    expect(purchases[0]).toMatchObject({ row: 2, errors: [], warnings: [] })
    expect(purchases[0]?.draft).toEqual({
      product_name: 'Lampe',
      price: '1299.9',
      currency_code: 'EUR',
      purchase_date: '2025-12-31',
      retailer: { name: 'Möbelhaus' },
      quantity: 2,
      tax_deductible: true,
      status: 'RECEIVED',
      tags: ['Büro', 'Licht'],
      warranty: { warranty_end: '2027-12-31', warranty_type: 'LIMITED' },
      notes: 'N/A ist sie nicht',
    })
  })

  it('lets the currency in the price decide, and says where another was given', async () => {
    const { purchases } = await read(
      csv(
        ['Product', 'Price', 'Date', 'Currency'],
        ['a', '5 EUR', '2026-01-31', 'USD'],
        ['b', '€5.50', '2026-01-31', ''],
        ['c', '$7', '2026-01-31', 'cad'],
        ['d', '8', '2026-01-31', '£'],
        ['e', '9', '2026-01-31', 'Taler'],
      ),
    )
    expect(purchases.map(({ draft, warnings }) => [draft.price, draft.currency_code, warnings.length])).toEqual([
      ['5', 'EUR', 1],
      ['5.5', 'EUR', 0],
      ['7', 'CAD', 0],
      ['8', 'GBP', 0],
      ['9', 'Taler', 0],
    ])
  })

  it('warns once when nothing names a currency', async () => {
    expect((await read(table(lamp))).warnings).toEqual([expect.stringContaining('USD')])
    expect((await read(table(lamp), { currency_code: 'CHF' })).warnings).toEqual([])
  })

  it('makes what it can of a warranty without an end', async () => {
    const header = ['Product', 'Price', 'Date', 'Warranty', 'Warranty type', 'Warranty end', 'Status']
    const { purchases } = await read(
      csv(
        header,
        [...lamp, '2 years', '', '', 'lost'],
        [...lamp, '', 'lifetime', '', ''],
        [...lamp, '', 'gold', '2027-01-31', ''],
      ),
    )
    expect(purchases.map(({ draft, warnings }) => [draft.warranty, draft.notes, warnings.length])).toEqual([
      [undefined, 'Warranty: 2 years', 2],
      [{ warranty_type: 'LIFETIME' }, undefined, 0],
      [{ warranty_type: 'OTHER', warranty_end: '2027-01-31' }, undefined, 1],
    ])
  })

  it('keeps only ids that no other program could have given', async () => {
    const id = '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071'
    const { purchases } = await read(
      csv(['id', 'Product', 'Price', 'Date'], [id, ...lamp], ['1', ...lamp], ['2', ...lamp]),
    )
    expect(purchases.map(({ draft, warnings }) => [draft.id, warnings.length])).toEqual([
      [id, 0],
      [undefined, 1],
      [undefined, 0],
    ])
  })

  describe('that leaves something open', () => {
    const ambiguous = table(['Lamp', '1.234', '03/04/2025'])

    it('asks for each parameter with an example', async () => {
      await expect(read(ambiguous)).rejects.toMatchObject({
        code: 'UNPROCESSABLE_CONTENT',
        errors: [
          {
            path: 'decimal',
            message:
              'must be given: the column "Price" has numbers such as "1.234", which is 1.234 with decimal=. or 1234 with decimal=,',
          },
          {
            path: 'date_format',
            message:
              'must be given: the file has dates such as "03/04/2025", which is 2025-04-03 with date_format=DMY or 2025-03-04 with date_format=MDY',
          },
        ],
      })
    })

    it('is read as it is told', async () => {
      const european = await read(ambiguous, { decimal: ',', date_format: 'DMY' })
      expect(european.purchases[0]?.draft).toMatchObject({ price: '1234', purchase_date: '2025-04-03' })
      const american = await read(ambiguous, { decimal: '.', date_format: 'MDY' })
      expect(american.purchases[0]?.draft).toMatchObject({ price: '1.234', purchase_date: '2025-03-04' })
    })

    it('is decided by any other row', async () => {
      const { purchases } = await read(table(['a', '1.234', '03/04/2025'], ['b', '5,50', '31/12/2025']))
      expect(purchases.map(({ draft }) => [draft.price, draft.purchase_date])).toEqual([
        ['1234', '2025-04-03'],
        ['5.5', '2025-12-31'],
      ])
    })

    it('has wrong rows where it contradicts what was told', async () => {
      const { purchases } = await read(table(['a', '5', '31/12/2025'], ['b', '6', '03/04/2025']), {
        date_format: 'MDY',
      })
      expect(purchases.map(({ errors }) => errors)).toEqual([
        [{ column: 'Date', value: '31/12/2025', message: expect.any(String) }],
        [],
      ])
    })

    it('asks when its rows contradict each other', async () => {
      const mixed = table(['a', '5', '31/12/2025'], ['b', '6', '12/31/2025'])
      await expect(read(mixed)).rejects.toMatchObject({ errors: [{ path: 'date_format' }] })
    })
  })

  describe('with unknown columns', () => {
    const unknown = csv(['Was', 'Wieviel', 'Wann'], lamp)
    const columns = { product_name: 'Was', price: 'Wieviel', purchase_date: 'Wann' }

    it('asks for a mapping and lists what there is', async () => {
      await expect(read(unknown)).rejects.toMatchObject({
        code: 'UNPROCESSABLE_CONTENT',
        errors: [{ path: 'columns', message: expect.stringContaining('"Was", "Wieviel", "Wann"') }],
      })
    })

    it('is read by the mapping that is given, and next time by the one that is remembered', async () => {
      const given = await read(unknown, { columns })
      expect(given.purchases[0]?.draft).toEqual({ product_name: 'Lamp', price: '12.5', purchase_date: '2026-01-31' })
      expect(given.reader.table?.mapping_from).toBe('GIVEN')
      await rememberColumns(ctx, given.reader.table?.header ?? [], given.reader.table?.columns ?? {})
      const again = await read(unknown)
      expect(again.reader.table).toMatchObject({ columns, mapping_from: 'REMEMBERED' })
      expect(again.purchases[0]?.draft).toEqual(given.purchases[0]?.draft)
    })

    it('leaves out what it is told to leave out, also the next time', async () => {
      const noted = csv(['Product', 'Price', 'Date', 'Notes'], ['Lamp', '12.5', '2026-01-31', 'nobody’s business'])
      expect((await read(noted)).purchases[0]?.draft).toMatchObject({ notes: 'nobody’s business' })
      const { reader, purchases } = await read(noted, { columns: { notes: null, tax_deductible: null } })
      const known = { product_name: 'Product', price: 'Price', purchase_date: 'Date' }
      expect(reader.table).toMatchObject({ columns: known, mapping_from: 'GIVEN' })
      expect(reader.table?.columns).toEqual(known)
      expect(purchases[0]?.draft).not.toHaveProperty('notes')
      await rememberColumns(ctx, reader.table?.header ?? [], reader.table?.columns ?? {})
      expect((await read(noted)).purchases[0]?.draft).not.toHaveProperty('notes')
    })

    it('asks again for a needed column that is left out', async () => {
      const named = csv(['Product', 'Price', 'Date'], ['Lamp', '12.5', '2026-01-31'])
      expect(await refusalOf(read(named, { columns: { price: null } }))).toMatchObject({ paths: ['columns'] })
    })

    it('refuses a mapping to columns that are not there', async () => {
      const wrong = { ...columns, price: 'Preis', brand: 'Marke' }
      expect(await refusalOf(read(unknown, { columns: wrong }))).toEqual({
        code: 'UNPROCESSABLE_CONTENT',
        paths: ['columns.price', 'columns.brand'],
      })
    })

    it('needs none for what an option fills in', async () => {
      const named = csv(['Product'], ['Lamp'])
      expect(await refusalOf(read(named))).toMatchObject({ paths: ['columns'] })
      const { purchases } = await read(named, { default_price: '1', default_purchase_date: '2026-01-31' })
      expect(purchases[0]?.draft).toEqual({ product_name: 'Lamp' })
    })
  })

  describe('is detected', () => {
    it('as what it is, with examples, questions and a sample', async () => {
      const found = await detect(`sep=;\nArtikel;Preis;Datum\nLampe;1.234;03/04/2025\nTisch;1.234;03/04/2025\n`)
      expect(found).toMatchObject({
        source: 'OTHER_CSV',
        encoding: 'utf-8',
        delimiter: ';',
        header: [
          { column: 'Artikel', examples: ['Lampe', 'Tisch'] },
          { column: 'Preis', examples: ['1.234'] },
          { column: 'Datum', examples: ['03/04/2025'] },
        ],
        columns: { product_name: 'Artikel', price: 'Preis', purchase_date: 'Datum' },
        mapping_from: 'PROPOSED',
        date_format: null,
        decimal: null,
        currency_code: 'USD',
        rows: 2,
        warnings: [expect.stringContaining('USD')],
      })
      expect(found.questions).toMatchObject([
        {
          parameter: 'decimal',
          example: '1.234',
          choices: [
            { value: '.', reading: '1.234' },
            { value: ',', reading: '1234' },
          ],
        },
        {
          parameter: 'date_format',
          example: '03/04/2025',
          choices: [
            { value: 'DMY', reading: '2025-04-03' },
            { value: 'MDY', reading: '2025-03-04' },
            { value: 'YMD', reading: null },
          ],
        },
      ])
      expect(found.sample).toMatchObject([
        { row: 3, product_name: 'Lampe', price: null, errors: [{ column: 'Preis' }, { column: 'Datum' }] },
        { row: 4 },
      ])
    })

    it('without a question once they are answered', async () => {
      const found = await detect(table(['Lamp', '1.234', '03/04/2025']), { decimal: ',', date_format: 'MDY' })
      expect(found).toMatchObject({ questions: [], decimal: ',', date_format: 'MDY' })
      expect(found.sample[0]).toMatchObject({ price: '1234', purchase_date: '2025-03-04', errors: [] })
    })

    it('even when no column is known', async () => {
      const found = await detect(csv(['Was', 'Wieviel', 'Wann'], lamp))
      expect(found.questions).toMatchObject([
        { parameter: 'columns', choices: [{ value: 'Was' }, { value: 'Wieviel' }, { value: 'Wann' }] },
      ])
      expect(found.rows).toBe(1)
    })

    it('as ours', async () => {
      const cells = IMPORT_FIELDS.map(
        (field) => ({ product_name: 'Lamp', price: '1', purchase_date: '2026-01-31' })[field as 'price'] ?? '',
      )
      const lines = Array.from({ length: 12 }, () => cells)
      const found = await detect(csv(IMPORT_FIELDS, ...lines))
      expect(found).toMatchObject({ source: 'SPENDS_CSV', mapping_from: 'FORMAT', rows: 12, questions: [] })
      expect(found.sample).toHaveLength(10)
      const json = await detect(
        '{"format":"spends-tracker","version":1,"purchases":[{"product_name":"a"}]}',
        {},
        'JSON',
      )
      expect(json).toMatchObject({ source: 'SPENDS_JSON', rows: 1, delimiter: null, sample: [{ product_name: 'a' }] })
    })
  })

  it.each([
    ['a zip', 'PK\u0003\u0004xxxx'],
    ['a web page', '<!doctype html><html></html>'],
    ['JSON', '{"purchases": []}'],
    ['nothing', ''],
  ])('that is %s is no CSV', async (_, content) => {
    expect(await refusalOf(read(content))).toMatchObject({ code: 'BAD_REQUEST' })
    await expect(detect(content)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })

  it('makes a row that is cut off one wrong row', async () => {
    const { purchases } = await read(
      `Product,Price,Date\nLamp,5,2026-01-31\nTable,6,2026-02-01,more,cells\nChair,7,2026-02-02\n`,
    )
    expect(purchases.map(({ row, errors }) => [row, errors.length])).toEqual([
      [2, 0],
      [3, 1],
      [4, 0],
    ])
  })
})
