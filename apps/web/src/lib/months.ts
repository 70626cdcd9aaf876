import { addDays } from './days.ts'

/** The month of a day, `YYYY-MM`. */
export function monthOf(day: string): string {
  return day.slice(0, 7)
}

/** A month so many months later; earlier when negative. @param month `YYYY-MM` */
export function addMonths(month: string, months: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  const all = year * 12 + number - 1 + months
  return `${String(Math.floor(all / 12)).padStart(4, '0')}-${String((all % 12) + 1).padStart(2, '0')}`
}

/** The last day of a month. @param month `YYYY-MM` */
export function lastDayOf(month: string): string {
  return addDays(`${addMonths(month, 1)}-01`, -1)
}

/** The same day so many months later, or the last one of that month where it has no such day. */
export function sameDayIn(day: string, months: number): string {
  const month = addMonths(monthOf(day), months)
  const last = lastDayOf(month)
  const wanted = `${month}-${day.slice(8)}`
  return wanted < last ? wanted : last
}
