import { Hono } from 'hono'
import { beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Right } from '../context.ts'
import type { AppEnv } from '../edge.ts'
import { answerProblem } from '../problem.ts'
import { buildDocument } from './document.ts'
import { BYTES, mountPlainRoute, type PlainRoute } from './plain-routes.ts'
import { createDrawers, createToyContext, lint } from './testing.ts'

const Report = z.object({ rows: z.int() }).meta({ id: 'DrawerReport' })

const FILL = {
  method: 'POST',
  path: '/drawers/{id}/fill',
  operation_id: 'fillDrawer',
  summary: 'Fill a drawer from a file',
  tags: ['Purchases'],
  right: 'write',
  input: z.strictObject({
    id: z
      .string()
      .regex(/^d-\d+$/, 'must be a drawer id')
      .meta({ examples: ['d-1'] }),
    how: z.enum(['gently', 'fast']).default('gently').meta({ description: 'How to put things in.' }),
    kind: z.array(z.string()).optional(),
    dry: z.boolean().default(false),
  }),
  body: {
    description: 'What to put in.',
    content: {
      'multipart/form-data': { type: 'object', properties: { file: BYTES }, required: ['file'] },
      'text/csv': BYTES,
    },
  },
  requestHeaders: [{ name: 'Prefer', description: 'Whether to wait.', schema: { type: 'string' } }],
  responses: {
    200: { description: 'Filled.', content: { 'application/json': Report } },
    202: { description: 'Being filled.', headers: ['Location'] },
  },
  errors: ['CONFLICT'],
} as const satisfies PlainRoute

let received: unknown[]
beforeEach(() => {
  received = []
})

async function send(path: string, { method = 'POST', may }: { method?: string; may?: readonly Right[] } = {}) {
  const { context } = createToyContext(may ? { may } : {})
  const app = new Hono<AppEnv>({ strict: false })
  app.use((c, next) => {
    c.set('requestId', context.requestId)
    return next()
  })
  app.onError((error, c) => answerProblem(c, error))
  mountPlainRoute(app, FILL, { createContext: () => context }, async (c, { caller }, input) => {
    received.push(input)
    return c.text(caller.name)
  })
  return app.request(`/api${path}`, { method })
}

describe('a plain route', () => {
  it('gets what path and query say, as its schema makes it', async () => {
    const response = await send('/drawers/d-1/fill/?how=fast&kind=a&kind=b&dry=true')
    expect([response.status, await response.text()]).toEqual([200, 'tester'])
    await send('/drawers/d-2/fill')
    expect(received).toEqual([
      { id: 'd-1', how: 'fast', kind: ['a', 'b'], dry: true },
      { id: 'd-2', how: 'gently', dry: false },
    ])
  })

  it('is not reached with a wrong query, and everything wrong is named', async () => {
    const response = await send('/drawers/d-1/fill?how=slowly&dry=1&colour=red&how=fast&id=d-1')
    expect(response.status).toBe(422)
    const { errors } = (await response.json()) as { errors: { path: string; message: string }[] }
    expect(Object.fromEntries(errors.map(({ path, message }) => [path, message]))).toEqual({
      id: 'stands in the path already',
      how: 'is given more than once',
      dry: 'must be true or false',
      colour: 'is not a field here',
    })
    expect((await send('/drawers/d-1/fill?how=%')).status).toBe(400)
    expect(received).toEqual([])
  })

  it('is 404 where the path leads nowhere', async () => {
    const response = await send('/drawers/cupboard/fill')
    expect([response.status, received]).toEqual([404, []])
    expect(await response.json()).toMatchObject({ code: 'NOT_FOUND' })
  })

  it('is only for callers who may, whatever they ask', async () => {
    for (const query of ['', '?colour=red']) {
      const response = await send(`/drawers/d-1/fill${query}`, { may: ['read', 'admin'] })
      expect([response.status, await response.json()]).toEqual([403, expect.objectContaining({ code: 'FORBIDDEN' })])
    }
    expect(received).toEqual([])
  })

  it('has an input with every field of its path', async () => {
    const { context } = createToyContext()
    const mount = (input: z.ZodType) =>
      mountPlainRoute(new Hono<AppEnv>(), { ...FILL, input }, { createContext: () => context }, async (c) =>
        c.body(null),
      )
    expect(() => mount(z.strictObject({ how: z.string() }))).toThrow('every field of the path')
    expect(() => mount(z.object({ id: z.string() }))).toThrow('strict object')
  })
})

describe('the document of plain routes', () => {
  const document = buildDocument(createDrawers().router, { version: '1', plainRoutes: [FILL] })
  const operation = document.paths['/api/drawers/{id}/fill']?.post as Record<string, unknown>

  it('passes the linter without a word', async () => {
    expect(await lint(document)).toEqual([])
  })

  it('has their parameters from their schema', () => {
    const named = (name: string) => (operation.parameters as { name: string }[]).find((one) => one.name === name)
    expect(named('id')).toMatchObject({ in: 'path', required: true, schema: { type: 'string' } })
    expect(named('how')).toEqual({
      name: 'how',
      in: 'query',
      required: false,
      description: 'How to put things in.',
      schema: { type: 'string', enum: ['gently', 'fast'], default: 'gently' },
    })
    expect(named('kind')).toMatchObject({ style: 'form', explode: true, schema: { type: 'array' } })
    expect(named('Prefer')).toMatchObject({ in: 'header', required: false })
  })

  it('has what goes in and what comes out', () => {
    expect(operation.requestBody).toEqual({
      description: 'What to put in.',
      required: true,
      content: {
        'multipart/form-data': { schema: { type: 'object', properties: { file: BYTES }, required: ['file'] } },
        'text/csv': { schema: BYTES },
      },
    })
    const responses = operation.responses as Record<string, { headers?: object; content?: object }>
    const problems = ['400', '403', '404', '409', '413', '415', '421', '422', '500', '503', '507']
    expect(Object.keys(responses).sort()).toEqual(['200', '202', ...problems])
    expect(responses[200]?.content).toEqual({
      'application/json': { schema: { $ref: '#/components/schemas/DrawerReport' } },
    })
    expect(Object.keys(responses[202]?.headers ?? {})).toEqual(['X-Request-Id', 'Location'])
    expect(document.components.schemas).toHaveProperty('DrawerReport')
    expect(document.components.headers).not.toHaveProperty('Content-Disposition')
  })
})
