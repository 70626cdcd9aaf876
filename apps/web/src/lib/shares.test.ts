import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { barsOf, changeInPercent, sharesOf } from './shares.ts'

const toAmount = (units: bigint) => `${units / 100n}.${String(units % 100n).padStart(2, '0')}`
const units = fc.bigInt({ min: 0n, max: 10n ** 19n })

describe('a change in percent', () => {
  test.each([
    ['150.00', '100.00', 50],
    ['100.00', '150.00', -33],
    ['0.00', '19.99', -100],
    ['100.50', '100.00', 1],
    ['99.50', '100.00', -1],
    ['100.49', '100.00', 0],
    ['7', '7', 0],
    ['300', '100', 200],
    ['12.00', '0.00', null],
    ['0', '0', null],
  ])('from %s against %s is %s', (now, before, expected) => {
    expect(changeInPercent(now, before)).toBe(expected)
  })

  test('has the sign of the difference, also where floats would see none', () => {
    expect(changeInPercent('90071992547409930.00', '90071992547409920.00')).toBe(0)
    fc.assert(
      fc.property(units, units, (now, before) => {
        const change = changeInPercent(toAmount(now), toAmount(before))
        if (before === 0n) expect(change).toBe(null)
        else if (change !== 0) expect(Math.sign(change ?? 0)).toBe(now > before ? 1 : -1)
      }),
    )
  })
})

describe('shares', () => {
  test('are of the sum, with one digit', () => {
    expect(sharesOf(['75.00', '25.00'])).toEqual([75, 25])
    expect(sharesOf(['1', '1', '1'])).toEqual([33.4, 33.3, 33.3])
    expect(sharesOf(['0.00', '0.00'])).toEqual([0, 0])
    expect(sharesOf([])).toEqual([])
  })

  test('are 100 together, each less than a step away from the truth', () => {
    fc.assert(
      fc.property(fc.array(units, { minLength: 1, maxLength: 40 }), (all) => {
        const shares = sharesOf(all.map(toAmount))
        const sum = all.reduce((whole, one) => whole + one, 0n)
        expect(shares.reduce((whole, share) => whole + Math.round(share * 10), 0)).toBe(sum === 0n ? 0 : 1000)
        for (const [index, share] of shares.entries()) {
          const steps = BigInt(Math.round(share * 10))
          const off = (all[index] ?? 0n) * 1000n - steps * sum
          expect(off < sum || sum === 0n).toBe(true)
          expect(off > -sum || sum === 0n).toBe(true)
        }
      }),
    )
  })
})

test('the longest bar is whole, the others are beside it', () => {
  expect(barsOf(['200.00', '50.00', '0.00'])).toEqual([1, 0.25, 0])
  expect(barsOf(['0.00'])).toEqual([0])
})
