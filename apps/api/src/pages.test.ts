import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, expect, it } from 'vitest'
import { startTestApp, type TestApp } from './testing.ts'
import { version } from './version.ts'

const WEB = ['/', '/inventory', '/warranties', '/retailers', '/brands', '/import', '/settings']
const PAGES = [...WEB, '/docs']

describeEachEngine('pages', ({ openDatabase }) => {
  let server: TestApp
  beforeEach(async () => {
    server = await startTestApp(await openDatabase())
  })

  /** Every address a page names in an attribute. */
  async function linksOf(path: string): Promise<string[]> {
    const html = await (await server.request(path)).text()
    // Not those that are worked out in the browser, nor places on the page itself.
    return [...html.matchAll(/\s(?:href|src)="([^"#]+)/g)].map(([, link = '']) => link)
  }

  it.each(PAGES)('%s names only addresses that are here', async (path) => {
    const links = await linksOf(path)
    expect(links.length).toBeGreaterThan(2)
    for (const link of links) {
      expect(link).toMatch(/^\//)
      expect([link, (await server.request(link)).status]).toEqual([link, 200])
    }
  })

  it.each(PAGES)('%s runs under a policy that allows no inline script or style, and has none', async (path) => {
    const response = await server.request(path)
    expect(response.headers.get('Content-Type')).toMatch(/^text\/html/)
    const policy = response.headers.get('Content-Security-Policy')
    expect(policy).toContain("script-src 'self';")
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
    const html = await response.text()
    // Data is no script.
    const code = html.replaceAll(/<script type="application\/json"[^>]*>/g, '')
    expect(code).not.toMatch(/<script(?![^>]*src=)|<style| style=| on[a-z]+=/)
    expect(html).not.toContain('{{')
  })

  it.each(WEB)('%s is in the language of the settings, and in English where it has not that', async (path) => {
    for (const [locale, language] of [
      ['en-GB', 'en'],
      ['de-AT', 'de'],
      ['fr-FR', 'en'],
    ]) {
      await server.request('/api/settings', { method: 'PUT', json: { locale } })
      const response = await server.request(path)
      expect(response.headers.get('Cache-Control')).toBe('no-cache')
      expect(await response.text()).toContain(`<html lang="${language}">`)
    }
  })

  it('a page is there when the database is not: it has to say so', async () => {
    const database = await openDatabase()
    const broken = await startTestApp(database)
    await database.close()
    expect((await broken.request('/')).status).toBe(200)
  })

  it('what the pages load is sent as small as the browser takes it, once and for all', async () => {
    const script = (await linksOf('/inventory')).find((link) => link.startsWith('/assets/start-')) ?? ''
    const [plain, gzip, br] = await Promise.all(
      ['identity', 'gzip', 'gzip, deflate, br'].map((accept) =>
        server.request(script, { headers: { 'Accept-Encoding': accept } }),
      ),
    )
    const code = Buffer.from((await plain?.arrayBuffer()) ?? new ArrayBuffer())
    expect(plain?.headers.get('Content-Encoding')).toBeNull()
    expect(gzip?.headers.get('Content-Encoding')).toBe('gzip')
    expect(gunzipSync((await gzip?.arrayBuffer()) ?? '')).toEqual(code)
    expect(br?.headers.get('Content-Encoding')).toBe('br')
    expect(brotliDecompressSync((await br?.arrayBuffer()) ?? '')).toEqual(code)
    for (const response of [plain, gzip, br]) {
      expect(response?.headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable')
      expect(response?.headers.get('Vary')).toContain('Accept-Encoding')
      const headers = {
        'Accept-Encoding': response?.headers.get('Content-Encoding') ?? 'identity',
        'If-None-Match': response?.headers.get('ETag') ?? '',
      }
      expect((await server.request(script, { headers })).status).toBe(304)
    }
    expect(new Set([plain, gzip, br].map((response) => response?.headers.get('ETag'))).size).toBe(3)
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
