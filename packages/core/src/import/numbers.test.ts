import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DecimalDecider, type DecimalMark, decideDecimal, parseAmount, parseQuantity } from './numbers.ts'

const read = (text: string, decimal?: DecimalMark, currency_code = 'EUR') =>
  parseAmount(text, { decimal, currency_code })

describe('an amount', () => {
  it.each([
    ['1.299,90 EUR', '1299.9', 'EUR'],
    ['$1,299.90', '1299.9', 'USD'],
    ['1 299,90', '1299.9', undefined],
    ['1\u00a0299,90\u00a0€', '1299.9', 'EUR'],
    ['1\u202f299,90', '1299.9', undefined],
    ["1'299.90", '1299.9', undefined],
    ['CHF 1’299.90', '1299.9', 'CHF'],
    ['1,23,456.78', '123456.78', undefined],
    ['₹12,34,567', '1234567', 'INR'],
    ['１，２９９．９０', '1299.9', undefined],
    ['￥５００ JPY', '500', 'JPY'],
    ['١٢٣٫٤٥', '123.45', undefined],
    ['۱٬۲۳۴', '1234', undefined],
    ['+12.50', '12.5', undefined],
    ['0.50', '0.5', undefined],
    ['.50', '0.5', undefined],
    [',5 €', '0.5', 'EUR'],
    ['0.500', '0.5', undefined],
    ['007', '7', undefined],
    ['-0.00', '0', undefined],
    ['12,-', '12', undefined],
    ['€ 1.299,--', '1299', 'EUR'],
    ['Fr. 12.–', '12', 'CHF'],
    ['1234.567', '1234.567', undefined],
    ['1.234.567', '1234567', undefined],
    ['US $12.99', '12.99', 'USD'],
    ['12,99 US$', '12.99', 'USD'],
    ['12.99 usd', '12.99', 'USD'],
    ['C$5', '5', 'CAD'],
    ['R$ 5,00', '5', 'BRL'],
    ['199 Kč', '199', 'CZK'],
    ['12,50 zł', '12.5', 'PLN'],
    ['$12.50 CAD', '12.5', 'CAD'],
    ['£5', '5', 'GBP'],
    ['  7  ', '7', undefined],
    ['\u200e12.50\u200f', '12.5', undefined],
  ])('%j is %s %s', (text, amount, currency_code) => {
    expect(read(text)).toEqual({ value: currency_code === undefined ? { amount } : { amount, currency_code } })
  })

  it.each(['', ' ', '-', '–', '—', 'N/A', 'n/a', '#N/A', 'null', '\u00a0', '€ -', '$ - '])('%j is none', (text) => {
    expect(read(text)).toEqual({ value: null })
    expect(parseQuantity(text, {})).toEqual({ value: null })
  })

  it.each(['(12.50)', '-12.50', '−12.50', '12.50-', '-$12.50', '$-12.50', '($12.50)', '- 12,50 €', '（１２）'])(
    '%j is negative',
    (text) => expect(read(text)).toEqual({ error: 'is negative' }),
  )

  it.each([
    '1e3',
    '1.5E+03',
    '12⁹⁹',
    '½',
    '12 50',
    '1.2.3',
    '1,2,3',
    '1.299,90,00',
    '12-50',
    '12 x 5',
    'Free',
    'about 5',
    '5 apples',
    '10%',
    '0x10',
    'Infinity',
    'NaN',
    '--5',
    '((5))',
    '(5',
    '1\n2',
    `1${'0'.repeat(100)}`,
    '€12 USD',
    '$12 EUR',
  ])('%j is refused', (text) => {
    expect(read(text)).toEqual({ error: expect.any(String) })
    expect(read(text, '.')).toEqual({ error: expect.any(String) })
    expect(read(text, ',')).toEqual({ error: expect.any(String) })
  })

  it('with one mark before three digits is read only by what separates decimals', () => {
    expect(read('1.234')).toEqual({ error: 'can be 1.234 or 1234: choose by decimal' })
    expect(read('1,234')).toEqual({ error: 'can be 1234 or 1.234: choose by decimal' })
    expect(read('1.234 KWD', '.')).toEqual({ value: { amount: '1.234', currency_code: 'KWD' } })
    expect(read('1.234', ',')).toEqual({ value: { amount: '1234' } })
  })

  it('that does not fit what separates decimals is refused', () => {
    expect(read('12,50', '.')).toEqual({ error: 'is no amount with decimals behind a "."' })
    expect(read('1,299.90', ',')).toEqual({ error: 'is no amount with decimals behind a ","' })
  })

  it('takes a sign that several countries use for the one that is expected, and never for a wrong one', () => {
    const code = (text: string, expected: string) => read(text, '.', expected).value?.currency_code
    expect(code('$5', 'CAD')).toBe('CAD')
    expect(code('$5', 'USD')).toBe('USD')
    expect(code('$5', 'EUR')).toBe('USD')
    expect(code('5 kr', 'NOK')).toBe('NOK')
    expect(code('5 kr.', 'DKK')).toBe('DKK')
    expect(code('¥5', 'CNY')).toBe('CNY')
    expect(code('Rs. 5', 'PKR')).toBe('PKR')
    for (const text of ['5 kr', '¥5', 'Rs5']) {
      expect(read(text, '.', 'EUR')).toEqual({ error: expect.stringContaining('choose it by currency_code') })
    }
  })
})

describe('a quantity', () => {
  it.each([
    ['2', 2],
    ['2.0', 2],
    ['2,00', 2],
    ['2x', 2],
    ['x 3', 3],
    ['4 pcs', 4],
    ['5 Stück', 5],
    ['1.234.567', 1_234_567],
  ])('%j is %i', (text, quantity) => {
    expect(parseQuantity(text, {})).toEqual({ value: quantity })
  })

  it.each([
    ['0', 'must be at least 1'],
    ['-2', 'is negative'],
    ['1.5', 'must be a whole number'],
    ['1.000', 'can be 1 or 1000: choose by decimal'],
    ['two', 'is no number'],
    ['2 kg', 'is no number'],
    ['1.2.3', 'is no number'],
    ['99999999999999999999', 'is too large'],
  ])('%j %s', (text, error) => {
    expect(parseQuantity(text, {})).toEqual({ error })
  })
})

describe('what separates decimals', () => {
  it.each<[string[], string]>([
    [[], 'either'],
    [['5', '1 000', '-', 'n/a', 'nonsense'], 'either'],
    [['1.234', '5'], 'ambiguous'],
    [['1,234', '5'], 'ambiguous'],
    [['1.234', '5,5'], ','],
    [['1.234', '5.5'], '.'],
    [['1.234', '1.234.567'], ','],
    [['1,234', '-0.5'], '.'],
    [['1.234', '12,-'], ','],
    [['1.234', "1'000.5"], '.'],
    [['1.234', '$1,000.00'], '.'],
    [['5.5', '5,5'], 'either'],
    [['5.5', '5,5', '1.234'], 'ambiguous'],
    [['1.234', '1,234'], 'ambiguous'],
  ])('of %j is %s', (values, decision) => {
    expect(decideDecimal(values)).toBe(decision)
  })

  it('is asked with a value that shows the doubt', () => {
    const decider = new DecimalDecider()
    for (const value of ['5', '€ 1.234', '2.345']) decider.add(value)
    expect(decider.example).toBe('€ 1.234')
  })
})

describe('any amount', () => {
  const GROUPS = {
    '.': [',', "'", '’', ' ', '\u00a0', '\u202f', ''],
    ',': ['.', "'", '’', ' ', '\u00a0', '\u202f', ''],
  }
  const styles = fc.record({
    decimal: fc.constantFrom<DecimalMark>('.', ','),
    group: fc.nat(6),
    sign: fc.constantFrom(['', ''], ['€', ''], ['€ ', ''], ['', ' €'], ['EUR ', ''], ['', '\u00a0EUR'], ['', '€']),
  })
  const write = (
    minor: number,
    { decimal, group, sign }: { decimal: DecimalMark; group: number; sign: readonly string[] },
  ) => {
    const whole = String(Math.floor(minor / 100)).replace(/\B(?=(\d{3})+$)/g, GROUPS[decimal][group] ?? '')
    return `${sign[0]}${whole}${decimal}${String(minor % 100).padStart(2, '0')}${sign[1]}`
  }
  const minors = fc.integer({ min: 0, max: 9_999_999_999 })
  const canonical = (minor: number) => String(minor / 100)

  it('is read back from any style, alone and by its column', () => {
    fc.assert(
      fc.property(fc.array(minors, { minLength: 1 }), styles, (amounts, style) => {
        const written = amounts.map((minor) => write(minor, style))
        expect(decideDecimal(written)).toBe(style.decimal)
        for (const decimal of [undefined, style.decimal]) {
          expect(written.map((text) => read(text, decimal).value?.amount)).toEqual(amounts.map(canonical))
        }
      }),
    )
  })

  it('is read back as Intl writes it', () => {
    const locales = fc.constantFrom(
      'de-DE',
      'en-US',
      'en-IN',
      'fr-FR',
      'de-CH',
      'pl-PL',
      'sv-SE',
      'pt-BR',
      'ja-JP',
      'hi-IN',
    )
    const currencies = fc.constantFrom('EUR', 'USD', 'GBP', 'CHF', 'BRL', 'PLN', 'INR')
    fc.assert(
      fc.property(minors, locales, currencies, fc.constantFrom('symbol', 'code'), (minor, locale, currency, how) => {
        const format = { style: 'currency', currency, currencyDisplay: how as 'symbol' } as const
        const text = new Intl.NumberFormat(locale, format).format(minor / 100)
        const expected = { amount: canonical(minor), currency_code: currency }
        expect([text, parseAmount(text, { currency_code: currency }).value]).toEqual([text, expected])
      }),
      { numRuns: 1000 },
    )
  })

  it('of any text is an answer, and never one that another separator would contradict', () => {
    const scribble = fc.array(
      fc.constantFrom('1', '2', '0', '.', ',', ' ', "'", '-', '(', ')', '€', '$', 'e', 'E', '٣', '٫', '١٢٣', '\u00a0'),
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          scribble.map((parts) => parts.join('')),
        ),
        (text) => {
          const alone = read(text).value
          for (const decimal of ['.', ','] as const) {
            const reading = read(text, decimal)
            if (reading.value) expect(reading.value.amount).toMatch(/^(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/)
            if (alone && reading.value) expect(reading.value).toEqual(alone)
          }
        },
      ),
      { numRuns: 2000 },
    )
  })
})
