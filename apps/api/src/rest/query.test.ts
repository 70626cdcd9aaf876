import { Refused } from '@spends/core'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createQueryReader, parseQuery, takesList } from './query.ts'

describe('parseQuery', () => {
  it('decodes names and values, and keeps what is repeated in order', () => {
    expect([...parseQuery('a=1&b=x+y&a=%C3%A4&c&d=&=e&&f=g=h')]).toEqual([
      ['a', ['1', 'ä']],
      ['b', ['x y']],
      ['c', ['']],
      ['d', ['']],
      ['', ['e']],
      ['f', ['g=h']],
    ])
    expect([...parseQuery('')]).toEqual([])
  })

  it.each(['a=%', 'a=%4', 'a=%GG', '%=1', 'a=%C3'])('refuses %s', (query) => {
    expect(() => parseQuery(query)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }))
  })
})

/** What a query makes of a single field `a`. */
function read(schema: z.ZodType, ...values: string[]): unknown {
  return createQueryReader({ a: schema })(new Map([['a', values]])).a
}

describe('a query reader', () => {
  it.each([
    ['5', 5],
    ['-5', -5],
    ['0', 0],
    ['1.50', 1.5],
    ['', ''],
    ['05', '05'],
    ['5 ', '5 '],
    ['1e3', '1e3'],
    ['0x10', '0x10'],
    ['.5', '.5'],
    ['+5', '+5'],
    ['NaN', 'NaN'],
    ['Infinity', 'Infinity'],
    ['true', 'true'],
  ])('makes %j a number only where it is exactly one', (text, value) => {
    expect(read(z.int(), text)).toBe(value)
    expect(read(z.number().default(1), text)).toBe(value)
  })

  it.each([
    ['true', true],
    ['false', false],
    ['TRUE', 'TRUE'],
    ['1', '1'],
    ['', ''],
  ])('makes %j a boolean only where it is exactly one', (text, value) => {
    expect(read(z.boolean().optional(), text)).toBe(value)
  })

  it.each<[string, z.ZodType]>([
    ['text', z.string()],
    ['a choice', z.enum(['5'])],
    ['text or a number', z.union([z.string(), z.number()])],
    ['text that becomes a number', z.string().transform(Number).pipe(z.number())],
    ['whatever a function takes', z.preprocess(Number, z.number())],
    ['a date', z.iso.date()],
    ['anything', z.unknown()],
  ])('leaves %s alone', (_, schema) => {
    expect(read(schema, '5')).toBe('5')
  })

  it('looks through everything that may stand around a type', () => {
    const wrapped = z.lazy(() => z.number().nullable().readonly().catch(1).prefault(2).pipe(z.number()).optional())
    expect(read(wrapped, '5')).toBe(5)
    expect(read(z.literal([1, 2]), '2')).toBe(2)
  })

  const list = z.array(z.int())
  const oneOrMany = z.union([list, z.int().transform((one) => [one])]).optional()

  it('makes a list of what is repeated where the field takes one', () => {
    expect(read(list, '5', 'x', '6')).toEqual([5, 'x', 6])
    expect(read(oneOrMany, '5', 'x', '6')).toEqual([5, 'x', 6])
    expect([list, oneOrMany, z.string()].map(takesList)).toEqual([true, true, false])
  })

  it('makes a list of a single value only where the field takes nothing else', () => {
    expect(read(list, '5')).toEqual([5])
    expect(read(oneOrMany, '5')).toBe(5)
    expect(oneOrMany.parse(read(oneOrMany, '5'))).toEqual([5])
  })

  it('refuses what is repeated where the field takes one value', () => {
    expect(read(z.string(), 'a', 'b')).toEqual(new Refused('is given more than once'))
  })

  it('passes on what has no field', () => {
    expect(createQueryReader({})(parseQuery('b=1&b=2&__proto__=3'))).toEqual(JSON.parse('{"b":"1","__proto__":"3"}'))
  })

  it('leaves the schemas as they are', () => {
    const schema = z.strictObject({ n: z.int().default(1), b: z.boolean().optional(), l: z.array(z.int()).optional() })
    const readQuery = createQueryReader(schema.shape)
    expect(schema.parse(readQuery(parseQuery('n=5&b=true&l=1')))).toEqual({ n: 5, b: true, l: [1] })
    for (const wrong of [{ n: '5' }, { b: 'true' }, { b: 1 }, { l: 1 }, { l: ['1'] }, { n: null }]) {
      expect(schema.safeParse(wrong).success).toBe(false)
    }
  })
})
