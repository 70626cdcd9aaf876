import { describeEachEngine } from '@spends/db/testing'
import { createTRPCClient, httpBatchLink } from '@trpc/client'
import { beforeAll, expect, it } from 'vitest'
import { listProcedures } from '../rest/operations.ts'
import { type AppRouter, appRouter } from '../router.ts'
import { CASES } from './cases.ts'
import { createWorld, fetchFrom, OPERATIONS, operationOf, type World } from './world.ts'

describeEachEngine('REST and tRPC', ({ openDatabase }) => {
  let one: World
  let other: World
  beforeAll(async () => {
    one = await createWorld(await openDatabase())
    other = await createWorld(await openDatabase())
  })

  it('offer the same procedures, and each of them is compared here', () => {
    // What streams is tRPC's alone.
    const procedures = listProcedures(appRouter).filter(([, { _def }]) => _def.type !== 'subscription')
    expect(Object.keys(CASES).sort()).toEqual(procedures.map(([name]) => name).sort())
    expect([...OPERATIONS.keys()].sort()).toEqual(Object.keys(CASES).sort())
  })

  it('begin with equal worlds', async () => {
    expect(one.label(await one.dump())).toEqual(other.label(await other.dump()))
  })

  // In the order in which they stand: what a case changes, the next ones see.
  const all = Object.entries(CASES).flatMap(([procedure, cases]) =>
    cases.map(([what, expected, inputOf]) => ({ procedure, what, expected, inputOf })),
  )
  it.each(all)('$procedure: $what', async ({ procedure, expected, inputOf }) => {
    const throughRest = await one.askRest(procedure, inputOf?.(one.ids))
    const throughTrpc = await other.askTrpc(procedure, inputOf?.(other.ids))
    expect(other.label(throughTrpc)).toEqual(one.label(throughRest))
    expect(throughRest.ok ? 'done' : throughRest.code).toBe(expected)
    if (operationOf(procedure).rest.method !== 'GET') {
      expect(other.label(await other.dump())).toEqual(one.label(await one.dump()))
    }
  })

  it('a batch answers each of its calls as if it had come alone', async () => {
    const client = createTRPCClient<AppRouter>({
      links: [httpBatchLink({ url: 'http://localhost/trpc', fetch: fetchFrom(one.server.app) })],
    })
    const [list, missing, settings] = await Promise.allSettled([
      client.retailers.list.query({ search: 'renamed' }),
      client.brands.get.query({ id: one.ids.shop }),
      client.settings.get.query(),
    ])
    expect(list).toMatchObject({ status: 'fulfilled', value: { items: [{ id: one.ids.market }] } })
    expect(missing).toMatchObject({ status: 'rejected', reason: { data: { code: 'NOT_FOUND', httpStatus: 404 } } })
    expect(settings).toMatchObject({ status: 'fulfilled', value: { expiring_soon_days: expect.any(Number) } })
  })
})
