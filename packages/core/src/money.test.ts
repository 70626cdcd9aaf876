import { describeEachEngine } from '@spends/db/testing'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { Amount } from './fields.ts'
import {
  CURRENCY_CODES,
  currencyDigits,
  findPriceProblem,
  formatMinorUnits,
  formatTotal,
  isCurrencyCode,
  plainAmount,
  toMinorUnits,
  toPriceKey,
} from './money.ts'
import { getPurchase, listPurchases } from './purchases/read.ts'
import { PurchaseFilter } from './purchases/shapes.ts'
import { addPurchase, amounts, openContext, refusalOf, type TestContext } from './testing.ts'

const minorUnits = fc.integer({ min: 0, max: 9_999_999_999 })
const edges = [0, 1, 9, 10, 99, 100, 999, 1000, 9999, 10_000, 9_999_999_999]

describe('currencies', () => {
  it.each([
    ['USD', 2],
    ['EUR', 2],
    ['JPY', 0],
    ['KWD', 3],
    ['CLF', 4],
    ['XCG', 2],
    ['MRU', 2],
  ])('%s has %i digits', (code, digits) => {
    expect(currencyDigits(code)).toBe(digits)
  })

  it('knows no code that ISO 4217 does not', () => {
    for (const code of ['usd', 'EURO', '', 'ABC', 'toString', ' USD']) {
      expect(isCurrencyCode(code)).toBe(false)
      expect(() => currencyDigits(code)).toThrow()
    }
  })
})

describe('amounts in each currency', () => {
  it.each(CURRENCY_CODES)('%s: what is written is read again, with exactly the digits it has', (code) => {
    const digits = currencyDigits(code)
    const shape = digits === 0 ? /^\d+$/ : new RegExp(`^\\d+\\.\\d{${digits}}$`)
    fc.assert(
      fc.property(minorUnits, (minor) => {
        const written = formatMinorUnits(minor, code)
        expect(written).toMatch(shape)
        expect(findPriceProblem(Amount.parse(written), code)).toBeUndefined()
        expect(toMinorUnits(written, code)).toBe(minor)
        expect(toMinorUnits(plainAmount(minor, code), code)).toBe(minor)
      }),
      { numRuns: 30, examples: edges.map((minor) => [minor]) },
    )
  })

  it('refuses more decimals than the currency has, and more than ten digits', () => {
    for (const code of CURRENCY_CODES) {
      const digits = currencyDigits(code)
      const point = digits === 0 ? '' : `.${'9'.repeat(digits)}`
      expect(findPriceProblem(`${'9'.repeat(10 - digits)}${point}`, code)).toBeUndefined()
      expect(findPriceProblem(`1${'0'.repeat(10 - digits)}`, code)).toContain('is too large')
      expect(() => toMinorUnits(`1${'0'.repeat(10 - digits)}`, code)).toThrow()
      const tooFine = `1.${'0'.repeat(digits + 1)}`
      expect(findPriceProblem(tooFine, code)).toBeDefined()
      expect(() => toMinorUnits(`1.${'0'.repeat(digits)}1`, code)).toThrow()
    }
  })

  it('adds up price times quantity exactly, beyond what a float holds', () => {
    fc.assert(
      fc.property(minorUnits, fc.integer({ min: 1, max: 1_000_000 }), (minor, quantity) => {
        expect(formatTotal(minor, quantity, 'JPY')).toBe(String(BigInt(minor) * BigInt(quantity)))
      }),
    )
    expect(formatTotal(9_999_999_999, 999_999, 'USD')).toBe('99999899990000.01')
    expect(formatTotal(9_999_999_999, 999_999, 'KWD')).toBe('9999989999000.001')
    expect(formatTotal(1, 1, 'CLF')).toBe('0.0001')
  })

  it('orders prices of different currencies by their number', () => {
    fc.assert(
      fc.property(amounts(), amounts(), (a, b) => {
        const [left, right] = [toPriceKey(a.price), toPriceKey(b.price)]
        expect(Number.isSafeInteger(left)).toBe(true)
        // Ten digits fit a float exactly enough to be compared.
        expect(Math.sign(left - right)).toBe(Math.sign(Number(a.price) - Number(b.price)))
      }),
    )
    expect(toPriceKey('5.00')).toBeLessThan(toPriceKey('500'))
  })
})

describe('an amount as input', () => {
  it.each([
    ['19.99', '19.99'],
    [19.99, '19.99'],
    ['0', '0'],
    [0, '0'],
    [-0, '0'],
    ['0.5', '0.5'],
    [1e9, '1000000000'],
    ['9999999999', '9999999999'],
    ['1.2500', '1.2500'],
  ])('takes %j', (given, taken) => {
    expect(Amount.parse(given)).toBe(taken)
  })

  it.each([
    '+1',
    '-1',
    -1,
    '01',
    '00',
    '.5',
    '5.',
    '1e3',
    1e21,
    1e-7,
    '1,50',
    '1 000',
    ' 1',
    '',
    'x',
    '٣',
    '0x10',
    'Infinity',
    'NaN',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '1.00001',
    '12345678901',
    1e10,
    '1234567.8901',
    null,
    true,
    [1],
    {},
  ])('refuses %j', (given) => {
    expect(Amount.safeParse(given).success).toBe(false)
  })
})

describeEachEngine('prices', (engine) => {
  let ctx: TestContext
  beforeAll(async () => {
    ctx = await openContext(engine)
  })

  it('come back as they were given, from a single read and from a list', async () => {
    const given = fc.record({
      amount: amounts(),
      asNumber: fc.boolean(),
      quantity: fc.integer({ min: 1, max: 1_000_000 }),
    })
    await fc.assert(
      fc.asyncProperty(given, async ({ amount: { price, currency_code }, asNumber, quantity }) => {
        const input = { price: asNumber ? Number(price) : price, currency_code, quantity }
        const { id } = await addPurchase(ctx, input)
        const read = await getPurchase(ctx, { id })
        const { items } = await listPurchases(ctx, PurchaseFilter.parse({ sort: 'created_at', limit: 1 }))
        const total = formatTotal(toMinorUnits(price, currency_code), quantity, currency_code)
        for (const purchase of [read, items[0]]) {
          expect(purchase).toMatchObject({ id, price, currency_code, total, quantity })
        }
      }),
      { numRuns: 100 },
    )
  })

  it('get the digits of their currency', async () => {
    expect(await addPurchase(ctx, { price: 20, currency_code: 'USD' })).toMatchObject({
      price: '20.00',
      total: '20.00',
    })
    expect(await addPurchase(ctx, { price: '1.5', currency_code: 'KWD', quantity: 3 })).toMatchObject({
      price: '1.500',
      total: '4.500',
    })
    expect(await addPurchase(ctx, { price: '500', currency_code: 'JPY' })).toMatchObject({ price: '500', total: '500' })
  })

  it.each([
    ['19.999', 'USD'],
    ['5.5', 'JPY'],
    ['5.0', 'JPY'],
    ['1.2345', 'KWD'],
    ['123456789', 'USD'],
    ['12345678', 'KWD'],
  ])('refuse %s %s', async (price, currency_code) => {
    const refused = await refusalOf(addPurchase(ctx, { price, currency_code }))
    expect(refused).toEqual({ code: 'UNPROCESSABLE_CONTENT', paths: ['price'] })
  })
})
