import type { Context } from '../context.ts'
import { type AppError, invalid } from '../errors.ts'
import { getSettings } from '../settings.ts'
import { proposeColumns, recallColumns } from './columns.ts'
import { type CsvFile, openCsv } from './csv.ts'
import { type Decided, decideFormats, type Question } from './decide.ts'
import type { Stoppable } from './decode.ts'
import type { ImportItem, ImportReader, ImportSourceName, MappingOrigin } from './item.ts'
import {
  type GivenColumns,
  IMPORT_FIELDS,
  type ImportColumns,
  type ImportField,
  type ReadingOptions,
} from './options.ts'
import { AMAZON_DATA_REQUEST, AMAZON_ORDER_HISTORY } from './sources/amazon.ts'
import { HOMEBOX } from './sources/homebox.ts'
import { columnKey, type Layout } from './sources/layout.ts'
import { PREDECESSOR_CSV } from './sources/predecessor-csv.ts'
import { SPENDS_CSV } from './sources/spends-csv.ts'
import { readSpendsRow } from './sources/spends-row.ts'
import { WARRACKER } from './sources/warracker.ts'
import { currencyInName, readRow, type TablePlan } from './table-row.ts'
import { shown } from './values.ts'

const LAYOUTS = [SPENDS_CSV, PREDECESSOR_CSV, HOMEBOX, WARRACKER, AMAZON_ORDER_HISTORY, AMAZON_DATA_REQUEST]

/** A CSV as far as it is understood; it can be read once nothing is asked any more. */
export interface Table {
  file: CsvFile
  source: ImportSourceName
  columns: ImportColumns
  mapping_from: MappingOrigin
  date_format: Decided['date_format']
  decimal: Decided['decimal']
  /** Of rows that name none. */
  currency_code: string
  questions: Question[]
  warnings: string[]
  read: ImportReader['read']
}

/**
 * Understands a CSV: which format it is, which column is which field of ours, how numbers and dates are written.
 * @throws AppError BAD_REQUEST when it is no CSV, UNPROCESSABLE_CONTENT for a wrong option
 */
export async function openTable(
  ctx: Context,
  path: string,
  options: ReadingOptions,
  reading: Stoppable = {},
): Promise<Table> {
  const file = await openCsv(path, reading)
  const given = options.columns && resolveGiven(file.header, options.columns)
  const { base_currency, time_zone } = await getSettings(ctx)
  const layout = LAYOUTS.find(({ columnsOf }) => columnsOf(file.header) !== undefined)
  if (layout === SPENDS_CSV && !given && (await isAsWritten(file))) {
    return ownTable(file, options.currency_code ?? base_currency)
  }

  const { columns, mapping_from } = await mapColumns(ctx, file.header, layout, given)
  const named_currency = options.currency_code ?? currencyInName(columns.price ?? '', base_currency)
  const context = { currency_code: named_currency ?? base_currency, time_zone }
  const missing = findMissing(file.header, columns, options)
  const decided = await decideFormats(file, columns, layout, options, context)
  const { decimal, date_format } = decided
  const placeOf = new Map(file.header.map((name, index) => [columnKey(name), index]))
  const places = Object.fromEntries(
    Object.entries(columns).map(([field, name]) => [field, file.header.indexOf(name)]),
  ) as TablePlan['places']
  const plan = { header: file.header, layout, places, placeOf, decimal, date_format, named_currency, ...context }
  const namesCurrency = columns.currency_code !== undefined || named_currency !== undefined
  const warnings = []
  if (!namesCurrency) {
    warnings.push(`No column names a currency: prices that name none themselves are taken as ${base_currency}.`)
  }
  return {
    file,
    source: layout?.source ?? 'OTHER_CSV',
    columns,
    mapping_from,
    decimal,
    date_format,
    currency_code: context.currency_code,
    questions: [...missing, ...decided.questions],
    warnings,
    read: (onProgress) => {
      const fresh = { ...plan, warned: new Set<string>() }
      return readItems(file, (row, cells) => readRow(fresh, row, cells), onProgress)
    },
  }
}

/** Our own CSV as we wrote it needs no pass to decide anything. */
function ownTable(file: CsvFile, currency_code: string): Table {
  return {
    file,
    source: 'SPENDS_CSV',
    columns: SPENDS_CSV.columnsOf(file.header) ?? {},
    mapping_from: 'FORMAT',
    date_format: 'YMD',
    decimal: '.',
    currency_code,
    questions: [],
    warnings: [],
    read: (onProgress) => readItems(file, readSpendsRow, onProgress),
  }
}

/** Whether no spreadsheet has saved our CSV anew, in its own way to write dates and numbers. */
async function isAsWritten(file: CsvFile): Promise<boolean> {
  if (file.delimiter !== ',') return false
  const price = IMPORT_FIELDS.indexOf('price')
  const date = IMPORT_FIELDS.indexOf('purchase_date')
  for await (const records of file.records()) {
    return records.every(
      ({ cells }) =>
        !cells || (/^(\d+(\.\d+)?)?$/.test(cells[price] ?? '') && /^(\d{4}-\d\d-\d\d)?$/.test(cells[date] ?? '')),
    )
  }
  return true
}

async function mapColumns(
  ctx: Context,
  header: readonly string[],
  layout: Layout | undefined,
  given: GivenColumns | undefined,
): Promise<{ columns: ImportColumns; mapping_from: MappingOrigin }> {
  if (layout) {
    const columns = dropNulls({ ...layout.columnsOf(header), ...given })
    return { columns, mapping_from: given ? 'GIVEN' : 'FORMAT' }
  }
  const remembered = await recallColumns(ctx, header)
  if (given) {
    // What is given comes on top: who names the column of the price means the others to be found as before.
    const taken = new Set(Object.values(given))
    const others = remembered ?? proposeColumns(header.filter((name) => !taken.has(name)))
    const left = Object.entries(others).filter(([, name]) => !taken.has(name))
    return { columns: dropNulls({ ...Object.fromEntries(left), ...given }), mapping_from: 'GIVEN' }
  }
  if (remembered) return { columns: remembered, mapping_from: 'REMEMBERED' }
  return { columns: proposeColumns(header), mapping_from: 'PROPOSED' }
}

function dropNulls(columns: GivenColumns): ImportColumns {
  return Object.fromEntries(Object.entries(columns).filter(([, name]) => name !== null))
}

/** The given columns by their names in the header, in which spaces count once. */
function resolveGiven(header: readonly string[], given: GivenColumns): GivenColumns {
  const entries = Object.entries(given).map(([field, name]) => {
    return [field, name?.normalize('NFC').replace(/\s+/g, ' ').trim() ?? null] as const
  })
  const errors = entries
    .filter(([, name]) => name !== null && (name === '' || !header.includes(name)))
    .map(([field, name]) => ({
      path: `columns.${field}`,
      message: `must name a column of the file: "${shown(name ?? '')}" is none of ${listed(header)}`,
    }))
  if (errors.length > 0) throw invalid(errors)
  return Object.fromEntries(entries)
}

const REQUIRED = ['product_name', 'price', 'purchase_date'] as const satisfies ImportField[]

/** Asks for columns that a purchase can't do without, unless an option stands in for them. */
function findMissing(header: readonly string[], columns: ImportColumns, options: ReadingOptions): Question[] {
  const missing = REQUIRED.filter((field) => {
    if (field === 'price' && options.default_price !== undefined) return false
    if (field === 'purchase_date' && options.default_purchase_date !== undefined) return false
    return columns[field] === undefined
  })
  if (missing.length === 0) return []
  const message = `must be given: no column was recognised as ${missing.join(', ')}. The columns are ${listed(header)}; send columns such as {"${missing[0]}": "..."}`
  return [
    {
      parameter: 'columns',
      message,
      example: null,
      choices: header.slice(0, 200).map((value) => ({ value, reading: null })),
    },
  ]
}

function listed(header: readonly string[]): string {
  const names = header.filter((name) => name !== '')
  const some = names.slice(0, 50).map((name) => `"${shown(name)}"`)
  return names.length > some.length ? `${some.join(', ')} and ${names.length - some.length} more` : some.join(', ')
}

async function* readItems(
  file: CsvFile,
  read: (row: number, cells: readonly string[]) => ImportItem,
  onProgress: (bytes: number) => void,
): AsyncGenerator<ImportItem[]> {
  for await (const records of file.records(onProgress)) {
    yield records.map(({ row, cells, error }) => (cells ? read(row, cells) : unreadable(row, error)))
  }
}

function unreadable(row: number, message: string): ImportItem {
  return {
    kind: 'purchase',
    row,
    draft: {},
    errors: [{ column: null, value: null, message }],
    warnings: [],
    cellOf: () => ({ column: null, value: null }),
  }
}

/** The refusal that names every parameter that must be given. */
export function askFor(questions: readonly Question[]): AppError {
  return invalid(questions.map(({ parameter, message }) => ({ path: parameter, message })))
}
