import type { Settings } from '@spends/client'
import { settings } from './settings.ts'

type Formatting = Pick<Settings, 'locale' | 'date_format' | 'time_zone'>

const kept = new Map<string, unknown>()

/** Formatters are dear to make and cheap to keep. */
function keep<T>(key: string, make: () => T): T {
  const known = kept.get(key)
  if (known !== undefined) return known as T
  const made = make()
  kept.set(key, made)
  return made
}

/** An amount in its currency, with exactly the digits it has: `"1299.90"`, `"EUR"` gives `1.299,90 €` in German. */
export function money(amount: string, currency: string, { locale }: Formatting = settings()): string {
  const digits = amount.split('.')[1]?.length ?? 0
  const format = keep(
    `money ${locale} ${currency} ${digits}`,
    () =>
      new Intl.NumberFormat(locale, {
        style: 'currency',
        currency,
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      }),
  )
  // As text: no amount of ours ever becomes a float.
  return format.format(amount as `${number}`)
}

/** A whole number. */
export function count(value: number, { locale }: Formatting = settings()): string {
  return keep(`count ${locale}`, () => new Intl.NumberFormat(locale)).format(value)
}

/** A share, `12.5` gives `12.5 %`. */
export function percent(value: number, { locale }: Formatting = settings()): string {
  return keep(
    `percent ${locale}`,
    () => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }),
  ).format(value / 100)
}

/** Bytes, in the unit that reads best. */
export function bytes(size: number, { locale }: Formatting = settings()): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte']
  const power = size < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log(size) / Math.log(1000)))
  const unit = units[power] ?? 'byte'
  const digits = power === 0 ? 0 : 1
  return keep(
    `bytes ${locale} ${unit}`,
    () => new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: digits }),
  ).format(size / 1000 ** power)
}

/** A day, `2026-01-31`, as the settings write days. */
export function date(day: string, { locale, date_format }: Formatting = settings()): string {
  if (date_format === 'YMD') return day
  const [year = '', month = '', dayOfMonth = ''] = day.split('-')
  const parts = keep(`date ${locale}`, () => new Intl.DateTimeFormat(locale, { dateStyle: 'short' })).formatToParts(0)
  const between = parts.find(({ type }) => type === 'literal')?.value.trim() || '/'
  return (date_format === 'DMY' ? [dayOfMonth, month, year] : [month, dayOfMonth, year]).join(between)
}

/** A moment, in the time zone of the settings. */
export function moment(instant: string, { locale, time_zone, date_format }: Formatting = settings()): string {
  const at = new Date(instant)
  const time = keep(
    `time ${locale} ${time_zone}`,
    () => new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone: time_zone }),
  ).format(at)
  return `${date(dayOf(at, time_zone), { locale, time_zone, date_format })}, ${time}`
}

/** The day of a moment in a time zone, `YYYY-MM-DD`. */
export function dayOf(at: Date, timeZone: string): string {
  // Sweden writes days as ISO does.
  return keep(`day ${timeZone}`, () => new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeZone })).format(at)
}

/** Today, by the time zone of the settings. */
export function today(): string {
  return dayOf(new Date(), settings().time_zone)
}

/** A month, `2026-01`, with its name. */
export function month(value: string, style: 'short' | 'long' = 'short', { locale }: Formatting = settings()): string {
  const format = keep(
    `month ${locale} ${style}`,
    () => new Intl.DateTimeFormat(locale, { month: style, year: 'numeric', timeZone: 'UTC' }),
  )
  return format.format(new Date(`${value}-01T00:00:00Z`))
}

/** How long ago, or how far ahead, a moment is: `2 days ago`. */
export function relative(instant: string, { locale }: Formatting = settings(), now = new Date()): string {
  const seconds = (Date.parse(instant) - now.getTime()) / 1000
  const units: [Intl.RelativeTimeFormatUnit, number][] = [
    ['year', 31_557_600],
    ['month', 2_629_800],
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ]
  const [unit, length] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1]
  return keep(`relative ${locale}`, () => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })).format(
    Math.round(seconds / length),
    unit,
  )
}

/** By how much something changed, with its sign: `+3`, `-12 %`. */
export function change(by: number, unit: 'count' | 'percent', { locale }: Formatting = settings()): string {
  const style = unit === 'percent' ? 'percent' : 'decimal'
  return keep(
    `change ${locale} ${style}`,
    () => new Intl.NumberFormat(locale, { style, signDisplay: 'exceptZero', maximumFractionDigits: 0 }),
  ).format(unit === 'percent' ? by / 100 : by)
}

/** Some days in a row, as in `Feb 1 – 15`. */
export function dayRange(from: string, to: string, { locale }: Formatting = settings()): string {
  const format = keep(
    `range ${locale}`,
    () => new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', timeZone: 'UTC' }),
  )
  return format.formatRange(new Date(from), new Date(to))
}
