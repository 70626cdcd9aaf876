import type { z } from 'zod'
import { addDays } from '../calendar.ts'
import type { Context } from '../context.ts'
import { invalid } from '../errors.ts'
import { formatMinorUnits } from '../money.ts'
import { getSettings, getToday } from '../settings.ts'
import { addSums, NOTHING, type Sum, sumStatisticsBy } from '../statistics/read.ts'
import { addMonths, lastDayOf, mondayOf, monthOf, monthsFrom } from './months.ts'
import type { ByPeriodQuery, Spending, SpendingByPeriod } from './shapes.ts'

/** A series longer than this helps nobody, and is a mistake in the dates. */
const MAX_PERIODS = 5_000

/**
 * Money spent and items bought in each of the last months, oldest first; the last is the current one.
 * @param currency_code the one currency that is added up
 */
export async function getSpending(
  ctx: Context,
  { months, currency_code }: { months: number; currency_code: string },
): Promise<z.infer<typeof Spending>> {
  const last = monthOf(await getToday(ctx))
  const first = addMonths(last, 1 - months)
  const sums = await sumStatisticsBy(ctx, 'period', { kind: 'purchase_month', currency_code, from: first, to: last })
  return monthsFrom(first, months).map((month) => ({ month, ...toAmounts(sums.get(month) ?? NOTHING, currency_code) }))
}

/**
 * Money spent and items bought between two days, cut into days, weeks or months, without gaps.
 * @throws AppError UNPROCESSABLE_CONTENT when that would be more than 5,000 periods
 */
export async function getSpendingByPeriod(
  ctx: Context,
  query: z.output<typeof ByPeriodQuery>,
): Promise<z.infer<typeof SpendingByPeriod>> {
  const { date_from, date_to, group_by } = query
  const currency_code = query.currency_code ?? (await getSettings(ctx)).base_currency
  const sums = new Map(listPeriods(date_from, date_to, group_by).map((period): [string, Sum] => [period, NOTHING]))
  const days = { kind: 'purchase_day', currency_code, from: date_from, to: date_to } as const
  let total = NOTHING
  for (const [day, sum] of await sumStatisticsBy(ctx, 'period', days)) {
    const period = PERIOD_OF[group_by](day)
    sums.set(period, addSums(sums.get(period) ?? NOTHING, sum))
    total = addSums(total, sum)
  }
  return {
    currency_code,
    date_from,
    date_to,
    ...toAmounts(total, currency_code),
    periods: Array.from(sums, ([period, sum]) => ({ period, ...toAmounts(sum, currency_code) })),
  }
}

const PERIOD_OF = { day: (day: string) => day, week: mondayOf, month: monthOf }

/** Every period that has a day between the two. */
function listPeriods(from: string, to: string, groupBy: keyof typeof PERIOD_OF): string[] {
  const periods: string[] = []
  const last = PERIOD_OF[groupBy](to)
  for (let day = from; periods.length < MAX_PERIODS; day = NEXT[groupBy](day)) {
    const period = PERIOD_OF[groupBy](day)
    periods.push(period)
    if (period === last) return periods
  }
  throw invalid([{ path: 'date_to', message: `is too far from date_from: at most ${MAX_PERIODS} periods` }])
}

/** A day of the next period. */
const NEXT = {
  day: (day: string) => addDays(day, 1),
  week: (day: string) => addDays(mondayOf(day), 7),
  month: (day: string) => addDays(lastDayOf(monthOf(day)), 1),
}

function toAmounts(sum: Sum, currency_code: string) {
  return { total_amount: formatMinorUnits(sum.amount, currency_code), item_count: sum.item_count }
}
