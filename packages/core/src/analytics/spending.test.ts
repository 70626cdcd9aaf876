import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { updateSettings } from '../settings.ts'
import { addPurchase, openContext, refusalOf, type TestContext } from '../testing.ts'
import { ByPeriodQuery, SpendingQuery } from './shapes.ts'
import { getSpending, getSpendingByPeriod } from './spending.ts'

describeEachEngine('spending by month', (engine) => {
  let ctx: TestContext
  beforeEach(async () => {
    ctx = await openContext(engine)
  })

  it('has exactly as many rows as asked for, without gaps, the current month last', async () => {
    await addPurchase(ctx, { purchase_date: '2026-03-31', price: '1.50', quantity: 3 })
    await addPurchase(ctx, { purchase_date: '2026-01-01', price: '0.10' })
    await addPurchase(ctx, { purchase_date: '2026-01-31', price: '0.20' })
    await addPurchase(ctx, { purchase_date: '2025-11-30', price: '99' })
    await addPurchase(ctx, { purchase_date: '2026-04-01', price: '99' })
    await addPurchase(ctx, { purchase_date: '2026-02-01', price: '99', currency_code: 'EUR' })
    expect(await getSpending(ctx, { months: 4, currency_code: 'USD' })).toEqual([
      { month: '2025-12', total_amount: '0.00', item_count: 0 },
      { month: '2026-01', total_amount: '0.30', item_count: 2 },
      { month: '2026-02', total_amount: '0.00', item_count: 0 },
      { month: '2026-03', total_amount: '4.50', item_count: 3 },
    ])
    for (const months of [1, 12, 120]) {
      const rows = await getSpending(ctx, { months, currency_code: 'JPY' })
      expect(rows).toHaveLength(months)
      expect(rows.at(-1)).toEqual({ month: '2026-03', total_amount: '0', item_count: 0 })
    }
    expect((await getSpending(ctx, { months: 120, currency_code: 'USD' }))[0]?.month).toBe('2016-04')
  })

  it.each([
    ['2026-12-31T23:59:59Z', 'UTC', '2026-12'],
    ['2027-01-01T00:00:00Z', 'UTC', '2027-01'],
    ['2026-12-31T11:00:00Z', 'Pacific/Auckland', '2027-01'],
    ['2026-12-31T10:59:59Z', 'Pacific/Auckland', '2026-12'],
    ['2027-01-01T07:59:59Z', 'America/Los_Angeles', '2026-12'],
    ['2024-02-29T12:00:00Z', 'UTC', '2024-02'],
    ['2024-02-29T12:00:00Z', 'Pacific/Auckland', '2024-03'],
  ])('at %s in %s, the current month is %s', async (now, time_zone, month) => {
    await updateSettings(ctx, { time_zone })
    ctx.setNow(now)
    const rows = await getSpending(ctx, { months: 13, currency_code: 'USD' })
    expect(rows.at(-1)?.month).toBe(month)
    expect(rows[0]?.month).toBe(`${Number(month.slice(0, 4)) - 1}${month.slice(4)}`)
  })

  it('adds amounts exactly where a JavaScript number would not', async () => {
    for (let count = 0; count < 2; count += 1) {
      await addPurchase(ctx, { price: '99999999.99', quantity: 999_983 })
      await addPurchase(ctx, { price: '0.01', quantity: 1 })
    }
    const [row] = await getSpending(ctx, { months: 3, currency_code: 'USD' })
    expect(row).toEqual({ month: '2026-01', total_amount: '199996599980000.36', item_count: 1_999_968 })
  })

  it('takes 12 months, or from 1 to 120', () => {
    expect(SpendingQuery.parse({})).toEqual({ months: 12 })
    for (const months of [0, 121, 1.5]) expect(SpendingQuery.safeParse({ months }).success).toBe(false)
  })
})

describeEachEngine('spending by period', (engine) => {
  let ctx: TestContext
  beforeEach(async () => {
    ctx = await openContext(engine)
  })
  const ask = (query: Partial<Parameters<typeof getSpendingByPeriod>[1]> & { date_from: string; date_to: string }) =>
    getSpendingByPeriod(ctx, ByPeriodQuery.parse(query))
  const names = async (query: Parameters<typeof ask>[0]) => (await ask(query)).periods.map(({ period }) => period)

  it('names a week by its Monday, also when the range begins after it, and counts only its days', async () => {
    for (const purchase_date of ['2026-03-10', '2026-03-11', '2026-03-15', '2026-03-16', '2026-03-25', '2026-03-26']) {
      await addPurchase(ctx, { purchase_date, price: '1' })
    }
    expect(await ask({ date_from: '2026-03-11', date_to: '2026-03-25', group_by: 'week' })).toEqual({
      currency_code: 'USD',
      date_from: '2026-03-11',
      date_to: '2026-03-25',
      total_amount: '4.00',
      item_count: 4,
      periods: [
        { period: '2026-03-09', total_amount: '2.00', item_count: 2 },
        { period: '2026-03-16', total_amount: '1.00', item_count: 1 },
        { period: '2026-03-23', total_amount: '1.00', item_count: 1 },
      ],
    })
  })

  it.each([
    ['2024-02-28', '2024-03-01', 'day', ['2024-02-28', '2024-02-29', '2024-03-01']],
    ['2025-02-28', '2025-03-01', 'day', ['2025-02-28', '2025-03-01']],
    ['2025-12-31', '2026-01-01', 'day', ['2025-12-31', '2026-01-01']],
    ['2025-12-31', '2026-01-01', 'week', ['2025-12-29']],
    ['2026-03-15', '2026-03-16', 'week', ['2026-03-09', '2026-03-16']],
    ['2025-12-31', '2026-01-01', 'month', ['2025-12', '2026-01']],
    ['2026-01-31', '2026-03-01', 'month', ['2026-01', '2026-02', '2026-03']],
    ['2026-03-15', '2026-03-15', 'day', ['2026-03-15']],
    ['2026-03-15', '2026-03-15', 'week', ['2026-03-09']],
    ['2026-03-15', '2026-03-15', 'month', ['2026-03']],
    ['0001-01-01', '0001-01-02', 'day', ['0001-01-01', '0001-01-02']],
    ['9999-12-30', '9999-12-31', 'day', ['9999-12-30', '9999-12-31']],
    ['9999-12-26', '9999-12-31', 'week', ['9999-12-20', '9999-12-27']],
    ['9999-11-30', '9999-12-31', 'month', ['9999-11', '9999-12']],
  ] as const)('cuts %s to %s by %s', async (date_from, date_to, group_by, expected) => {
    expect(await names({ date_from, date_to, group_by })).toEqual(expected)
  })

  it('is in the base currency unless another one is named', async () => {
    await updateSettings(ctx, { base_currency: 'KWD' })
    await addPurchase(ctx, { price: '1.125' })
    await addPurchase(ctx, { price: '7', currency_code: 'JPY' })
    const days = { date_from: '2026-01-31', date_to: '2026-01-31' }
    expect(await ask(days)).toMatchObject({ currency_code: 'KWD', total_amount: '1.125', item_count: 1 })
    expect(await ask({ ...days, currency_code: 'JPY' })).toMatchObject({ currency_code: 'JPY', total_amount: '7' })
  })

  it.each([
    ['day', '2001-01-01', '2014-09-09'],
    ['week', '2001-01-01', '2096-10-28'],
    ['month', '2001-01-31', '2417-08-01'],
  ] as const)('takes 5,000 periods by %s, and refuses one more', async (group_by, date_from, date_to) => {
    expect(await names({ date_from, date_to, group_by })).toHaveLength(5_000)
    const after = { day: '2014-09-10', week: '2096-10-29', month: '2417-09-01' }[group_by]
    const refusal = { code: 'UNPROCESSABLE_CONTENT', paths: ['date_to'] }
    expect(await refusalOf(ask({ date_from, date_to: after, group_by }))).toEqual(refusal)
    expect(await refusalOf(ask({ date_from: '0001-01-01', date_to: '9999-12-31', group_by }))).toEqual(refusal)
  })
})

describe('the query of spending by period', () => {
  it('needs both days, in order', () => {
    const wrong = (query: object) => ByPeriodQuery.safeParse(query).error?.issues.map(({ path }) => path.join('.'))
    expect(wrong({})).toEqual(['date_from', 'date_to'])
    expect(wrong({ date_from: '2026-01-02', date_to: '2026-01-01' })).toEqual(['date_to'])
    expect(wrong({ date_from: '2026-01-02', date_to: '2026-01-01', group_by: 'year' })).toEqual(['group_by', 'date_to'])
    expect(wrong({ date_from: '2026-01-01', date_to: '2026-01-01' })).toBeUndefined()
  })
})
