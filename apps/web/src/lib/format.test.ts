import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytes, count, date, dayOf, moment, money, month, percent, relative } from './format.ts'

const us = { locale: 'en-US', date_format: 'MDY', time_zone: 'America/New_York' } as const
const de = { locale: 'de-DE', date_format: 'DMY', time_zone: 'Europe/Berlin' } as const
const iso = { locale: 'sv-SE', date_format: 'YMD', time_zone: 'UTC' } as const
const plain = (text: string) => text.replace(/\s/g, ' ')

describe('money', () => {
  it('has exactly the digits of the amount', () => {
    expect(money('1299.90', 'USD', us)).toBe('$1,299.90')
    expect(plain(money('1299.90', 'EUR', de))).toBe('1.299,90 €')
    expect(money('500', 'JPY', us)).toBe('¥500')
    expect(plain(money('1.250', 'KWD', us))).toBe('KWD 1.250')
  })

  it('loses no digit, however large the amount is', () => {
    expect(money('92233720368547758.07', 'USD', us)).toBe('$92,233,720,368,547,758.07')
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 63n - 1n), (minor) => {
        const text = minor.toString().padStart(3, '0')
        const shown = money(`${text.slice(0, -2)}.${text.slice(-2)}`, 'USD', us)
        expect(BigInt(shown.replace(/\D/g, ''))).toBe(minor)
      }),
    )
  })
})

describe('days and moments', () => {
  it.each([
    [us, '01/31/2026'],
    [de, '31.01.2026'],
    [iso, '2026-01-31'],
    [{ ...de, locale: 'en-GB' }, '31/01/2026'],
  ])('%j writes a day as %s', (settings, shown) => {
    expect(date('2026-01-31', settings)).toBe(shown)
  })

  it('are of the time zone of the settings', () => {
    expect(plain(moment('2026-01-31T23:30:00Z', de))).toBe('01.02.2026, 00:30')
    expect(plain(moment('2026-01-31T23:30:00Z', us))).toBe('01/31/2026, 6:30 PM')
    expect(dayOf(new Date('2026-01-31T23:30:00Z'), 'Asia/Tokyo')).toBe('2026-02-01')
  })

  it('are told from now', () => {
    const now = new Date('2026-03-15T12:00:00Z')
    expect(relative('2026-03-13T12:00:00Z', us, now)).toBe('2 days ago')
    expect(relative('2026-03-16T12:00:00Z', de, now)).toBe('morgen')
    expect(relative('2026-03-15T12:00:00Z', us, now)).toBe('now')
    expect(relative('2025-03-01T12:00:00Z', us, now)).toBe('last year')
  })

  it('months have their names', () => {
    expect([month('2026-01', 'short', us), month('2026-01', 'long', de)]).toEqual(['Jan 2026', 'Januar 2026'])
  })
})

it('numbers, shares and sizes are written as in the place', () => {
  expect([count(1_234_567, us), count(1_234_567, de)]).toEqual(['1,234,567', '1.234.567'])
  expect([percent(12.5, us), plain(percent(12.5, de))]).toEqual(['12.5%', '12,5 %'])
  expect([bytes(0, us), bytes(999, us), bytes(1000, us), bytes(12_345_678, us)].map(plain)).toEqual([
    '0 byte',
    '999 byte',
    '1 kB',
    '12.3 MB',
  ])
})
