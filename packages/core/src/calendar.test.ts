import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays, daysBetween, isCalendarDate, today, toInstant } from './calendar.ts'

describe('a calendar date', () => {
  it.each(['2024-02-29', '2000-02-29', '2025-12-31', '0001-01-01', '9999-12-31', '2025-01-01'])('%s is one', (text) => {
    expect(isCalendarDate(text)).toBe(true)
  })

  it.each([
    '2025-02-29',
    '2025-02-30',
    '1900-02-29',
    '2025-04-31',
    '2025-13-01',
    '2025-00-10',
    '2025-01-00',
    '2025-01-32',
    '0000-01-01',
    '25-01-01',
    '2025-1-1',
    '2025/01/01',
    '2025-01-01T00:00:00Z',
    '+2025-01-01',
    '-025-01-01',
    '10000-01-01',
    ' 2025-01-01',
    '2025-01-01\n',
    '２０２５-01-01',
    '',
    'today',
  ])('%j is none', (text) => {
    expect(isCalendarDate(text)).toBe(false)
  })

  it('is one for each day of a year and for no other day of its months', () => {
    const monthLengths = (leap: boolean) => [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    for (const [year, leap] of [
      ['1900', false],
      ['2000', true],
      ['2023', false],
      ['2024', true],
      ['2100', false],
    ] as const) {
      for (const [index, length] of monthLengths(leap).entries()) {
        const month = String(index + 1).padStart(2, '0')
        for (let day = 0; day <= 32; day += 1) {
          const text = `${year}-${month}-${String(day).padStart(2, '0')}`
          expect([text, isCalendarDate(text)]).toEqual([text, day >= 1 && day <= length])
        }
      }
    }
  })
})

describe('today', () => {
  it.each([
    // A day and a bit lies between the two ends of the world.
    ['2026-01-01T10:30:00Z', 'Pacific/Kiritimati', '2026-01-02'],
    ['2026-01-01T10:30:00Z', 'Pacific/Pago_Pago', '2025-12-31'],
    ['2026-01-01T10:30:00Z', 'UTC', '2026-01-01'],
    ['2026-12-31T23:59:59Z', 'UTC', '2026-12-31'],
    ['2027-01-01T00:00:00Z', 'UTC', '2027-01-01'],
    // Midnight moves by an hour when summer time begins and ends.
    ['2026-03-28T22:59:59Z', 'Europe/Berlin', '2026-03-28'],
    ['2026-03-28T23:00:00Z', 'Europe/Berlin', '2026-03-29'],
    ['2026-03-29T21:59:59Z', 'Europe/Berlin', '2026-03-29'],
    ['2026-03-29T22:00:00Z', 'Europe/Berlin', '2026-03-30'],
    ['2026-10-25T22:59:59Z', 'Europe/Berlin', '2026-10-25'],
    ['2026-10-25T23:00:00Z', 'Europe/Berlin', '2026-10-26'],
    // Samoa had no 30 December 2011.
    ['2011-12-30T09:59:59Z', 'Pacific/Apia', '2011-12-29'],
    ['2011-12-30T10:00:00Z', 'Pacific/Apia', '2011-12-31'],
    ['2024-02-28T18:30:00Z', 'Asia/Kolkata', '2024-02-29'],
    ['2024-02-29T18:14:59Z', 'Asia/Kathmandu', '2024-02-29'],
    ['2024-02-29T18:15:00Z', 'Asia/Kathmandu', '2024-03-01'],
  ])('at %s in %s is %s', (instant, timeZone, day) => {
    expect(today(new Date(instant), timeZone)).toBe(day)
  })

  it('in UTC is the date of the instant', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1970-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        (date) => {
          expect(today(date, 'UTC')).toBe(date.toISOString().slice(0, 10))
        },
      ),
    )
  })
})

describe('counting days', () => {
  const dates = fc
    .date({ min: new Date('0001-01-01'), max: new Date('9990-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10))

  it.each([
    ['2026-03-15', '2026-03-15', 0],
    ['2026-03-28', '2026-03-30', 2],
    ['2024-02-28', '2024-03-01', 2],
    ['2025-02-28', '2025-03-01', 1],
    ['2025-12-31', '2026-01-01', 1],
    ['2026-01-01', '2025-12-31', -1],
    ['2000-01-01', '2400-01-01', 146_097],
  ])('from %s to %s are %i', (from, to, count) => {
    expect(daysBetween(from, to)).toBe(count)
    expect(addDays(from, count)).toBe(to)
  })

  it('adding the days between two days leads from one to the other', () => {
    fc.assert(
      fc.property(dates, dates, (from, to) => {
        const count = daysBetween(from, to)
        expect(Number.isInteger(count)).toBe(true)
        expect(addDays(from, count)).toBe(to)
        expect(daysBetween(to, from) + count).toBe(0)
        expect(Math.sign(count)).toBe(from < to ? 1 : from > to ? -1 : 0)
      }),
    )
  })

  it('adding days one after the other is adding them at once, and leads to real days', () => {
    const counts = fc.integer({ min: -300, max: 3000 })
    fc.assert(
      fc.property(
        dates.filter((date) => date > '0010'),
        counts,
        counts,
        (date, a, b) => {
          expect(addDays(addDays(date, a), b)).toBe(addDays(date, a + b))
          expect(isCalendarDate(addDays(date, a))).toBe(true)
        },
      ),
    )
  })
})

describe('an instant', () => {
  it('is in UTC, in whole seconds that are never rounded up', () => {
    expect(toInstant(new Date('2026-03-15T12:00:00.999Z'))).toBe('2026-03-15T12:00:00Z')
    expect(toInstant(new Date('2026-03-15T00:30:00+02:00'))).toBe('2026-03-14T22:30:00Z')
  })
})
