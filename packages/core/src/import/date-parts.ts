import { isWeekday, monthOf } from './month-names.ts'

/** A date taken apart, not yet known to be a real day. */
export interface DateParts {
  /** As they stand; year, month, day when `sure`. */
  numbers: readonly [number, number, number]
  /** Whether it is certain which number is which. */
  sure: boolean
  /** Digits of the year, 2 or 4. With 4 it is the last number, unless `sure`. */
  yearDigits: number
  /** Of the time: minutes and seconds since midnight. */
  minutes: number
  seconds: number
  /** Minutes from UTC; undefined where the text names no zone by its offset. */
  offset: number | undefined
}

const LONGEST = 80

const TIME =
  /(?:(?<=\d)t|[\s,]+(?:(?:at|um|à|alle|om|a las) )?)(?<hour>\d{1,2})(?:[:.](?<minute>\d{2})(?:[:.](?<second>\d{2}(?:[.,]\d+)?))?|h(?<french>\d{2})?|(?= ?[ap]\.?m))(?: ?(?<half>[ap])\.?m\.?)?(?: ?(?:uhr|h))?(?: ?(?<zone>z|(?:utc|gmt)?(?:[-+]\d{1,2}(?::?\d{2})?)?|[a-z]{2,5}))?(?: ?[([][^)\]]*[)\]])?$/i
const COMPACT =
  /^(?<year>(?:19|20|21)\d{2})(?<month>\d{2})(?<date>\d{2})(?:t(?<hour>\d{2})(?<minute>\d{2})(?<second>\d{2})?(?<zone>z|[-+]\d{2}:?\d{2})?)?$/i
const YEAR_FIRST = /^(\d{4})([-/. ]) ?(\d{1,2})\2 ?(\d{1,2})\.?$/
const YEAR_LAST = /^(\d{1,2})([-/. ]) ?(\d{1,2})\2 ?(\d{4}|\d{2})\.?$/

/** Takes a date apart that is written in plain characters and trimmed; undefined: it is none. */
export function splitDate(text: string): DateParts | undefined {
  if (text.length > LONGEST) return undefined
  const day = COMPACT.test(text) ? undefined : dayOf(text)
  if (day) return { ...day, ...MIDNIGHT }
  const match = COMPACT.exec(text) ?? TIME.exec(text)
  if (!match) return undefined
  const { year, month, date, ...clock } = match.groups ?? {}
  const time = timeOf(clock)
  const before = year === undefined ? dayOf(text.slice(0, match.index).trim()) : compactDay(year, month, date)
  return time && before && { ...before, ...time }
}

type Day = Pick<DateParts, 'numbers' | 'sure' | 'yearDigits'>
type Time = Pick<DateParts, 'minutes' | 'seconds' | 'offset'>

const MIDNIGHT: Time = { minutes: 0, seconds: 0, offset: undefined }

function compactDay(year: string, month = '', day = ''): Day {
  return sure(Number(year), Number(month), Number(day))
}

function dayOf(text: string): Day | undefined {
  const plain = text.replace(/[年月년월] ?/g, '-').replace(/[日일]$/, '')
  const first = YEAR_FIRST.exec(plain)
  if (first) return sure(Number(first[1]), Number(first[3]), Number(first[4]))
  const last = YEAR_LAST.exec(plain)
  if (last) {
    const [, a, , b, c = ''] = last
    return { numbers: [Number(a), Number(b), Number(c)], sure: false, yearDigits: c.length }
  }
  const words = text.split(/[\s.,/-]+/).filter((word) => word !== '')
  const [weekday = '', ...others] = words
  if (isWeekday(weekday)) return namedMonth(others) ?? numericBehind(text, weekday) ?? namedMonth(words)
  return namedMonth(words)
}

/** `Wed, 31.12.2025`. */
function numericBehind(text: string, weekday: string): Day | undefined {
  const rest = text.slice(weekday.length).replace(/^[\s.,]+/, '')
  return /^\d/.test(rest) && !/\p{L}/u.test(rest) ? dayOf(rest) : undefined
}

/** Words that say nothing: `31 de diciembre de 2025`, `31st of December`. */
const FILLERS = new Set(['de', 'del', 'of', 'the', 'den', 'der', 'le', 'el', 'feira'])

/** A day whose month is a word. */
function namedMonth(words: readonly string[]): Day | undefined {
  const said = words.filter((word) => !FILLERS.has(word.toLowerCase()))
  const [a = '', b = '', c = ''] = said.map((word) => word.replace(/^(\d{1,2})(?:st|nd|rd|th|er|o|e|te|ter)$/i, '$1'))
  if (said.length !== 3) return undefined
  const [day, name, year] = /^\d{4}$/.test(a) ? [c, b, a] : /^\d/.test(a) ? [a, b, c] : [b, a, c]
  const month = monthOf(name)
  if (month === undefined || !/^\d{1,2}$/.test(day) || !/^(?:\d{4}|\d{2})$/.test(year)) return undefined
  return sure(fullYear(Number(year), year.length), month, Number(day))
}

function sure(year: number, month: number, day: number): Day {
  return { numbers: [year, month, day], sure: true, yearDigits: 4 }
}

/** Two digits are a year from 1970 to 2069. */
export function fullYear(year: number, digits: number): number {
  if (digits > 2) return year
  return year < 70 ? 2000 + year : 1900 + year
}

function timeOf(groups: Record<string, string | undefined>): Time | undefined {
  const { hour = '0', minute = groups.french ?? '0', second = '0', half, zone } = groups
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0)
  const seconds = Number(second.replace(',', '.'))
  const minutes = hours * 60 + Number(minute)
  if (hours > 23 || Number(minute) > 59 || seconds > 60 || (half !== undefined && Number(hour) > 12)) return undefined
  return { minutes, seconds, offset: offsetOf(zone) }
}

/** Minutes east of UTC. Names of zones other than UTC mean different things in different countries. */
function offsetOf(zone = ''): number | undefined {
  const [, utc, sign, hours, minutes = '0'] = /^(z|utc|gmt)?(?:([-+])(\d{1,2}):?(\d{2})?)?$/i.exec(zone) ?? []
  if (sign === undefined) return utc === undefined ? undefined : 0
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
}

const DAYS_OF_MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

export function isRealDay(year: number, month: number, day: number): boolean {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return year >= 1 && day >= 1 && day <= (DAYS_OF_MONTHS[month - 1] ?? 0) + (leap ? 1 : 0)
}
