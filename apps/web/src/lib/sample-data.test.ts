import { describe, expect, test } from 'vitest'
import { addDays } from './days.ts'
import { makeSample, makeSamplePurchases } from './sample-data.ts'

const around = { today: '2026-03-15', now: new Date('2026-03-15T12:00:00Z'), currency: 'EUR', language: 'en' }

describe('sample purchases', () => {
  test('are spread over fourteen months up to today', () => {
    const days = makeSamplePurchases(around).map(({ purchase_date }) => purchase_date)
    expect(days.length).toBeGreaterThanOrEqual(40)
    expect(days).toEqual([...days].sort())
    expect(days[0]).toBe('2025-01-15')
    expect((days.at(-1) ?? '') <= around.today).toBe(true)
    expect(new Set(days.map((day) => day.slice(0, 7))).size).toBe(15)
  })

  test('have something of every kind', () => {
    const purchases = makeSamplePurchases(around)
    const warranties = purchases.flatMap(({ warranty }) => warranty ?? [])
    const soon = addDays(around.today, 30)
    const ends = warranties.filter(({ status }) => status !== 'VOIDED').map(({ warranty_end }) => warranty_end)
    expect(ends.filter((end) => end === null).length).toBeGreaterThan(1)
    expect(ends.filter((end) => end && end < around.today).length).toBeGreaterThan(1)
    expect(ends.filter((end) => end && end >= around.today && end <= soon).length).toBeGreaterThan(1)
    expect(ends.filter((end) => end && end > soon).length).toBeGreaterThan(10)
    expect(warranties.some(({ status }) => status === 'VOIDED')).toBe(true)
    expect(purchases.filter(({ status }) => status === 'ORDERED').length).toBeGreaterThan(1)
    expect(purchases.filter(({ tax_deductible }) => tax_deductible).length).toBeGreaterThan(5)
    const returns = purchases.flatMap(({ return_by }) => return_by ?? [])
    expect(returns.filter((day) => day >= around.today && day <= addDays(around.today, 14)).length).toBe(2)
    expect(purchases.every(({ tags }) => tags?.includes('sample'))).toBe(true)
  })

  test.each([
    ['JPY', /^\d+$/, '74900'],
    ['EUR', /^\d+\.\d{2}$/, '749.00'],
    ['KWD', /^\d+\.\d{3}$/, '749.000'],
  ])('cost %s with the digits it has', (currency, pattern, first) => {
    const prices = makeSamplePurchases({ ...around, currency }).map(({ price }) => String(price))
    expect(prices.filter((price) => !pattern.test(price))).toEqual([])
    expect(prices[0]).toBe(first)
  })

  test('have names in the language of the page', () => {
    expect(makeSamplePurchases({ ...around, language: 'de' })[0]?.product_name).toBe('Waschmaschine')
    expect(makeSamplePurchases({ ...around, language: 'fr' })[0]?.product_name).toBe('Washing machine')
  })
})

test('the sample keeps what retailers and brands there are, and says nothing of settings', () => {
  const at = '2026-01-01T00:00:00Z'
  const shop = { id: '1', name: 'Shop', url: null, created_at: at, updated_at: at }
  const listed = { ...shop, purchase_count: 0 }
  const sample = makeSample({ ...around, retailers: [listed], brands: [] })
  expect(sample).toMatchObject({ format: 'spends-tracker', version: 1, brands: [] })
  expect(sample.retailers).toEqual([shop])
  expect(sample).not.toHaveProperty('settings')
})
