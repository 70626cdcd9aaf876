import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { digitsOf, multiplyAmount, parseAmount, writeAmount } from './amount.ts'

const LOCALES = ['en-US', 'de-DE', 'de-CH', 'fr-FR', 'sv-SE', 'hi-IN', 'ar-EG', 'fa-IR', 'pt-BR', 'pl-PL']

/** Amounts with so many digits after the point. */
function amounts(digits: number): fc.Arbitrary<string> {
  return fc.bigInt({ min: 0n, max: 9_999_999_999n }).map((units) => {
    const text = String(units).padStart(digits + 1, '0')
    return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
  })
}

describe('an amount in a field', () => {
  test('is written as the place writes it', () => {
    expect(writeAmount('1299.90', 'de-DE')).toBe('1299,90')
    expect(writeAmount('1299.90', 'en-US')).toBe('1299.90')
    expect(writeAmount('500', 'de-DE')).toBe('500')
  })

  test('is read again as the amount it was, everywhere', () => {
    const cases = fc
      .tuple(fc.constantFrom(...LOCALES), fc.constantFrom(0, 2, 3))
      .chain(([locale, digits]) => fc.tuple(fc.constant(locale), fc.constant(digits), amounts(digits)))
    fc.assert(
      fc.property(cases, ([locale, digits, amount]) => {
        expect(parseAmount(writeAmount(amount, locale), locale, digits)).toEqual({ amount })
      }),
    )
  })
})

describe('an amount many times', () => {
  test('is exact', () => {
    expect(multiplyAmount('0.10', 3)).toBe('0.30')
    expect(multiplyAmount('0.01', 7)).toBe('0.07')
    expect(multiplyAmount('500', 3)).toBe('1500')
    expect(multiplyAmount('99999999.99', 1_000_000)).toBe('99999999990000.00')
  })

  test('is what adding it up gives', () => {
    fc.assert(
      fc.property(amounts(2), fc.integer({ min: 1, max: 1_000_000 }), (amount, quantity) => {
        const cents = (text: string) => BigInt(text.replace('.', ''))
        expect(cents(multiplyAmount(amount, quantity))).toBe(cents(amount) * BigInt(quantity))
      }),
    )
  })
})

test('currencies have the digits of ISO 4217, also where nobody uses them any more', () => {
  const digits = { EUR: 2, JPY: 0, KWD: 3, HUF: 2, IDR: 2, IQD: 3, XDR: 0 }
  expect(Object.fromEntries(Object.keys(digits).map((code) => [code, digitsOf(code)]))).toEqual(digits)
  expect(parseAmount('1.299,50 Ft', 'hu-HU', digitsOf('HUF'))).toEqual({ amount: '1299.50' })
})
