import { describeEachEngine } from '@spends/db/testing'
import { beforeAll, expect, it } from 'vitest'
import { bought, coverage, NOW, restOf, UUID_V7 } from './verbs.ts'
import { createWorld, type World } from './world.ts'

describeEachEngine('purchases through REST', ({ openDatabase }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(await openDatabase())
  })
  const { ask, post, put, remove, buy } = restOf(() => world)

  it('GET lists them in the envelope, newest purchase first', async () => {
    const { status, body } = await ask('/api/purchases?limit=2&skip=1')
    expect(status).toBe(200)
    expect(body).toEqual({
      items: [expect.anything(), expect.anything()],
      total: expect.any(Number),
      skip: 1,
      limit: 2,
    })
    const whole = (await ask('/api/purchases')).body
    expect(whole).toMatchObject({ skip: 0, limit: 20, total: whole.items.length })
    const dates = whole.items.map((item: { purchase_date: string }) => item.purchase_date)
    expect(dates).toEqual([...dates].sort().reverse())
    expect(whole.items[0]).not.toHaveProperty('attachments')
  })

  it('a repeated parameter is OR, different ones are AND', async () => {
    const both = (await ask('/api/purchases?currency_code=JPY&currency_code=KWD')).body
    expect(both.items.map((item: { id: string }) => item.id)).toEqual([world.ids.phone, world.ids.sofa])
    expect((await ask('/api/purchases?currency_code=JPY&currency_code=KWD&status=ORDERED')).body.total).toBe(1)
  })

  it('POST answers 201 with the place, the tag, and all that reading gives', async () => {
    const { status, headers, body } = await post('/api/purchases', {
      ...bought,
      quantity: 3,
      retailer_id: world.ids.shop,
      warranty: coverage,
    })
    expect(status).toBe(201)
    expect(headers.get('Location')).toBe(`/api/purchases/${body.id}`)
    expect(headers.get('ETag')).toBe('"1"')
    expect(body).toEqual({
      id: expect.stringMatching(UUID_V7),
      product_name: 'Clock',
      price: '12.50',
      quantity: 3,
      total: '37.50',
      currency_code: 'USD',
      retailer_id: world.ids.shop,
      brand_id: null,
      status: 'RECEIVED',
      purchase_date: '2026-03-01',
      notes: null,
      model_number: null,
      serial_number: null,
      order_number: null,
      link: null,
      return_by: null,
      return_policy: null,
      tax_deductible: false,
      tags: [],
      version: 1,
      created_at: NOW,
      updated_at: NOW,
      retailer: { id: world.ids.shop, name: 'Ärzte-Shop' },
      brand: null,
      warranty: {
        id: expect.stringMatching(UUID_V7),
        purchase_id: body.id,
        ...coverage,
        warranty_type: 'LIMITED',
        status: 'ACTIVE',
        days_left: 351,
        provider: null,
        notes: null,
        version: 1,
        created_at: NOW,
        updated_at: NOW,
      },
      attachments: [],
    })
    const read = await ask(headers.get('Location') ?? '')
    expect([read.status, read.headers.get('ETag'), read.body]).toEqual([200, '"1"', body])
  })

  it.each([
    ['19.99', 'USD', '19.99'],
    [19.9, 'USD', '19.90'],
    [20, 'USD', '20.00'],
    ['500', 'JPY', '500'],
    ['1.25', 'KWD', '1.250'],
    ['0.0001', 'CLF', '0.0001'],
    ['99999999.99', 'EUR', '99999999.99'],
    [0, 'USD', '0.00'],
  ])('a price of %j %s is %j', async (price, currency_code, shown) => {
    expect(await buy({ price, currency_code })).toMatchObject({ price: shown, total: shown })
  })

  it('POST makes the purchase and its warranty, or neither', async () => {
    const before = await world.dump()
    const { status, body } = await post('/api/purchases', {
      ...bought,
      warranty: { ...coverage, warranty_end: '2026-02-28' },
    })
    expect([status, body.errors]).toEqual([422, [{ path: 'warranty.warranty_end', message: expect.any(String) }]])
    expect(await world.dump()).toEqual(before)
  })

  it('PUT changes only what is sent, and null clears', async () => {
    const made = await buy({ notes: 'Loud', tags: ['wall'], brand_id: world.ids.acme, warranty: coverage })
    const { status, headers, body } = await put(`/api/purchases/${made.id}`, {
      notes: null,
      quantity: 2,
      brand_id: null,
    })
    expect([status, headers.get('ETag')]).toEqual([200, '"2"'])
    expect(body).toEqual({
      ...made,
      notes: null,
      quantity: 2,
      total: '25.00',
      brand_id: null,
      brand: null,
      version: 2,
    })
  })

  it('PUT makes, changes and with null removes the warranty, and leaves it when it says nothing', async () => {
    const { id } = await buy()
    const made = (await put(`/api/purchases/${id}`, { warranty: coverage })).body
    expect(made).toMatchObject({ version: 1, warranty: { ...coverage, version: 1 } })
    const changed = (await put(`/api/purchases/${id}`, { warranty: { provider: 'Acme' } })).body
    expect(changed.warranty).toEqual({ ...made.warranty, provider: 'Acme', version: 2 })
    expect((await put(`/api/purchases/${id}`, { notes: 'x' })).body.warranty).toEqual(changed.warranty)
    expect((await put(`/api/purchases/${id}`, { warranty: null })).body.warranty).toBeNull()
    expect((await ask(`/api/warranties/${made.warranty.id}`)).status).toBe(404)
  })

  it('PUT and DELETE take a current If-Match or version, and refuse a stale one', async () => {
    const { id } = await buy()
    const path = `/api/purchases/${id}`
    expect((await put(path, { notes: 'a' }, { 'If-Match': '"1"' })).body.version).toBe(2)
    expect((await put(path, { notes: 'b', version: 2 })).body.version).toBe(3)
    expect((await put(path, { notes: 'c', version: 3 }, { 'If-Match': '"3"' })).body.version).toBe(4)
    expect((await put(path, { notes: 'd' }, { 'If-Match': '*' })).body.version).toBe(5)
    for (const refused of [
      await put(path, { notes: 'e' }, { 'If-Match': '"4"' }),
      await put(path, { notes: 'e', version: 4 }),
      await remove(path, { 'If-Match': '"4"' }),
      await remove(`${path}?version=6`),
    ]) {
      expect([refused.status, refused.body.code]).toEqual([412, 'PRECONDITION_FAILED'])
      expect(refused.body.detail).toContain('version 5')
    }
    expect((await ask(path)).body).toMatchObject({ notes: 'd', version: 5 })
    expect((await remove(path, { 'If-Match': '"5"' })).status).toBe(204)
  })

  it('the version rises with each change of the row and with nothing else', async () => {
    const made = await buy({ warranty: coverage })
    const path = `/api/purchases/${made.id}`
    expect((await put(path, {})).body).toEqual(made)
    expect((await put(path, { product_name: ' Clock ' })).body).toEqual(made)
    expect((await put(path, { tags: ['a'] })).body.version).toBe(2)
    expect((await put(path, { warranty: { notes: 'x' } })).body).toMatchObject({
      version: 2,
      warranty: { version: 2 },
    })
  })

  it('DELETE answers 204 without a body, and the warranty goes too', async () => {
    const { id, warranty } = await buy({ warranty: coverage })
    const { status, text } = await remove(`/api/purchases/${id}`)
    expect([status, text]).toEqual([204, ''])
    expect((await ask(`/api/purchases/${id}`)).status).toBe(404)
    expect((await ask(`/api/warranties/${warranty.id}`)).status).toBe(404)
    expect((await remove(`/api/purchases/${id}`)).status).toBe(404)
  })
})
