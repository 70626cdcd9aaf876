import { type Db, preparedInsert } from '@spends/db'
import type { Context } from '../context.ts'
import { toCell } from '../export/csv.ts'
import type { CellError } from './item.ts'
import type { ImportOptions, ImportReport } from './options.ts'

/** Errors and warnings inside a report; all errors are in the table. */
const SHOWN = 1000
/** Characters of a wrong value that are kept: enough to recognise it. */
const VALUE_LENGTH = 1000

export type RowError = CellError & { row: number }
type Class = keyof ImportReport['classes']
type Counter = 'rows' | 'created' | 'updated' | 'skipped' | 'failed' | 'retailers_created' | 'brands_created'

/** What one transaction of an import adds to its report; thrown away with the transaction. */
export class Findings {
  readonly counts = new Map<Counter, number>()
  readonly classes = new Map<Class, number>()
  readonly errors: RowError[] = []
  /** Retailers and brands that a dry run would make. */
  readonly newNames = new Set<string>()
  /** Ids of stored purchases that rows of the file have been recognised as, or have become. */
  readonly taken = new Set<string>()
  /** Likenesses of which nothing more is stored: rows like them need no further look. */
  readonly exhausted: string[] = []
  readonly warnings: { row?: number; message: string }[] = []

  count(counter: Counter, by = 1): void {
    this.counts.set(counter, (this.counts.get(counter) ?? 0) + by)
  }

  classify(as: Class): void {
    this.classes.set(as, (this.classes.get(as) ?? 0) + 1)
  }

  fail(row: number, errors: readonly CellError[]): void {
    this.count('rows')
    this.count('failed')
    this.classify('error')
    for (const error of errors) this.errors.push({ row, ...error, value: error.value?.slice(0, VALUE_LENGTH) ?? null })
  }

  /** A row that is no purchase by its own word. */
  leaveOut(row: number, message: string): void {
    this.count('rows')
    this.count('skipped')
    this.warn(message, row)
  }

  warn(message: string, row?: number): void {
    this.warnings.push(row === undefined ? { message } : { row, message })
  }
}

/** A report before anything was read. */
export function emptyReport(
  jobId: string,
  { filename, source }: Pick<ImportReport, 'filename' | 'source'>,
  options: ImportOptions,
): ImportReport {
  return {
    job_id: jobId,
    filename,
    source,
    dry_run: options.dry_run,
    duplicates: options.duplicates,
    rows: 0,
    created: 0,
    updated: 0,
    skipped: 0,
    failed: 0,
    classes: { new: 0, identical: 0, changed: 0, probable_duplicate: 0, error: 0 },
    retailers_created: 0,
    brands_created: 0,
    errors: [],
    error_count: 0,
    warnings: [],
    undone_at: null,
  }
}

/** Adds what a transaction found, once it is committed. */
export function addFindings(report: ImportReport, findings: Findings): void {
  for (const [counter, count] of findings.counts) report[counter] += count
  for (const [name, count] of findings.classes) report.classes[name] += count
  report.error_count += findings.errors.length
  report.errors.push(...findings.errors.slice(0, SHOWN - report.errors.length))
  const known = new Set(report.warnings.map(({ message }) => message))
  for (const warning of findings.warnings) {
    if (report.warnings.length >= SHOWN) break
    if (warning.row !== undefined || !known.has(warning.message)) report.warnings.push(warning)
  }
}

const insertErrors = preparedInsert('import_errors')

/** Keeps every error of a row for the list of errors. @param position how many were kept before */
export async function keepErrors(tx: Db, jobId: string, position: number, errors: readonly RowError[]): Promise<void> {
  await insertErrors(
    tx,
    errors.map(({ row, column, value, message }, index) => ({
      job_id: jobId,
      position: position + index,
      row_number: row,
      column_name: column,
      value,
      message,
    })),
  )
}

/** Every error of an import in the order of the file, a few hundred at a time. */
async function* readErrors(db: Db, jobId: string): AsyncGenerator<RowError[]> {
  for (let position = -1; ; ) {
    const rows = await db
      .selectFrom('import_errors')
      .selectAll()
      .where('job_id', '=', jobId)
      .where('position', '>', position)
      .orderBy('position')
      .limit(500)
      .execute()
    if (rows.length === 0) return
    position = rows.at(-1)?.position ?? position
    yield rows.map(({ row_number, column_name, value, message }) => ({
      row: row_number,
      column: column_name,
      value,
      message,
    }))
  }
}

/** Every error of an import as CSV (RFC 4180, CRLF): where it stands, what stands there, and what is wrong with it. */
export async function* exportErrors({ db }: Context, jobId: string): AsyncGenerator<string> {
  yield 'row,column,value,message\r\n'
  for await (const errors of readErrors(db, jobId)) {
    yield errors
      .map(({ row, column, value, message }) => `${row},${toCell(column)},${toCell(value)},${toCell(message)}\r\n`)
      .join('')
  }
}
