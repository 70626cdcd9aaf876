import { today } from '../calendar.ts'
import { type DateParts, fullYear, isRealDay, splitDate } from './date-parts.ts'
import { plainText, type Reading, saysNothing } from './reading.ts'

/** In which order day, month and year stand in a date of digits. */
export type DateOrder = 'YMD' | 'DMY' | 'MDY'

const ORDERS: readonly DateOrder[] = ['YMD', 'DMY', 'MDY']

/** Excel's day numbers from 1950 to 2099. It counts from 1900 and takes that for a leap year, which moves its zero. */
const SERIAL = /^(\d{5})(?:[.,]\d+)?$/
const SERIAL_ZERO = Date.UTC(1899, 11, 30)
const FIRST_SERIAL = 18_264
const LAST_SERIAL = 73_050
const DAY_MS = 86_400_000

/**
 * A calendar day as people and programs write it, `YYYY-MM-DD`; a time beside it is dropped.
 * @param options.order of dates of digits; undefined: only what can be read in one way is read. SERIAL: Excel's day
 *   numbers, which are nothing else anywhere
 * @param options.time_zone where an instant (`2025-12-31T23:59:59Z`, `... +02:00`) becomes a day; null: the day as it is
 *   written. Midnight is how programs write a day, so that it keeps the day it is written with.
 */
export function parseDate(
  text: string,
  options: { order?: DateOrder | 'SERIAL' | undefined; time_zone: string | null },
): Reading<string> {
  const plain = plainText(text)
  if (saysNothing(plain)) return { value: null }
  const serial = serialDay(plain)
  if (serial !== undefined) {
    return options.order === 'SERIAL' ? { value: serial } : { error: 'is a number, not a date' }
  }
  const parts = splitDate(plain)
  if (!parts) return { error: 'is no date' }
  const day = inOrder(parts, options.order === 'SERIAL' ? undefined : options.order)
  if (day.error !== undefined) return day
  const { offset, minutes, seconds } = parts
  if (options.time_zone === null || offset === undefined || (minutes === 0 && seconds === 0)) return day
  const instant = Date.parse(day.value) + (minutes - offset) * 60_000 + seconds * 1000
  return { value: today(new Date(instant), options.time_zone) }
}

/** `SERIAL`: all are Excel's day numbers. `ambiguous`: only a person knows. `contradictory`: no order fits them all. */
export type DateDecision = DateOrder | 'SERIAL' | 'ambiguous' | 'contradictory'

/** Finds the order of dates from all values of a column: one that can be read in one way decides for the others. */
export class DateDecider {
  #serials = 0
  #dates = 0
  #fitting: readonly DateOrder[] = ORDERS
  /** Two orders -> the first value that they read as different days. */
  readonly #different = new Map<string, string>()
  #contradiction: string | undefined

  add(text: string): void {
    const plain = plainText(text)
    if (plain === '') return
    if (serialDay(plain) !== undefined) {
      this.#serials++
      return
    }
    const parts = splitDate(plain)
    if (!parts) return
    const days = ORDERS.flatMap((order) => {
      const day = readAs(parts, order)
      return day === undefined ? [] : [{ order, day }]
    })
    // What is no real day in any order is an error of its row, and says nothing of the others.
    if (days.length === 0) return
    this.#dates++
    this.#fitting = this.#fitting.filter((order) => days.some((other) => other.order === order))
    if (this.#fitting.length === 0) this.#contradiction ??= text
    for (const [index, one] of days.entries()) {
      for (const other of days.slice(index + 1)) {
        const pair = `${one.order} ${other.order}`
        if (one.day !== other.day && !this.#different.has(pair)) this.#different.set(pair, text)
      }
    }
  }

  decide(): DateDecision {
    if (this.#serials > 0 && this.#dates === 0) return 'SERIAL'
    const [order] = this.#fitting
    if (order === undefined) return 'contradictory'
    return this.#openQuestion() === undefined ? order : 'ambiguous'
  }

  /** A value that shows why it is ambiguous or contradictory. */
  get example(): string | undefined {
    return this.#contradiction ?? this.#openQuestion()
  }

  #openQuestion(): string | undefined {
    for (const [pair, example] of this.#different) {
      if (pair.split(' ').every((order) => this.#fitting.includes(order as DateOrder))) return example
    }
    return undefined
  }
}

/** As `DateDecider`, for values that are at hand. */
export function decideDateOrder(values: Iterable<string>): DateDecision {
  const decider = new DateDecider()
  for (const value of values) decider.add(value)
  return decider.decide()
}

function serialDay(text: string): string | undefined {
  const days = Number(SERIAL.exec(text)?.[1])
  if (!(days >= FIRST_SERIAL && days <= LAST_SERIAL)) return undefined
  return new Date(SERIAL_ZERO + days * DAY_MS).toISOString().slice(0, 10)
}

function inOrder(
  parts: DateParts,
  order: DateOrder | undefined,
): { value: string; error?: undefined } | { error: string } {
  const asked = readAs(parts, order ?? 'YMD')
  if (asked !== undefined && (order !== undefined || parts.sure)) return { value: asked }
  const possible = [...new Set(ORDERS.map((order) => readAs(parts, order)))].filter((day) => day !== undefined)
  if (possible.length === 0) return { error: 'is no day of the calendar' }
  if (order !== undefined) return { error: `is no day in the order ${order}` }
  const [value = ''] = possible
  return possible.length === 1 ? { value } : { error: `can be ${possible.join(' or ')}: choose by date_format` }
}

/** The day that the parts are in an order; undefined when there is none. */
function readAs({ numbers: [a, b, c], sure, yearDigits }: DateParts, order: DateOrder): string | undefined {
  if (sure) return day(a, b, c)
  if (order === 'DMY') return day(fullYear(c, yearDigits), b, a)
  if (order === 'MDY') return day(fullYear(c, yearDigits), a, b)
  return yearDigits === 2 ? day(fullYear(a, 2), b, c) : undefined
}

function day(year: number, month: number, day: number): string | undefined {
  if (!isRealDay(year, month, day)) return undefined
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}
