import { describeEachEngine } from '@spends/db/testing'
import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { addDays } from '../calendar.ts'
import { listRecentPurchases } from '../purchases/read.ts'
import { updateSettings } from '../settings.ts'
import { rebuildStatistics, verifyStatistics } from '../statistics/rebuild.ts'
import { openContext, type TestContext } from '../testing.ts'
import { listRecentWarranties } from '../warranties/read.ts'
import { getBrandShares, getRetailerShares } from './shares.ts'
import { getSpending, getSpendingByPeriod } from './spending.ts'
import { getSummary } from './summary.ts'
import { CURRENCIES, histories, live, someDays } from './testing/history.ts'
import {
  plainByPeriod,
  plainRecent,
  plainShares,
  plainSpending,
  plainSummary,
  plainTimeline,
  plainToday,
  plainTopProducts,
  plainWarrantySummary,
  type Question,
  readRows,
} from './testing/plain-answers.ts'
import { getTopProducts } from './top-products.ts'
import { getWarrantySummary, getWarrantyTimeline } from './warranties.ts'

const ZONES = ['UTC', 'Pacific/Auckland', 'America/Los_Angeles', 'Asia/Kathmandu'] as const

interface Asked extends Omit<Question, 'period_from' | 'period_to'> {
  day: string
  /** Which end of a warranty to ask on instead, or a day beside it. */
  end: number | null
  hour: number
  time_zone: string
  base_currency: string
  expiring_soon_days: number
  span: number
}

const questions: fc.Arbitrary<Asked> = fc
  .record({
    day: someDays().filter(isUsual),
    end: fc.option(fc.nat({ max: 1000 }), { freq: 2 }),
    hour: fc.nat({ max: 23 }),
    time_zone: fc.constantFrom(...ZONES),
    base_currency: fc.constantFrom(...CURRENCIES, 'EUR'),
    expiring_soon_days: fc.constantFrom(0, 1, 30, 3650),
    currency_code: fc.option(fc.constantFrom(...CURRENCIES, 'EUR'), { nil: undefined }),
    days: fc.tuple(someDays(), someDays()).map((days) => days.sort()),
    open: fc.constantFrom('both', 'from', 'to', 'neither'),
    group_by: fc.constantFrom('day', 'week', 'month'),
    span: fc.nat({ max: 500 }),
    months: fc.integer({ min: 1, max: 24 }),
    from: fc.option(fc.constantFrom('2024-02', '2024-11', '2025-12', '2026-02', '2026-03', '2999-12'), {
      nil: undefined,
    }),
    limit: fc.constantFrom(1, 2, 3, 10),
  })
  .map(({ days: [first, last], open, ...rest }) => ({
    ...rest,
    date_from: open === 'both' || open === 'from' ? first : undefined,
    date_to: open === 'both' || open === 'to' ? last : undefined,
  }))

/** Not at the ends of time, where nobody asks. */
function isUsual(day: string): boolean {
  return day > '1900' && day < '9000'
}

describeEachEngine('every answer', (engine) => {
  let ctx: TestContext
  beforeAll(async () => {
    ctx = await openContext(engine)
  })

  it('is what all rows say, after any history', async () => {
    await fc.assert(
      fc.asyncProperty(histories(), fc.array(questions, { minLength: 6, maxLength: 6 }), async (history, asked) => {
        await ctx.db.deleteFrom('purchases').execute()
        await ctx.db.deleteFrom('statistics').execute()
        await live(ctx, history)
        expect(await verifyStatistics(ctx)).toEqual([])
        for (const question of asked) await checkAnswers(ctx, question)

        const kept = await readFigures(ctx)
        await rebuildStatistics(ctx)
        expect(await readFigures(ctx)).toEqual(kept)
        expect(await verifyStatistics(ctx)).toEqual([])
        for (const question of asked.slice(0, 1)) await checkAnswers(ctx, question)
      }),
      // The limit ends a slow search for the smallest history that fails.
      { numRuns: engine.name === 'sqlite' ? 40 : 20, interruptAfterTimeLimit: 40_000 },
    )
  }, 60_000)
})

/** The figures that say something. */
function readFigures({ db }: TestContext) {
  return db
    .selectFrom('statistics')
    .select(['kind', 'currency_code', 'key', 'period', 'row_count', 'item_count'])
    .select((eb) => eb.cast<string>('amount', 'text').as('amount'))
    .where('row_count', '<>', 0)
    .orderBy('kind')
    .orderBy('currency_code')
    .orderBy('key')
    .orderBy('period')
    .execute()
}

async function checkAnswers(ctx: TestContext, asked: Asked): Promise<void> {
  const { day, end, hour, time_zone, base_currency, expiring_soon_days, span, ...rest } = asked
  const ends = (await readRows(ctx)).warranties.flatMap(({ warranty_end }) => warranty_end ?? []).filter(isUsual)
  const chosen = end === null ? undefined : ends[end % ends.length]
  const askedOn = chosen === undefined || end === null ? day : addDays(chosen, (end % 3) - 1)
  const now = `${askedOn}T${String(hour).padStart(2, '0')}:30:00Z`
  ctx.setNow(now)
  await updateSettings(ctx, { time_zone, base_currency, expiring_soon_days })
  const today = plainToday(new Date(now), time_zone)
  const currency = asked.currency_code ?? base_currency
  const center = Date.parse(today)
  const question: Question = {
    ...rest,
    period_from: new Date(center - span * 86_400_000).toISOString().slice(0, 10),
    period_to: new Date(center + (span % 40) * 86_400_000).toISOString().slice(0, 10),
  }
  const { currency_code, date_from, date_to, group_by, period_from, period_to, months, from, limit } = question
  const rows = await readRows(ctx)
  const range = { currency_code: currency, date_from, date_to }

  expect(await getSpending(ctx, { months, currency_code: currency })).toEqual(
    plainSpending(rows, today, currency, months),
  )
  const periods = { date_from: period_from, date_to: period_to, group_by, currency_code }
  expect(await getSpendingByPeriod(ctx, periods)).toEqual(plainByPeriod(rows, currency, question))
  expect(await getSummary(ctx, { currency_code, date_from, date_to })).toEqual(
    plainSummary(rows, today, currency, question),
  )
  expect(await getWarrantyTimeline(ctx, { months, from, currency_code })).toEqual(plainTimeline(rows, today, question))
  expect(await getWarrantySummary(ctx, { currency_code })).toEqual(plainWarrantySummary(rows, today, currency_code))

  const retailers = await getRetailerShares(ctx, range)
  expect(retailers.map(withoutPercentage)).toEqual(plainShares(rows, 'retailer', currency, question))
  const brands = await getBrandShares(ctx, range)
  expect(brands.map(withoutPercentage)).toEqual(plainShares(rows, 'brand', currency, question))
  for (const shares of [retailers, brands]) {
    const hundredths = shares.reduce((sum, { percentage }) => sum + Math.round(percentage * 100), 0)
    expect(hundredths).toBe(shares.length === 0 ? 0 : 10_000)
  }

  expect(await getTopProducts(ctx, { ...range, limit })).toEqual(plainTopProducts(rows, currency, question))
  const recent = plainRecent(rows, limit)
  expect((await listRecentPurchases(ctx, { limit })).map(({ id }) => id)).toEqual(recent.purchases)
  expect((await listRecentWarranties(ctx, { limit })).map(({ id }) => id)).toEqual(recent.warranties)
}

function withoutPercentage<T extends { percentage: number }>({ percentage: _, ...share }: T) {
  return share
}
