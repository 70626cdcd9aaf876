import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Meta, read, router, write } from '../trpc.ts'
import { listOperations } from './operations.ts'
import { createDrawers } from './testing.ts'

function rest(method: 'GET' | 'POST', path: `/${string}`, operation_id = 'it'): Meta {
  return { openapi: { method, path, operation_id, summary: 'It', tags: [] } }
}
const none = z.strictObject({})

describe('the operations of a router', () => {
  it('are its procedures with an address', () => {
    const operations = listOperations(createDrawers().router)
    expect(operations.map(({ procedure, hasBody, pathParameters }) => [procedure, hasBody, pathParameters])).toEqual([
      ['drawers.list', false, []],
      ['drawers.get', false, ['id']],
      ['drawers.heaviest', false, []],
      ['drawers.create', true, []],
      ['drawers.update', true, ['id']],
      ['drawers.delete', false, ['id']],
      ['drawers.open', true, ['id']],
      ['drawers.break', true, []],
    ])
  })

  it('know their fields through what stands around the object', () => {
    const input = z
      .strictObject({ a: z.string() })
      .transform((it) => it)
      .optional()
      .default({ a: 'x' })
      .readonly()
    const procedure = read
      .meta(rest('GET', '/a'))
      .input(input)
      .output(z.string())
      .query(() => '')
    expect(Object.keys(listOperations(router({ procedure }))[0]?.fields ?? {})).toEqual(['a'])
  })

  it.each([
    [
      'no output schema',
      router({
        a: read
          .meta(rest('GET', '/a'))
          .input(none)
          .query(() => ''),
      }),
    ],
    [
      'no strict object',
      router({
        a: read
          .meta(rest('GET', '/a'))
          .input(z.object({}))
          .output(z.string())
          .query(() => ''),
      }),
    ],
    [
      'no strict object',
      router({
        a: read
          .meta(rest('GET', '/a'))
          .input(z.string())
          .output(z.string())
          .query(() => ''),
      }),
    ],
    [
      'no field id',
      router({
        a: read
          .meta(rest('GET', '/a/{id}'))
          .input(none)
          .output(z.string())
          .query(() => ''),
      }),
    ],
    [
      'a query does not go with POST',
      router({
        a: read
          .meta(rest('POST', '/a'))
          .output(z.string())
          .query(() => ''),
      }),
    ],
    [
      'a mutation does not go with GET',
      router({
        a: write
          .meta(rest('GET', '/a'))
          .output(z.string())
          .mutation(() => ''),
      }),
    ],
    [
      'only a GET without an etag is conditional',
      router({
        a: write
          .meta({
            openapi: { method: 'POST', path: '/a', operation_id: 'it', summary: 'It', tags: [], conditional: true },
          })
          .output(z.string())
          .mutation(() => ''),
      }),
    ],
    [
      'more than one input',
      router({
        a: read
          .meta(rest('GET', '/a'))
          .input(none)
          .input(none)
          .output(z.string())
          .query(() => ''),
      }),
    ],
    [
      'a and b are both GET /a',
      router({
        a: read
          .meta(rest('GET', '/a'))
          .output(z.string())
          .query(() => ''),
        b: read
          .meta(rest('GET', '/a', 'other'))
          .output(z.string())
          .query(() => ''),
      }),
    ],
    [
      'a and b are both it',
      router({
        a: read
          .meta(rest('GET', '/a'))
          .output(z.string())
          .query(() => ''),
        b: read
          .meta(rest('GET', '/b'))
          .output(z.string())
          .query(() => ''),
      }),
    ],
  ])('are refused with "%s"', (reason, mistaken) => {
    expect(() => listOperations(mistaken)).toThrow(reason)
  })
})
