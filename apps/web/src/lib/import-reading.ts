import type { ImportDetection } from '@spends/client'
import { digitsOf } from './amount.ts'
import { date, money } from './format.ts'
import { FIELD_LABELS, type ImportField, REQUIRED_FIELDS, type SampleRow } from './import-fields.ts'
import { t } from './messages.ts'
import { settings } from './settings.ts'

type Question = ImportDetection['questions'][number]
type FormatParameter = 'date_format' | 'decimal'

/** Something that only a person knows, in words. */
export interface AskedQuestion {
  parameter: FormatParameter
  text: string
  choices: { value: string; text: string; hint: string }[]
}

const CHOICES = {
  DMY: 'import.order_DMY',
  MDY: 'import.order_MDY',
  YMD: 'import.order_YMD',
  '.': 'import.decimal_point',
  ',': 'import.decimal_comma',
} as const

/** The questions of a file about how it is written, each with what its example means then. */
export function askedOf({ questions, currency_code }: ImportDetection): AskedQuestion[] {
  return questions.flatMap((question) => {
    const { parameter, example } = question
    if (parameter === 'columns') return []
    return {
      parameter,
      text: t(parameter === 'decimal' ? 'import.ask_decimal' : 'import.ask_date', { example: example ?? '' }),
      choices: possible(question).map(({ value, reading }) => ({
        value,
        text: reading === null ? t('import.unreadable') : readingText(parameter, reading, currency_code),
        hint: value in CHOICES ? t(CHOICES[value as keyof typeof CHOICES]) : value,
      })),
    }
  })
}

/** What cannot be meant is not offered, unless nothing else is left: then some rows will be wrong in any case. */
function possible({ choices }: Question): Question['choices'] {
  const readable = choices.filter(({ reading }) => reading !== null)
  return readable.length > 1 ? readable : choices
}

function readingText(parameter: FormatParameter, reading: string, currency: string): string {
  return parameter === 'decimal' ? price(reading, currency) : longDate(reading)
}

/** A day with the name of its month, which cannot be taken for another one. */
export function longDate(day: string): string {
  const format = new Intl.DateTimeFormat(settings().locale, { dateStyle: 'long', timeZone: 'UTC' })
  return format.format(new Date(`${day}T00:00:00Z`))
}

/** An amount of a file in its currency, with the digits that the currency has. */
export function price(amount: string, currency: string): string {
  const [whole = '', decimals = ''] = amount.split('.')
  const digits = Math.max(digitsOf(currency), decimals.length)
  return money(digits === 0 ? whole : `${whole}.${decimals.padEnd(digits, '0')}`, currency)
}

const ENCODINGS: Readonly<Record<string, string>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16',
  'windows-1252': 'Windows-1252',
}

/** What was found out about a file, as far as it is of use to know. */
export function factsOf({
  source,
  encoding,
  delimiter,
  rows,
  mapping_from,
}: ImportDetection): { id: string; label: string; text: string }[] {
  const delimiters: Readonly<Record<string, string>> = {
    ',': t('import.delimiter_comma'),
    ';': t('import.delimiter_semicolon'),
    '\t': t('import.delimiter_tab'),
    '|': t('import.delimiter_pipe'),
  }
  const facts = [
    { id: 'source', label: t('import.fact_source'), text: t(`import.source_${source}`) },
    { id: 'rows', label: t('import.fact_rows'), text: new Intl.NumberFormat(settings().locale).format(rows) },
  ]
  if (delimiter !== null) {
    facts.push({ id: 'delimiter', label: t('import.fact_delimiter'), text: delimiters[delimiter] ?? delimiter })
    facts.push({ id: 'mapping', label: t('import.fact_mapping'), text: t(`import.mapping_${mapping_from}`) })
  }
  if (encoding !== null) {
    facts.push({ id: 'encoding', label: t('import.fact_encoding'), text: ENCODINGS[encoding] ?? encoding })
  }
  return facts
}

/** The fields that a purchase needs, and that no column and no default gives. */
export function missingFields({ columns, header }: ImportDetection, defaults: Defaults): ImportField[] {
  // Other files than tables name their fields themselves.
  if (header.length === 0) return []
  const filled = {
    product_name: false,
    price: !!defaults.default_price,
    purchase_date: !!defaults.default_purchase_date,
  }
  return REQUIRED_FIELDS.filter((field) => columns[field] === undefined && !filled[field])
}

/** What is filled in for rows that say nothing. */
interface Defaults {
  default_price?: string | undefined
  default_purchase_date?: string | undefined
}

const DATES: readonly ImportField[] = ['purchase_date', 'return_by', 'warranty_start', 'warranty_end']

/** The fields whose values wait for an answer. */
function openFields({ questions }: ImportDetection): ImportField[] {
  return questions.flatMap(({ parameter }) =>
    parameter === 'date_format' ? DATES : parameter === 'decimal' ? (['price', 'quantity'] as const) : [],
  )
}

/**
 * The first purchases as they would be read, for a table: what is empty in all of them is left out, and what waits for
 * an answer stands as it is in the file.
 */
export function previewOf(
  detection: ImportDetection,
  defaults: Defaults,
): {
  labels: { field: string; label: string }[]
  rows: PreviewRow[]
} {
  const { columns } = detection
  const open = openFields(detection)
  const sample = detection.sample.map((row) => ({
    ...row,
    price:
      row.price ??
      (columns.price === undefined || isFree(row, columns.price) ? (defaults.default_price ?? null) : null),
    purchase_date:
      row.purchase_date ??
      (columns.purchase_date === undefined || isFree(row, columns.purchase_date)
        ? (defaults.default_purchase_date ?? null)
        : null),
  }))
  const fields = Object.keys(FIELD_LABELS) as ImportField[]
  const isWrong = (row: SampleRow, field: ImportField) =>
    columns[field] !== undefined && row.errors.some(({ column }) => column === columns[field])
  const shown = fields.filter(
    (field) =>
      field !== 'currency_code' &&
      (REQUIRED_FIELDS.includes(field as 'price') ||
        sample.some((row) => cellText(row, field) !== '' || isWrong(row, field))),
  )
  return {
    labels: shown.map((field) => ({ field, label: t(FIELD_LABELS[field]) })),
    rows: sample.map((row) => {
      const wrong = shown.filter((field) => isWrong(row, field)).map((field) => columns[field])
      return {
        row: row.row,
        cells: shown.map((field) => {
          const error = isWrong(row, field) ? row.errors.find(({ column }) => column === columns[field]) : undefined
          return {
            field,
            text: error ? (error.value ?? '') : cellText(row, field),
            problem: open.includes(field) ? '' : (error?.message ?? ''),
            isNumber: field === 'price' || field === 'quantity',
          }
        }),
        remarks: [
          ...row.errors.filter(({ column }) => !wrong.includes(column ?? undefined)).map(({ message }) => message),
          ...row.warnings,
        ],
      }
    }),
  }
}

/** Whether nothing is said in a cell, rather than something wrong. */
function isFree({ errors }: SampleRow, column: string): boolean {
  return errors.every((error) => error.column !== column)
}

export interface PreviewRow {
  row: number
  cells: { field: ImportField; text: string; problem: string; isNumber: boolean }[]
  remarks: string[]
}

function cellText(row: SampleRow, field: ImportField): string {
  // What a purchase gets itself is not in a sample.
  if (field === 'id' || field === 'created_at' || field === 'updated_at') return ''
  const value = row[field]
  if (value === null) return ''
  if (field === 'price') return price(String(value), row.currency_code ?? settings().base_currency)
  if (Array.isArray(value)) return value.join(', ')
  if (typeof value === 'boolean') return t(value ? 'import.yes' : 'import.no')
  if (field === 'status' && (value === 'ORDERED' || value === 'RECEIVED')) return t(`common.status_${value}`)
  return typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) ? date(value) : String(value)
}
