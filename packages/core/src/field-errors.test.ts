import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Refused, speakPlainly, toFieldErrors } from './field-errors.ts'

speakPlainly()

/** The complaints about an input, as `path: message`. */
function complaints(schema: z.ZodType, input: unknown): string[] {
  const { error } = schema.safeParse(input)
  return toFieldErrors(error?.issues ?? [], input).map(({ path, message }) => `${path}: ${message}`)
}

const field = (schema: z.ZodType, value: unknown) => complaints(z.strictObject({ a: schema }), { a: value })

describe('complaints', () => {
  it.each<[z.ZodType, unknown, string]>([
    [z.string(), undefined, 'is required'],
    [z.enum(['A', 'B']), undefined, 'is required'],
    [z.union([z.string(), z.number()]), undefined, 'is required'],
    [z.string(), null, 'must not be null'],
    [z.string(), 5, 'must be text'],
    [z.number(), '5', 'must be a number'],
    [z.number(), Number.NaN, 'must be a number'],
    [z.int(), '5', 'must be a whole number'],
    [z.int(), 1.5, 'must be a whole number'],
    [z.boolean(), 'true', 'must be true or false'],
    [z.array(z.string()), 'a', 'must be a list'],
    [z.object({}), [], 'must be an object'],
    [z.enum(['ORDERED', 'RECEIVED']), 'LOST', 'must be one of ORDERED, RECEIVED'],
    [z.literal('A'), 'B', 'must be A'],
    [z.string().min(1), '', 'must not be empty'],
    [z.string().min(2), 'a', 'must be at least 2 characters long'],
    [z.string().max(1), 'ab', 'must be at most 1 character long'],
    [z.array(z.string()).min(1), [], 'must not be empty'],
    [z.array(z.string()).max(2), ['a', 'b', 'c'], 'must have at most 2 entries'],
    [z.number().min(1), 0, 'must be at least 1'],
    [z.number().max(100), 101, 'must be at most 100'],
    [z.number().positive(), 0, 'must be more than 0'],
    [z.number().lt(5), 5, 'must be less than 5'],
    [z.number().multipleOf(5), 6, 'must be a multiple of 5'],
    [z.iso.date(), '2025-02-30', 'must be a real day, written YYYY-MM-DD'],
    [z.uuid(), 'x', 'must be a UUID'],
    [z.url(), 'x', 'must be a web address'],
    [z.string().regex(/^a$/), 'b', 'is not written in the right form'],
    [z.string().regex(/^a$/, 'must be the letter a'), 'b', 'must be the letter a'],
    [z.string().refine(() => false), 'b', 'is not allowed here'],
  ])('%#: say what is wrong in plain words', (schema, value, message) => {
    expect(field(schema, value)).toEqual([`a: ${message}`])
  })

  it('name every field by its dotted path', () => {
    const schema = z.strictObject({
      warranty: z.strictObject({ warranty_end: z.iso.date() }),
      tags: z.array(z.string()),
    })
    const input = { warranty: { warranty_end: 'soon', x: 1 }, tags: ['a', 2, 3], y: 1, z: 1 }
    expect(complaints(schema, input)).toEqual([
      'warranty.warranty_end: must be a real day, written YYYY-MM-DD',
      'warranty.x: is not a field here',
      'tags.1: must be text',
      'tags.2: must be text',
      'y: is not a field here',
      'z: is not a field here',
    ])
  })

  it('are about the whole where the whole is wrong', () => {
    expect(complaints(z.strictObject({ a: z.string() }), [])).toEqual([': must be an object'])
    expect(complaints(z.strictObject({ a: z.string() }), undefined)).toEqual([': is required'])
  })

  it('are the reason of a value that was refused before', () => {
    const schema = z.strictObject({ a: z.union([z.string(), z.array(z.string())]), b: z.number().optional() })
    const input = { a: new Refused('is given twice'), b: 'x', c: new Refused('belongs elsewhere') }
    expect(complaints(schema, input)).toEqual(['a: is given twice', 'b: must be a number', 'c: belongs elsewhere'])
  })

  it('do not mistake what objects inherit for what was sent', () => {
    expect(complaints(z.object({ constructor: z.string() }), {})).toEqual(['constructor: is required'])
  })
})

describe('complaints about alternatives', () => {
  const oneOrMany = <T extends z.ZodType>(item: T) => z.union([z.array(item).max(3), item.transform((one) => [one])])

  it('are those of the branch that got furthest', () => {
    const kinds = oneOrMany(z.enum(['A', 'B']))
    expect(field(kinds, 'C')).toEqual(['a: must be one of A, B'])
    expect(field(kinds, ['A', 'C'])).toEqual(['a.1: must be one of A, B'])
    expect(field(kinds, ['A', 'A', 'A', 'A'])).toEqual(['a: must have at most 3 entries'])
    expect(field(oneOrMany(z.int()), ['x'])).toEqual(['a.0: must be a whole number'])
    expect(field(oneOrMany(z.string().refine(() => false, 'must be a UUID')), 'x')).toEqual(['a: must be a UUID'])
    const shapes = z.union([z.string(), z.strictObject({ from: z.int(), to: z.int() })])
    expect(field(shapes, { from: 1, to: '2' })).toEqual(['a.to: must be a whole number'])
  })

  it('are all that is possible where none fits', () => {
    expect(field(z.union([z.string(), z.number(), z.boolean()]), [])).toEqual([
      'a: must be text or a number or true or false',
    ])
    expect(field(oneOrMany(z.int()), 'x')).toEqual(['a: must be a list or a whole number'])
  })

  it('are what the schema itself says, if it says something', () => {
    expect(field(z.union([z.string(), z.number()], 'must be an amount'), true)).toEqual(['a: must be an amount'])
  })

  it('name the possible kinds where one field tells them apart', () => {
    const schema = z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('A'), size: z.int() }),
      z.strictObject({ kind: z.literal('B') }),
    ])
    expect(field(schema, { kind: 'A', size: 'x' })).toEqual(['a.size: must be a whole number'])
    expect(field(schema, { kind: 'C' })).toEqual(['a.kind: must be one of A, B'])
    expect(field(schema, {})).toEqual(['a.kind: is required'])
  })

  it('reach into records', () => {
    expect(field(z.record(z.string().max(2), z.int()), { abc: 1 })).toEqual([
      'a.abc: must be at most 2 characters long',
    ])
    expect(field(z.record(z.string(), z.int()), { b: 'x' })).toEqual(['a.b: must be a whole number'])
  })
})
