import type { CsvFile } from './csv.ts'
import { DateDecider, type DateOrder, parseDate } from './dates.ts'
import { DecimalDecider, type DecimalMark, parseAmount } from './numbers.ts'
import type { ImportColumns, ReadingOptions } from './options.ts'
import { columnKey, type Layout } from './sources/layout.ts'
import { shown } from './values.ts'

/** Something only a person knows, and the parameter that says it. */
export interface Question {
  parameter: 'date_format' | 'decimal' | 'columns'
  message: string
  /** A cell of the file that can be read in several ways. */
  example: string | null
  /** What may be sent, and how the example reads then; null where it can't be read so. */
  choices: { value: string; reading: string | null }[]
}

export interface Decided {
  decimal: DecimalMark | undefined
  date_format: DateOrder | 'SERIAL' | undefined
  questions: Question[]
}

const DATES = ['purchase_date', 'return_by', 'warranty_start', 'warranty_end'] as const

/**
 * Decides from every row how numbers and dates are written: one pass through the file. What is given by an option
 * stands, what the whole column leaves open is asked.
 */
export async function decideFormats(
  file: CsvFile,
  columns: ImportColumns,
  layout: Layout | undefined,
  options: ReadingOptions,
  context: { currency_code: string; time_zone: string },
): Promise<Decided> {
  const place = (name: string | undefined) => (name === undefined ? -1 : file.header.indexOf(name))
  const price = place(columns.price)
  const dates = DATES.map((field) => place(columns[field])).filter((index) => index !== -1)
  const decimals = new DecimalDecider()
  const orders = new DateDecider()
  const ordersOf = new Map(dates.map((index) => [index, new DateDecider()]))
  const usual = new UsualFormats(layout, file.header)
  for await (const records of file.records()) {
    for (const { cells } of records) {
      if (!cells) continue
      if (price !== -1) decimals.add(clean(cells[price], layout))
      for (const index of dates) {
        const text = clean(cells[index], layout)
        orders.add(text)
        ordersOf.get(index)?.add(text)
      }
      usual.add(cells)
    }
  }
  // What another column says is no word about one that leaves it open.
  const unsure = [...ordersOf.values()].find((decider) => decider.decide() === 'ambiguous')
  const questions: Question[] = []
  return {
    decimal: options.decimal ?? decideDecimal(decimals, usual.decimal, context, columns.price, questions),
    date_format: decideDates(unsure ?? orders, options.date_format, usual.date_format, context, questions),
    questions,
  }
}

function clean(cell: string | undefined, layout: Layout | undefined): string {
  const text = cell?.trim() ?? ''
  return layout?.nothing?.test(text) ? '' : text
}

/** How a format is known to write, as long as each row is of the kind for which that is known. */
class UsualFormats {
  readonly #usual: Layout['usual']
  readonly #place: number
  #holds = true

  constructor(layout: Layout | undefined, header: readonly string[]) {
    this.#usual = layout?.usual
    const column = this.#usual?.where?.column
    this.#place = column === undefined ? -1 : header.findIndex((name) => columnKey(name) === columnKey(column))
    if (column !== undefined && this.#place === -1) this.#holds = false
  }

  add(cells: readonly string[]): void {
    if (this.#place !== -1 && cells[this.#place]?.trim() !== this.#usual?.where?.value) this.#holds = false
  }

  get decimal(): DecimalMark | undefined {
    return this.#holds ? this.#usual?.decimal : undefined
  }

  get date_format(): DateOrder | undefined {
    return this.#holds ? this.#usual?.date_format : undefined
  }
}

function decideDecimal(
  decider: DecimalDecider,
  usual: DecimalMark | undefined,
  { currency_code }: { currency_code: string },
  column: string | undefined,
  questions: Question[],
): DecimalMark | undefined {
  const decision = decider.decide()
  if (decision === 'either') return undefined
  if (decision !== 'ambiguous') return decision
  if (usual !== undefined) return usual
  const example = decider.example ?? ''
  const choices = (['.', ','] as const).map((value) => ({
    value,
    reading: parseAmount(example, { decimal: value, currency_code }).value?.amount ?? null,
  }))
  questions.push({
    parameter: 'decimal',
    message: `must be given: the column ${quote(column)} has numbers such as ${quote(example)}, which ${describe('decimal', choices)}`,
    example: shown(example),
    choices,
  })
  return undefined
}

function decideDates(
  decider: DateDecider,
  given: DateOrder | undefined,
  usual: DateOrder | undefined,
  { time_zone }: { time_zone: string },
  questions: Question[],
): DateOrder | 'SERIAL' | undefined {
  const decision = decider.decide()
  // Day numbers have no order, whatever is given for other files.
  if (decision === 'SERIAL') return decision
  if (given !== undefined) return given
  if (decision !== 'ambiguous' && decision !== 'contradictory') return decision
  if (decision === 'ambiguous' && usual !== undefined) return usual
  const example = decider.example ?? ''
  const choices = (['DMY', 'MDY', 'YMD'] as const).map((value) => ({
    value,
    reading: parseDate(example, { order: value, time_zone }).value ?? null,
  }))
  const why =
    decision === 'contradictory'
      ? `some dates have the day first and others the month; ${quote(example)}`
      : `the file has dates such as ${quote(example)}, which`
  questions.push({
    parameter: 'date_format',
    message: `must be given: ${why} ${describe('date_format', choices)}`,
    example: shown(example),
    choices,
  })
  return undefined
}

/** `is 2025-04-03 with date_format=DMY or 2025-03-04 with date_format=MDY`. */
function describe(parameter: string, choices: Question['choices']): string {
  const possible = choices.filter(({ reading }) => reading !== null)
  if (possible.length === 0) return `can't be read with any ${parameter}`
  return `is ${possible.map(({ value, reading }) => `${reading} with ${parameter}=${value}`).join(' or ')}`
}

function quote(text: string | undefined): string {
  return `"${shown(text) ?? ''}"`
}
