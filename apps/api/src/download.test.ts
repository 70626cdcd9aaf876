import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import { Hono } from 'hono'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sendDownload } from './download.ts'
import type { AppEnv } from './edge.ts'
import { type HttpServer, listen } from './http-server.ts'

const PART = randomBytes(300_000).toString('base64')

let server: HttpServer
let logged: string[]
let ended: Promise<void>
let made: number
let makeParts: () => AsyncGenerator<string>
beforeEach(async () => {
  logged = []
  made = 0
  const { promise, resolve } = Promise.withResolvers<void>()
  ended = promise
  async function* parts() {
    try {
      for await (const part of makeParts()) {
        made += 1
        yield part
      }
    } finally {
      resolve()
    }
  }
  const app = new Hono<AppEnv>()
  const log = { error: (_: object, message: string) => void logged.push(message) }
  app.onError((error, c) => c.text(`the app: ${error.message}`, 500))
  app.get('/:patience', (c) => {
    const download = { filename: 'file.txt', type: 'text/plain', parts: parts() }
    c.header('Vary', 'Origin')
    return sendDownload(c, { log, requestId: 'request-1' }, download, Number(c.req.param('patience')))
  })
  server = await listen(app, '127.0.0.1', 0)
})
afterEach(() => server.close(0))

/** Asks for the file and reads nothing of it yet. */
async function ask({ patience = 30_000, encoding = 'identity' } = {}): Promise<IncomingMessage> {
  const request = get(`${server.url}/${patience}`, { headers: { 'Accept-Encoding': encoding }, agent: false })
  const [response] = await once(request, 'response')
  return response
}

async function* fine() {
  yield 'äb'
  yield PART
  yield 'c🏊'
}

async function* endless() {
  for (;;) yield PART
}

async function* failing() {
  yield PART
  yield PART
  throw new Error('secret words of a driver')
}

async function* failingAtOnce() {
  yield* []
  throw new Error('at once')
}

describe('a download', () => {
  it('arrives as it was made, under its name', async () => {
    makeParts = fine
    const response = await ask()
    expect(response.headers).toMatchObject({
      'content-type': 'text/plain',
      'content-disposition': 'attachment; filename="file.txt"',
      'cache-control': 'no-store',
      vary: 'Origin, Accept-Encoding',
    })
    expect(response.headers).not.toHaveProperty('content-encoding')
    expect(await text(response)).toBe(`äb${PART}c🏊`)
    expect(response.complete).toBe(true)
  })

  it('is compressed for who asks for it', async () => {
    makeParts = fine
    const response = await ask({ encoding: 'gzip' })
    expect(response.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Origin, Accept-Encoding' })
    expect(await text(response.pipe(createGunzip()))).toBe(`äb${PART}c🏊`)
  })

  it('may be empty', async () => {
    makeParts = async function* () {}
    expect(await text(await ask())).toBe('')
    expect(await text((await ask({ encoding: 'gzip' })).pipe(createGunzip()))).toBe('')
  })

  it('answers HEAD without being made', async () => {
    makeParts = fine
    const response = await fetch(`${server.url}/1000`, { method: 'HEAD' })
    expect([response.status, response.headers.get('Content-Disposition')]).toEqual([
      200,
      'attachment; filename="file.txt"',
    ])
    expect([await response.text(), made]).toEqual(['', 0])
  })

  describe.each(['identity', 'gzip'])('as %s', (encoding) => {
    it('that fails before it begins is for the app to answer', async () => {
      makeParts = failingAtOnce
      const response = await ask({ encoding })
      expect([response.statusCode, await text(response)]).toEqual([500, 'the app: at once'])
      expect(logged).toEqual([])
    })

    it('that fails in the middle breaks the connection, and says nothing of why', async () => {
      makeParts = failing
      const response = await ask({ encoding })
      let received = ''
      response.setEncoding('latin1').on('data', (chunk: string) => {
        received += chunk
      })
      await expect(once(response, 'end')).rejects.toThrow('aborted')
      expect(response.complete).toBe(false)
      expect(received).not.toContain('secret')
      expect(logged).toEqual(['A download broke off'])
    })

    it('is no longer made for a caller that hung up', async () => {
      makeParts = endless
      const response = await ask({ encoding })
      await once(response, 'readable')
      response.destroy()
      await ended
      expect(logged).toEqual([])
    })

    it('is made no faster than it is taken, and ends when nothing is taken for too long', async () => {
      makeParts = endless
      const response = await ask({ encoding, patience: 100 })
      const closed = once(response.socket, 'close')
      await ended
      // What the buffers of both ends hold.
      expect(made * PART.length).toBeLessThan(50_000_000)
      response.resume().on('error', () => {})
      await closed
      expect(response.complete).toBe(false)
      expect(logged).toEqual([])
    })
  })
})
