import { type CsvRecord, CsvScanner, TOO_MANY_COLUMNS } from './csv-scan.ts'

/** How the file writes its table. */
export interface CsvLayout {
  delimiter: string
  /** The record that names the columns; undefined when the file holds none. */
  header: CsvRecord | undefined
}

const DELIMITERS = [',', ';', '\t', '|']
const SAMPLE_RECORDS = 200

/** Excel's first line that names the delimiter. */
const SEP_LINE = /^"?sep=([^\r\n"\p{L}\p{N}])"?[ ,;\t|]*(?:[\r\n]|$)/iu

/**
 * Finds the delimiter and the header by the beginning of a file: the delimiter with which most records have as many
 * columns as the header, quotes respected. A `sep=` line decides it.
 * @param complete whether the sample is all there is
 */
export function findLayout(sample: string, complete: boolean): CsvLayout {
  const named = SEP_LINE.exec(sample)?.[1]
  const candidates = (named === undefined ? DELIMITERS : [named]).map((delimiter) => {
    const records = scanSample(sample, delimiter, complete)
    return assess(delimiter, named === undefined ? records : records.filter(({ row }) => row > 1))
  })
  const best = candidates.reduce((best, candidate) => (isBetter(candidate, best) ? candidate : best))
  return { delimiter: best.delimiter, header: best.header }
}

function scanSample(sample: string, delimiter: string, complete: boolean): CsvRecord[] {
  const scanner = new CsvScanner(delimiter)
  scanner.push(sample, complete)
  const records = scanner.take(SAMPLE_RECORDS)
  if (records.length > 0) return records
  // A first record larger than the sample is shown as far as it goes.
  scanner.push('', true)
  return scanner.take(SAMPLE_RECORDS)
}

interface Assessment extends CsvLayout {
  /** Columns of the header. */
  width: number
  /** Whether the header is the first record, without lines of a title before it. */
  first: boolean
  /** The share of records that have as many columns; nearly all is as good as all. */
  fit: number
}

function assess(delimiter: string, records: readonly CsvRecord[]): Assessment {
  const index = headerIndex(records)
  const header = records[index]
  // A header that is too wide is refused for that, not read as one wide column.
  const width = header?.error === TOO_MANY_COLUMNS ? Number.POSITIVE_INFINITY : filled(header ?? {})
  const rows = records.slice(index + 1)
  const fitting = rows.filter(({ cells }) => cells && cells.length >= width && filled({ cells }) <= width).length
  const fit = rows.length === 0 ? 1 : fitting / rows.length
  return { delimiter, header, width, first: index === 0, fit: fit >= 0.8 ? 1 : fit }
}

function isBetter(a: Assessment, b: Assessment): boolean {
  if (a.width < 2 || b.width < 2) return a.width > b.width
  if (a.fit !== b.fit) return a.fit > b.fit
  if (a.first !== b.first) return a.first
  return a.width > b.width
}

/**
 * The first record, unless lines of a title stand before the table, as banks write them: then the first one that has
 * the file's usual number of columns and nothing but words in them.
 */
function headerIndex(records: readonly CsvRecord[]): number {
  const usual = mostFrequent(records.slice(1).map(filled))
  const index = records.findIndex((record) => filled(record) >= usual)
  return index > 0 && records[index]?.cells?.every(isWord) ? index : 0
}

function isWord(cell: string, index: number, cells: readonly string[]): boolean {
  if (/\p{L}/u.test(cell)) return !/\p{Nd}/u.test(cell)
  return cells.slice(index).every((later) => later.trim() === '')
}

/** Columns without the empty ones at the end. */
export function filled({ cells = [] }: { cells?: readonly string[] | undefined }): number {
  return cells.findLastIndex((cell) => cell.trim() !== '') + 1
}

function mostFrequent(numbers: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1)
  const [most] = [...counts].sort(([a, times], [b, otherTimes]) => otherTimes - times || b - a)
  return most?.[0] ?? 0
}
