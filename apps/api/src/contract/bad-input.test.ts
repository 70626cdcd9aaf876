import { describeEachEngine } from '@spends/db/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import type { TestRequest } from '../testing.ts'
import { createWorld, operationOf, toRestRequest, type World } from './world.ts'
import { WRONG_INPUTS } from './wrong-inputs.ts'
import { WRONG_REQUESTS } from './wrong-requests.ts'

/** What no caller should read: words of SQL, of drivers, of stacks. */
const INTERNALS =
  /\b(select|insert into|update \w+ set|delete from|sqlite|postgres|constraint|violates|kysely|zod|trpc|undefined|NaN|\[object)\b|node:|\.[jt]s:\d|\bat \S+ \(/i

const JSON_TYPE = { 'Content-Type': 'application/json' }

describeEachEngine('bad input', ({ openDatabase }) => {
  let world: World
  let before: Awaited<ReturnType<World['dump']>>
  beforeAll(async () => {
    world = await createWorld(await openDatabase(), { MAX_BODY_BYTES: '50000' })
    before = await world.dump()
  })

  /** Sends a request that has to be refused, and checks all that every refusal has in common. */
  async function expectRefusal(path: string, init: TestRequest, status: number, paths: readonly string[] | undefined) {
    const response = await world.server.request(path, init)
    const text = await response.text()
    expect(text).not.toMatch(INTERNALS)
    expect(response.headers.get('Content-Type')).toBe('application/problem+json')
    const problem = JSON.parse(text)
    const named = problem.errors?.map((error: { path: string }) => error.path).sort()
    expect({ status: response.status, named }).toEqual({ status, named: paths?.toSorted() })
    expect(problem).toEqual({
      type: 'about:blank',
      title: expect.stringMatching(/^[A-Z][A-Za-z ]+$/),
      status,
      detail: expect.stringMatching(/^\S.*\S\.$/s),
      code: expect.stringMatching(/^[A-Z_]+$/),
      ...(paths ? { errors: expect.any(Array) } : {}),
      request_id: response.headers.get('X-Request-Id'),
    })
    for (const error of problem.errors ?? []) {
      expect(error).toEqual({ path: expect.any(String), message: expect.stringMatching(/^\S.*[^.\s]$/s) })
    }
    return { response, problem }
  }

  describe('of a procedure, through REST and tRPC', () => {
    it.each(WRONG_INPUTS)('$procedure: $what', async ({ procedure, inputOf, status, paths }) => {
      const input = inputOf(world.ids)
      const { path, init } = toRestRequest(operationOf(procedure), input)
      const { problem } = await expectRefusal(path, init, status, paths)
      const outcome = await world.askTrpc(procedure, input)
      expect(await world.dump()).toEqual(before)
      const { code, detail, errors } = problem
      expect(outcome).toEqual({ ok: false, status, code, detail, errors })
    })
  })

  describe('of HTTP', () => {
    it.each(WRONG_REQUESTS)(
      '$method $path: $what',
      async ({ method, path, init = {}, status, paths, headers = {} }) => {
        const address = path.replace(/\{(\w+)\}/g, (_, name: keyof World['ids']) => world.ids[name])
        const { response } = await expectRefusal(address, { method, ...init }, status, paths)
        expect(await world.dump()).toEqual(before)
        for (const [name, value] of Object.entries(headers))
          expect([name, response.headers.get(name)]).toEqual([name, value])
      },
    )
  })

  describe('that only tRPC can carry', () => {
    it.each([
      ['input that is not JSON', '/trpc/retailers.list?input={', {}, 400, 'BAD_REQUEST'],
      [
        'a body that is not JSON',
        '/trpc/retailers.create',
        { method: 'POST', body: '{', headers: JSON_TYPE },
        400,
        'BAD_REQUEST',
      ],
      [
        'a body that is no JSON by its type',
        '/trpc/retailers.create',
        { method: 'POST', body: '{}', headers: { 'Content-Type': 'text/plain' } },
        415,
        'UNSUPPORTED_MEDIA_TYPE',
      ],
      ['no input', '/trpc/purchases.get', {}, 422, 'UNPROCESSABLE_CONTENT'],
      ['input that is no object', '/trpc/purchases.get?input=[1]', {}, 422, 'UNPROCESSABLE_CONTENT'],
      ['input of null', '/trpc/purchases.get?input=null', {}, 422, 'UNPROCESSABLE_CONTENT'],
      ['an unknown procedure', '/trpc/purchases.burn', {}, 404, 'NOT_FOUND'],
      ['an unknown router', '/trpc/secrets.list', {}, 404, 'NOT_FOUND'],
      ['a name that every object has', '/trpc/constructor', {}, 404, 'NOT_FOUND'],
      ['a mutation by GET', '/trpc/retailers.create?input={"name":"X"}', {}, 405, 'METHOD_NOT_ALLOWED'],
      ['a query by POST', '/trpc/retailers.list', { json: {} }, 405, 'METHOD_NOT_ALLOWED'],
      [
        'more calls in a batch than are allowed',
        `/trpc/${Array(51).fill('settings.get').join(',')}?batch=1&input={}`,
        {},
        400,
        'BAD_REQUEST',
      ],
      [
        'a body that is too large',
        '/trpc/retailers.create',
        { json: { name: 'x'.repeat(50_000) } },
        413,
        'PAYLOAD_TOO_LARGE',
      ],
    ] as const)('%s', async (_, path, init, status, code) => {
      const response = await world.server.request(path, init)
      const text = await response.text()
      expect([response.status, await world.dump()]).toEqual([status, before])
      expect(text).not.toMatch(INTERNALS)
      const body = JSON.parse(text)
      const failure = Array.isArray(body) ? body[0].error.data : (body.error?.data ?? body)
      expect(failure).toMatchObject({
        code,
        detail: expect.stringMatching(/\.$/),
        request_id: response.headers.get('X-Request-Id'),
      })
    })

    it('one wrong call in a batch does not spoil the others', async () => {
      const input = encodeURIComponent(JSON.stringify({ 0: { limit: 0 }, 1: { limit: 1 } }))
      const response = await world.server.request(`/trpc/brands.list,brands.list?batch=1&input=${input}`)
      expect(response.status).toBe(207)
      expect(await response.json()).toMatchObject([
        { error: { data: { code: 'UNPROCESSABLE_CONTENT', httpStatus: 422, errors: [{ path: 'limit' }] } } },
        { result: { data: { limit: 1 } } },
      ])
    })
  })

  it('the log has no bug of ours', () => {
    expect(world.server.logged().filter(({ level }) => Number(level) >= 50)).toEqual([])
  })
})

describeEachEngine('input at the edge of what is right', ({ openDatabase }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(await openDatabase())
  })
  const purchase = { product_name: 'Clock', price: '12.50', purchase_date: '2026-03-01' }

  it.each([
    ['product_name', 'x'.repeat(255)],
    ['product_name', '😀'.repeat(255)],
    ['product_name', '<b>"\'%_\\;--</b>'],
    ['notes', 'line\nline\r\n\tindented'],
    ['notes', '😀'.repeat(10_000)],
    ['serial_number', 'x'.repeat(255)],
    ['link', `https://example.org/${'x'.repeat(1980)}`],
    ['link', 'HTTP://EXAMPLE.ORG:8080/a?b#c'],
    ['purchase_date', '2024-02-29'],
    ['purchase_date', '2000-02-29'],
    ['purchase_date', '0001-01-01'],
    ['purchase_date', '9999-12-31'],
    ['price', '99999999.99'],
    ['quantity', 1_000_000],
    ['tags', Array.from({ length: 50 }, (_, at) => `tag ${at}`)],
    ['tags', ['😀'.repeat(50)]],
    ['tags', ['a', 'á', 'à']],
  ])('%s takes %j', async (field, value) => {
    const made = await world.server.request('/api/purchases', { json: { ...purchase, [field]: value } })
    expect(made.status).toBe(201)
    expect(await made.json()).toHaveProperty(field, value)
  })

  it.each([
    ['product_name', ' \tClock\u00a0\n', 'Clock'],
    ['product_name', 'Cafe\u0301', 'Caf\u00e9'],
    ['notes', '', null],
    ['notes', ' \n ', null],
    ['link', '  ', null],
    ['model_number', null, null],
    ['tags', [' Home ', 'e\u0301'], ['Home', '\u00e9']],
    ['price', 7, '7.00'],
    ['price', 99999999.99, '99999999.99'],
    ['warranty', null, null],
  ])('%s takes %j and keeps %j', async (field, value, kept) => {
    const made = await world.server.request('/api/purchases', { json: { ...purchase, [field]: value } })
    expect(made.status).toBe(201)
    expect(await made.json()).toHaveProperty(field, kept)
  })

  it.each([
    'limit=1',
    'limit=100',
    'skip=2147483647',
    'search=',
    'price_from=0',
    'price_to=9999999999',
    'has_warranty=false',
    'date_from=0001-01-01&date_to=9999-12-31',
  ])('the list takes %s', async (query) => {
    expect((await world.server.request(`/api/purchases?${query}`)).status).toBe(200)
  })
})
