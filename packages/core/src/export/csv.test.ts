import { text } from 'node:stream/consumers'
import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { createBrand } from '../brands.ts'
import { createRetailer } from '../retailers.ts'
import { addPurchase, everyField, openContext, type TestContext } from '../testing.ts'
import { exportCsv } from './csv.ts'
import { unescapeFormula } from './formula.ts'

const HEADER =
  'id,product_name,price,quantity,currency_code,retailer,brand,status,purchase_date,notes,model_number,serial_number,' +
  'order_number,link,return_by,return_policy,tax_deductible,tags,warranty_start,warranty_end,warranty_type,' +
  'warranty_status,warranty_provider,warranty_notes,created_at,updated_at'

/** The records of a text by the letter of RFC 4180, each as its cells. */
function recordsOf(csv: string): string[][] {
  expect(csv.endsWith('\r\n')).toBe(true)
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y
  const records: string[][] = []
  let record: string[] = []
  while (cell.lastIndex < csv.length) {
    const at = cell.lastIndex
    const [, quoted, plain = '', end] =
      cell.exec(csv) ?? expect.fail(`No cell begins at ${at}: ${csv.slice(at, at + 40)}`)
    record.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    if (end === ',') continue
    records.push(record)
    record = []
  }
  return records
}

describeEachEngine('export as CSV', (engine) => {
  let ctx: TestContext
  beforeEach(async () => {
    ctx = await openContext(engine)
  })

  async function csv(): Promise<string> {
    return text(exportCsv(ctx, {}))
  }

  /** The cells of the only purchase, by their column. */
  async function onlyRow(): Promise<Record<string, string>> {
    const [header = [], row = [], ...more] = recordsOf(await csv())
    expect([more, row.length]).toEqual([[], header.length])
    return Object.fromEntries(header.map((name, at) => [name, row[at] ?? '']))
  }

  it('is a header where nothing was bought', async () => {
    expect(await csv()).toBe(`${HEADER}\r\n`)
  })

  it('says everything of a purchase and its warranty', async () => {
    const [retailer, brand] = [
      await createRetailer(ctx, { name: 'Café "Ö"' }),
      await createBrand(ctx, { name: 'A, B' }),
    ]
    const warranty = {
      warranty_start: '2026-02-28',
      warranty_end: '2026-03-15',
      warranty_type: 'EXTENDED',
      provider: 'Insurer',
      notes: 'keep\r\nthe box',
    } as const
    const { id } = await addPurchase(ctx, { ...everyField, retailer_id: retailer.id, brand_id: brand.id, warranty })
    expect(await csv()).toBe(
      `${HEADER}\r\n${id},Espresso machine,1249.50,2,EUR,"Café ""Ö""","A, B",ORDERED,2026-02-28,"with\nmilk\tfrother",M-1,` +
        'S-1,O-1,https://shop.example/espresso?x=1,2026-03-30,30 days,true,Kitchen;büro;中,2026-02-28,2026-03-15,EXTENDED,' +
        'ACTIVE,Insurer,"keep\r\nthe box",2026-03-15T12:00:00Z,2026-03-15T12:00:00Z\r\n',
    )
  })

  it('leaves a cell empty where nothing was said', async () => {
    const { id } = await addPurchase(ctx)
    const row = `${id},Desk lamp,10.00,1,USD,,,RECEIVED,2026-01-31,,,,,,,,false,,,,,,,,2026-03-15T12:00:00Z,2026-03-15T12:00:00Z`
    expect(await csv()).toBe(`${HEADER}\r\n${row}\r\n`)
  })

  it.each([
    ['19.9', 'USD', '19.90'],
    ['500', 'JPY', '500'],
    ['1.25', 'KWD', '1.250'],
    ['99999999.99', 'EUR', '99999999.99'],
    ['0', 'USD', '0.00'],
  ])('writes %s %s with the digits of its currency', async (price, currency_code, written) => {
    await addPurchase(ctx, { price, currency_code })
    expect(await onlyRow()).toMatchObject({ price: written, currency_code })
  })

  it('says the status of a warranty on the day of the export', async () => {
    const warranty = { warranty_start: '2026-01-01', warranty_end: '2026-03-20' }
    await addPurchase(ctx, { warranty })
    expect(await onlyRow()).toMatchObject({ warranty_status: 'ACTIVE' })
    ctx.setNow('2026-03-21')
    expect(await onlyRow()).toMatchObject({ warranty_status: 'EXPIRED' })
  })

  it('leaves the end of a warranty for life empty, and says that one is voided', async () => {
    await addPurchase(ctx, { warranty: { warranty_start: '2026-01-01', warranty_type: 'LIFETIME', status: 'VOIDED' } })
    expect(await onlyRow()).toMatchObject({
      warranty_start: '2026-01-01',
      warranty_end: '',
      warranty_type: 'LIFETIME',
      warranty_status: 'VOIDED',
    })
  })

  describe('of hostile text', () => {
    const HOSTILE = [
      '=HYPERLINK("http://x.example","a")',
      '+1',
      '-1',
      '@SUM(A1)',
      "'=1",
      "''-1",
      "'quoted'",
      'a "b", c',
      '"',
      ',',
      'family 👨‍👩‍👧‍👦 and 🏳️‍🌈',
      'שלום, عالم',
      '\u202eevil\u202c',
      'a\u2028b\u2029c',
      '\ufeffBOM',
      '\ud800\udc00\u{10ffff}',
      ';sep=,',
    ]

    it('keeps every text, and none is a formula', async () => {
      for (const text of HOSTILE) {
        await addPurchase(ctx, {
          product_name: text,
          notes: `${text}\r\n\t${text}\n`,
          serial_number: text,
          tags: text.includes(';') ? [] : [text],
          warranty: { warranty_start: '2026-01-01', warranty_end: '2027-01-01', provider: text, notes: text },
        })
      }
      const [header = [], ...rows] = recordsOf(await csv())
      const column = (name: string) => rows.map((row) => row[header.indexOf(name)] ?? '')
      for (const row of rows) for (const cell of row) expect(cell).not.toMatch(/^[=+\-@\t\r]/)
      for (const name of ['product_name', 'serial_number', 'warranty_provider', 'warranty_notes']) {
        expect(column(name).map(unescapeFormula)).toEqual(HOSTILE.map((text) => text.trim()))
      }
      expect(column('notes').map(unescapeFormula)).toEqual(HOSTILE.map((text) => `${text}\r\n\t${text}\n`.trim()))
      expect(column('tags').map(unescapeFormula)).toEqual(
        HOSTILE.map((text) => (text.includes(';') ? '' : text.trim())),
      )
    })

    it('keeps every character that a text may have', async () => {
      const characters: string[] = []
      for (let code = 0x20; code <= 0x10ffff; code += code < 0x3000 ? 1 : 997) {
        const character = String.fromCodePoint(code)
        if (!/[\p{Cc}\p{Cs};]/u.test(character) && character.normalize('NFC') === character) characters.push(character)
      }
      const notes = Array.from({ length: Math.ceil(characters.length / 4000) }, (_, at) =>
        `x${characters.slice(at * 4000, at * 4000 + 4000).join('|')}x`.normalize('NFC'),
      )
      for (const text of notes) await addPurchase(ctx, { notes: text })
      expect(notes.length).toBeGreaterThan(2)
      const [header = [], ...rows] = recordsOf(await csv())
      expect(rows.map((row) => row[header.indexOf('notes')])).toEqual(notes)
    })
  })
})
