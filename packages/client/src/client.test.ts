import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AppRouter as ServerRouter } from '@spends/api/router'
import { type SpawnedServer, spawnServer } from '@spends/api/testing'
import type { inferRouterError, inferRouterInputs, inferRouterOutputs } from '@trpc/server'
import { EventSource } from 'eventsource'
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest'
import {
  type AppRouter,
  type Brand,
  type Client,
  createClient,
  type Failure,
  type FieldError,
  getFailure,
  type Job,
  type NewPurchase,
  type NewRetailer,
  type Purchase,
  type PurchaseChanges,
  type PurchaseDetails,
  type PurchaseFilter,
  type PurchaseList,
  type Retailer,
  type RetailerShares,
  type Settings,
  type Spending,
  type SpendingByPeriodQuery,
  type SpendingQuery,
  type Summary,
  type Warranty,
} from './index.ts'

const NOWHERE = '01890000-0000-7000-8000-000000000000'
const LAMP: NewPurchase = {
  product_name: 'Desk lamp',
  price: '49.90',
  currency_code: 'EUR',
  purchase_date: '2026-01-31',
  warranty: { warranty_start: '2026-01-31', warranty_end: '2029-01-31' },
}

let server: SpawnedServer
let client: Client
beforeAll(async () => {
  server = await spawnServer()
  client = createClient({ url: server.url })
})
afterAll(() => server?.stop())

/** Why a call fails. */
async function failureOf(call: Promise<unknown>): Promise<Failure> {
  const failure = await call.then(
    () => expect.fail('The call succeeded'),
    (error: unknown) => getFailure(error),
  )
  return failure ?? expect.fail('The error came from no call')
}

/** The addresses that a server of its own was asked for, by the calls in `use`. */
async function addressesOf(use: (client: Client) => Promise<unknown>): Promise<string[]> {
  const own = await spawnServer()
  await use(createClient({ url: own.url })).catch(async (error: unknown) => {
    await own.stop()
    throw error
  })
  const { stdout } = await own.stop()
  const lines: { msg: string; path: string }[] = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  return lines.filter(({ msg }) => msg === 'request').map(({ path }) => path)
}

describe('createClient', () => {
  it('reads back what it wrote', async () => {
    const bought = await client.purchases.create.mutate(LAMP)
    expect(bought).toMatchObject({ product_name: 'Desk lamp', total: '49.90', warranty: { status: 'ACTIVE' } })
    expect(await client.purchases.get.query({ id: bought.id })).toEqual(bought)
  })

  it.each(['/', '//'])('takes an address with %s at its end', async (end) => {
    expect(await createClient({ url: server.url + end }).settings.get.query()).toMatchObject({ base_currency: 'USD' })
  })

  it('sends its headers with every call', async () => {
    const named = createClient({ url: server.url, headers: { 'X-Request-Id': 'a-request-of-mine' } })
    expect(await failureOf(named.brands.get.query({ id: NOWHERE }))).toMatchObject({ request_id: 'a-request-of-mine' })
  })

  it('sends the calls of one tick in one request, reads apart from writes', async () => {
    const addresses = await addressesOf(async (client) => {
      await Promise.all([
        client.settings.get.query(),
        client.brands.list.query(),
        client.retailers.create.mutate({ name: 'Corner Shop' }),
        client.brands.create.mutate({ name: 'Lumen' }),
      ])
      await client.settings.get.query()
    })
    expect(addresses.sort()).toEqual([
      '/trpc/retailers.create,brands.create',
      '/trpc/settings.get',
      '/trpc/settings.get,brands.list',
    ])
  })

  it('sends no more calls in one request than the server takes', async () => {
    const addresses = await addressesOf((client) =>
      Promise.all(Array.from({ length: 60 }, () => client.settings.get.query())),
    )
    expect(addresses.map((path) => path.split(',').length).sort()).toEqual([10, 50])
  })

  it('spreads reads with long filters over requests that proxies let through', async () => {
    const search = 'ж'.repeat(200)
    const lists = await Promise.all(Array.from({ length: 40 }, () => client.purchases.list.query({ search })))
    expect(lists.map(({ total }) => total)).toEqual(Array(40).fill(0))
  })

  it('asks for as many retailers at once as a filter takes', async () => {
    expect(await client.purchases.list.query({ retailer_id: Array(100).fill(NOWHERE) })).toMatchObject({ total: 0 })
  })
})

describe('a subscription', () => {
  /** What a subscription to a job that is not there ends with. */
  function failureOfWatch(client: Client): Promise<Failure | undefined> {
    return new Promise((resolve) => {
      client.jobs.watch.subscribe({ id: NOWHERE }, { onError: (error) => resolve(getFailure(error)) })
    })
  }

  it('says why it fails', async () => {
    expect(await failureOfWatch(createClient({ url: server.url, EventSource }))).toMatchObject({
      code: 'NOT_FOUND',
      path: 'jobs.watch',
    })
  })

  it('sends the headers, where its EventSource can', async () => {
    const headers = { 'X-Request-Id': 'a-subscription-of-mine' }
    expect(await failureOfWatch(createClient({ url: server.url, EventSource, headers }))).toMatchObject({
      request_id: 'a-subscription-of-mine',
    })
  })

  it('says that there is no EventSource', async () => {
    expect(await failureOfWatch(client)).toMatchObject({
      code: 'NO_ANSWER',
      detail: expect.stringContaining('no EventSource'),
    })
  })

  it('comes back to an instance that was away', async () => {
    const first = await spawnServer()
    const { port } = new URL(first.url)
    await first.stop()
    const failure = failureOfWatch(createClient({ url: first.url, EventSource }))
    const second = await spawnServer({ env: { PORT: port } })
    expect(await failure).toMatchObject({ code: 'NOT_FOUND' })
    await second.stop()
  })
})

describe('getFailure', () => {
  it('says what is not there', async () => {
    expect(await failureOf(client.purchases.get.query({ id: NOWHERE }))).toEqual({
      code: 'NOT_FOUND',
      httpStatus: 404,
      path: 'purchases.get',
      detail: expect.stringMatching(/^\w.*\.$/),
      request_id: expect.stringMatching(/^[\w-]{36}$/),
    })
  })

  it('says which name is taken', async () => {
    await client.retailers.create.mutate({ name: 'Taken' })
    expect(await failureOf(client.retailers.create.mutate({ name: 'TAKEN' }))).toMatchObject({
      code: 'CONFLICT',
      httpStatus: 409,
    })
  })

  it('says that a version is stale', async () => {
    const { id, version } = await client.purchases.create.mutate(LAMP)
    await client.purchases.update.mutate({ id, version, price: '44.90' })
    expect(await failureOf(client.purchases.update.mutate({ id, version, price: '1.00' }))).toMatchObject({
      code: 'PRECONDITION_FAILED',
      httpStatus: 412,
    })
  })

  it('names every wrong field', async () => {
    const wrong = { ...LAMP, price: '49.901', purchase_date: '2026-02-30', tags: ['fine', 'a;b'] }
    const failure = await failureOf(client.purchases.create.mutate(wrong))
    expect(failure).toMatchObject({ code: 'UNPROCESSABLE_CONTENT', httpStatus: 422 })
    expect(failure.errors?.map(({ path }) => path).sort()).toEqual(['price', 'purchase_date', 'tags.1'])
    expect(failure.errors?.every(({ message }) => message.length > 0)).toBe(true)
  })

  it('keeps the calls of one request apart', async () => {
    const [settings, missing] = await Promise.allSettled([
      client.settings.get.query(),
      client.brands.get.query({ id: NOWHERE }),
    ])
    expect(settings).toMatchObject({ status: 'fulfilled', value: { base_currency: 'USD' } })
    expect(getFailure((missing as PromiseRejectedResult).reason)).toMatchObject({ code: 'NOT_FOUND' })
  })

  it('says why a request is refused before it comes to a procedure', async () => {
    const name = 'x'.repeat(2_000_000)
    expect(await failureOf(client.retailers.create.mutate({ name }))).toEqual({
      code: 'PAYLOAD_TOO_LARGE',
      httpStatus: 413,
      path: undefined,
      detail: expect.stringMatching(/^The body is larger than \d+ bytes\.$/),
      errors: undefined,
      request_id: expect.stringMatching(/^[\w-]{36}$/),
    })
  })

  it('says that nobody answers', async () => {
    const gone = await spawnServer()
    await gone.stop()
    expect(await failureOf(createClient({ url: gone.url }).settings.get.query())).toEqual({
      code: 'NO_ANSWER',
      detail: expect.stringContaining('No answer came from the instance'),
      errors: undefined,
    })
  })

  it('says that what answers is no instance', async () => {
    const proxy = createServer((_, response) => response.writeHead(502).end('<h1>Bad Gateway</h1>'))
    await once(proxy.listen(0, '127.0.0.1'), 'listening')
    const { port } = proxy.address() as AddressInfo
    const failure = await failureOf(createClient({ url: `http://127.0.0.1:${port}` }).settings.get.query())
    expect(failure.code).toBe('NO_ANSWER')
    await once(proxy.close(), 'close')
  })

  it('leaves errors alone that come from no call', () => {
    expect(getFailure(new Error('a bug of the page'))).toBeUndefined()
    expect(getFailure('thrown by hand')).toBeUndefined()
  })
})

describe('the types', () => {
  it('are those of the server', () => {
    expectTypeOf<inferRouterInputs<AppRouter>>().toEqualTypeOf<inferRouterInputs<ServerRouter>>()
    expectTypeOf<inferRouterOutputs<AppRouter>>().toEqualTypeOf<inferRouterOutputs<ServerRouter>>()
    expectTypeOf<inferRouterError<AppRouter>>().toEqualTypeOf<inferRouterError<ServerRouter>>()
    expectTypeOf<inferRouterError<ServerRouter>['data']['errors']>().toEqualTypeOf<readonly FieldError[] | undefined>()
  })

  it('are those that the calls take and give', () => {
    expectTypeOf(client.purchases.create.mutate).parameter(0).toEqualTypeOf<NewPurchase>()
    expectTypeOf(client.purchases.create.mutate).returns.resolves.toEqualTypeOf<PurchaseDetails>()
    expectTypeOf(client.purchases.update.mutate).parameter(0).toEqualTypeOf<PurchaseChanges>()
    expectTypeOf(client.purchases.list.query).parameter(0).toEqualTypeOf<PurchaseFilter>()
    expectTypeOf(client.purchases.list.query).returns.resolves.toEqualTypeOf<PurchaseList>()
    expectTypeOf(client.retailers.create.mutate).parameter(0).toEqualTypeOf<NewRetailer>()
    expectTypeOf(client.settings.get.query).returns.resolves.toEqualTypeOf<Settings>()
    expectTypeOf(client.analytics.spending.query).parameter(0).toEqualTypeOf<SpendingQuery>()
    expectTypeOf(client.analytics.summary.query).returns.resolves.toEqualTypeOf<Summary>()
    expectTypeOf(client.analytics.recentPurchases.query).returns.resolves.toEqualTypeOf<Purchase[]>()
    expectTypeOf(client.analytics.recentWarranties.query).returns.resolves.toEqualTypeOf<Warranty[]>()
  })

  it('have fields of the right kind', () => {
    expectTypeOf<Purchase['price']>().toEqualTypeOf<string>()
    expectTypeOf<Purchase['status']>().toEqualTypeOf<'ORDERED' | 'RECEIVED'>()
    expectTypeOf<Purchase['tags']>().toEqualTypeOf<string[]>()
    expectTypeOf<Purchase['retailer']>().toEqualTypeOf<{ id: string; name: string } | null>()
    expectTypeOf<NewPurchase['price']>().toEqualTypeOf<string | number>()
    expectTypeOf<Warranty['status']>().toEqualTypeOf<'ACTIVE' | 'EXPIRED' | 'VOIDED'>()
    expectTypeOf<Warranty['days_left']>().toEqualTypeOf<number | null>()
    expectTypeOf<Retailer['url']>().toEqualTypeOf<string | null>()
    expectTypeOf<Brand['name']>().toEqualTypeOf<string>()
    expectTypeOf<Summary['avg_price']>().toEqualTypeOf<string | null>()
    expectTypeOf<RetailerShares[number]['retailer_id']>().toEqualTypeOf<string | null>()
    expectTypeOf<Spending[number]>().toEqualTypeOf<{ month: string; total_amount: string; item_count: number }>()
    expectTypeOf<SpendingByPeriodQuery['group_by']>().toEqualTypeOf<'day' | 'week' | 'month' | undefined>()
    expectTypeOf<Job['status']>().extract<'RUNNING'>().toEqualTypeOf<'RUNNING'>()
    expectTypeOf<Job['error']>().toEqualTypeOf<string | null>()
    expectTypeOf<NewRetailer>().not.toHaveProperty('created')
  })

  it('let one read the wrong fields of any failure', () => {
    expectTypeOf<Failure['errors']>().toEqualTypeOf<readonly FieldError[] | undefined>()
    expectTypeOf<Failure['code']>().extract<'NO_ANSWER' | 'CONFLICT'>().toEqualTypeOf<'NO_ANSWER' | 'CONFLICT'>()
  })
})
