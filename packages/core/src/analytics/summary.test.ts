import { describeEachEngine } from '@spends/db/testing'
import { Decimal } from 'decimal.js'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { averageOf, currencyDigits } from '../money.ts'
import { updateSettings } from '../settings.ts'
import { addPurchase, openContext, type TestContext } from '../testing.ts'
import { getSummary } from './summary.ts'

const Exact = Decimal.clone({ precision: 60, rounding: Decimal.ROUND_HALF_EVEN })

describe('an average', () => {
  it.each([
    [1n, 2, '0.00'],
    [3n, 2, '0.02'],
    [5n, 2, '0.02'],
    [7n, 2, '0.04'],
    [10n, 3, '0.03'],
    [20n, 3, '0.07'],
    [0n, 7, '0.00'],
    [2n ** 70n, 1, '11805916207174113034.24'],
  ])('of %s minor units by %s is %s', (amount, count, expected) => {
    expect(averageOf(amount, count, 'USD')).toBe(expected)
  })

  it('is rounded half to even, to the digits of its currency', () => {
    const amounts = fc.oneof(fc.bigInt({ min: 0n, max: 1000n }), fc.bigInt({ min: 0n, max: 2n ** 80n }))
    const counts = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 2 ** 48 }))
    fc.assert(
      fc.property(amounts, counts, fc.constantFrom('USD', 'JPY', 'KWD', 'CLF'), (amount, count, currency) => {
        const digits = currencyDigits(currency)
        const expected = new Exact(String(amount))
          .div(count)
          .toDecimalPlaces(0)
          .div(10 ** digits)
        expect(averageOf(amount, count, currency)).toBe(expected.toFixed(digits))
      }),
      { numRuns: 1_000 },
    )
  })
})

const ALL = { currency_code: undefined, date_from: undefined, date_to: undefined }

describeEachEngine('the summary', (engine) => {
  let ctx: TestContext
  beforeEach(async () => {
    ctx = await openContext(engine)
  })

  it('of nothing has zeros and no average', async () => {
    const nothing = {
      currency_code: 'JPY',
      total_spent: '0',
      avg_price: null,
      purchase_count: 0,
      item_count: 0,
      ordered: 0,
      received: 0,
      tax_deductible_count: 0,
      active_warranties: 0,
      expiring_warranties: 0,
      expired_warranties: 0,
      voided_warranties: 0,
      by_currency: [],
    }
    expect(await getSummary(ctx, { ...ALL, currency_code: 'JPY' })).toEqual(nothing)
    await addPurchase(ctx)
    const elsewhere = { currency_code: 'JPY', date_from: '2026-02-01', date_to: undefined }
    expect(await getSummary(ctx, elsewhere)).toEqual(nothing)
  })

  it('keeps currencies apart, and lists each', async () => {
    await updateSettings(ctx, { base_currency: 'EUR' })
    await addPurchase(ctx, { price: '0.05', quantity: 2, status: 'ORDERED', tax_deductible: true })
    await addPurchase(ctx, { price: '0', purchase_date: '2026-02-01' })
    await addPurchase(ctx, { price: '700', currency_code: 'JPY', status: 'ORDERED' })
    await addPurchase(ctx, { price: '0', currency_code: 'BHD' })
    expect(await getSummary(ctx, ALL)).toMatchObject({
      currency_code: 'EUR',
      total_spent: '0.10',
      avg_price: '0.03',
      purchase_count: 2,
      item_count: 3,
      ordered: 1,
      received: 1,
      tax_deductible_count: 1,
      by_currency: [
        { currency_code: 'BHD', total_spent: '0.000', purchase_count: 1 },
        { currency_code: 'EUR', total_spent: '0.10', purchase_count: 2 },
        { currency_code: 'JPY', total_spent: '700', purchase_count: 1 },
      ],
    })
    expect(await getSummary(ctx, { ...ALL, date_from: '2026-02-01' })).toMatchObject({
      total_spent: '0.00',
      avg_price: '0.00',
      purchase_count: 1,
      ordered: 0,
      by_currency: [{ currency_code: 'EUR', total_spent: '0.00', purchase_count: 1 }],
    })
  })

  it('is exact where a JavaScript number would not be', async () => {
    for (let count = 0; count < 3; count += 1) {
      await addPurchase(ctx, { price: '9999999999', quantity: 999_999, currency_code: 'JPY' })
    }
    await addPurchase(ctx, { price: '1', currency_code: 'JPY' })
    for (const date_from of [undefined, '2026-01-31']) {
      expect(await getSummary(ctx, { ...ALL, currency_code: 'JPY', date_from })).toMatchObject({
        total_spent: '29999969997000004',
        item_count: 2_999_998,
      })
    }
  })
})
