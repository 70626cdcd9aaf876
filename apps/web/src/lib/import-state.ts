import type { ImportDetectionQuery, ImportRequest } from '@spends/client'
import { IMPORT_FIELDS, type ImportColumns, toWholeColumns } from './import-fields.ts'

type Reading = Pick<ImportDetectionQuery, 'date_format' | 'decimal' | 'currency_code' | 'default_purchase_date'> & {
  default_price?: string
}

/** How far an import is, and what was chosen for it: all of it stands in the address. */
export interface ImportState {
  /** The file that was sent; empty before that. */
  file: string
  /** What its owner calls it. */
  name: string
  /** How it is read where it does not tell by itself. */
  reading: Reading
  /** The mapping, once somebody has changed it by hand. */
  columns: ImportColumns | null
  duplicates: NonNullable<ImportRequest['duplicates']>
  on_error: NonNullable<ImportRequest['on_error']>
  /** The job of the dry run. */
  check: string
  /** The job of the import. */
  job: string
}

export type ImportStep = 'file' | 'columns' | 'check' | 'run'
export const IMPORT_STEPS: readonly ImportStep[] = ['file', 'columns', 'check', 'run']

export const NO_IMPORT: ImportState = {
  file: '',
  name: '',
  reading: {},
  columns: null,
  duplicates: 'skip',
  on_error: 'skip',
  check: '',
  job: '',
}

export function stepOf({ file, check, job }: ImportState): ImportStep {
  if (job !== '') return 'run'
  if (file === '') return 'file'
  return check === '' ? 'columns' : 'check'
}

/** What `detect` and `run` are told of how the file is read. */
export function toReading({ file, reading, columns }: ImportState): ImportDetectionQuery {
  return { file_id: file, ...reading, ...(columns ? { columns: toWholeColumns(columns) } : {}) }
}

/** As it stands in the address. */
export function toAddress({
  reading,
  columns,
  duplicates,
  on_error,
  ...ids
}: ImportState): Record<string, string | undefined> {
  return {
    ...ids,
    ...reading,
    columns: columns ? JSON.stringify(columns) : '',
    duplicates: duplicates === NO_IMPORT.duplicates ? '' : duplicates,
    on_error: on_error === NO_IMPORT.on_error ? '' : on_error,
  }
}

/** Reads an address, which anybody may have written: what makes no sense in it is passed over. */
export function parseState(query: URLSearchParams): ImportState {
  const text = (name: string) => query.get(name) ?? ''
  const oneOf = <T extends string>(name: string, values: readonly T[]) => values.find((value) => value === text(name))
  const reading: Record<string, string | undefined> = {
    date_format: oneOf('date_format', ['YMD', 'DMY', 'MDY']),
    decimal: oneOf('decimal', ['.', ',']),
    currency_code: text('currency_code') || undefined,
    default_price: text('default_price') || undefined,
    default_purchase_date: text('default_purchase_date') || undefined,
  }
  return {
    file: text('file'),
    name: text('name'),
    reading: Object.fromEntries(Object.entries(reading).filter(([, value]) => value !== undefined)),
    columns: parseColumns(text('columns')),
    duplicates: oneOf('duplicates', ['skip', 'update', 'create']) ?? NO_IMPORT.duplicates,
    on_error: oneOf('on_error', ['skip', 'abort']) ?? NO_IMPORT.on_error,
    check: text('check'),
    job: text('job'),
  }
}

function parseColumns(text: string): ImportColumns | null {
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof given !== 'object' || given === null) return null
  const known = new Map(Object.entries(given))
  const entries = IMPORT_FIELDS.map((field) => [field, known.get(field)]).filter(
    ([, column]) => typeof column === 'string' && column !== '',
  )
  return Object.fromEntries(entries)
}
