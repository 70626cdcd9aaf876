import { describeEachEngine } from '@spends/db/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import type { TestRequest } from '../testing.ts'
import { createWorld, TODAY, type World } from './world.ts'

const INSTANT = '2026-03-15T10:20:30Z'
const UUID_V7 = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/
const NOBODY = '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071'

describeEachEngine('the REST table', ({ openDatabase }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(await openDatabase())
  })

  /** Asks and checks what every answer has. */
  async function ask(path: string, init: TestRequest = {}) {
    const response = await world.server.request(path, init)
    const text = await response.text()
    expect(response.headers.get('X-Request-Id')).toMatch(/^[\da-f-]{36}$/)
    const type = response.ok ? 'application/json' : 'application/problem+json'
    expect(response.headers.get('Content-Type')).toBe(response.status === 204 ? null : type)
    const { status, headers } = response
    return { status, headers, text, body: text === '' ? undefined : JSON.parse(text) }
  }
  const post = (path: string, json: unknown) => ask(path, { json })
  const put = (path: string, json: unknown, headers: Record<string, string> = {}) =>
    ask(path, { method: 'PUT', json, headers })
  const remove = (path: string, headers: Record<string, string> = {}) => ask(path, { method: 'DELETE', headers })

  const bought = { product_name: 'Clock', price: '12.50', purchase_date: '2026-03-01' }
  const coverage = { warranty_start: '2026-03-01', warranty_end: '2027-03-01' }
  async function buy(more: object = {}) {
    return (await post('/api/purchases', { ...bought, ...more })).body
  }

  const COLLECTIONS = ['purchases', 'warranties', 'warranties/expiring', 'retailers', 'brands']

  describe('every path', () => {
    it.each([...COLLECTIONS, 'settings'])('/api/%s accepts a slash at the end', async (path) => {
      expect((await ask(`/api/${path}/`)).text).toBe((await ask(`/api/${path}`)).text)
      expect((await ask(`/api/${path}/?skip=0x`)).status).toBe(422)
    })

    it('accepts a slash after an id, for every method', async () => {
      const { id } = await buy()
      expect((await ask(`/api/purchases/${id}/`)).status).toBe(200)
      expect((await put(`/api/purchases/${id}/`, { notes: 'x' })).status).toBe(200)
      expect((await remove(`/api/purchases/${id}/`)).status).toBe(204)
      expect((await post('/api/retailers/', { name: 'With a slash' })).status).toBe(201)
    })

    it.each([...COLLECTIONS, 'settings'])('/api/%s answers HEAD as GET, without a body', async (path) => {
      const response = await world.server.request(`/api/${path}`, { method: 'HEAD' })
      expect([response.status, await response.text()]).toEqual([200, ''])
      expect(response.headers.get('Content-Type')).toBe('application/json')
    })

    it('HEAD of one thing has its ETag, of none is a 404', async () => {
      const response = await world.server.request(`/api/purchases/${world.ids.lamp}`, { method: 'HEAD' })
      expect([response.status, response.headers.get('ETag'), await response.text()]).toEqual([200, '"1"', ''])
      expect((await world.server.request(`/api/purchases/${NOBODY}`, { method: 'HEAD' })).status).toBe(404)
    })

    it.each([
      ['purchases', 'DELETE', 'GET, POST'],
      ['purchases', 'PATCH', 'GET, POST'],
      ['purchases/{id}', 'POST', 'GET, PUT, DELETE'],
      ['warranties', 'PUT', 'GET, POST'],
      ['warranties/expiring', 'POST', 'GET'],
      ['warranties/expiring', 'DELETE', 'GET'],
      ['warranties/{id}', 'POST', 'GET, PUT, DELETE'],
      ['retailers', 'PUT', 'GET, POST'],
      ['retailers/{id}', 'POST', 'GET, PUT, DELETE'],
      ['brands', 'DELETE', 'GET, POST'],
      ['brands/{id}', 'PATCH', 'GET, PUT, DELETE'],
      ['settings', 'POST', 'GET, PUT'],
      ['settings', 'DELETE', 'GET, PUT'],
    ])('/api/%s refuses %s and says what is possible', async (path, method, possible) => {
      const { status, headers, body } = await ask(`/api/${path.replace('{id}', NOBODY)}`, { method })
      expect([status, body.code]).toEqual([405, 'METHOD_NOT_ALLOWED'])
      const allowed = (headers.get('Allow') ?? '').split(', ').filter((name) => name !== 'OPTIONS')
      expect(allowed.sort()).toEqual([...possible.split(', '), 'HEAD'].sort())
    })
  })

  describe('purchases', () => {
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
        created_at: INSTANT,
        updated_at: INSTANT,
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
          created_at: INSTANT,
          updated_at: INSTANT,
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

  describe('warranties', () => {
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
      const ending = async (warranty_end: string) =>
        (await buy({ warranty: { ...coverage, warranty_end } })).warranty.id
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

  describe.each([
    ['retailers', 'retailer', 'shop'],
    ['brands', 'brand', 'acme'],
  ] as const)('%s', (path, word, used) => {
    it('GET lists all of them by name, with their purchases, unless limit is given', async () => {
      const { status, body } = await ask(`/api/${path}`)
      expect([status, body.skip, body.limit]).toEqual([200, 0, null])
      expect(body.items).toHaveLength(body.total)
      expect(body.total).toBeGreaterThan(17)
      expect(Object.keys(body.items[0])).toEqual(['id', 'name', 'url', 'created_at', 'updated_at', 'purchase_count'])
      const names: string[] = body.items.map((item: { name: string }) => item.name)
      expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b, 'en', { sensitivity: 'base' })))
      expect((await ask(`/api/${path}?limit=2&skip=1`)).body).toEqual({
        items: body.items.slice(1, 3),
        total: body.total,
        skip: 1,
        limit: 2,
      })
      expect((await ask(`/api/${path}?search=IKE`)).body.items).toMatchObject([{ name: 'IKEA', purchase_count: 0 }])
    })

    it('POST answers 201 with the place, and 409 for a taken name in whatever writing', async () => {
      const { status, headers, body } = await post(`/api/${path}`, { name: ' Café Zoë ', url: 'HTTPS://example.org' })
      expect([status, headers.get('Location')]).toEqual([201, `/api/${path}/${body.id}`])
      expect(body).toEqual({
        id: expect.stringMatching(UUID_V7),
        name: 'Café Zoë',
        url: 'HTTPS://example.org',
        created_at: INSTANT,
        updated_at: INSTANT,
      })
      expect((await ask(`/api/${path}/${body.id}`)).body).toEqual(body)
      for (const name of ['café zoë', 'CAFÉ ZOË', '\tCafé Zoë\u00a0', 'Cafe\u0301 Zoe\u0308']) {
        const taken = await post(`/api/${path}`, { name })
        expect([name, taken.status, taken.body.code]).toEqual([name, 409, 'CONFLICT'])
      }
    })

    it('PUT renames, also to its own name in another case, and shows up in the purchases', async () => {
      const { id } = (await post(`/api/${path}`, { name: 'Old name' })).body
      const purchase = await buy({ [`${word}_id`]: id })
      const { status, body } = await put(`/api/${path}/${id}`, { name: 'OLD name' })
      expect([status, body.name]).toEqual([200, 'OLD name'])
      expect((await ask(`/api/purchases/${purchase.id}`)).body[word]).toEqual({ id, name: 'OLD name' })
      expect((await put(`/api/${path}/${id}`, { name: 'ikea' })).status).toBe(409)
    })

    it('DELETE of one in use is refused with the count, unless reassign_to moves its purchases first', async () => {
      const { id } = (await post(`/api/${path}`, { name: 'To be deleted' })).body
      const first = await buy({ [`${word}_id`]: id })
      const second = await buy({ [`${word}_id`]: id })
      const refused = await remove(`/api/${path}/${id}`)
      expect([refused.status, refused.body.code]).toEqual([409, 'CONFLICT'])
      expect(refused.body.detail).toMatch(/\b2\b/)

      const moved = await remove(`/api/${path}/${id}?reassign_to=${world.ids[used]}`)
      expect([moved.status, moved.text]).toEqual([204, ''])
      expect((await ask(`/api/${path}/${id}`)).status).toBe(404)
      for (const before of [first, second]) {
        const after = (await ask(`/api/purchases/${before.id}`)).body
        expect([after[`${word}_id`], after.version]).toEqual([world.ids[used], 2])
      }
    })

    it('DELETE of one that nothing uses answers 204', async () => {
      const { id } = (await post(`/api/${path}`, { name: 'Idle' })).body
      expect((await remove(`/api/${path}/${id}`)).status).toBe(204)
      expect((await remove(`/api/${path}/${id}`)).status).toBe(404)
    })
  })

  describe('settings', () => {
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
})
