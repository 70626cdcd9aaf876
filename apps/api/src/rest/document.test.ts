import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { read, router } from '../trpc.ts'
import { buildDocument } from './document.ts'
import { createDrawers, DrawerFilter, lint, NewDrawer } from './testing.ts'

const document = buildDocument(createDrawers().router, { version: '1.2.3' })

/** What stands at a path such as `paths./api/drawers.get`; slashes belong to the names. */
function at(...path: string[]): unknown {
  return path.reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], document)
}

function statusesOf(path: string, method: string): string[] {
  return Object.keys(at('paths', path, method, 'responses') as object)
}

function routerOf(path: `/${string}`, operation_id: string, output: z.ZodType, tag = 'Brands') {
  const meta = { openapi: { method: 'GET', path, operation_id, summary: 'It', tags: [tag] } } as const
  return router({
    it: read
      .meta(meta)
      .output(output)
      .query(() => undefined as never),
  })
}

describe('the document', () => {
  it('passes the linter without a word', async () => {
    expect(await lint(document)).toEqual([])
  })

  it('is seen through by the linter', async () => {
    expect(await lint({ ...document, security: [{ key: [] }] })).toContainEqual(expect.stringContaining('security'))
  })

  it('has every operation, and what the server answers beside them', () => {
    expect(Object.entries(document.paths).map(([path, item]) => [path, Object.keys(item)])).toEqual([
      ['/api/drawers', ['get', 'post']],
      ['/api/drawers/{id}', ['get', 'put', 'delete']],
      ['/api/drawers/heaviest', ['get']],
      ['/api/drawers/{id}/open', ['post']],
      ['/api/break', ['post']],
      ['/healthz', ['get']],
      ['/readyz', ['get']],
      ['/openapi.json', ['get']],
    ])
    expect(at('paths', '/api/drawers', 'post')).toMatchObject({
      operationId: 'createDrawer',
      summary: 'Make',
      description: 'With its lining.',
      tags: ['Purchases'],
    })
    expect(document.tags.map(({ name }) => name)).toEqual(['Purchases', 'Service'])
    expect(document.info).toMatchObject({ version: '1.2.3' })
  })

  it('says what comes back, with which status and headers', () => {
    const responses = at('paths', '/api/drawers', 'post', 'responses') as Record<
      string,
      { headers: object; content: object }
    >
    expect(Object.keys(responses['201']?.headers ?? {})).toEqual(['X-Request-Id', 'Location', 'ETag'])
    expect(responses['201']?.content).toEqual({
      'application/json': {
        schema: { $ref: '#/components/schemas/Drawer' },
        example: { id: 'd-1', label: 'text', kind: 'WOOD', weight: '1.50', locked: true, tags: ['text'], version: 1 },
      },
    })
    expect(at('paths', '/api/drawers/{id}', 'delete', 'responses', '204')).toEqual({
      description: 'Done.',
      headers: { 'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' } },
    })
  })

  it('names the failures an operation can have, and no others', () => {
    const always = ['400', '421', '422', '500', '503']
    const some = (...more: string[]) => [...always, ...more].sort()
    expect(statusesOf('/api/drawers', 'get')).toEqual(some('200'))
    expect(statusesOf('/api/drawers', 'post')).toEqual(some('201', '403', '409', '413', '415', '507'))
    expect(statusesOf('/api/drawers/{id}', 'get')).toEqual(some('200', '404'))
    expect(statusesOf('/api/drawers/{id}', 'put')).toEqual(some('200', '403', '404', '412', '413', '415', '507'))
    expect(statusesOf('/api/drawers/{id}', 'delete')).toEqual(some('204', '403', '404', '507'))
    expect(at('components', 'responses', 'UnprocessableContent', 'content')).toMatchObject({
      'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' }, example: { status: 422 } },
    })
    expect(at('components', 'responses')).not.toHaveProperty('RangeNotSatisfiable')
  })

  it('describes parameters as the reader takes them', () => {
    const parameters = at('paths', '/api/drawers', 'get', 'parameters') as { name: string }[]
    expect(parameters.map(({ name }) => name)).toEqual(Object.keys(DrawerFilter.shape))
    expect(parameters).toContainEqual({
      name: 'limit',
      in: 'query',
      required: false,
      description: 'How many at most.',
      schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
    })
    expect(parameters).toContainEqual({
      name: 'kind',
      in: 'query',
      required: false,
      style: 'form',
      explode: true,
      schema: { type: 'array', items: { type: 'string', enum: ['WOOD', 'METAL'] } },
    })
    expect(at('paths', '/api/drawers/{id}', 'get', 'parameters')).toMatchObject([
      { name: 'id', in: 'path', required: true },
    ])
    expect(at('paths', '/api/drawers/{id}', 'put', 'parameters')).toMatchObject([
      { name: 'id', in: 'path' },
      { name: 'If-Match', in: 'header', required: false },
    ])
  })

  it('describes bodies as they are sent', () => {
    expect(at('paths', '/api/drawers', 'post', 'requestBody')).toMatchObject({
      required: true,
      content: { 'application/json': { schema: { $ref: '#/components/schemas/NewDrawer' } } },
    })
    expect(at('components', 'schemas', 'NewDrawer')).toMatchObject({
      required: ['label'],
      additionalProperties: false,
      properties: {
        kind: { default: 'WOOD' },
        lining: { $ref: '#/components/schemas/Lining' },
        weight: { anyOf: [{ type: ['string', 'number'], examples: ['1.50'] }, { type: 'null' }] },
      },
    })
    expect(at('components', 'schemas', 'Lining')).toMatchObject({ properties: { since: { format: 'date' } } })
  })

  it('asks for no field in a body that the path gives, and for no body where there is nothing to say', () => {
    expect(at('components', 'schemas', 'DrawerChanges')).not.toHaveProperty('required')
    const example = at('paths', '/api/drawers/{id}', 'put', 'requestBody', 'content', 'application/json', 'example')
    expect(example).toEqual({ version: 1, label: 'text', weight: '1.50', locked: true })
    expect(at('paths', '/api/drawers/{id}/open', 'post')).not.toHaveProperty('requestBody')
  })

  it('gives examples that its own schemas take', () => {
    const example = at('paths', '/api/drawers', 'post', 'requestBody', 'content', 'application/json', 'example')
    expect(NewDrawer.safeParse(example).error).toBeUndefined()
    expect(example).toMatchObject({ label: 'Cables', kind: 'WOOD', lining: { since: '2026-01-31' } })
  })

  it('leaves answers open for later fields', () => {
    expect(at('components', 'schemas', 'Drawer')).not.toHaveProperty('additionalProperties')
  })

  it('leaves the schemas as they are', () => {
    expect(NewDrawer.safeParse({ label: 'A', locked: 'false' }).success).toBe(false)
    expect(NewDrawer.parse({ label: 'A' })).toEqual({ label: 'A', kind: 'WOOD', locked: false, tags: [] })
  })

  it('says what can be asked again, and which header stands beside a list', () => {
    const tree = buildDocument(
      router({
        figures: read
          .meta({
            openapi: {
              method: 'GET',
              path: '/figures',
              operation_id: 'figures',
              summary: 'It',
              tags: ['Analytics'],
              conditional: true,
              headers: ['X-Currency-Code'],
            },
          })
          .output(z.array(z.int()))
          .query(() => []),
      }),
      { version: '1' },
    )
    const ref = (name: string) => ({ $ref: `#/components/headers/${name}` })
    const freshness = { ETag: ref('RevisionETag'), 'Cache-Control': ref('Cache-Control') }
    const requestId = { 'X-Request-Id': ref('X-Request-Id') }
    expect(tree.paths['/api/figures']?.get).toMatchObject({
      parameters: [{ name: 'If-None-Match', in: 'header', required: false }],
      responses: {
        200: { headers: { ...requestId, ...freshness, 'X-Currency-Code': ref('X-Currency-Code') } },
        304: { $ref: '#/components/responses/NotModified' },
      },
    })
    expect(tree.components.responses.NotModified).toEqual({
      description: expect.any(String),
      headers: { ...requestId, ...freshness },
    })
    expect(Object.keys(tree.components.headers)).toEqual(
      expect.arrayContaining(['RevisionETag', 'Cache-Control', 'X-Currency-Code']),
    )
    for (const name of ['RevisionETag', 'Cache-Control', 'X-Currency-Code']) {
      expect(at('components', 'headers')).not.toHaveProperty(name)
    }
    expect(at('components', 'responses')).not.toHaveProperty('NotModified')
  })

  it('is the same every time', () => {
    expect(JSON.stringify(buildDocument(createDrawers().router, { version: '1.2.3' }))).toBe(JSON.stringify(document))
  })

  it('refuses two shapes of one name', () => {
    const both = router({
      a: routerOf('/a', 'a', z.object({ x: z.string() }).meta({ id: 'Twin' })),
      b: routerOf('/b', 'b', z.object({ y: z.string() }).meta({ id: 'Twin' })),
    })
    expect(() => buildDocument(both, { version: '1' })).toThrow('id Twin')
  })

  it('refuses a chapter that nobody describes, and what JSON can not hold', () => {
    expect(() => buildDocument(routerOf('/a', 'a', z.string(), 'Secrets'), { version: '1' })).toThrow('Secrets')
    expect(() => buildDocument(routerOf('/a', 'a', z.date()), { version: '1' })).toThrow('Date')
  })
})
