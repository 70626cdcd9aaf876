import { describeEachEngine } from '@spends/db/testing'
import { beforeAll, expect, it } from 'vitest'
import { NOBODY, restOf } from './verbs.ts'
import { createWorld, type World } from './world.ts'

describeEachEngine('every path of REST', ({ openDatabase }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(await openDatabase())
  })
  const { ask, post, put, remove, buy } = restOf(() => world)

  const COLLECTIONS = [
    'purchases',
    'tags',
    'warranties',
    'warranties/expiring',
    'retailers',
    'brands',
    'jobs',
    'backup/list',
  ]

  const FIGURES = [
    'analytics/spending',
    'analytics/spending/by-period?date_from=2025-12-01&date_to=2026-01-31',
    'analytics/summary',
    'analytics/warranties/timeline',
    'analytics/warranties/summary',
    'analytics/retailers',
    'analytics/brands',
    'analytics/top-products',
    'analytics/recent-purchases',
    'analytics/recent-warranties',
  ]

  it.each(FIGURES)('/api/%s accepts a slash at the end, and HEAD', async (address) => {
    const [path, query = ''] = address.split('?')
    const plain = await ask(`/api/${path}?${query}`)
    expect([plain.status, (await ask(`/api/${path}/?${query}`)).text]).toEqual([200, plain.text])
    expect((await ask(`/api/${path}/?${query}&colour=red`)).status).toBe(422)
    const head = await world.server.request(`/api/${path}?${query}`, { method: 'HEAD' })
    expect([head.status, head.headers.get('ETag'), await head.text()]).toEqual([200, plain.headers.get('ETag'), ''])
  })

  it.each([...COLLECTIONS, 'settings', 'backup/config', 'backup/status'])(
    '/api/%s accepts a slash at the end',
    async (path) => {
      expect((await ask(`/api/${path}/`)).text).toBe((await ask(`/api/${path}`)).text)
      expect((await ask(`/api/${path}/?skip=0x`)).status).toBe(422)
    },
  )

  it('accepts a slash after an id, for every method', async () => {
    const { id } = await buy()
    expect((await ask(`/api/purchases/${id}/`)).status).toBe(200)
    expect((await put(`/api/purchases/${id}/`, { notes: 'x' })).status).toBe(200)
    expect((await remove(`/api/purchases/${id}/`)).status).toBe(204)
    expect((await post('/api/retailers/', { name: 'With a slash' })).status).toBe(201)
  })

  it.each([...COLLECTIONS, 'settings', 'backup/config', 'backup/status'])(
    '/api/%s answers HEAD as GET, without a body',
    async (path) => {
      const response = await world.server.request(`/api/${path}`, { method: 'HEAD' })
      expect([response.status, await response.text()]).toEqual([200, ''])
      expect(response.headers.get('Content-Type')).toBe('application/json')
    },
  )

  it('HEAD of one thing has its ETag, of none is a 404', async () => {
    const response = await world.server.request(`/api/purchases/${world.ids.lamp}`, { method: 'HEAD' })
    expect([response.status, response.headers.get('ETag'), await response.text()]).toEqual([200, '"1"', ''])
    expect((await world.server.request(`/api/purchases/${NOBODY}`, { method: 'HEAD' })).status).toBe(404)
  })

  it.each([
    ['purchases', 'DELETE', 'GET, POST'],
    ['purchases', 'PATCH', 'GET, POST'],
    ['purchases/{id}', 'POST', 'GET, PUT, DELETE'],
    ['tags', 'POST', 'GET'],
    ['warranties', 'PUT', 'GET, POST'],
    ['warranties/expiring', 'POST', 'GET'],
    ['warranties/expiring', 'DELETE', 'GET'],
    ['warranties/{id}', 'POST', 'GET, PUT, DELETE'],
    ['retailers', 'PUT', 'GET, POST'],
    ['retailers/{id}', 'POST', 'GET, PUT, DELETE'],
    ['brands', 'DELETE', 'GET, POST'],
    ['brands/{id}', 'PATCH', 'GET, PUT, DELETE'],
    ['attachments/{id}', 'PUT', 'GET, DELETE'],
    ['attachments/{id}/content', 'DELETE', 'GET'],
    ['purchases/{id}/attachments', 'GET', 'POST'],
    ['jobs', 'POST', 'GET'],
    ['jobs/{id}', 'DELETE', 'GET'],
    ['jobs/{id}/cancel', 'GET', 'POST'],
    ['bulk/change', 'GET', 'POST'],
    ['bulk/delete', 'DELETE', 'POST'],
    ['bulk/{id}/undo', 'GET', 'POST'],
    ['import/csv', 'GET', 'POST'],
    ['import/files', 'PUT', 'POST'],
    ['import/files/{id}/detect', 'GET', 'POST'],
    ['import/{id}/errors.csv', 'POST', 'GET'],
    ['import/{id}/undo', 'GET', 'POST'],
    ['backup/create', 'GET', 'POST'],
    ['backup/status', 'POST', 'GET'],
    ['backup/list', 'DELETE', 'GET'],
    ['backup/config', 'POST', 'GET, PUT'],
    ['backup/restore', 'GET', 'POST'],
    ['attachments/integrity', 'PUT', 'POST'],
    ['backup/destinations/test', 'GET', 'POST'],
    ['backup/{id}', 'GET', 'DELETE'],
    ['backup/{id}/verify', 'GET', 'POST'],
    ['backup/{id}/plan', 'PUT', 'POST'],
    ['backup/{id}/restore', 'DELETE', 'POST'],
    ['backup/{id}/download', 'POST', 'GET'],
    ['settings', 'POST', 'GET, PUT'],
    ['settings', 'DELETE', 'GET, PUT'],
    ['analytics/spending', 'POST', 'GET'],
    ['analytics/spending/by-period', 'PUT', 'GET'],
    ['analytics/warranties/summary', 'DELETE', 'GET'],
  ])('/api/%s refuses %s and says what is possible', async (path, method, possible) => {
    const { status, headers, body } = await ask(`/api/${path.replace('{id}', NOBODY)}`, { method })
    expect([status, body.code]).toEqual([405, 'METHOD_NOT_ALLOWED'])
    const allowed = (headers.get('Allow') ?? '').split(', ').filter((name: string) => name !== 'OPTIONS')
    const head = possible.includes('GET') ? ['HEAD'] : []
    expect(allowed.sort()).toEqual([...possible.split(', '), ...head].sort())
  })
})
