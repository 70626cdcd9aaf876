import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Problem } from './problem.ts'
import { startTestApp, type TestApp, type TestRequest } from './testing.ts'

const LOCAL = 'http://localhost'
const FOREIGN = 'https://evil.example'
const FRONTEND = 'http://localhost:3000'

describeEachEngine('the edge of the server', ({ openDatabase }) => {
  let server: TestApp
  beforeEach(async () => {
    server = await startTestApp(await openDatabase(), {
      env: { ALLOWED_HOSTS: 'spends.example.org', MAX_BODY_BYTES: '2048' },
    })
  })

  async function expectProblem(path: string, init: TestRequest, status: number, code: string) {
    const response = await server.request(path, init)
    const body = (await response.json()) as Problem['body']
    expect(response.headers.get('Content-Type')).toBe('application/problem+json')
    expect(body).toMatchObject({ type: 'about:blank', status, code, request_id: response.headers.get('X-Request-Id') })
    expect(body.detail).toMatch(/\.$/)
    expect(response.status).toBe(status)
    return { response, body }
  }

  describe('request ids', () => {
    it('keeps a well-formed one', async () => {
      const response = await server.request('/healthz', { headers: { 'X-Request-Id': 'caller-42.abcdef' } })
      expect(response.headers.get('X-Request-Id')).toBe('caller-42.abcdef')
    })

    it.each(['', 'short', 'with space in it', 'a'.repeat(129), '<script>alert(1)</script>'])(
      'replaces %j',
      async (given) => {
        const response = await server.request('/healthz', { headers: { 'X-Request-Id': given } })
        expect(response.headers.get('X-Request-Id')).toMatch(/^[\da-f-]{36}$/)
      },
    )

    it('stand in the log, next to the path without its query', async () => {
      await server.request('/nowhere?search=secret', { headers: { 'X-Request-Id': 'caller-42.abcdef' } })
      expect(server.logged().at(-1)).toMatchObject({
        level: 30,
        msg: 'request',
        method: 'GET',
        path: '/nowhere',
        status: 404,
        request_id: 'caller-42.abcdef',
        ms: expect.any(Number),
      })
      expect(JSON.stringify(server.logged())).not.toContain('secret')
    })
  })

  describe('host names', () => {
    it.each([
      'localhost',
      'LOCALHOST:8000',
      '127.0.0.1:8000',
      '127.8.9.10',
      '[::1]:8000',
      'spends.example.org',
      'Spends.Example.org:443',
    ])('answers to %s', async (Host) => {
      expect((await server.request('/healthz', { headers: { Host } })).status).toBe(200)
    })

    it.each([
      'evil.example',
      'evil.example:8000',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      'a127.0.0.1',
      'sub.spends.example.org',
      '192.168.1.5:8000',
      '0.0.0.0:8000',
      '[::2]',
      'localhost:8000:9',
    ])('refuses %s, whatever is asked', async (Host) => {
      await expectProblem('/healthz', { headers: { Host } }, 421, 'MISDIRECTED_REQUEST')
      await expectProblem('/nowhere', { headers: { Host } }, 421, 'MISDIRECTED_REQUEST')
      await expectProblem('/api/retailers', { json: { name: 'X' }, headers: { Host } }, 421, 'MISDIRECTED_REQUEST')
    })

    it('answers to the name it listens on', async () => {
      const named = await startTestApp(await openDatabase(), { env: { HOST: '192.168.1.5' } })
      expect((await named.request('/healthz', { headers: { Host: '192.168.1.5:8000' } })).status).toBe(200)
      const everywhere = await startTestApp(await openDatabase(), { env: { HOST: '0.0.0.0' } })
      expect((await everywhere.request('/healthz', { headers: { Host: '0.0.0.0:8000' } })).status).toBe(421)
    })
  })

  describe('writing from pages of other origins', () => {
    const retailers = async () => ((await (await server.request('/api/retailers')).json()) as { total: number }).total
    const json = { name: 'Written' }

    it.each<[string, Record<string, string>]>([
      ['a program that is no browser', {}],
      ['a page of ours', { Origin: LOCAL, 'Sec-Fetch-Site': 'same-origin' }],
      ['a page of ours, behind a proxy that speaks TLS', { Origin: 'https://localhost' }],
      ['a page of an allowed origin', { Origin: FRONTEND, 'Sec-Fetch-Site': 'same-site' }],
      ['a person, by hand', { 'Sec-Fetch-Site': 'none' }],
    ])('is possible for %s', async (_, headers) => {
      const before = await retailers()
      expect((await server.request('/api/retailers', { json, headers })).status).toBe(201)
      expect(await retailers()).toBe(before + 1)
    })

    it.each<[string, Record<string, string>]>([
      ['a foreign page', { Origin: FOREIGN, 'Sec-Fetch-Site': 'cross-site' }],
      ['a foreign page in a browser without Sec-Fetch-Site', { Origin: FOREIGN }],
      ['a foreign page that hides its origin', { 'Sec-Fetch-Site': 'cross-site' }],
      ['a page in a sandbox', { Origin: 'null' }],
      ['another program on this machine', { Origin: 'http://localhost:5000', 'Sec-Fetch-Site': 'same-site' }],
      ['a page whose name begins like an allowed one', { Origin: `${FRONTEND}.evil.example` }],
    ])('is refused for %s, whatever the door and the content type', async (_, headers) => {
      const before = await retailers()
      await expectProblem('/api/retailers', { json, headers }, 403, 'FORBIDDEN')
      await expectProblem('/trpc/retailers.create', { json, headers }, 403, 'FORBIDDEN')
      const simple = {
        method: 'POST',
        body: JSON.stringify(json),
        headers: { ...headers, 'Content-Type': 'text/plain' },
      }
      await expectProblem('/trpc/retailers.create', simple, 403, 'FORBIDDEN')
      expect(await retailers()).toBe(before)
    })

    it('leaves reading to the browser, which hides the answer', async () => {
      const response = await server.request('/api/retailers', {
        headers: { Origin: FOREIGN, 'Sec-Fetch-Site': 'cross-site' },
      })
      expect(response.status).toBe(200)
      expect(response.headers.get('Access-Control-Allow-Origin')).toBeNull()
      expect(response.headers.get('Vary')).toContain('Origin')
    })
  })

  describe('CORS', () => {
    it.each(['/api/retailers', '/trpc/retailers.list', '/nowhere', '/healthz'])(
      'lets allowed pages read %s',
      async (path) => {
        const response = await server.request(path, { headers: { Origin: FRONTEND } })
        expect(response.headers.get('Access-Control-Allow-Origin')).toBe(FRONTEND)
        const exposed = response.headers.get('Access-Control-Expose-Headers')?.split(', ')
        expect(exposed).toEqual(
          expect.arrayContaining([
            'ETag',
            'Location',
            'X-Request-Id',
            'X-Currency-Code',
            'Retry-After',
            'Content-Disposition',
          ]),
        )
      },
    )

    const preflight = (Origin: string): TestRequest => ({
      method: 'OPTIONS',
      headers: {
        Origin,
        'Access-Control-Request-Method': 'PUT',
        'Access-Control-Request-Headers': 'content-type,if-match',
      },
    })

    it('answers the preflight of an allowed page', async () => {
      const response = await server.request('/api/purchases/1', preflight(FRONTEND))
      expect(response.status).toBe(204)
      expect(response.headers.get('Access-Control-Allow-Origin')).toBe(FRONTEND)
      expect(response.headers.get('Access-Control-Allow-Methods')).toContain('PUT')
      expect(response.headers.get('Access-Control-Allow-Headers')).toBe('content-type,if-match')
      expect(response.headers.get('Vary')).toContain('Origin')
    })

    it('refuses the preflight of any other page', async () => {
      const { response } = await expectProblem('/api/purchases/1', preflight(FOREIGN), 403, 'FORBIDDEN')
      expect(response.headers.get('Access-Control-Allow-Origin')).toBeNull()
    })
  })

  describe('bodies', () => {
    const large = { name: 'x'.repeat(3000) }

    it.each(['/api/retailers', '/trpc/retailers.create', '/nowhere'])(
      'refuses one that is too large, at %s',
      async (path) => {
        const announced = { 'Content-Length': String(JSON.stringify(large).length) }
        await expectProblem(path, { json: large, headers: announced }, 413, 'PAYLOAD_TOO_LARGE')
        await expectProblem(path, { json: large }, 413, 'PAYLOAD_TOO_LARGE')
      },
    )

    it('passes on one of unknown length whole', async () => {
      const response = await server.request('/api/retailers', { json: { name: 'x'.repeat(200) } })
      expect(response.status).toBe(201)
      expect(await response.json()).toMatchObject({ name: 'x'.repeat(200) })
    })
  })

  describe('what is not there', () => {
    it.each(['/nowhere', '/api', '/api/nowhere', '/trpc', '/docs/nowhere.html', '/index.html', '/healthz/x'])(
      '%s is a 404 problem',
      async (path) => {
        await expectProblem(path, {}, 404, 'NOT_FOUND')
      },
    )

    it.each([
      ['POST', '/healthz', 'GET, HEAD'],
      ['DELETE', '/openapi.json', 'GET, HEAD'],
      ['PUT', '/', 'GET, HEAD'],
      ['PUT', '/trpc/retailers.list', 'GET, HEAD, POST'],
    ])('%s %s is a 405 problem that says what is possible', async (method, path, allow) => {
      const { response } = await expectProblem(path, { method }, 405, 'METHOD_NOT_ALLOWED')
      expect(response.headers.get('Allow')).toBe(allow)
    })

    it('accepts a slash at the end', async () => {
      expect((await server.request('/healthz/')).status).toBe(200)
    })

    it('tells a tRPC caller in the form tRPC has', async () => {
      const response = await server.request('/trpc/nowhere.list', { headers: { 'X-Request-Id': 'caller-42.abcdef' } })
      expect(response.status).toBe(404)
      expect(await response.json()).toMatchObject({
        error: { data: { code: 'NOT_FOUND', request_id: 'caller-42.abcdef' } },
      })
    })
  })

  it('hides a bug from the caller and shows it in the log', async () => {
    server.app.get('/bug', () => {
      throw new Error('select * from secrets')
    })
    const { body } = await expectProblem('/bug', {}, 500, 'INTERNAL_SERVER_ERROR')
    expect(JSON.stringify(body)).not.toContain('secrets')
    const logged = server.logged().find(({ level }) => level === 50)
    expect(logged).toMatchObject({ request_id: body.request_id, err: { message: 'select * from secrets' } })
    expect(logged).toHaveProperty('err.stack', expect.stringContaining('app.test.ts'))
  })

  it('refuses everything while it shuts down', async () => {
    const stopping = await startTestApp(await openDatabase(), { stopping: AbortSignal.abort() })
    const response = await stopping.request('/api/retailers')
    expect(response.status).toBe(503)
    expect(response.headers.get('Retry-After')).toBe('5')
    expect(response.headers.get('Connection')).toBe('close')
  })

  it('answers no more calls in one batch than a page needs', async () => {
    const names = Array.from({ length: 51 }, () => 'settings.get').join(',')
    const response = await server.request(`/trpc/${names}?batch=1&input={}`)
    expect(response.status).toBe(400)
  })

  it('does not let a GET carry a mutation, nor a POST a query', async () => {
    expect((await server.request('/trpc/retailers.create?input={"name":"X"}')).status).toBe(405)
    expect((await server.request('/trpc/retailers.list', { json: {} })).status).toBe(405)
  })

  it('puts the headers of safety on every kind of answer', async () => {
    const paths = [
      '/',
      '/docs',
      '/openapi.json',
      '/healthz',
      '/api/retailers',
      '/api/nowhere',
      '/trpc/settings.get',
      '/trpc/nowhere',
      '/favicon.ico',
    ]
    for (const path of paths) {
      const { headers } = await server.request(path)
      expect([path, headers.get('X-Content-Type-Options')]).toEqual([path, 'nosniff'])
      expect([path, headers.get('Content-Security-Policy')]).toEqual([
        path,
        expect.stringContaining("frame-ancestors 'none'"),
      ])
      expect([path, headers.get('Referrer-Policy')]).toEqual([path, 'same-origin'])
      expect([path, headers.get('Cross-Origin-Resource-Policy')]).toEqual([path, 'same-site'])
      expect([path, headers.get('X-Request-Id')]).toEqual([path, expect.any(String)])
    }
  })
})
