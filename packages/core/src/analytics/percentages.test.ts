import { Decimal } from 'decimal.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toPercentages } from './percentages.ts'

const counts = fc.array(fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 1000 }), fc.integer({ min: 0, max: 2 ** 40 })), {
  maxLength: 60,
})

describe('percentages', () => {
  it.each([
    [[], []],
    [[0], [0]],
    [
      [0, 0],
      [0, 0],
    ],
    [[5], [100]],
    [
      [1, 1],
      [50, 50],
    ],
    [
      [1, 1, 1],
      [33.34, 33.33, 33.33],
    ],
    [
      [2, 1],
      [66.67, 33.33],
    ],
    [
      [1, 0, 2],
      [33.33, 0, 66.67],
    ],
    [
      [1, 1, 1, 1, 1, 1, 1],
      [14.29, 14.29, 14.29, 14.29, 14.28, 14.28, 14.28],
    ],
    [
      [9_999_999, 1],
      [100, 0],
    ],
  ])('of %j are %j', (given, expected) => {
    expect(toPercentages(given)).toEqual(expected)
  })

  it('are exactly 100 when they are added as decimals, with two decimals each', () => {
    fc.assert(
      fc.property(counts, (given) => {
        const percentages = toPercentages(given)
        expect(percentages).toHaveLength(given.length)
        for (const percentage of percentages) expect(String(percentage)).toMatch(/^\d{1,3}(\.\d{1,2})?$/)
        const sum = percentages.reduce((sum, percentage) => sum.plus(String(percentage)), new Decimal(0))
        const hundredths = percentages.reduce((sum, percentage) => sum + Math.round(percentage * 100), 0)
        const whole = given.some((count) => count > 0)
        expect(sum.toFixed(2)).toBe(whole ? '100.00' : '0.00')
        expect(hundredths).toBe(whole ? 10_000 : 0)
      }),
    )
  })

  it('stay less than a hundredth away from the share, and never put a smaller count before a larger one', () => {
    fc.assert(
      fc.property(counts, (given) => {
        const percentages = toPercentages(given)
        const whole = given.reduce((sum, count) => sum + count, 0)
        for (const [index, count] of given.entries()) {
          const percentage = percentages[index] ?? 0
          const share = whole === 0 ? new Decimal(0) : new Decimal(count).times(100).div(whole)
          expect(share.minus(percentage).abs().lt('0.01')).toBe(true)
          for (const [other, otherCount] of given.entries()) {
            if (otherCount > count) expect(percentages[other] ?? 0).toBeGreaterThanOrEqual(percentage)
          }
        }
      }),
    )
  })
})
