import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../errors.ts'
import { type CsvRecord, openCsv } from './csv.ts'
import { CsvScanner } from './csv-scan.ts'
import { decideDateOrder, parseDate } from './dates.ts'
import type { Encoding } from './decode.ts'
import { decideDecimal, parseAmount } from './numbers.ts'
import { DIRTY_FILES, type Dialect, encode, PLAIN, REFUSED_FILES, writeTable } from './testing/dirty-files.ts'

let folder: string
let files = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spends-csv-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function stored(bytes: Buffer | string): Promise<string> {
  const path = join(folder, `${files++}.csv`)
  await writeFile(path, bytes)
  return path
}

async function readAll(path: string) {
  const csv = await openCsv(path)
  const records: CsvRecord[] = []
  const progress: number[] = []
  for await (const batch of csv.records((bytes) => progress.push(bytes))) records.push(...batch)
  return { csv, records, progress }
}

function scan(text: string, chunkLength: number, delimiter: string, width?: number): CsvRecord[] {
  const scanner = new CsvScanner(delimiter, width)
  const records: CsvRecord[] = []
  const takeAll = () => {
    for (let batch = scanner.take(3); batch.length > 0; batch = scanner.take(3)) records.push(...batch)
  }
  for (let at = 0; at < text.length; at += chunkLength) {
    scanner.push(text.slice(at, at + chunkLength))
    takeAll()
  }
  scanner.push('', true)
  takeAll()
  return records
}

describe('a file with', () => {
  it.each(DIRTY_FILES)('$name is read cell by cell, with the numbers of its lines', async (file) => {
    const { csv, records, progress } = await readAll(await stored(file.bytes))
    expect(csv).toMatchObject({
      encoding: file.encoding,
      delimiter: file.delimiter,
      header: file.header,
      headerLine: file.headerLine,
      size: file.bytes.length,
    })
    expect(records.map(({ row }) => row)).toEqual(file.rows.map(([row]) => row))
    for (const [index, [, expected]] of file.rows.entries()) {
      if (Array.isArray(expected)) expect(records[index]?.cells).toEqual(expected)
      else expect(records[index]?.error).toMatch(expected)
    }
    expect(progress.at(-1)).toBe(file.bytes.length)
  })

  it.each(REFUSED_FILES)('$name is refused, and it is said why', async ({ bytes, says }) => {
    const path = await stored(bytes)
    const refusal = await openCsv(path).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(AppError)
    expect((refusal as AppError).message).toMatch(/\.$/)
    const [field] = (refusal as AppError).errors ?? []
    expect(field?.message ?? (refusal as AppError).message).toMatch(says)
    expect((refusal as AppError).code).toBe(field ? 'UNPROCESSABLE_CONTENT' : 'BAD_REQUEST')
  })

  it('names of columns that begin like something else is a table', async () => {
    for (const header of ['PK,name', '[id],[name]', '{id},{name}', 'BZ,name', '<none>,name']) {
      const { csv } = await readAll(await stored(`${header}\n1,2\n`))
      expect(csv.header).toEqual(header.split(','))
    }
  })

  it('every column that stands twice is refused by name', async () => {
    const refusal = openCsv(await stored('a,b,a,b,c,,\n'))
    await expect(refusal).rejects.toMatchObject({
      errors: [
        { path: 'file', message: 'The column "a" stands in the header twice' },
        { path: 'file', message: 'The column "b" stands in the header twice' },
      ],
    })
  })

  it('closing typographic quotes behind an ß stays Windows-1252', async () => {
    const rows = [
      ['name', 'notes'],
      ['Größe', 'schön'],
      ['Spaß…', 'Fuß“'],
      ['für', 'Öl'],
    ]
    const text = writeTable(rows, {
      delimiter: ';',
      lineEnd: '\n',
      encoding: 'windows-1252',
      mark: false,
      quoting: 'needed',
    })
    const repeated = text + 'Küche;Tür, Schlüssel, Möbel, Gerät\n'.repeat(5)
    const { csv, records } = await readAll(await stored(encode(repeated, { encoding: 'windows-1252', mark: false })))
    expect(csv.encoding).toBe('windows-1252')
    expect(records[1]?.cells).toEqual(['Spaß…', 'Fuß“'])
  })
})

describe('a dirty column', () => {
  const column = async (...cells: string[]) => {
    const text = writeTable([['name', 'value'], ...cells.map((cell) => ['Lamp', cell])], { ...PLAIN, delimiter: ';' })
    const { records } = await readAll(await stored(text))
    return records.map((record) => record.cells?.[1] ?? '')
  }

  it('of amounts gives each as it was meant, and no wrong one', async () => {
    const cells = await column('1.299,90 EUR', '1\u00a0299,90', '1.234', '(12,50)', '-', 'N/A', '$1,299.90', "1'299,90")
    const decimal = decideDecimal(cells)
    // The one amount of another style makes a doubt of the one that fits both.
    expect(decimal).toBe('ambiguous')
    expect(cells.map((cell) => parseAmount(cell, { decimal: ',', currency_code: 'EUR' }))).toEqual([
      { value: { amount: '1299.9', currency_code: 'EUR' } },
      { value: { amount: '1299.9' } },
      { value: { amount: '1234' } },
      { error: 'is negative' },
      { value: null },
      { value: null },
      { error: 'is no amount with decimals behind a ","' },
      { value: { amount: '1299.9' } },
    ])
    expect(decideDecimal(cells.filter((cell) => !cell.startsWith('$')))).toBe(',')
  })

  it('of dates gives each as it was meant, and no wrong one', async () => {
    const cells = await column(
      '31/12/2025',
      '03/04/2025',
      '2025-12-31T23:59:59Z',
      '31.01.2025',
      '2025-02-30',
      '46022',
      '',
    )
    const order = decideDateOrder(cells)
    expect(order).toBe('DMY')
    expect(cells.map((cell) => parseDate(cell, { order: 'DMY', time_zone: 'Europe/Berlin' }))).toEqual([
      { value: '2025-12-31' },
      { value: '2025-04-03' },
      { value: '2026-01-01' },
      { value: '2025-01-31' },
      { error: 'is no day of the calendar' },
      { error: 'is a number, not a date' },
      { value: null },
    ])
    const serials = await column('46022', '46021.75', 'soon')
    expect(decideDateOrder(serials)).toBe('SERIAL')
    expect(serials.map((cell) => parseDate(cell, { order: 'SERIAL', time_zone: 'UTC' }).value)).toEqual([
      '2025-12-31',
      '2025-12-30',
      undefined,
    ])
  })
})

describe('a large file', () => {
  it('gives a million rows and the one bad row among them', { timeout: 120_000 }, async () => {
    const path = join(folder, 'million.csv')
    const handle = await open(path, 'w')
    await handle.write('number,price,date\r\n')
    for (let from = 0; from < 1_000_000; from += 10_000) {
      const lines = Array.from({ length: 10_000 }, (_, index) =>
        from + index === 499_999 ? `"${from + index},1.50,2025-12-31\r\n` : `${from + index},"1.50",2025-12-31\r\n`,
      )
      await handle.write(lines.join(''))
    }
    await handle.close()
    const csv = await openCsv(path)
    const bad: CsvRecord[] = []
    let next = 0
    for await (const records of csv.records()) {
      expect(records.length).toBeLessThanOrEqual(500)
      for (const record of records) {
        if (record.error !== undefined) bad.push(record)
        else if (record.cells[0] !== String(next) || record.row !== next + 2) throw new Error(`row ${record.row}`)
        next++
      }
    }
    expect(next).toBe(1_000_000)
    expect(bad).toEqual([{ row: 500_001, error: expect.stringContaining('behind a closing quote') }])
  })

  it.each([
    ['plain', 'x'.repeat(100_000_000), /more than 4,194,304 characters/],
    ['quoted', `"${'x'.repeat(100_000_000)}"`, /begins with a quote/],
    ['quoted, over many lines', `"${'x\n'.repeat(1_000_000)}"`, /begins with a quote|a field of more/],
    ['of 2 MB', 'x'.repeat(2_000_000), /a field of more than 1,048,576/],
    ['of 2 MB, quoted', `"${'x'.repeat(2_000_000)}"`, /begins with a quote|a field of more/],
    ['of 2 MB beside a quoted one', `"a",${'x'.repeat(2_000_000)}`, /a field of more than/],
  ])('gives the rows around a field of 100 MB: %s', { timeout: 120_000 }, async (_, field, says) => {
    const { records } = await readAll(await stored(`a,b\n1,2\n${field},3\n4,5\n`))
    expect(records[0]).toEqual({ row: 2, cells: ['1', '2'] })
    expect(records[1]).toEqual({ row: 3, error: expect.stringMatching(says) })
    const lines = field.split('\n').length
    expect(records.at(-1)).toEqual({ row: 3 + lines, cells: ['4', '5'] })
    expect(records).toHaveLength(2 + lines)
  })

  it('stops when it is told to', async () => {
    const path = await stored(`a,b\n${'1,2\n'.repeat(500_000)}`)
    const stop = new AbortController()
    const csv = await openCsv(path, { signal: stop.signal })
    const reading = async () => {
      for await (const _ of csv.records()) stop.abort()
    }
    await expect(reading()).rejects.toMatchObject({ name: 'AbortError' })
  })
})

describe('any table', () => {
  const hostile = fc.constantFrom(
    '"',
    '""',
    '\r',
    '\n',
    '\r\n',
    ',',
    ';',
    '\t',
    '|',
    ' ',
    '=1',
    'é',
    '€',
    '😀',
    'שלום',
    '1,50',
  )
  const cell = fc.oneof(
    fc.string({ maxLength: 8 }),
    fc.string({ unit: 'grapheme', maxLength: 8 }),
    fc.array(hostile, { maxLength: 6 }).map((parts) => parts.join('')),
  )
  const dialect: fc.Arbitrary<Dialect> = fc.record({
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    lineEnd: fc.constantFrom('\r\n', '\n', '\r'),
    encoding: fc.constantFrom<Encoding>('utf-8', 'utf-16le', 'utf-16be', 'windows-1252'),
    mark: fc.boolean(),
    quoting: fc.constantFrom<Dialect['quoting']>('always', 'needed'),
  })
  const table = fc
    .integer({ min: 2, max: 6 })
    .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 12 }))

  /** Rows of nothing are rows only where quotes say so. */
  function expected(rows: string[][], { quoting, delimiter }: Dialect): string[][] {
    const said = (cell: string) => cell.trim() !== '' || /["\r\n]|^ /.test(cell) || cell.includes(delimiter)
    return quoting === 'always' ? rows : rows.filter((row) => row.some(said))
  }

  const looksLikeUtf8 = (bytes: Buffer) =>
    /[\xc2-\xdf][\x80-\xbf]|[\xe0-\xf4][\x80-\xbf]{2}/.test(bytes.toString('latin1'))

  it('is read as it was written, in every dialect', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(table, dialect, async (given, dialect) => {
        // What the encoding has no letter for can't be written in it.
        const writable = dialect.encoding === 'windows-1252' ? /[^\x20-\x7e\t\r\n\u00a0-\u00ff€]/gu : /\0|\p{Cs}/gu
        const rows = given.map((row) => row.map((cell) => cell.replace(writable, '?')))
        const header = Array.from({ length: rows[0]?.length ?? 3 }, (_, index) => `column ${'abcdefgh'[index]}`)
        const bytes = encode(writeTable([header, ...rows], dialect), dialect)
        // Some bytes are well-formed in two encodings: no reader can know better.
        fc.pre(dialect.encoding !== 'windows-1252' || !looksLikeUtf8(bytes))
        fc.pre(
          dialect.mark ||
            !dialect.encoding.startsWith('utf-16') ||
            bytes.filter((byte) => byte === 0).length > bytes.length / 3,
        )
        const { csv, records } = await readAll(await stored(bytes))
        expect(csv.delimiter).toBe(dialect.delimiter)
        expect(csv.header).toEqual(header)
        expect(records.map(({ cells, error }) => cells ?? error)).toEqual(expected(rows, dialect))
      }),
      { numRuns: 500 },
    )
  })

  it('is read alike whatever the chunks it comes in, well written or not', () => {
    const scribble = fc.array(fc.oneof({ weight: 3, arbitrary: hostile }, fc.string({ maxLength: 3 })), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(
        scribble,
        fc.constantFrom(',', ';'),
        fc.constantFrom(undefined, 1, 2, 3),
        (parts, delimiter, width) => {
          const text = parts.join('')
          const whole = scan(text, Math.max(1, text.length), delimiter, width)
          for (const length of [1, 2, 7]) expect(scan(text, length, delimiter, width)).toEqual(whole)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('has rows in the order of their lines, and each line of plain text is one of them', () => {
    const lines = fc.array(fc.constantFrom('a,b', '"a","b"', 'a,"b', '"a,b', 'a,b"', '"a"x,b', 'a', '""",b', '"a""",b'))
    fc.assert(
      fc.property(lines, fc.constantFrom('\n', '\r', '\r\n'), (lines, lineEnd) => {
        const records = scan(lines.map((line) => line + lineEnd).join(''), 5, ',', 2)
        const rows = records.map(({ row }) => row)
        expect(rows).toEqual([...rows].sort((a, b) => a - b))
        // A line is lost to nobody: it is a row, or within one that is read over several lines.
        let next = 1
        for (const { row, cells } of records) {
          expect(row).toBe(next)
          next += 1 + (cells?.join('').split(/\r\n|[\r\n]/).length ?? 1) - 1
        }
        expect(next).toBe(lines.length + 1)
      }),
      { numRuns: 1000 },
    )
  })
})
