import type { z } from 'zod'
import { addDays, today } from '../calendar.ts'
import { type Context, inSnapshot } from '../context.ts'
import { getSettings, getToday } from '../settings.ts'
import { countStatistics, countStatisticsBy, type StatisticsFilter } from '../statistics/read.ts'
import { addMonths, lastDayOf, monthOf, monthsFrom } from './months.ts'
import type { TimelineQuery, WarrantyRangeQuery, WarrantySummary, WarrantyTimeline } from './shapes.ts'

/** Months before the current one that the timeline shows unless it is told where to begin. */
const MONTHS_BEFORE = 6

/**
 * How many warranties are in force at each month's end, and how many end in it. Voided ones count nowhere.
 * @param currency_code only warranties of purchases in it; undefined: every warranty
 */
export async function getWarrantyTimeline(
  ctx: Context,
  { months, from, currency_code }: z.output<typeof TimelineQuery>,
): Promise<z.infer<typeof WarrantyTimeline>> {
  const day = await getToday(ctx)
  const first = from ?? addMonths(monthOf(day), -MONTHS_BEFORE)
  const last = addMonths(first, months - 1)
  const endDayRange = { from: `${first}-01`, to: lastDayOf(last) }
  const [starts, ends, endDays] = await inSnapshot(ctx, (tx) =>
    Promise.all([
      countStatisticsBy(tx, 'period', { kind: 'warranty_start_month', currency_code, to: last }),
      countStatisticsBy(tx, 'period', { kind: 'warranty_end_month', currency_code, to: last }),
      countStatisticsBy(tx, 'period', { kind: 'warranty_end_day', currency_code, ...endDayRange }),
    ]),
  )
  const current = monthOf(day)
  const endedThisMonth = countWhere(endDays, (end) => monthOf(end) === current && end < day)

  let inForce = countWhere(starts, (month) => month < first) - countWhere(ends, (month) => month < first)
  return monthsFrom(first, months).map((month) => {
    const ended = ends.get(month) ?? 0
    inForce += (starts.get(month) ?? 0) - ended
    const endOnLastDay = endDays.get(lastDayOf(month)) ?? 0
    const expired = month === current ? endedThisMonth : month < current ? ended : 0
    // The last day is covered: what ends on it is still in force.
    return { month, active: inForce + endOnLastDay, expired, expiring_soon: ended - expired }
  })
}

/**
 * How many warranties there are in each status, today.
 * @param currency_code only warranties of purchases in it; undefined: every warranty. Dates never filter warranties.
 */
export async function getWarrantySummary(
  ctx: Context,
  { currency_code }: Pick<z.output<typeof WarrantyRangeQuery>, 'currency_code'>,
): Promise<z.infer<typeof WarrantySummary>> {
  const settings = await getSettings(ctx)
  const day = today(ctx.now(), settings.time_zone)
  const month = monthOf(day)
  const soon = addDays(day, settings.expiring_soon_days)
  const [total, voided, endedMonths, endedThisMonth, expiring_soon] = await inSnapshot(ctx, (tx) => {
    const count = (filter: Omit<StatisticsFilter, 'currency_code'>) => countStatistics(tx, { ...filter, currency_code })
    return Promise.all([
      count({ kind: 'warranty' }),
      count({ kind: 'voided_warranty' }),
      count({ kind: 'warranty_end_month', to: addMonths(month, -1) }),
      count({ kind: 'warranty_end_day', from: `${month}-01`, to: addDays(day, -1) }),
      count({ kind: 'warranty_end_day', from: day, to: soon }),
    ])
  })
  const expired = endedMonths + endedThisMonth
  return { total, active: total - voided - expired, expiring_soon, expired, voided }
}

function countWhere(counts: ReadonlyMap<string, number>, test: (period: string) => boolean): number {
  let sum = 0
  for (const [period, count] of counts) if (test(period)) sum += count
  return sum
}
