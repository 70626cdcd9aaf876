import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeFormula, unescapeFormula } from './formula.ts'

/** Any text, most of them made of the characters that matter at its beginning. */
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '\n', ' ', 'a', '"'), maxLength: 6 }),
  fc.string({ unit: 'binary' }),
)

describe('escapeFormula', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])('puts an apostrophe before %j', (formula) => {
    expect(escapeFormula(formula)).toBe(`'${formula}`)
  })

  it.each(['', 'Desk lamp', "'quoted'", "'", ' =1', '1-2', "a'=1", '\n=1'])('leaves %j alone', (harmless) => {
    expect(escapeFormula(harmless)).toBe(harmless)
    expect(unescapeFormula(harmless)).toBe(harmless)
  })

  it('tells its own apostrophe from one that was there', () => {
    expect([escapeFormula("'=1"), escapeFormula("''=1")]).toEqual(["''=1", "'''=1"])
    expect([unescapeFormula("'=1"), unescapeFormula("''=1")]).toEqual(['=1', "'=1"])
  })

  it('never leaves a formula', () => {
    fc.assert(fc.property(text, (any) => !/^[=+\-@\t\r]/.test(escapeFormula(any))))
  })

  it('is undone exactly', () => {
    fc.assert(fc.property(text, (any) => unescapeFormula(escapeFormula(any)) === any))
  })
})
