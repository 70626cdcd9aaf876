import { Decimal } from 'decimal.js'
import { isCalendarDate } from '../calendar.ts'
import { MAX_CURRENCY_DIGITS } from '../money.ts'

/** Longer values are cut where they are only shown. */
const SHOWN_CHARACTERS = 200

/** A value of a file as an error names it. */
export function shown(value: unknown): string | null {
  if (value === undefined || value === null) return null
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS).toWellFormed()}…` : text
}

/**
 * An amount that a program printed from a binary fraction, as it was meant: `19.989999999999998` is 19.99, and `500.0`
 * is 500. Anything else stays as it is.
 */
export function unfloated(amount: string): string {
  if (!/^\d{1,15}\.\d+$/.test(amount)) return amount
  const exact = new Decimal(amount)
  const rounded = exact.toDecimalPlaces(MAX_CURRENCY_DIGITS)
  return exact.minus(rounded).abs().lte(exact.times(1e-14)) ? rounded.toFixed() : amount
}

const DAY_WITH_TIME = /^(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/

/** The calendar day that stands at the beginning of `2026-01-15`, `2026-01-15T00:00:00` or an instant. */
export function dayOf(text: string): string | undefined {
  const day = DAY_WITH_TIME.exec(text.trim())?.[1]
  return day !== undefined && isCalendarDate(day) ? day : undefined
}

const INSTANT = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?$/

/** An instant in UTC and whole seconds. One without a zone is taken for UTC. */
export function instantOf(text: string): string | undefined {
  const [, day, time, zone = 'Z'] = INSTANT.exec(text.trim()) ?? []
  if (day === undefined || !isCalendarDate(day)) return undefined
  const milliseconds = Date.parse(`${day}T${time}${zone.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')}`)
  return Number.isNaN(milliseconds) ? undefined : `${new Date(milliseconds).toISOString().slice(0, 19)}Z`
}

/** `EXPIRED` of `WarrantyStatus.EXPIRED`: how Python prints the member of an enumeration. */
export function memberName(text: string): string {
  return text
    .trim()
    .replace(/^\w+\./, '')
    .toUpperCase()
}

/** Tags that stand in one text, in the order they stand there. */
export function splitTags(text: string, separator: RegExp): string[] {
  return text
    .split(separator)
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '')
}
