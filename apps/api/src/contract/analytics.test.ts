import { describeEachEngine } from '@spends/db/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../testing.ts'
import { restOf } from './verbs.ts'

/* Few purchases around a leap day, and figures added up by hand. Today is Friday, the first of March 2024. */
const NOW = new Date('2024-03-01T08:00:00Z')

describeEachEngine('analytics', ({ openDatabase }) => {
  let server: TestApp
  let shop: string
  let market: string
  let bosch: string
  const { ask, post, buy } = restOf(() => ({ server }))

  beforeAll(async () => {
    server = await startTestApp(await openDatabase(), { now: () => NOW })
    const idOf = async (path: string, name: string) => (await post(path, { name })).body.id
    shop = await idOf('/api/retailers', 'Corner shop')
    market = await idOf('/api/retailers', 'Flea market')
    bosch = (await ask('/api/brands?search=bosch')).body.items[0].id
    await buy({
      product_name: 'Desk lamp',
      price: '10',
      purchase_date: '2024-02-29',
      retailer_id: shop,
      brand_id: bosch,
      tax_deductible: true,
      warranty: { warranty_start: '2024-02-29', warranty_end: '2025-02-28' },
    })
    await buy({
      product_name: 'DESK LAMP',
      price: '12',
      quantity: 2,
      purchase_date: '2024-02-28',
      retailer_id: market,
      status: 'ORDERED',
    })
    await buy({
      product_name: 'Kettle',
      price: '0.05',
      purchase_date: '2023-12-31',
      warranty: { warranty_start: '2022-02-28', warranty_end: '2024-02-29' },
    })
    const yen = { currency_code: 'JPY' }
    await buy({
      ...yen,
      product_name: 'かばん',
      price: '500',
      quantity: 3,
      purchase_date: '2024-03-01',
      retailer_id: shop,
      warranty: { warranty_start: '2024-03-01', warranty_end: '2024-03-31' },
    })
    await buy({
      ...yen,
      product_name: 'Bag',
      price: '1000',
      purchase_date: '2024-01-31',
      status: 'ORDERED',
      warranty: { warranty_start: '2024-01-31', warranty_type: 'LIFETIME', status: 'VOIDED' },
    })
  })

  /** The answer, and the currency in its header. */
  async function figures(path: string) {
    const { status, body, headers } = await ask(`/api/analytics/${path}`)
    expect(status).toBe(200)
    return { body, currency: headers.get('X-Currency-Code') }
  }

  it('spending: month by month up to this one, also where nothing was bought', async () => {
    expect(await figures('spending?months=4')).toEqual({
      currency: 'USD',
      body: [
        { month: '2023-12', total_amount: '0.05', item_count: 1 },
        { month: '2024-01', total_amount: '0.00', item_count: 0 },
        { month: '2024-02', total_amount: '34.00', item_count: 3 },
        { month: '2024-03', total_amount: '0.00', item_count: 0 },
      ],
    })
    expect(await figures('spending?months=3&currency_code=JPY')).toEqual({
      currency: 'JPY',
      body: [
        { month: '2024-01', total_amount: '1000', item_count: 1 },
        { month: '2024-02', total_amount: '0', item_count: 0 },
        { month: '2024-03', total_amount: '1500', item_count: 3 },
      ],
    })
    const months = (await figures('spending')).body.map(({ month }: { month: string }) => month)
    expect([months.length, months[0], months.at(-1)]).toEqual([12, '2023-04', '2024-03'])
    expect((await figures('spending?months=120')).body).toHaveLength(120)
  })

  it('spending by period: days over the leap day, weeks from Monday on, whole and cut months', async () => {
    const range = (from: string, to: string) => `spending/by-period?date_from=${from}&date_to=${to}`
    expect(await figures(`${range('2024-02-28', '2024-03-01')}&group_by=day`)).toEqual({
      currency: null,
      body: {
        currency_code: 'USD',
        date_from: '2024-02-28',
        date_to: '2024-03-01',
        total_amount: '34.00',
        item_count: 3,
        periods: [
          { period: '2024-02-28', total_amount: '24.00', item_count: 2 },
          { period: '2024-02-29', total_amount: '10.00', item_count: 1 },
          { period: '2024-03-01', total_amount: '0.00', item_count: 0 },
        ],
      },
    })
    expect((await figures(`${range('2024-02-25', '2024-03-01')}&group_by=week`)).body.periods).toEqual([
      { period: '2024-02-19', total_amount: '0.00', item_count: 0 },
      { period: '2024-02-26', total_amount: '34.00', item_count: 3 },
    ])
    expect((await figures(range('2023-12-15', '2024-02-28'))).body).toMatchObject({
      total_amount: '24.05',
      item_count: 3,
      periods: [
        { period: '2023-12', total_amount: '0.05', item_count: 1 },
        { period: '2024-01', total_amount: '0.00', item_count: 0 },
        { period: '2024-02', total_amount: '24.00', item_count: 2 },
      ],
    })
    expect((await figures(`${range('2024-03-01', '2024-03-01')}&group_by=day&currency_code=JPY`)).body).toMatchObject({
      currency_code: 'JPY',
      periods: [{ period: '2024-03-01', total_amount: '1500', item_count: 3 }],
    })
  })

  describe('summary', () => {
    it('is of the base currency, with every warranty', async () => {
      expect((await figures('summary')).body).toEqual({
        currency_code: 'USD',
        total_spent: '34.05',
        avg_price: '8.51',
        purchase_count: 3,
        item_count: 4,
        ordered: 1,
        received: 2,
        tax_deductible_count: 1,
        active_warranties: 2,
        expiring_warranties: 1,
        expired_warranties: 1,
        voided_warranties: 1,
        by_currency: [
          { currency_code: 'JPY', total_spent: '2500', purchase_count: 2 },
          { currency_code: 'USD', total_spent: '34.05', purchase_count: 3 },
        ],
      })
    })

    it('counts only warranties of a currency that is given', async () => {
      expect((await figures('summary?currency_code=JPY')).body).toMatchObject({
        currency_code: 'JPY',
        total_spent: '2500',
        avg_price: '625',
        purchase_count: 2,
        item_count: 4,
        ordered: 1,
        received: 1,
        tax_deductible_count: 0,
        active_warranties: 1,
        expiring_warranties: 1,
        expired_warranties: 0,
        voided_warranties: 1,
      })
    })

    it('counts purchases of some days, and warranties whatever the days', async () => {
      expect((await figures('summary?date_from=2024-02-01')).body).toMatchObject({
        total_spent: '34.00',
        avg_price: '11.33',
        purchase_count: 2,
        item_count: 3,
        ordered: 1,
        received: 1,
        tax_deductible_count: 1,
        active_warranties: 2,
        expired_warranties: 1,
        by_currency: [
          { currency_code: 'JPY', total_spent: '1500', purchase_count: 1 },
          { currency_code: 'USD', total_spent: '34.00', purchase_count: 2 },
        ],
      })
    })

    it('has no average where nothing was bought', async () => {
      const { body } = await figures('summary?currency_code=KWD')
      expect(body).toMatchObject({ total_spent: '0.000', avg_price: null, purchase_count: 0, active_warranties: 0 })
      expect(body.by_currency.map((row: { currency_code: string }) => row.currency_code)).toEqual(['JPY', 'USD'])
    })
  })

  it('warranty timeline: the last day is covered, what is voided counts nowhere', async () => {
    expect(await figures('warranties/timeline?from=2024-02&months=3')).toEqual({
      currency: null,
      body: [
        { month: '2024-02', active: 2, expired: 1, expiring_soon: 0 },
        { month: '2024-03', active: 2, expired: 0, expiring_soon: 1 },
        { month: '2024-04', active: 1, expired: 0, expiring_soon: 0 },
      ],
    })
    expect(await figures('warranties/timeline?from=2024-03&months=1&currency_code=JPY')).toEqual({
      currency: 'JPY',
      body: [{ month: '2024-03', active: 1, expired: 0, expiring_soon: 1 }],
    })
    const months = (await figures('warranties/timeline')).body.map(({ month }: { month: string }) => month)
    expect([months.length, months[0], months.at(-1)]).toEqual([12, '2023-09', '2024-08'])
  })

  it('warranty summary: by status, of one currency where it is given, whatever the days', async () => {
    const all = { total: 4, active: 2, expiring_soon: 1, expired: 1, voided: 1 }
    expect(await figures('warranties/summary')).toEqual({ currency: null, body: all })
    expect((await figures('warranties/summary?date_from=2024-03-01&date_to=2024-03-01')).body).toEqual(all)
    expect((await figures('warranties/summary?currency_code=USD')).body).toEqual({
      total: 2,
      active: 1,
      expiring_soon: 0,
      expired: 1,
      voided: 0,
    })
  })

  it('retailers: three thirds are 100, and none is a row of its own', async () => {
    expect(await figures('retailers')).toEqual({
      currency: 'USD',
      body: [
        { retailer_id: market, retailer_name: 'Flea market', count: 1, percentage: 33.34, total_spent: '24.00' },
        { retailer_id: shop, retailer_name: 'Corner shop', count: 1, percentage: 33.33, total_spent: '10.00' },
        { retailer_id: null, retailer_name: null, count: 1, percentage: 33.33, total_spent: '0.05' },
      ],
    })
    expect(await figures('retailers?currency_code=JPY')).toEqual({
      currency: 'JPY',
      body: [
        { retailer_id: shop, retailer_name: 'Corner shop', count: 1, percentage: 50, total_spent: '1500' },
        { retailer_id: null, retailer_name: null, count: 1, percentage: 50, total_spent: '1000' },
      ],
    })
    expect((await figures('retailers?date_from=2024-02-29&date_to=2024-02-29')).body).toEqual([
      { retailer_id: shop, retailer_name: 'Corner shop', count: 1, percentage: 100, total_spent: '10.00' },
    ])
    expect(await figures('retailers?currency_code=KWD')).toEqual({ currency: 'KWD', body: [] })
  })

  it('brands: by money, not by count', async () => {
    expect(await figures('brands')).toEqual({
      currency: 'USD',
      body: [
        { brand_id: null, brand_name: null, count: 2, percentage: 66.67, total_spent: '24.05' },
        { brand_id: bosch, brand_name: 'Bosch', count: 1, percentage: 33.33, total_spent: '10.00' },
      ],
    })
  })

  it('top products: by items, names that differ in case together', async () => {
    const lamps = { product_name: 'DESK LAMP', count: 3, total_spent: '34.00', avg_price: '11.33' }
    const kettle = { product_name: 'Kettle', count: 1, total_spent: '0.05', avg_price: '0.05' }
    expect(await figures('top-products')).toEqual({ currency: 'USD', body: [lamps, kettle] })
    expect((await figures('top-products?limit=1')).body).toEqual([lamps])
    expect((await figures('top-products?date_from=2023-12-31&date_to=2024-02-28')).body).toEqual([
      { ...lamps, count: 2, total_spent: '24.00', avg_price: '12.00' },
      kettle,
    ])
  })

  it('recent purchases by their day, recent warranties as they were recorded', async () => {
    const purchases = (await figures('recent-purchases?limit=2')).body
    expect(purchases).toMatchObject([
      { product_name: 'かばん', total: '1500', warranty: { status: 'ACTIVE', days_left: 30 } },
      { product_name: 'Desk lamp', retailer: { name: 'Corner shop' } },
    ])
    expect((await figures('recent-purchases')).body).toHaveLength(5)
    expect((await figures('recent-warranties?limit=2')).body).toMatchObject([
      { status: 'VOIDED', purchase: { product_name: 'Bag' } },
      { status: 'ACTIVE', purchase: { product_name: 'かばん' } },
    ])
  })

  // Last, because it brings another currency.
  it('adds exactly beyond what a double holds', async () => {
    const dear = { currency_code: 'EUR', product_name: 'Tower', purchase_date: '2024-02-29' }
    await buy({ ...dear, price: '99999999.99', quantity: 1_000_000 })
    await buy({ ...dear, price: '0.01' })
    const total = '99999999990000.01'
    expect((await figures('spending?months=2&currency_code=EUR')).body[0].total_amount).toBe(total)
    expect((await figures('summary?currency_code=EUR')).body.total_spent).toBe(total)
    expect((await figures('summary?currency_code=EUR&date_from=2024-02-29')).body.total_spent).toBe(total)
    for (const list of ['retailers', 'brands', 'top-products']) {
      expect((await figures(`${list}?currency_code=EUR`)).body[0].total_spent).toBe(total)
      expect((await figures(`${list}?currency_code=EUR&date_to=2024-02-29`)).body[0].total_spent).toBe(total)
    }
  })
})
