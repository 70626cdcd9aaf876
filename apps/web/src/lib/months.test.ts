import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addMonths, lastDayOf, monthOf, sameDayIn } from './months.ts'

const days = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2200-12-31'), noInvalidDate: true })
  .map((at) => at.toISOString().slice(0, 10))

test('months later goes over the ends of years, and back', () => {
  expect(addMonths('2026-03', -3)).toBe('2025-12')
  expect(addMonths('2025-12', 1)).toBe('2026-01')
  fc.assert(
    fc.property(days, fc.integer({ min: -300, max: 300 }), (day, months) => {
      expect(addMonths(addMonths(monthOf(day), months), -months)).toBe(monthOf(day))
    }),
  )
})

test('the last day of a month is followed by the first of the next', () => {
  expect(lastDayOf('2024-02')).toBe('2024-02-29')
  expect(lastDayOf('2026-12')).toBe('2026-12-31')
})

describe('the same day of another month', () => {
  test('is that day, or the last one there is', () => {
    expect(sameDayIn('2026-03-15', -1)).toBe('2026-02-15')
    expect(sameDayIn('2026-03-31', -1)).toBe('2026-02-28')
    expect(sameDayIn('2024-02-29', 12)).toBe('2025-02-28')
  })

  test('is never in another month, nor later in it', () => {
    fc.assert(
      fc.property(days, fc.integer({ min: -60, max: 60 }), (day, months) => {
        const moved = sameDayIn(day, months)
        expect(monthOf(moved)).toBe(addMonths(monthOf(day), months))
        expect(moved.slice(8) <= day.slice(8)).toBe(true)
        expect(moved.slice(8) === day.slice(8) || moved === lastDayOf(monthOf(moved))).toBe(true)
      }),
    )
  })
})
