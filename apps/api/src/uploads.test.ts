import { Hono } from 'hono'
import { beforeAll, describe, expect, it } from 'vitest'
import type { AppEnv } from './edge.ts'
import { answerProblem } from './problem.ts'
import { readUpload } from './uploads.ts'

const MAX = 100_000
const app = new Hono<AppEnv>()
/** How many pieces of the last body were asked for. */
let taken = 0

beforeAll(() => {
  app.onError((error, c) => answerProblem(c, error))
  app.post('/', async (c) => {
    const { filename, bytes } = await readUpload(c.req, { types: ['text/csv', 'application/json'], maxBytes: MAX })
    const chunks: Uint8Array[] = []
    for await (const chunk of bytes) chunks.push(chunk)
    return c.json({ filename, text: Buffer.concat(chunks).toString() })
  })
})

/** Sends a body in pieces, without saying how long it is. */
async function send(body: string | Buffer | AsyncIterable<Uint8Array>, headers: Record<string, string>, piece = 1000) {
  taken = 0
  const source = typeof body === 'string' || Buffer.isBuffer(body) ? inPieces(Buffer.from(body), piece) : body
  const stream = ReadableStream.from(counted(source))
  const init: RequestInit & { duplex: 'half' } = { method: 'POST', headers, body: stream, duplex: 'half' }
  const response = await app.request('/', init)
  return { status: response.status, ...((await response.json()) as Answer) }
}

interface Answer {
  filename?: string
  text?: string
  detail?: string
  errors?: { path: string; message: string }[]
}

async function* inPieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function* counted(source: AsyncIterable<Uint8Array>) {
  for await (const chunk of source) {
    taken += 1
    yield chunk
  }
}

async function* endless(start: string, piece: string) {
  yield Buffer.from(start)
  for (;;) yield Buffer.from(piece)
}

const FORM = { 'Content-Type': 'multipart/form-data; boundary=edge' }
const CSV = { 'Content-Type': 'text/csv' }

const part = (disposition: string, content: string) =>
  `--edge\r\nContent-Disposition: form-data; ${disposition}\r\nContent-Type: text/csv\r\n\r\n${content}\r\n`
const form = (...parts: string[]) => `${parts.join('')}--edge--\r\n`
const FILE = part('name="file"; filename="a.csv"', 'a,b\r\n1,2')

describe('a form', () => {
  it.each([1, 7, 1000])('gives its file, in pieces of %i', async (piece) => {
    expect(await send(form(FILE), FORM, piece)).toEqual({ status: 200, filename: 'a.csv', text: 'a,b\r\n1,2' })
  })

  it('made by a browser gives its file', async () => {
    const data = new FormData()
    data.set('file', new File(['a,b\r\n'.repeat(5000)], 'Käufe "1".csv'))
    const response = await app.request('/', { method: 'POST', body: data })
    expect(await response.json()).toEqual({ filename: 'Käufe "1".csv', text: 'a,b\r\n'.repeat(5000) })
  })

  it.each([
    ['filename="покупки 🛒.csv"', 'покупки 🛒.csv'],
    [`filename*=UTF-8''K%C3%A4ufe.csv`, 'Käufe.csv'],
    ['filename=plain.csv', 'plain.csv'],
    ['filename="../../etc/passwd"', 'passwd'],
    ['filename=""', ''],
    ['x=y', ''],
  ])('takes %s', async (words, filename) => {
    expect(await send(form(part(`name="file"; ${words}`, 'a')), FORM)).toEqual({ status: 200, filename, text: 'a' })
  })

  it('takes an empty file', async () => {
    expect(await send(form(part('name="file"', '')), FORM)).toMatchObject({ status: 200, text: '' })
  })

  it.each([
    ['without a part', form(), ['file']],
    ['with a part that has no header', '--edge\r\n\r\nx\r\n--edge--\r\n', ['file']],
    ['with two files', form(FILE, FILE), ['file']],
    ['with a field before the file', form(part('name="dry_run"', 'true'), FILE), ['dry_run']],
    ['with fields after the file', form(FILE, part('name="a"', '1'), part('name="b"', '2')), ['a', 'b']],
    ['with a file of another name', form(part('name="upload"; filename="a.csv"', 'a')), ['upload']],
    ['with a field that every object has', form(part('name="constructor"', 'a'), FILE), ['constructor']],
    ['with a part without a name', form(part('filename="a.csv"', 'a')), ['']],
  ])('%s is refused by name', async (_, body, paths) => {
    const { status, errors } = await send(body, FORM, 100_000)
    expect([status, errors?.map(({ path }) => path)]).toEqual([422, paths])
  })

  it.each([
    ['that breaks off in the file', form(FILE).slice(0, -15)],
    ['that breaks off in a header', '--edge\r\nContent-Disposition: form-data; name="fi'],
    ['that breaks off after the file', FILE],
    ['with another boundary', form(FILE).replaceAll('edge', 'other')],
    ['that is none', 'a,b\r\n1,2\r\n'],
    ['that is empty', ''],
  ])('%s is refused', async (_, body) => {
    expect(await send(body, FORM)).toMatchObject({ status: 400, detail: expect.stringContaining('form') })
  })

  it.each(['multipart/form-data', 'multipart/form-data; boundary=', 'multipart/form-data; charset=utf-8'])(
    'without a boundary (%s) is refused',
    async (type) => {
      expect(await send(form(FILE), { 'Content-Type': type })).toMatchObject({ status: 400 })
    },
  )

  it.each([
    ['with an endless header', '--edge\r\nContent-Disposition: form-data; name="file"; filename="', 'x'.repeat(1000)],
    ['with headers without end', '--edge\r\n', `X-${'x'.repeat(100)}: y\r\n`],
    ['that never begins', '', 'x'.repeat(1000)],
    ['with an endless file', '--edge\r\nContent-Disposition: form-data; name="file"\r\n\r\n', 'x'.repeat(1000)],
  ])('%s is refused at the limit', async (_, start, piece) => {
    expect(await send(endless(start, piece), FORM)).toMatchObject({ status: 413 })
    expect(taken * piece.length).toBeLessThan(2 * MAX)
  })

  it('with an endless field is refused at its name', async () => {
    const start = '--edge\r\nContent-Disposition: form-data; name="notes"\r\n\r\n'
    expect(await send(endless(start, 'x'.repeat(1000)), FORM)).toMatchObject({
      status: 422,
      errors: [{ path: 'notes' }],
    })
    expect(taken).toBeLessThan(10)
  })
})

describe('a body that is the file', () => {
  it('is taken as it is', async () => {
    expect(await send('a,b\r\n1,2', CSV)).toEqual({ status: 200, filename: '', text: 'a,b\r\n1,2' })
    expect(await send('', { 'Content-Type': 'Text/CSV; charset=windows-1252' })).toMatchObject({ status: 200 })
  })

  it.each([
    ['attachment; filename="a b.csv"', 'a b.csv'],
    ['attachment; filename=a.csv', 'a.csv'],
    ['attachment; filename="say \\"hi\\".csv"', 'say "hi".csv'],
    [`attachment; filename="K.csv"; filename*=UTF-8''K%C3%A4ufe%20%F0%9F%9B%92.csv`, 'Käufe 🛒.csv'],
    [`attachment; filename="K.csv"; filename*=UTF-8''%zz`, 'K.csv'],
    [`attachment; filename="${Buffer.from('Käufe.csv').toString('latin1')}"`, 'Käufe.csv'],
    ['attachment; filename="K\xe4ufe.csv"', 'Käufe.csv'],
    ['attachment', ''],
    ['attachment; filename="', ''],
  ])('%s names it', async (disposition, filename) => {
    expect(await send('a', { ...CSV, 'Content-Disposition': disposition })).toMatchObject({ status: 200, filename })
  })

  it('is refused at the limit', async () => {
    expect(await send('x'.repeat(MAX), CSV)).toMatchObject({ status: 200 })
    expect(await send(endless('', 'x'.repeat(1000)), CSV)).toMatchObject({ status: 413 })
    expect(taken).toBeLessThan(110)
  })

  it.each([
    ['no type', {}],
    ['another type', { 'Content-Type': 'application/zip' }],
    ['an encoding', { ...CSV, 'Content-Encoding': 'gzip' }],
    ['an encoded form', { ...FORM, 'Content-Encoding': 'br' }],
    ['a form of another kind', { 'Content-Type': 'application/x-www-form-urlencoded' }],
    ['a list of parts that is no form', { 'Content-Type': 'multipart/mixed; boundary=edge' }],
  ])('with %s is refused, unread', async (_, headers) => {
    expect(await send(endless('', 'x'.repeat(1000)), headers)).toMatchObject({ status: 415 })
    expect(taken).toBeLessThan(10)
  })
})
