import { getTRPCErrorShape, TRPCError } from '@trpc/server'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { describe, expect, it } from 'vitest'
import { createDrawers, createToyContext, type DrawerRouter } from './rest/testing.ts'
import { createCallerFactory, handlerHooks } from './trpc.ts'

function createCaller(...options: Parameters<typeof createToyContext>) {
  const { router, received } = createDrawers()
  const { context, logged } = createToyContext(...options)
  return { drawers: createCallerFactory(router)(context).drawers, router, context, received, logged }
}

/** What a failed call looks like on the wire. */
async function failureOf({ router, context }: ReturnType<typeof createCaller>, call: Promise<unknown>) {
  const error = await call.then(
    () => expect.unreachable('The call succeeded'),
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(TRPCError)
  const shape = getTRPCErrorShape({
    config: router._def._config,
    ctx: context,
    error: error as TRPCError,
    input: undefined,
    path: 'drawers.x',
    type: 'mutation',
  })
  return { error: error as TRPCError, shape }
}

describe('procedures', () => {
  it('refuse callers who may not', async () => {
    const toy = createCaller({ may: ['read'] })
    await expect(toy.drawers.list({})).resolves.toMatchObject({ total: 0 })
    const { shape } = await failureOf(toy, toy.drawers.create({ label: 'A' }))
    expect(shape.data).toMatchObject({ code: 'FORBIDDEN', httpStatus: 403 })
    expect(toy.received).toHaveLength(1)
  })

  it('name every wrong field, those that only the database knows of too', async () => {
    const toy = createCaller()
    const input = { label: 'taken', locked: 'false', lining: { colour: 'grey' }, extra: 1 }
    const { error, shape } = await failureOf(toy, toy.drawers.create(input as never))
    expect(error.code).toBe('UNPROCESSABLE_CONTENT')
    expect(shape.data).toEqual({
      code: 'UNPROCESSABLE_CONTENT',
      httpStatus: 422,
      path: 'drawers.x',
      request_id: 'request-1',
      detail: 'locked: must be true or false (and 4 more problems).',
      errors: [
        { path: 'locked', message: 'must be true or false' },
        { path: 'lining.since', message: 'is required' },
        { path: 'extra', message: 'is not a field here' },
        { path: 'label', message: 'is taken' },
        { path: 'lining.colour', message: 'is out of stock' },
      ],
    })
    expect(shape.message).toBe(shape.data.detail)
    expect(toy.logged).toEqual([])
  })

  it('do not complain twice about a field', async () => {
    const toy = createCaller()
    const { shape } = await failureOf(toy, toy.drawers.create({ label: 'taken, and too long for a drawer' }))
    expect(shape.data.errors).toEqual([{ path: 'label', message: 'must be at most 20 characters long' }])
  })

  it('find nothing at a malformed id, but refuse one that is no text', async () => {
    const toy = createCaller()
    const malformed = await failureOf(toy, toy.drawers.update({ id: 'nonsense', label: '' }))
    expect(malformed.shape.data).toMatchObject({ code: 'NOT_FOUND', httpStatus: 404 })
    const wrong = await failureOf(toy, toy.drawers.update({ id: 5 } as never))
    expect(wrong.shape.data).toMatchObject({ code: 'UNPROCESSABLE_CONTENT', errors: [{ path: 'id' }] })
    const other = await failureOf(toy, toy.drawers.delete({ id: 'd-1', move_to: 'nonsense' }))
    expect(other.shape.data).toMatchObject({ code: 'UNPROCESSABLE_CONTENT', errors: [{ path: 'move_to' }] })
  })

  it.each([
    ['locked', 'SERVICE_UNAVAILABLE', 503, 'SERVICE_UNAVAILABLE'],
    ['full', 'INSUFFICIENT_STORAGE', 507, 'INTERNAL_SERVER_ERROR'],
    ['gone', 'GONE', 410, 'NOT_FOUND'],
    ['conflict', 'CONFLICT', 409, 'CONFLICT'],
    ['bug', 'INTERNAL_SERVER_ERROR', 500, 'INTERNAL_SERVER_ERROR'],
    ['json', 'INTERNAL_SERVER_ERROR', 500, 'INTERNAL_SERVER_ERROR'],
    ['output', 'INTERNAL_SERVER_ERROR', 500, 'INTERNAL_SERVER_ERROR'],
  ] as const)('fail with %s as %s', async (how, code, httpStatus, trpcCode) => {
    const toy = createCaller()
    const { error, shape } = await failureOf(toy, toy.drawers.break({ how }))
    expect(error.code).toBe(trpcCode)
    expect(shape.data).toMatchObject({ code, httpStatus, request_id: 'request-1' })
    expect(JSON.stringify(shape)).not.toMatch(/secret|select|stack|canceling|is full/)
    expect(toy.logged).toHaveLength(httpStatus >= 500 ? 1 : 0)
  })

  it('log what broke with its stack', async () => {
    const toy = createCaller()
    await failureOf(toy, toy.drawers.break({ how: 'bug' }))
    expect(toy.logged).toEqual([
      {
        message: 'A procedure failed',
        details: {
          request_id: 'request-1',
          path: 'drawers.break',
          err: expect.objectContaining({
            message: expect.stringContaining('select * from drawers'),
            stack: expect.stringContaining('testing.ts'),
          }),
        },
      },
    ])
  })
})

describe('the HTTP handler', () => {
  function send(path: string, init?: RequestInit, requestId = 'request-1') {
    const { router } = createDrawers()
    const { context } = createToyContext({ requestId })
    return fetchRequestHandler<DrawerRouter>({
      endpoint: '/trpc',
      req: new Request(`http://localhost/trpc/${path}`, init),
      router,
      createContext: () => context,
      maxBatchSize: 2,
      ...handlerHooks(requestId),
    })
  }
  const post = (body: string, type = 'application/json') => ({
    method: 'POST',
    headers: { 'Content-Type': type },
    body,
  })

  it.each<[string, string, RequestInit | undefined, number, string]>([
    ['bad JSON', 'drawers.create', post('{'), 400, 'BAD_REQUEST'],
    ['a bad query', 'drawers.list?input=%7B', undefined, 400, 'BAD_REQUEST'],
    ['an unknown path', 'drawers.nothing', undefined, 404, 'NOT_FOUND'],
    ['another type', 'drawers.create', post('label=A', 'text/plain'), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['the wrong method', 'drawers.create', undefined, 405, 'METHOD_NOT_ALLOWED'],
    ['too many calls', 'drawers.list,drawers.list,drawers.list?batch=1', undefined, 400, 'BAD_REQUEST'],
    ['no room', 'drawers.break', post('{"how":"full"}'), 507, 'INSUFFICIENT_STORAGE'],
    ['lost bytes', 'drawers.break', post('{"how":"gone"}'), 410, 'GONE'],
  ])('gives failures of every kind one shape: %s', async (_, path, init, status, code) => {
    const response = await send(path, init, 'request-7')
    const text = await response.text()
    const { error } = JSON.parse(text)
    expect(response.status).toBe(status)
    expect(error.data).toMatchObject({ code, httpStatus: status, request_id: 'request-7', detail: error.message })
    expect(error.message).toMatch(/\.$/)
    expect(text).not.toMatch(/Unexpected|JSON at|Expected property/)
  })

  it('answers each call of a batch for itself', async () => {
    const input = encodeURIComponent(JSON.stringify({ 0: {}, 1: { limit: 0 } }))
    const response = await send(`drawers.list,drawers.list?batch=1&input=${input}`)
    expect(response.status).toBe(207)
    expect(await response.json()).toMatchObject([
      { result: { data: { total: 0 } } },
      { error: { data: { httpStatus: 422, errors: [{ path: 'limit', message: 'must be at least 1' }] } } },
    ])
  })

  it('says when to come back', async () => {
    const response = await send('drawers.break', post('{"how":"locked"}'))
    expect([response.status, response.headers.get('Retry-After')]).toEqual([503, '5'])
  })
})
