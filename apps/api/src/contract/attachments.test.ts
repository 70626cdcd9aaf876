import { createHash, randomBytes } from 'node:crypto'
import { describeEachEngine } from '@spends/db/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DatabaseHandle } from '../database.ts'
import { NOBODY, NOW, restOf, UUID_V7 } from './verbs.ts'
import { createWorld, type World } from './world.ts'

const LIMIT = 200_000
const PDF = '%PDF-1.7 a receipt'
const HTML = '<!doctype html><script>alert(1)</script>'

describeEachEngine('attachments', ({ openDatabase }) => {
  let database: DatabaseHandle
  let world: World
  let path: string
  beforeAll(async () => {
    database = await openDatabase()
    world = await createWorld(database, { MAX_UPLOAD_BYTES: String(LIMIT) })
    path = `/api/purchases/${world.ids.lamp}/attachments`
  })
  afterAll(() => world.server.close())
  const { ask, remove, buy } = restOf(() => world)

  type Fields = readonly (readonly [string, string | File])[]
  const send = (fields: Fields, to = path) => {
    const body = new FormData()
    for (const [name, value] of fields) body.append(name, value)
    return ask(to, { method: 'POST', body })
  }
  const attach = async (content: string | Buffer<ArrayBuffer>, filename: string, to = path) => {
    const { status, body } = await send([['file', new File([content], filename)]], to)
    expect([200, 201]).toContain(status)
    return body
  }
  const download = async (id: string, headers: Record<string, string> = {}, method = 'GET') => {
    const response = await world.server.request(`/api/attachments/${id}/content`, { method, headers })
    const bytes = Buffer.from(await response.arrayBuffer())
    return { status: response.status, header: (name: string) => response.headers.get(name), bytes, text: String(bytes) }
  }

  describe('are sent', () => {
    it.each([
      [
        'before the file',
        (file: File): Fields => [
          ['kind', 'MANUAL'],
          ['file', file],
        ],
      ],
      [
        'after the file',
        (file: File): Fields => [
          ['file', file],
          ['kind', 'MANUAL'],
        ],
      ],
    ])('with a kind %s', async (what, fieldsOf) => {
      const { status, headers, body } = await send(
        fieldsOf(new File([PDF], `Инструкция ${what}.png`, { type: 'image/png' })),
      )
      expect(status).toBe(201)
      expect(body).toEqual({
        id: expect.stringMatching(UUID_V7),
        purchase_id: world.ids.lamp,
        kind: 'MANUAL',
        filename: `Инструкция ${what}.png`,
        mime_type: 'application/pdf',
        size: PDF.length,
        sha256: createHash('sha256').update(PDF).digest('hex'),
        available: true,
        created_at: NOW,
      })
      expect(headers.get('Location')).toBe(`/api/attachments/${body.id}`)
      expect((await ask(`/api/attachments/${body.id}`)).body).toEqual(body)
      const { attachments } = (await ask(`/api/purchases/${world.ids.lamp}`)).body
      expect(attachments).toContainEqual(body)
    })

    it('without a kind, of which nothing is known then', async () => {
      expect(await attach('words', 'words')).toMatchObject({ kind: 'OTHER', mime_type: 'text/plain' })
    })

    it('again, to no effect', async () => {
      const first = await send([['file', new File(['again'], 'again.txt')]])
      const second = await send([['file', new File(['again'], 'again.txt')]])
      expect([first.status, second.status]).toEqual([201, 200])
      expect(second.body).toEqual(first.body)
      expect(second.headers.get('Location')).toBe(first.headers.get('Location'))
    })

    it('to many purchases, and kept once', async () => {
      const other = await buy()
      const here = await attach('shared', 'shared.txt')
      const there = await attach('shared', 'shared.txt', `/api/purchases/${other.id}/attachments`)
      expect((await remove(`/api/attachments/${here.id}`)).status).toBe(204)
      expect((await remove(`/api/attachments/${here.id}`)).status).toBe(404)
      expect((await download(here.id)).status).toBe(404)
      expect((await download(there.id)).text).toBe('shared')
      expect((await remove(`/api/purchases/${other.id}`)).status).toBe(204)
      expect((await ask(`/api/attachments/${there.id}`)).status).toBe(404)
    })

    it.each<[string, Fields, number, string[] | undefined]>([
      ['no file', [['kind', 'RECEIPT']], 422, ['file']],
      ['an empty file', [['file', new File([], 'a.txt')]], 422, ['file']],
      [
        'two files',
        [
          ['file', new File(['a'], 'a')],
          ['file', new File(['b'], 'b')],
        ],
        422,
        ['file'],
      ],
      [
        'an unknown kind',
        [
          ['file', new File(['a'], 'a')],
          ['kind', 'receipt'],
        ],
        422,
        ['kind'],
      ],
      [
        'two kinds',
        [
          ['kind', 'RECEIPT'],
          ['file', new File(['a'], 'a')],
          ['kind', 'MANUAL'],
        ],
        422,
        ['kind'],
      ],
      [
        'an endless kind',
        [
          ['kind', 'x'.repeat(5000)],
          ['file', new File(['a'], 'a')],
        ],
        422,
        ['kind'],
      ],
      [
        'a field that is none',
        [
          ['file', new File(['a'], 'a')],
          ['filename', 'b'],
        ],
        422,
        ['filename'],
      ],
      ['a file that is too large', [['file', new File(['x'.repeat(LIMIT + 1)], 'a')]], 413, undefined],
      ['a form that is too large', [['file', new File(['x'.repeat(2 * LIMIT)], 'a')]], 413, undefined],
    ])('in vain with %s', async (_, fields, status, paths) => {
      const before = await ask(`/api/purchases/${world.ids.sofa}`)
      const answer = await send(fields, `/api/purchases/${world.ids.sofa}/attachments`)
      expect([answer.status, answer.body.errors?.map((error: { path: string }) => error.path)]).toEqual([status, paths])
      expect((await ask(`/api/purchases/${world.ids.sofa}`)).text).toBe(before.text)
    })

    it('in vain to nothing, or as anything but a form', async () => {
      const file: Fields = [['file', new File(['a'], 'a')]]
      for (const id of [NOBODY, 'first'])
        expect((await send(file, `/api/purchases/${id}/attachments`)).status).toBe(404)
      expect((await send(file, `${path}?kind=RECEIPT`)).status).toBe(422)
      const raw = { method: 'POST', body: PDF, headers: { 'Content-Type': 'application/pdf' } }
      expect((await ask(path, raw)).status).toBe(415)
    })

    it('up to the limit to the byte, with a slash at the end as well', async () => {
      const bytes = randomBytes(LIMIT)
      const made = await attach(bytes, 'largest.bin', `${path}/`)
      expect(made.size).toBe(LIMIT)
      expect((await download(made.id)).bytes.equals(bytes)).toBe(true)
    })
  })

  describe('are read', () => {
    const CONTENT = '0123456789'

    it('whole, to be kept for good', async () => {
      const { id, sha256 } = await attach(CONTENT, 'digits.txt')
      const { status, header, text } = await download(id)
      expect([status, text]).toEqual([200, CONTENT])
      expect(header('ETag')).toBe(`"${sha256}"`)
      expect(header('Content-Length')).toBe('10')
      expect(header('Accept-Ranges')).toBe('bytes')
      expect(header('Cache-Control')).toBe('private, max-age=31536000, immutable')
      expect(header('X-Content-Type-Options')).toBe('nosniff')
      const head = await download(id, { Range: 'bytes=0-1' }, 'HEAD')
      expect([head.status, head.text, head.header('Content-Length'), head.header('ETag')]).toEqual([
        200,
        '',
        '10',
        `"${sha256}"`,
      ])
    })

    it('not again by who has them', async () => {
      const { id, sha256 } = await attach(CONTENT, 'digits.txt')
      for (const known of [`"${sha256}"`, `W/"${sha256}"`, `"x", "${sha256}"`, '*']) {
        const { status, header, text } = await download(id, { 'If-None-Match': known, Range: 'bytes=0-1' })
        expect([status, header('ETag'), text]).toEqual([304, `"${sha256}"`, ''])
      }
      expect((await download(id, { 'If-None-Match': '"x"' })).status).toBe(200)
    })

    it('in parts', async () => {
      const { id, sha256 } = await attach(CONTENT, 'digits.txt')
      const part = await download(id, { Range: 'bytes=2-4' })
      expect([part.status, part.text, part.header('Content-Range'), part.header('Content-Length')]).toEqual([
        206,
        '234',
        'bytes 2-4/10',
        '3',
      ])
      expect((await download(id, { Range: 'bytes=-3', 'If-Range': `"${sha256}"` })).text).toBe('789')
      expect((await download(id, { Range: 'bytes=-3', 'If-Range': '"other"' })).text).toBe(CONTENT)
      const outside = await download(id, { Range: 'bytes=10-' })
      expect([outside.status, outside.header('Content-Range')]).toEqual([416, 'bytes */10'])
      expect(JSON.parse(outside.text)).toMatchObject({ code: 'RANGE_NOT_SATISFIABLE' })
    })

    it.each([
      ['a picture', Buffer.from('GIF89a'), 'image/gif', 'inline', 'sandbox; '],
      ['a PDF', Buffer.from(PDF), 'application/pdf', 'inline', "default-src 'none'; object-src"],
      ['a page', Buffer.from(HTML), 'text/html', 'attachment', 'sandbox; '],
      [
        'a drawing',
        Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
        'image/svg+xml',
        'attachment',
        'sandbox; ',
      ],
      ['words', Buffer.from('words'), 'text/plain', 'attachment', 'sandbox; '],
      ['anything', Buffer.from([1, 2, 3]), 'application/octet-stream', 'attachment', 'sandbox; '],
    ])('as %s is to be, whatever it is called', async (_, content, type, how, policy) => {
      const { id } = await attach(content, 'Фото "1".png')
      const { header } = await download(id)
      expect(header('Content-Type')).toBe(type)
      expect(header('Content-Disposition')).toMatch(
        new RegExp(`^${how}; filename="____ _1_.png"; filename\\*=UTF-8''%D0%A4`),
      )
      expect(header('Content-Security-Policy')).toContain(policy)
      expect(header('Content-Security-Policy')).toContain("default-src 'none'")
    })

    it('never with a type that is none', async () => {
      const { id } = await attach('odd', 'odd.txt')
      for (const mime_type of ['text/html\r\nX-Evil: 1', 'nonsense', '']) {
        await database.db.updateTable('attachments').set({ mime_type }).where('id', '=', id).execute()
        expect((await download(id)).header('Content-Type')).toBe('application/octet-stream')
      }
    })

    it('not any more when they are lost, which is known then', async () => {
      const { id, sha256 } = await attach('to be lost', 'lost.txt')
      await world.server.files.remove(sha256)
      for (const method of ['HEAD', 'GET']) expect((await download(id, {}, method)).status).toBe(410)
      expect(JSON.parse((await download(id)).text)).toMatchObject({ code: 'GONE' })
      expect((await ask(`/api/attachments/${id}`)).body.available).toBe(false)
      await attach('to be lost', 'found.txt')
      expect((await download(id)).text).toBe('to be lost')
      expect((await ask(`/api/attachments/${id}`)).body.available).toBe(true)
    })
  })
})
