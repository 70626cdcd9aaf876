import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addMonths, lastDayOf, mondayOf, monthOf, monthsFrom } from './months.ts'

const two = (number: number) => String(number).padStart(2, '0')
const years = Array.from({ length: 1100 }, (_, index) => 1900 + index)
const monthNumbers = Array.from({ length: 12 }, (_, index) => index + 1)

describe('months', () => {
  it('follow each other, and end on the day before the next one, from 1900 to 2999', () => {
    const expected = years.flatMap((year) => monthNumbers.map((month) => `${year}-${two(month)}`))
    expect(monthsFrom('1900-01', expected.length)).toEqual(expected)
    for (const [index, month] of expected.entries()) {
      expect(addMonths('1900-01', index)).toBe(month)
      expect(addMonths('2999-12', index - expected.length + 1)).toBe(month)
      const last = lastDayOf(month)
      expect(monthOf(last)).toBe(month)
      const next = new Date(Date.parse(last) + 86_400_000).toISOString().slice(0, 10)
      expect(next).toBe(`${expected[index + 1] ?? '3000-01'}-01`)
    }
  })

  it.each([
    ['0001-01', '0001-01-31'],
    ['0004-02', '0004-02-29'],
    ['0099-02', '0099-02-28'],
    ['1900-02', '1900-02-28'],
    ['2000-02', '2000-02-29'],
    ['2024-02', '2024-02-29'],
    ['9999-12', '9999-12-31'],
  ])('%s ends on %s', (month, last) => {
    expect(lastDayOf(month)).toBe(last)
  })

  it('take any step, back and forth', () => {
    const steps = fc.integer({ min: -5_000, max: 5_000 })
    fc.assert(
      fc.property(fc.constantFrom('2024-02', '2026-01', '2026-12'), steps, (month, count) => {
        expect(addMonths(addMonths(month, count), -count)).toBe(month)
        expect(addMonths(month, count) > month).toBe(count > 0)
      }),
    )
  })
})

describe('weeks', () => {
  it('begin on the Monday on or before the day', () => {
    const days = fc.integer({ min: Date.UTC(1900) / 86_400_000, max: Date.UTC(3000) / 86_400_000 })
    fc.assert(
      fc.property(days, (day) => {
        const text = new Date(day * 86_400_000).toISOString().slice(0, 10)
        const monday = mondayOf(text)
        expect(new Date(monday).getUTCDay()).toBe(1)
        const passed = (Date.parse(text) - Date.parse(monday)) / 86_400_000
        expect([0, 1, 2, 3, 4, 5, 6]).toContain(passed)
      }),
    )
  })

  it.each([
    ['2026-03-15', '2026-03-09'],
    ['2026-03-16', '2026-03-16'],
    ['2027-01-01', '2026-12-28'],
    ['2024-03-01', '2024-02-26'],
    ['0001-01-07', '0001-01-01'],
    ['9999-12-31', '9999-12-27'],
  ])('%s is in the week of %s', (day, monday) => {
    expect(mondayOf(day)).toBe(monday)
  })
})
