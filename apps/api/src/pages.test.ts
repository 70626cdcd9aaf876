import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, expect, it } from 'vitest'
import { startTestApp, type TestApp } from './testing.ts'
import { version } from './version.ts'

describeEachEngine('pages', ({ openDatabase }) => {
  let server: TestApp
  beforeEach(async () => {
    server = await startTestApp(await openDatabase())
  })

  /** Every address a page names in an attribute. */
  async function linksOf(path: string): Promise<string[]> {
    const html = await (await server.request(path)).text()
    return [...html.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, link = '']) => link)
  }

  it.each(['/', '/docs'])('%s names only addresses that are here', async (path) => {
    const links = await linksOf(path)
    expect(links.length).toBeGreaterThan(2)
    for (const link of links) {
      expect(link).toMatch(/^\//)
      expect([link, (await server.request(link)).status]).toEqual([link, 200])
    }
  })

  it.each(['/', '/docs'])(
    '%s runs under a policy that allows no inline script or style, and has none',
    async (path) => {
      const response = await server.request(path)
      expect(response.headers.get('Content-Type')).toMatch(/^text\/html/)
      const policy = response.headers.get('Content-Security-Policy')
      expect(policy).toContain("script-src 'self';")
      expect(policy).toContain("default-src 'none'")
      expect(policy).not.toContain('unsafe')
      const html = await response.text()
      expect(html).not.toMatch(/<script(?![^>]*src=)|<style| style=| on[a-z]+=/)
      expect(html).not.toContain('{{')
    },
  )

  it('/ says what runs here, at the address that was asked', async () => {
    const html = await (await server.request('/', { headers: { Host: 'localhost' } })).text()
    expect(html).toContain(`Version ${version}`)
    expect(html).toContain('curl http://localhost/api/purchases')
  })

  it('/openapi.json is this version, and is not sent twice', async () => {
    const response = await server.request('/openapi.json')
    expect(response.headers.get('Content-Type')).toBe('application/json')
    expect(await response.json()).toMatchObject({ openapi: expect.stringMatching(/^3\.1/), info: { version } })
    const etag = response.headers.get('ETag') ?? ''
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await server.request('/openapi.json', { headers: { 'If-None-Match': known } })
      expect([known, again.status, await again.text(), again.headers.get('ETag')]).toEqual([known, 304, '', etag])
    }
    expect((await server.request('/openapi.json', { headers: { 'If-None-Match': '"other"' } })).status).toBe(200)
  })

  it('the files of swagger-ui are kept, because their addresses hold their version', async () => {
    const files = (await linksOf('/docs')).filter((link) => link.includes('swagger-ui'))
    expect(files).toHaveLength(2)
    for (const file of files) {
      const response = await server.request(file)
      expect(response.headers.get('Cache-Control')).toContain('immutable')
      expect(response.headers.get('Content-Type')).toMatch(file.endsWith('.css') ? /^text\/css/ : /^text\/javascript/)
      expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(100_000)
    }
  })

  it('HEAD is answered like GET, without the body', async () => {
    for (const path of ['/', '/openapi.json', '/healthz', '/api/settings']) {
      const response = await server.request(path, { method: 'HEAD' })
      expect([path, response.status, await response.text()]).toEqual([path, 200, ''])
    }
  })

  it('/healthz is alive and /readyz is not, once the database is gone', async () => {
    const database = await openDatabase()
    const broken = await startTestApp(database)
    expect(await (await broken.request('/readyz')).json()).toEqual({
      status: 'ok',
      database: 'ok',
      migrations: 'current',
    })
    await database.close()
    const response = await broken.request('/readyz')
    expect(response.status).toBe(503)
    expect(response.headers.get('Retry-After')).toBe('5')
    expect(await response.json()).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      detail: 'The database does not answer.',
    })
    expect((await broken.request('/healthz')).status).toBe(200)
  })
})
