/** The calendar day so many days after another. @param day `YYYY-MM-DD` */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10)
}

/** How many days a day is after another; negative where it is before. @param from @param to `YYYY-MM-DD` */
export function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000
}

/** The same day so many years later; the 28th of February where that year has no 29th. @param day `YYYY-MM-DD` */
export function addYears(day: string, years: number): string {
  const [year = '', month = '', dayOfMonth = ''] = day.split('-')
  const later = String(Number(year) + years).padStart(4, '0')
  const moved = `${later}-${month}-${dayOfMonth}`
  // Only a leap day can be missing.
  return isDay(moved) ? moved : `${later}-02-28`
}

/** Whether a text is a calendar day that exists, written `YYYY-MM-DD`. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const at = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)
}
