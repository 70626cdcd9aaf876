import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { buffer, text } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { generatePurchases } from '@spends/core/demo/generate'
import type { DatabaseHandle } from '@spends/db'
import { describeEachEngine } from '@spends/db/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp } from './testing.ts'

const NOW = new Date('2026-03-15T23:30:00Z')
const FORMATS = ['csv', 'json']

describeEachEngine('exports', ({ openDatabase }) => {
  let database: DatabaseHandle
  let server: TestApp
  beforeEach(async () => {
    database = await openDatabase()
    // Half of three connections: one export at a time.
    server = await startTestApp(database, { now: () => NOW, env: { DATABASE_POOL_SIZE: '3' } })
  })
  afterEach(() => server.close())

  async function buy(product_name: string, more: object = {}): Promise<string> {
    const json = { product_name, price: '10', purchase_date: '2026-01-31', ...more }
    const response = await server.request('/api/purchases', { json })
    const { id } = (await response.json()) as { id: string }
    return id
  }

  /** Asks over the network, so that the answer is read as slowly as the test likes. */
  async function open(format: string, encoding = 'identity'): Promise<IncomingMessage> {
    const url = `${await server.listen()}/api/export/${format}`
    const request = get(url, { headers: { 'Accept-Encoding': encoding }, agent: false })
    const [response] = await once(request, 'response')
    return response
  }

  it('are named after the day of the instance', async () => {
    await server.request('/api/settings', { method: 'PUT', json: { time_zone: 'Asia/Tokyo' } })
    for (const [format, type] of [
      ['csv', 'text/csv; charset=utf-8; header=present'],
      ['json', 'application/json'],
    ]) {
      const response = await server.request(`/api/export/${format}`)
      expect((await response.text()).length).toBeGreaterThan(100)
      const { status, headers } = response
      expect([status, headers.get('Content-Type')]).toEqual([200, type])
      expect(headers.get('Content-Disposition')).toBe(`attachment; filename="spends-export-2026-03-16.${format}"`)
      expect([headers.get('Cache-Control'), headers.get('Vary')]).toEqual(['no-store', 'Origin, Accept-Encoding'])
    }
  })

  it('hold the purchases', async () => {
    const id = await buy('Café 🏊', { tags: ['a', 'b'] })
    const csv = await (await server.request('/api/export/csv')).text()
    expect(csv.split('\r\n')[1]).toMatch(`${id},Café 🏊,10.00,1,USD,`)
    const json = await (await server.request('/api/export/json')).json()
    expect(json).toMatchObject({ format: 'spends-tracker', purchases: [{ id, tags: ['a', 'b'] }] })
  })

  it('take the filters of the list', async () => {
    await buy('Lamp', { status: 'ORDERED', currency_code: 'EUR' })
    await buy('Lamp shade')
    await buy('Chair', { status: 'ORDERED' })
    const names = async (query: string) => {
      const response = await server.request(`/api/export/json?${query}`)
      const { purchases } = (await response.json()) as { purchases: { product_name: string }[] }
      return purchases.map(({ product_name }) => product_name)
    }
    expect(await names('search=lamp')).toEqual(['Lamp', 'Lamp shade'])
    expect(await names('status=ORDERED&currency_code=USD&currency_code=EUR')).toEqual(['Lamp', 'Chair'])
    expect(await names('has_warranty=true')).toEqual([])
  })

  it.each(FORMATS)('as %s refuse what they do not know, all of it by name', async (format) => {
    const query = 'limit=5&sort=price&colour=red&status=GONE&date_from=2025-02-30&search=a&search=b'
    const response = await server.request(`/api/export/${format}?${query}`)
    expect([response.status, response.headers.get('Content-Type')]).toEqual([422, 'application/problem+json'])
    const { errors } = (await response.json()) as { errors: { path: string; message: string }[] }
    expect(Object.fromEntries(errors.map(({ path, message }) => [path, message]))).toEqual({
      limit: 'is not a field here',
      sort: 'is not a field here',
      colour: 'is not a field here',
      status: 'must be one of ORDERED, RECEIVED',
      date_from: 'must be a real day, written YYYY-MM-DD',
      search: 'is given more than once',
    })
    expect((await server.request(`/api/export/${format}?search=%`)).status).toBe(400)
  })

  it.each(FORMATS)('as %s answer HEAD without a body, and a slash at the end', async (format) => {
    const plain = await server.request(`/api/export/${format}/`)
    const head = await server.request(`/api/export/${format}`, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
    for (const name of ['Content-Type', 'Content-Disposition', 'Vary', 'Cache-Control']) {
      expect(head.headers.get(name)).toBe(plain.headers.get(name))
    }
    expect((await plain.text()).length).toBeGreaterThan(100)
    expect((await server.request(`/api/export/${format}?limit=1`, { method: 'HEAD' })).status).toBe(422)
  })

  it.each(['POST', 'PUT', 'DELETE', 'PATCH'])('answer %s with 405', async (method) => {
    const response = await server.request('/api/export/csv', { method })
    expect([response.status, response.headers.get('Allow')]).toEqual([405, 'GET, HEAD'])
    expect(response.headers.get('Content-Type')).toBe('application/problem+json')
  })

  it.each(FORMATS)('as %s are the same compressed', async (format) => {
    await buy('Café 🏊')
    const plain = await buffer(await open(format))
    const compressed = await open(format, 'br;q=1, gzip;q=0.5')
    expect(compressed.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(await buffer(compressed))).toEqual(plain)
    expect((await open(format, 'gzip;q=0')).resume().headers).not.toHaveProperty('content-encoding')
  })

  it('are 503 while the database does not answer', async () => {
    await database.close()
    const response = await server.request('/api/export/csv')
    expect([response.status, response.headers.get('Content-Type')]).toEqual([503, 'application/problem+json'])
  })

  describe('of thousands', () => {
    beforeEach(async () => {
      // More than the buffers of a connection hold.
      await generatePurchases({ db: database.db, now: () => NOW }, { purchases: 12_000 })
    })

    it('hold what was there when they began', async () => {
      const response = await open('json')
      await once(response, 'readable')
      await buy('Bought meanwhile')
      const { purchases }: { purchases: { product_name: string }[] } = JSON.parse(await text(response))
      expect(purchases).toHaveLength(12_000)
      expect(purchases.some(({ product_name }) => product_name === 'Bought meanwhile')).toBe(false)
    })

    it('are only so many at once, and make room when their caller hangs up', async () => {
      const first = await open('json')
      const second = await open('csv')
      expect([second.statusCode, second.headers['retry-after']]).toEqual([503, '5'])
      second.resume()
      first.destroy()
      for (;;) {
        const third = await open('csv')
        if (third.statusCode === 503) {
          await text(third)
          continue
        }
        expect((await text(third)).split('\r\n')).toHaveLength(12_002)
        break
      }
    })

    it('are cut off when the server stops, and can not be taken for whole', async () => {
      const response = await open('json')
      await once(response, 'readable')
      await server.close()
      await expect(text(response)).rejects.toThrow('aborted')
      expect(response.complete).toBe(false)
      // Every connection is free again.
      await database.close()
    })
  })
})
