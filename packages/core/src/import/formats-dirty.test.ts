import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../errors.ts'
import { dump, openContext, type TestContext } from '../testing.ts'
import type { ImportColumns } from './options.ts'
import { DIRTY_FILES, type DirtyFile, REFUSED_FILES } from './testing/dirty-files.ts'
import { expectEachRowOnce, importAndBack } from './testing/formats.ts'
import { allPurchases, importFile } from './testing/imports.ts'
import { csv } from './testing/reading.ts'

/** What the prices of the dirty files are, by eye. */
const PRICES: Readonly<Record<string, string>> = {
  '1.299,90 €': '1299.90 EUR',
  '5,00': '5.00 USD',
  '12,50': '12.50 USD',
  '1,50': '1.50 USD',
  '2,50': '2.50 USD',
  '1\u202f299\u00a0€': '1299.00 EUR',
  ...Object.fromEntries([1, 2, 3, 4, 5, 7].map((price) => [String(price), `${price}.00 USD`])),
}

/** The columns of a dirty file by their place: its name, its price, and one more, kept as a note to see it unchanged. */
function columnsOf({ header }: DirtyFile): { columns: ImportColumns; places: [number, number, number] } {
  const named = header.flatMap((name, place) => (name === '' ? [] : [place]))
  const [name = 0, price = 0, note = -1] = named
  const of = (place: number) => header[place] ?? ''
  const columns = { product_name: of(name), price: of(price), ...(note === -1 ? {} : { notes: of(note) }) }
  return { columns, places: [name, price, note] }
}

const DAY = '2020-02-29'

describeEachEngine('a dirty file', (engine) => {
  let ctx: TestContext
  beforeEach(async () => {
    ctx = await openContext(engine)
  })

  it.each(DIRTY_FILES.map((file) => [file.name, file] as const))('with %s loses and moves nothing', async (_, file) => {
    const { columns, places } = columnsOf(file)
    const report = await importFile(ctx, file.bytes, { columns, default_purchase_date: DAY })
    expectEachRowOnce(report)
    expect(report.rows).toBe(file.rows.length)

    const stored = await allPurchases(ctx)
    const actual = stored.map(({ product_name, price, currency_code, purchase_date, notes }) => {
      return { product_name, price: `${price} ${currency_code}`, purchase_date, notes }
    })
    const expected = file.rows.flatMap(([, cells]) => {
      if (cells instanceof RegExp) return []
      const [name, price, note] = places.map((place) => cells[place]?.replace(/^\s+|\s+$/g, '') ?? '')
      if (PRICES[price ?? ''] === undefined) return []
      return [
        {
          product_name: name?.normalize('NFC').replace(/\s*[\r\n]\s*/g, ' '),
          price: PRICES[price ?? ''],
          purchase_date: DAY,
          notes: note || null,
        },
      ]
    })
    const byName = (a: { product_name?: string | undefined }, b: { product_name?: string | undefined }) =>
      (a.product_name ?? '') < (b.product_name ?? '') ? -1 : 1
    expect(actual.sort(byName)).toEqual(expected.sort(byName))

    const wrong = file.rows.flatMap(([row, cells]): object[] => {
      if (cells instanceof RegExp) return [{ row, column: null, value: null, message: expect.stringMatching(cells) }]
      const price = cells[places[1]] ?? ''
      if (PRICES[price.trim()] !== undefined) return []
      return [{ row, column: file.header[places[1]], value: price, message: 'is no amount' }]
    })
    expect(report.errors).toEqual(wrong)
  })

  it.each(REFUSED_FILES.map((file) => [file.name, file] as const))(
    'that is %s is refused, and leaves nothing',
    async (_, file) => {
      const before = await dump(ctx)
      const error: unknown = await importFile(ctx, file.bytes).then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      if (!(error instanceof AppError)) throw error ?? new Error('was imported')
      expect(['BAD_REQUEST', 'UNPROCESSABLE_CONTENT']).toContain(error.code)
      expect(error.message.length).toBeGreaterThan(10)
      expect(await dump(ctx)).toEqual(before)
    },
  )

  it('with a header alone is nothing to import', async () => {
    const { report } = await importAndBack(ctx, 'name,price,date\r\n')
    expect(report).toMatchObject({ rows: 0, created: 0, errors: [] })
  })

  describe('of amounts', () => {
    it.each([
      ['1.299,90 EUR', ',', '1299.90 EUR'],
      ['$1,299.90', '.', '1299.90 USD'],
      ['1 299,90', ',', '1299.90 USD'],
      ['1\u00a0299,90\u00a0€', ',', '1299.90 EUR'],
      ["1'299.90", '.', '1299.90 USD'],
      ['CHF 1’299.90', '.', '1299.90 CHF'],
      ['¥1,980 JPY', '.', '1980 JPY'],
      ['KWD 1.250', '.', '1.250 KWD'],
      ['0', '.', '0.00 USD'],
    ] as const)('%s is read with decimal=%s', async (cell, decimal, amount) => {
      await importFile(ctx, csv(['name', 'price', 'date'], ['Lamp', cell, '2025-12-31']), { decimal })
      const stored = await allPurchases(ctx)
      expect(stored.map(({ price, currency_code }) => `${price} ${currency_code}`)).toEqual([amount])
    })

    it.each([
      ['(12.50)', 'is negative'],
      ['-12.50', 'is negative'],
      ['-', 'is required: default_price fills in what is missing'],
      ['N/A', 'is required: default_price fills in what is missing'],
      ['about 5', 'is no amount'],
      ['5.001', 'must have at most 2 decimals in USD'],
      ['1.5 JPY', 'must be a whole number: JPY has no decimals'],
      ['12345678901', 'must have at most 10 digits'],
    ])('%s is an error of its row', async (cell, message) => {
      const report = await importFile(
        ctx,
        csv(['name', 'price', 'date'], ['Lamp', cell, '2025-12-31'], ['Desk', '5', '2025-12-31']),
        { decimal: '.' },
      )
      expect(report).toMatchObject({ rows: 2, created: 1, failed: 1 })
      expect(report.errors).toEqual([{ row: 2, column: 'price', value: cell, message }])
    })
  })

  describe('of dates', () => {
    it.each([
      ['31/12/2025', '2025-12-31'],
      ['12/31/2025', '2025-12-31'],
      ['31.12.2025', '2025-12-31'],
      ['2025-12-31T23:59:59Z', '2025-12-31'],
      ['2025-12-31 23:59:59', '2025-12-31'],
      ['20251231', '2025-12-31'],
      ['46022', '2025-12-31'],
      ['31 déc. 2025', '2025-12-31'],
      ['31. Dezember 2025', '2025-12-31'],
      ['Dec 31, 2025', '2025-12-31'],
    ])('%s is %s', async (cell, day) => {
      await importFile(ctx, csv(['name', 'price', 'date'], ['Lamp', '5', cell]))
      expect((await allPurchases(ctx)).map(({ purchase_date }) => purchase_date)).toEqual([day])
    })

    it.each(['2025-02-30', '31.31.2025', 'soon', '0000-00-00', '-'])('%s is an error of its row', async (cell) => {
      const report = await importFile(
        ctx,
        csv(['name', 'price', 'date'], ['Lamp', '5', cell], ['Desk', '5', '2025-12-31']),
      )
      expect(report).toMatchObject({ rows: 2, created: 1, failed: 1 })
      expect(report.errors).toMatchObject([{ row: 2, column: 'date', value: cell }])
    })
  })
})
