import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { digitsOf, exampleAmount, parseAmount } from './amount.ts'

describe('parseAmount', () => {
  it.each([
    ['en-US', '19.99', 2, '19.99'],
    ['en-US', '1,299.90', 2, '1299.90'],
    ['en-US', '$1,299.9', 2, '1299.90'],
    ['en-US', '5', 2, '5.00'],
    ['en-US', '.5', 2, '0.50'],
    ['en-US', '007', 2, '7.00'],
    ['en-US', '1.000', 2, '1.00'],
    // No group looks like this, so the comma can only be the point.
    ['en-US', '19,99', 2, '19.99'],
    ['en-US', '1.299,90', 2, '1299.90'],
    ['de-DE', '19,99', 2, '19.99'],
    ['de-DE', '1.299,90', 2, '1299.90'],
    ['de-DE', '1.299', 2, '1299.00'],
    ['de-DE', '19.99', 2, '19.99'],
    ['de-DE', '1299,90 €', 2, '1299.90'],
    ['de-DE', '1.234.567', 2, '1234567.00'],
    ['fr-FR', '1 299,90', 2, '1299.90'],
    ['fr-FR', '1\u202f299,90\u00a0€', 2, '1299.90'],
    ['de-CH', "1'299.90", 2, '1299.90'],
    ['de-CH', '1’299.90', 2, '1299.90'],
    ['en-IN', '₹1,23,456.78', 2, '123456.78'],
    ['ja-JP', '￥５００', 0, '500'],
    ['ar-EG', '١٩٫٩٩', 2, '19.99'],
    ['en-KW', '1.25', 3, '1.250'],
  ])('in %s reads %s as %s digits: %s', (locale, text, digits, amount) => {
    expect(parseAmount(text, locale, digits)).toEqual({ amount })
  })

  it.each([
    ['en-US', '', 2, 'empty'],
    ['en-US', '  ', 2, 'empty'],
    ['en-US', 'abc', 2, 'unclear'],
    ['en-US', '1.2.3', 2, 'unclear'],
    ['en-US', '1,2,3', 2, 'unclear'],
    ['en-US', '1.299.90,5', 2, 'unclear'],
    ['en-US', '1.299', 2, 'digits'],
    ['en-US', '-5', 2, 'negative'],
    ['en-US', '(12.50)', 2, 'negative'],
    ['en-US', '19.999', 2, 'digits'],
    ['ja-JP', '5.5', 0, 'digits'],
    ['en-US', '123456789', 2, 'long'],
    ['en-US', '12 apples 5', 2, undefined],
  ])('in %s says of %j with %s digits: %s', (locale, text, digits, problem) => {
    expect(parseAmount(text, locale, digits).problem).toBe(problem)
  })

  it('reads every amount as its own locale writes it', () => {
    const locales = ['en-US', 'de-DE', 'de-CH', 'fr-FR', 'sv-SE', 'en-IN', 'pt-BR', 'ar-EG', 'hi-IN', 'pl-PL', 'es-ES']
    fc.assert(
      fc.property(
        fc.constantFrom(...locales),
        fc.constantFrom('USD', 'EUR', 'JPY', 'KWD'),
        fc.bigInt(0n, 9_999_999_999n),
        fc.boolean(),
        (locale, currency, minor, withSign) => {
          const digits = digitsOf(currency)
          const text = minor.toString().padStart(digits + 1, '0')
          const amount = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
          const format = new Intl.NumberFormat(locale, {
            minimumFractionDigits: digits,
            maximumFractionDigits: digits,
            ...(withSign ? { style: 'currency', currency } : {}),
          })
          const written = format.format(amount as `${number}`)
          expect(parseAmount(written, locale, digits)).toEqual({ amount })
        },
      ),
    )
  })

  it('never changes a digit, and never throws, whatever is written', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(..."0123456789.,' €-x") }),
        fc.constantFrom('en-US', 'de-DE'),
        (text, locale) => {
          const { amount } = parseAmount(text, locale, 2)
          if (amount === undefined) return
          const digits = text.replace(/\D/g, '').replace(/^0+/, '')
          expect(amount.replace('.', '').replace(/^0+/, '').replace(/0+$/, '')).toBe(digits.replace(/0+$/, ''))
        },
      ),
    )
  })
})

it('shows how an amount is written', () => {
  expect([exampleAmount('de-DE', 2), exampleAmount('en-US', 0)]).toEqual(['1.299,90', '1,300'])
})
