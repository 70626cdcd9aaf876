import { TextEncoder } from 'node:util'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import type { AppEnv } from '../edge.ts'
import { mountRest } from './adapter.ts'
import { createDrawers, createToyApp, createToyContext } from './testing.ts'

async function expectProblem(response: Response, status: number, code: string) {
  const body = (await response.json()) as Record<string, unknown>
  expect(body).toMatchObject({ type: 'about:blank', status, code, request_id: 'request-1' })
  expect(response.status).toBe(status)
  expect(response.headers.get('Content-Type')).toBe('application/problem+json')
  return body
}

async function expectErrors(response: Response, errors: Record<string, string>) {
  const body = await expectProblem(response, 422, 'UNPROCESSABLE_CONTENT')
  expect(
    Object.fromEntries((body.errors as { path: string; message: string }[]).map((e) => [e.path, e.message])),
  ).toEqual(errors)
}

async function createToyWithDrawer() {
  const toy = createToyApp()
  await toy.send('POST', '/drawers', { label: 'Cables', tags: ['usb'] })
  return toy
}

describe('success', () => {
  it('answers 201 with the address, the tag and the row', async () => {
    const response = await createToyApp().send('POST', '/drawers', { label: 'Cables', weight: 1.5 })
    expect(response.status).toBe(201)
    expect(response.headers.get('Location')).toBe('/api/drawers/d-1')
    expect(response.headers.get('ETag')).toBe('"1"')
    expect(response.headers.get('Content-Type')).toBe('application/json')
    expect(await response.json()).toEqual({
      id: 'd-1',
      label: 'Cables',
      kind: 'WOOD',
      weight: '1.5',
      locked: false,
      tags: [],
      version: 1,
    })
  })

  it('answers 200 to reading and changing, with the tag of what is returned', async () => {
    const toy = await createToyWithDrawer()
    const read = await toy.send('GET', '/drawers/d-1')
    expect([read.status, read.headers.get('ETag')]).toEqual([200, '"1"'])
    const changed = await toy.send('PUT', '/drawers/d-1', { locked: true })
    expect([changed.status, changed.headers.get('ETag')]).toEqual([200, '"2"'])
    expect(await changed.json()).toMatchObject({ locked: true, version: 2 })
  })

  it('answers 204 without a body to deleting', async () => {
    const toy = await createToyWithDrawer()
    const response = await toy.send('DELETE', '/drawers/D-1?move_to=d-2')
    expect([response.status, await response.text()]).toEqual([204, ''])
    expect(toy.received.at(-1)).toEqual({ id: 'd-1', move_to: 'd-2' })
    expect(toy.stored.size).toBe(0)
  })

  it('prefers a fixed address to a parameter', async () => {
    const response = await createToyApp().send('GET', '/drawers/heaviest')
    expect([response.status, await response.json()]).toEqual([200, null])
  })

  it('makes no difference for a trailing slash', async () => {
    const toy = await createToyWithDrawer()
    expect((await toy.send('GET', '/drawers/')).status).toBe(200)
    expect((await toy.send('GET', '/drawers/d-1/')).status).toBe(200)
  })

  it('needs no body where there is nothing to say', async () => {
    const toy = await createToyWithDrawer()
    expect((await toy.send('POST', '/drawers/d-1/open')).status).toBe(200)
    expect((await toy.send('POST', '/drawers/d-1/open', {})).status).toBe(200)
    await expectErrors(await toy.send('POST', '/drawers/d-1/open', { wide: true }), { wide: 'is not a field here' })
  })

  it('leaves out procedures that have no meta for it', async () => {
    expect((await createToyApp().send('GET', '/drawers.unlisted')).status).toBe(404)
  })
})

describe('methods', () => {
  it('answers HEAD as GET, without the body', async () => {
    const toy = await createToyWithDrawer()
    const response = await toy.send('HEAD', '/drawers/d-1')
    expect([response.status, response.headers.get('ETag'), await response.text()]).toEqual([200, '"1"', ''])
  })

  it('refuses others with 405 and names those that are possible', async () => {
    const toy = createToyApp()
    for (const [method, path, allow] of [
      ['PATCH', '/drawers/d-1', 'GET, PUT, DELETE, HEAD, OPTIONS'],
      ['DELETE', '/drawers', 'GET, POST, HEAD, OPTIONS'],
      ['DELETE', '/drawers/heaviest', 'GET, HEAD, OPTIONS'],
      ['GET', '/break', 'POST, OPTIONS'],
      ['HEAD', '/break/', 'POST, OPTIONS'],
    ] as const) {
      const response = await toy.send(method, path)
      expect([response.status, response.headers.get('Allow')]).toEqual([405, allow])
      if (method !== 'HEAD') await expectProblem(response, 405, 'METHOD_NOT_ALLOWED')
    }
  })

  it('answers OPTIONS with the methods', async () => {
    const response = await createToyApp().send('OPTIONS', '/drawers')
    expect([response.status, response.headers.get('Allow')]).toEqual([204, 'GET, POST, HEAD, OPTIONS'])
  })
})

describe('queries', () => {
  it('reach the procedure as what its fields take', async () => {
    const toy = createToyApp()
    await toy.send(
      'GET',
      '/drawers?skip=2&limit=5&kind=METAL&size=1&size=2.5&locked=false&weight=1.50&search=&since=2026-01-31',
    )
    expect(toy.received).toEqual([
      {
        skip: 2,
        limit: 5,
        kind: ['METAL'],
        size: [1, 2.5],
        locked: false,
        weight: '1.50',
        search: '',
        since: '2026-01-31',
      },
    ])
  })

  it('are refused with the name of everything that is wrong', async () => {
    const query = 'skip=-1&limit=&kind=WOOD&kind=STONE&locked=yes&search=a&search=b&colour=red&since=2026-02-30'
    await expectErrors(await createToyApp().send('GET', `/drawers?${query}`), {
      skip: 'must be at least 0',
      limit: 'must be a whole number',
      'kind.1': 'must be one of WOOD, METAL',
      locked: 'must be true or false',
      search: 'is given more than once',
      colour: 'is not a field here',
      since: 'must be a real day, written YYYY-MM-DD',
    })
  })

  it('name the field where a single value is wrong, whether it could be several or not', async () => {
    await expectErrors(await createToyApp().send('GET', '/drawers?kind=STONE'), { kind: 'must be one of WOOD, METAL' })
  })

  it('are 400 with bad percent-encoding', async () => {
    for (const query of ['search=%', 'search=%zz', '%E4=1', 'search=%FF']) {
      await expectProblem(await createToyApp().send('GET', `/drawers?${query}`), 400, 'BAD_REQUEST')
    }
  })

  it('are refused where the procedure takes nothing, or what the path says already', async () => {
    const toy = await createToyWithDrawer()
    await expectErrors(await toy.send('GET', '/drawers/heaviest?limit=1'), { limit: 'is not a field here' })
    await expectErrors(await toy.send('GET', '/drawers/d-1?id=d-1'), { id: 'stands in the path already' })
  })

  it('are refused next to a body, together with what is wrong in the body', async () => {
    await expectErrors(await createToyApp().send('POST', '/drawers?label=Cables&dry=1', { kind: 'WOOD', locked: 1 }), {
      label: 'is not a query parameter here',
      dry: 'is not a query parameter here',
      locked: 'must be true or false',
    })
  })
})

describe('bodies', () => {
  it('are never converted', async () => {
    await expectErrors(await createToyApp().send('POST', '/drawers', { label: 5, locked: 'false', tags: 'usb' }), {
      label: 'must be text',
      locked: 'must be true or false',
      tags: 'must be a list',
    })
  })

  it('keep null as null', async () => {
    const toy = await createToyWithDrawer()
    await toy.send('PUT', '/drawers/d-1', { weight: null })
    expect(toy.received.at(-1)).toEqual({ id: 'd-1', weight: null })
    await expectErrors(await toy.send('PUT', '/drawers/d-1', { label: null }), { label: 'must not be null' })
  })

  it('must be JSON by their type', async () => {
    const toy = createToyApp()
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'json', '']) {
      const headers = { 'Content-Type': type }
      await expectProblem(await toy.send('POST', '/drawers', '{"label":"A"}', headers), 415, 'UNSUPPORTED_MEDIA_TYPE')
    }
    await expectProblem(await toy.send('POST', '/drawers'), 415, 'UNSUPPORTED_MEDIA_TYPE')
    for (const type of ['application/json; charset=utf-8', 'Application/JSON', 'application/merge-patch+json']) {
      expect((await toy.send('POST', '/drawers', '{"label":"A"}', { 'Content-Type': type })).status).toBe(201)
    }
  })

  it('must be JSON by their content', async () => {
    for (const body of ['{', '', 'label=A', '{"label":"A",}', '{"a":1}{"b":2}']) {
      await expectProblem(await createToyApp().send('POST', '/drawers', body), 400, 'BAD_REQUEST')
    }
    const latin1 = Uint8Array.from([...new TextEncoder().encode('{"label":"'), 0xe4, ...new TextEncoder().encode('"}')])
    const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: latin1 }
    await expectProblem(await createToyApp().app.request('/api/drawers', init), 400, 'BAD_REQUEST')
  })

  it('must be an object', async () => {
    for (const body of ['null', '[]', '"text"', '5', 'true']) {
      await expectErrors(await createToyApp().send('POST', '/drawers', body), { '': 'The body must be a JSON object' })
    }
  })

  it('are harmless with the keys that objects inherit', async () => {
    const toy = createToyApp()
    await expectErrors(
      await toy.send('POST', '/drawers', '{"label":"A","__proto__":{"locked":true},"constructor":1}'),
      {
        ['__proto__']: 'is not a field here',
        constructor: 'is not a field here',
      },
    )
    await expectErrors(await toy.send('GET', '/drawers?__proto__=1&toString=1'), {
      ['__proto__']: 'is not a field here',
      toString: 'is not a field here',
    })
    expect({}).not.toHaveProperty('locked')
  })

  it('may repeat the id of the path, but not contradict it', async () => {
    const toy = await createToyWithDrawer()
    expect((await toy.send('PUT', '/drawers/d-1', { id: 'd-1', label: 'New' })).status).toBe(200)
    expect((await toy.send('PUT', '/drawers/D-1', { id: 'd-1', label: 'New' })).status).toBe(200)
    await expectErrors(await toy.send('PUT', '/drawers/d-1', { id: 'd-2', label: '' }), {
      id: 'differs from the one in the path',
      label: 'must not be empty',
    })
  })

  it('that break off are left to the app', async () => {
    const failures: unknown[] = []
    const app = new Hono<AppEnv>({ strict: false })
    app.onError((error, c) => {
      failures.push(error)
      return c.text('the app', 500)
    })
    mountRest(app, createDrawers().router, { createContext: () => createToyContext().context })
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error('hung up')) })
    const headers = { 'Content-Type': 'application/json' }
    const request = new Request('http://localhost/api/drawers', { method: 'POST', headers, body, duplex: 'half' })
    expect(await (await app.request(request)).text()).toBe('the app')
    expect(failures).toEqual([new Error('hung up')])
  })
})

describe('If-Match', () => {
  const change = (toy: Awaited<ReturnType<typeof createToyWithDrawer>>, tag: string, body: object = {}) =>
    toy.send('PUT', '/drawers/d-1', { label: 'New', ...body }, { 'If-Match': tag })

  it('is the version the change is for', async () => {
    const toy = await createToyWithDrawer()
    expect((await change(toy, '"1"')).status).toBe(200)
    await expectProblem(await change(toy, '"1"'), 412, 'PRECONDITION_FAILED')
    expect((await change(toy, '"2"', { version: 2 })).status).toBe(200)
    expect((await change(toy, '*')).status).toBe(200)
  })

  it.each(['W/"1"', '1', '"abc"', '"1", "2"', '', '"01"', '"1e0"'])('is refused as %j', async (tag) => {
    const toy = await createToyWithDrawer()
    await expectProblem(await change(toy, tag), 412, 'PRECONDITION_FAILED')
    expect(toy.stored.get('d-1')).toMatchObject({ label: 'Cables' })
  })

  it('is refused where the body says another version', async () => {
    await expectProblem(await change(await createToyWithDrawer(), '"1"', { version: 2 }), 412, 'PRECONDITION_FAILED')
  })

  it('is refused where nothing has a version, and means nothing to reading', async () => {
    const toy = await createToyWithDrawer()
    const headers = { 'If-Match': '"1"' }
    await expectProblem(await toy.send('DELETE', '/drawers/d-1', undefined, headers), 412, 'PRECONDITION_FAILED')
    expect((await toy.send('DELETE', '/drawers/d-1', undefined, { 'If-Match': '*' })).status).toBe(204)
    expect((await toy.send('GET', '/drawers', undefined, headers)).status).toBe(200)
  })
})

describe('failures', () => {
  it('are 404 for an id that leads nowhere and for one that is none', async () => {
    const toy = createToyApp()
    for (const id of ['d-9', 'nonsense', '%FF', '%']) {
      await expectProblem(await toy.send('GET', `/drawers/${id}`), 404, 'NOT_FOUND')
      await expectProblem(await toy.send('PUT', `/drawers/${id}`, { locked: true }), 404, 'NOT_FOUND')
    }
  })

  it('name the wrong fields that only the database knows of too', async () => {
    const body = { label: 'taken', kind: 'STONE', lining: { colour: 'grey', since: 'today', depth: 1 } }
    await expectErrors(await createToyApp().send('POST', '/drawers', body), {
      label: 'is taken',
      kind: 'must be one of WOOD, METAL',
      'lining.colour': 'is out of stock',
      'lining.since': 'must be a real day, written YYYY-MM-DD',
      'lining.depth': 'is not a field here',
    })
  })

  it('refuse who may not', async () => {
    const toy = createToyApp({ may: ['read'] })
    expect((await toy.send('GET', '/drawers')).status).toBe(200)
    await expectProblem(await toy.send('POST', '/drawers', { label: 'A' }), 403, 'FORBIDDEN')
  })

  it('say when to come back while the database is away', async () => {
    const response = await createToyApp().send('POST', '/break', { how: 'locked' })
    expect(response.headers.get('Retry-After')).toBe('5')
    await expectProblem(response, 503, 'SERVICE_UNAVAILABLE')
  })

  it('have the statuses that tRPC has no code for', async () => {
    const toy = createToyApp()
    await expectProblem(await toy.send('POST', '/break', { how: 'gone' }), 410, 'GONE')
    await expectProblem(await toy.send('POST', '/break', { how: 'full' }), 507, 'INSUFFICIENT_STORAGE')
    const conflict = await expectProblem(await toy.send('POST', '/break', { how: 'conflict' }), 409, 'CONFLICT')
    expect(conflict).toMatchObject({ detail: 'The label is taken.', errors: [{ path: 'label', message: 'is taken' }] })
  })

  it.each(['bug', 'json', 'output'])('reveal nothing of a %s, but log it', async (how) => {
    const toy = createToyApp()
    const body = await expectProblem(await toy.send('POST', '/break', { how }), 500, 'INTERNAL_SERVER_ERROR')
    expect(Object.keys(body).sort()).toEqual(['code', 'detail', 'request_id', 'status', 'title', 'type'])
    expect(JSON.stringify(body)).not.toMatch(/secret|select|at |Error:|JSON|zod|expected/i)
    expect(toy.logged).toEqual([
      {
        message: expect.any(String),
        details: { request_id: 'request-1', path: 'drawers.break', err: expect.any(Error) },
      },
    ])
  })
})
