const DAY_MS = 86_400_000
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** A calendar day `YYYY-MM-DD` that exists, in the years 0001 to 9999. */
export function isCalendarDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const [year, month, day] = [Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8))]
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const days = month === 2 && isLeap ? 29 : (DAYS[month - 1] ?? 0)
  return year >= 1 && day >= 1 && day <= days
}

/** The current calendar day in a time zone. @param timeZone an IANA name that `Intl` knows */
export function today(now: Date, timeZone: string): string {
  return dayFormat(timeZone).format(now)
}

const dayFormats = new Map<string, Intl.DateTimeFormat>()

/** Making a format costs a hundred times more than using it. en-CA writes YYYY-MM-DD. */
function dayFormat(timeZone: string): Intl.DateTimeFormat {
  let format = dayFormats.get(timeZone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
    dayFormats.set(timeZone, format)
  }
  return format
}

/** Days from one calendar day to another: 0 for the same day, negative when `to` is the earlier one. */
export function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / DAY_MS
}

/** The calendar day `days` after another. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10)
}

/** An instant in UTC, in whole seconds: `YYYY-MM-DDTHH:MM:SSZ`. */
export function toInstant(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`
}
