import { describeEachEngine } from '@spends/db/testing'
import { beforeAll, expect, it } from 'vitest'
import { bought, restOf } from './verbs.ts'
import { createWorld, type World } from './world.ts'

describeEachEngine('settings through REST', ({ openDatabase }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(await openDatabase())
  })
  const { ask, post, put, buy } = restOf(() => world)

  it('GET gives all, PUT is partial', async () => {
    const { status, body } = await ask('/api/settings')
    expect(status).toBe(200)
    expect(body).toEqual({
      base_currency: 'USD',
      locale: 'en-US',
      time_zone: 'UTC',
      date_format: 'YMD',
      week_start: 'MONDAY',
      expiring_soon_days: 30,
      dashboard_cards: expect.any(Array),
    })
    const changed = await put('/api/settings', { base_currency: 'JPY', time_zone: 'Pacific/Kiritimati' })
    expect([changed.status, changed.body]).toEqual([
      200,
      { ...body, base_currency: 'JPY', time_zone: 'Pacific/Kiritimati' },
    ])
    expect((await ask('/api/settings')).body).toEqual(changed.body)
  })

  it('decide the default currency and which day is today', async () => {
    expect(await buy({ price: '500' })).toMatchObject({ currency_code: 'JPY', price: '500' })
    expect((await post('/api/purchases', bought)).body.errors).toMatchObject([{ path: 'price' }])
    // 14 hours ahead of UTC it is the 16th already.
    expect((await ask(`/api/warranties/${world.ids.drillWarranty}`)).body).toMatchObject({
      status: 'EXPIRED',
      days_left: -1,
    })
    await put('/api/settings', { base_currency: 'USD', time_zone: 'UTC' })
    expect((await ask(`/api/warranties/${world.ids.drillWarranty}`)).body).toMatchObject({
      status: 'ACTIVE',
      days_left: 0,
    })
  })
})
