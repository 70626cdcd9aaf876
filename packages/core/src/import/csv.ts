import { AppError, invalid } from '../errors.ts'
import { filled, findLayout } from './csv-layout.ts'
import { type CsvRecord, CsvScanner } from './csv-scan.ts'
import { type Encoding, openText, readText, type Stoppable, type TextFile } from './decode.ts'

export type { CsvRecord } from './csv-scan.ts'

/** A CSV file that was understood, ready to be read any number of times. */
export interface CsvFile {
  encoding: Encoding
  delimiter: string
  /** Trimmed; empty where a column has no name. Empty ones at the end are no columns. */
  header: string[]
  /** The number of the header's line. */
  headerLine: number
  /** Bytes. */
  size: number
  /**
   * The records below the header, a few hundred at a time, with as many cells as the header has. Cells are as the file
   * has them, and parts of a larger text: who keeps one for long keeps 64 KiB, unless it is copied.
   * @param onProgress is told how many bytes have been read so far
   */
  records(onProgress?: (bytes: number) => void): AsyncGenerator<CsvRecord[]>
}

const SAMPLE = 2 ** 18
const BATCH = 500
const LONGEST_NAME = 1000
const NO_HEADER = 'The file is empty: there is no line with the names of columns.'

/**
 * Finds out how a file writes its table.
 * @throws AppError BAD_REQUEST when it is no text or is empty, UNPROCESSABLE_CONTENT when its header can't be used
 */
export async function openCsv(path: string, options: Stoppable = {}): Promise<CsvFile> {
  const file = await openText(path, options)
  const { sample, complete } = await readSample(file)
  const { delimiter, header: record } = findLayout(sample, complete)
  if (record === undefined) throw new AppError('BAD_REQUEST', NO_HEADER)
  if (record.error !== undefined) {
    throw invalid([{ path: 'file', message: `The header on line ${record.row} ${record.error}` }])
  }
  const header = record.cells.slice(0, filled(record)).map((name) => name.normalize('NFC').replace(/\s+/g, ' ').trim())
  if (!header.some((name) => /[\p{L}\p{N}]/u.test(name))) throw new AppError('BAD_REQUEST', NO_HEADER)
  checkNames(header)
  return {
    encoding: file.encoding,
    delimiter,
    header,
    headerLine: record.row,
    size: file.size,
    records: (onProgress) =>
      readRecords({ file, delimiter, width: header.length, after: record.row }, options, onProgress),
  }
}

async function readSample(file: TextFile): Promise<{ sample: string; complete: boolean }> {
  let sample = ''
  for await (const { text } of readText(file)) {
    sample += text
    if (sample.length >= SAMPLE) return { sample, complete: false }
  }
  return { sample, complete: true }
}

function checkNames(header: readonly string[]): void {
  if (header.some((name) => name.length > LONGEST_NAME)) {
    throw invalid([{ path: 'file', message: `A column's name has more than ${LONGEST_NAME} characters` }])
  }
  const twice = new Set(header.filter((name, index) => name !== '' && header.indexOf(name) < index))
  if (twice.size === 0) return
  throw invalid(
    [...twice].map((name) => ({ path: 'file', message: `The column "${name}" stands in the header twice` })),
  )
}

async function* readRecords(
  table: { file: TextFile; delimiter: string; width: number; after: number },
  options: Stoppable,
  onProgress?: (bytes: number) => void,
): AsyncGenerator<CsvRecord[]> {
  const scanner = new CsvScanner(table.delimiter, table.width)
  let inHead = true
  function* batches(): Generator<CsvRecord[]> {
    for (let batch = scanner.take(BATCH); batch.length > 0; batch = scanner.take(BATCH)) {
      // What stands above the header is no record of the table, and most likely has other columns.
      const records = inHead ? batch.filter(({ row }) => row > table.after) : batch
      if (records.length === 0) continue
      inHead = false
      yield records
    }
  }
  for await (const { text, bytes } of readText(table.file, options)) {
    scanner.push(text)
    yield* batches()
    onProgress?.(bytes)
  }
  scanner.push('', true)
  yield* batches()
}
