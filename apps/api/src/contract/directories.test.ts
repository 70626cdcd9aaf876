import { describeEachEngine } from '@spends/db/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { NOW, restOf, UUID_V7 } from './verbs.ts'
import { createWorld, type World } from './world.ts'

describeEachEngine('retailers and brands through REST', ({ openDatabase }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(await openDatabase())
  })
  const { ask, post, put, remove, buy } = restOf(() => world)

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
        created_at: NOW,
        updated_at: NOW,
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
})
