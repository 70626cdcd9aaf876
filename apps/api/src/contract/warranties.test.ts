import { describeEachEngine } from '@spends/db/testing'
import { beforeAll, expect, it } from 'vitest'
import { coverage, restOf } from './verbs.ts'
import { createWorld, TODAY, type World } from './world.ts'

describeEachEngine('warranties through REST', ({ openDatabase }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(await openDatabase())
  })
  const { ask, post, put, remove, buy } = restOf(() => world)

  const idsOf = (body: { items: { id: string }[] }) => body.items.map(({ id }) => id)

  it('GET lists them by their end, those without an end last', async () => {
    const { status, body } = await ask('/api/warranties')
    expect([status, Object.keys(body)]).toEqual([200, ['items', 'total', 'skip', 'limit']])
    const ends = body.items.map((item: { warranty_end: string | null }) => item.warranty_end ?? '9999-12-31')
    expect(ends).toEqual([...ends].sort())
    expect(body.items.at(-1).id).toBe(world.ids.panWarranty)
  })

  it('GET tells the status of each day', async () => {
    const { sofaWarranty, drillWarranty, panWarranty, kettleWarranty } = world.ids
    const read = async (id: string) => (await ask(`/api/warranties/${id}`)).body
    expect(await read(sofaWarranty)).toMatchObject({ status: 'EXPIRED', days_left: -1 })
    expect(await read(drillWarranty)).toMatchObject({ status: 'ACTIVE', days_left: 0, warranty_end: TODAY })
    expect(await read(panWarranty)).toMatchObject({ status: 'ACTIVE', days_left: null, warranty_end: null })
    expect(await read(kettleWarranty)).toMatchObject({ status: 'VOIDED', days_left: 30 })
  })

  it('GET of one has its purchase and its ETag', async () => {
    const { status, headers, body } = await ask(`/api/warranties/${world.ids.drillWarranty}`)
    expect([status, headers.get('ETag')]).toEqual([200, '"1"'])
    expect(body.purchase).toEqual({ id: world.ids.drill, product_name: 'Drill', purchase_date: '2026-01-31' })
  })

  it('expiring has those in force that end from today to today + days, soonest first', async () => {
    const ending = async (warranty_end: string) => (await buy({ warranty: { ...coverage, warranty_end } })).warranty.id
    const soon = await ending('2026-04-14')
    const later = await ending('2026-04-15')
    const { drillWarranty } = world.ids
    expect(idsOf((await ask('/api/warranties/expiring')).body)).toEqual([drillWarranty, soon])
    expect(idsOf((await ask('/api/warranties/expiring?days=0')).body)).toEqual([drillWarranty])
    expect(idsOf((await ask('/api/warranties/expiring?days=29')).body)).toEqual([drillWarranty])
    expect(idsOf((await ask('/api/warranties/expiring?days=31')).body)).toEqual([drillWarranty, soon, later])
    expect((await ask('/api/warranties/expiring?days=3650')).status).toBe(200)
    expect((await ask('/api/warranties/expiring?days=3651')).status).toBe(422)
    expect(idsOf((await ask('/api/warranties?expiring_soon=true')).body)).toEqual([drillWarranty, soon])
    await put('/api/settings', { expiring_soon_days: 31 })
    expect(idsOf((await ask('/api/warranties/expiring')).body)).toEqual([drillWarranty, soon, later])
    expect(idsOf((await ask('/api/warranties?expiring_soon=true')).body)).toEqual([drillWarranty, soon, later])
    await put('/api/settings', { expiring_soon_days: 30 })
  })

  it('POST answers 201, and 409 where the purchase has one', async () => {
    const { id } = await buy()
    const { status, headers, body } = await post('/api/warranties', { purchase_id: id, ...coverage })
    expect([status, headers.get('Location'), headers.get('ETag')]).toEqual([201, `/api/warranties/${body.id}`, '"1"'])
    expect((await ask(headers.get('Location') ?? '')).body).toEqual(body)
    const again = await post('/api/warranties', { purchase_id: id, ...coverage })
    expect([again.status, again.body.code]).toEqual([409, 'CONFLICT'])
  })

  it('PUT voids and takes that back, but not once the warranty has ended', async () => {
    const { warranty } = await buy({ warranty: coverage })
    const path = `/api/warranties/${warranty.id}`
    expect((await put(path, { status: 'VOIDED' })).body).toMatchObject({ status: 'VOIDED', version: 2 })
    expect((await put(path, { status: 'ACTIVE' })).body).toMatchObject({ status: 'ACTIVE', version: 3 })
    expect((await put(path, { status: 'VOIDED', warranty_end: '2026-03-14' })).body.status).toBe('VOIDED')
    const late = await put(path, { status: 'ACTIVE' })
    expect([late.status, late.body.errors]).toEqual([422, [{ path: 'status', message: expect.any(String) }]])
  })

  it('PUT lets LIFETIME lose its end, and asks for one of every other type', async () => {
    const { warranty } = await buy({ warranty: coverage })
    const path = `/api/warranties/${warranty.id}`
    const endless = await put(path, { warranty_type: 'LIFETIME', warranty_end: null })
    expect(endless.body).toMatchObject({ warranty_end: null, days_left: null, status: 'ACTIVE' })
    for (const warranty_type of ['LIMITED', 'EXTENDED', 'MANUFACTURER', 'RETAILER', 'OTHER']) {
      const { status, body } = await put(path, { warranty_type })
      expect([status, body.errors]).toEqual([422, [{ path: 'warranty_end', message: expect.any(String) }]])
    }
  })

  it('PUT and DELETE refuse a stale version; DELETE leaves the purchase', async () => {
    const { id, warranty } = await buy({ warranty: coverage })
    const path = `/api/warranties/${warranty.id}`
    const changed = await put(path, { notes: 'x' }, { 'If-Match': '"1"' })
    expect([changed.status, changed.headers.get('ETag')]).toEqual([200, '"2"'])
    expect((await put(path, { notes: 'y' }, { 'If-Match': '"1"' })).status).toBe(412)
    expect((await put(path, { notes: 'y', version: 1 })).status).toBe(412)
    expect((await remove(path, { 'If-Match': '"1"' })).status).toBe(412)
    expect((await remove(path)).status).toBe(204)
    expect((await ask(`/api/purchases/${id}`)).body.warranty).toBeNull()
  })
})
