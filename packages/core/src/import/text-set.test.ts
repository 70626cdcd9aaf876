import fc from 'fast-check'
import { expect, it } from 'vitest'
import { TextSet } from './text-set.ts'

it('holds what a set holds', () => {
  const words = fc.array(fc.string({ maxLength: 2 }), { maxLength: 200 })
  fc.assert(
    fc.property(words, words, (added, asked) => {
      const [set, plain] = [new TextSet(), new Set<string>()]
      for (const word of added) {
        expect(set.add(word)).toBe(!plain.has(word))
        plain.add(word)
      }
      expect(set.size).toBe(plain.size)
      for (const word of [...added, ...asked]) expect(set.has(word)).toBe(plain.has(word))
    }),
  )
})

it('holds many', () => {
  const set = new TextSet()
  for (let number = 0; number < 50_000; number++) expect(set.add(`row ${number}`)).toBe(true)
  for (let number = 0; number < 50_000; number++) expect(set.add(`row ${number}`)).toBe(false)
  expect([set.size, set.has('row 49999'), set.has('row 50000')]).toEqual([50_000, true, false])
})
