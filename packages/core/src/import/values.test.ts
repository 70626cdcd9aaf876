import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayOf, instantOf, memberName, shown, splitTags, unfloated } from './values.ts'

describe('values of foreign files', () => {
  it('are amounts again after they were printed from a binary fraction', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_999_999_999 }), (cents) => {
        const plain = String(cents / 100)
        expect(unfloated((cents / 100).toFixed(14).slice(0, 24))).toBe(plain)
        expect(unfloated(plain)).toBe(plain)
      }),
    )
    expect(unfloated(String(0.1 + 0.2))).toBe('0.3')
    expect(unfloated('19.989999999999998')).toBe('19.99')
    expect(unfloated('500.0')).toBe('500')
  })

  it.each(['19.98765', '1.5e3', 'twelve', '1,5', '-0.5', ''])(
    'are left alone where they are no such thing: %s',
    (text) => {
      expect(unfloated(text)).toBe(text)
    },
  )

  it.each([
    ['2026-01-15', '2026-01-15'],
    ['2026-01-15T00:00:00', '2026-01-15'],
    ['2026-01-15 23:59:59.123456+02:00', '2026-01-15'],
    ['2026-02-30', undefined],
    ['15.01.2026', undefined],
    ['2026-01-15 or so', undefined],
  ])('are days: %s', (text, day) => {
    expect(dayOf(text)).toBe(day)
  })

  it.each([
    ['2026-01-15T10:11:12', '2026-01-15T10:11:12Z'],
    ['2026-01-15 10:11:12.987654', '2026-01-15T10:11:12Z'],
    ['2026-01-15T00:11:12+02:00', '2026-01-14T22:11:12Z'],
    ['2026-01-15T10:11:12-0530', '2026-01-15T15:41:12Z'],
    ['2026-02-30T10:11:12Z', undefined],
    ['2026-01-15T25:11:12Z', undefined],
    ['2026-01-15', undefined],
  ])('are instants: %s', (text, instant) => {
    expect(instantOf(text)).toBe(instant)
  })

  it('are names of members, tags, and short enough to be shown', () => {
    expect(['WarrantyStatus.EXPIRED', 'voided', ' Active '].map(memberName)).toEqual(['EXPIRED', 'VOIDED', 'ACTIVE'])
    expect(splitTags(' b ,, a,b', /,/)).toEqual(['b', 'a', 'b'])
    expect(shown('x'.repeat(1000))).toHaveLength(201)
    expect([shown(null), shown(5), shown({ a: 1 })]).toEqual([null, '5', '{"a":1}'])
  })
})
