import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays, addYears, isDay } from './days.ts'

const days = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2200-12-31'), noInvalidDate: true })
  .map((at) => at.toISOString().slice(0, 10))

describe('years later', () => {
  test('is the same day of the same month', () => {
    expect(addYears('2026-03-15', 2)).toBe('2028-03-15')
    expect(addYears('2025-12-31', 1)).toBe('2026-12-31')
  })

  test('has no leap day where the year has none', () => {
    expect(addYears('2024-02-29', 1)).toBe('2025-02-28')
    expect(addYears('2024-02-29', 4)).toBe('2028-02-29')
    expect(addYears('2096-02-29', 4)).toBe('2100-02-28')
  })

  test('is always a day that exists, and never more than a day off', () => {
    fc.assert(
      fc.property(days, fc.integer({ min: 0, max: 50 }), (day, years) => {
        const later = addYears(day, years)
        expect(isDay(later)).toBe(true)
        expect(Number(later.slice(0, 4)) - Number(day.slice(0, 4))).toBe(years)
        expect(later.slice(5, 7)).toBe(day.slice(5, 7))
      }),
    )
  })
})

test('days later goes over the ends of months, and over the hour that spring takes away', () => {
  expect(addDays('2026-01-31', 30)).toBe('2026-03-02')
  expect(addDays('2026-03-15', 14)).toBe('2026-03-29')
  expect(addDays('2026-10-20', 14)).toBe('2026-11-03')
})

test('a day that does not exist is none', () => {
  expect(['2026-02-29', '2026-13-01', '2026-00-10', '2026-1-1', ''].filter(isDay)).toEqual([])
  expect(isDay('2024-02-29')).toBe(true)
})
