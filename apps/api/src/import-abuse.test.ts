import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type SpawnedServer, spawnServer } from './testing.ts'

const MB = 1024 * 1024
const LIMIT = 128 * MB
/** What the process may grow by; the limit is more than twice that, so that a body that is held whole shows. */
const GROWTH = 60 * MB

let folder: string
let server: SpawnedServer
let memory: number
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spends-abuse-'))
  server = await spawnServer({ env: { DATA_DIR: folder, MAX_IMPORT_BYTES: String(LIMIT), LOG_LEVEL: 'warn' } })
  // What passes through leaves buffers for the collector, a few dozen MB of them however much it is.
  await send('/api/import/files', CSV, lines(100 * MB))
  memory = await peakMemory()
}, 60_000)
afterAll(async () => {
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

const CSV = { 'Content-Type': 'text/csv' }
const JSON_TYPE = { 'Content-Type': 'application/json' }
const FORM = { 'Content-Type': 'multipart/form-data; boundary=edge' }
const FILE = '--edge\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'

interface Answer {
  status: number
  headers: Record<string, unknown>
  /** What the text says as JSON; each test knows what it looks for in it. */
  body: ReturnType<typeof JSON.parse>
}

/** Sends a body as fast as it is taken, and reads the answer even where it comes before the end. */
async function send(
  path: string,
  headers: Record<string, string>,
  body: Iterable<Buffer | string>,
): Promise<Answer & { sent: number }> {
  let sent = 0
  function* counted() {
    for (const piece of body) {
      sent += piece.length
      yield piece
    }
  }
  const outgoing = request(`${server.url}${path}`, { method: 'POST', headers })
  const answered = once(outgoing, 'response')
  // A server that has refused need not read on: then this breaks.
  const written = pipeline(Readable.from(counted(), { objectMode: false, highWaterMark: MB }), outgoing).catch(() => {})
  const [response] = await answered
  const pieces: Buffer[] = []
  for await (const piece of response) pieces.push(piece)
  outgoing.destroy()
  await written
  const text = Buffer.concat(pieces).toString()
  return {
    status: response.statusCode,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
    sent,
  }
}

function* lines(bytes: number) {
  const piece = Buffer.from('a,b,c,d,e,f,g\r\n'.repeat(4096))
  for (let sent = 0; sent < bytes; sent += piece.length) yield piece
}

function* first(start: string, rest: Iterable<Buffer>) {
  yield start
  yield* rest
}

/** The most memory the process has ever had. */
async function peakMemory(): Promise<number> {
  const status = await readFile(`/proc/${server.pid}/status`, 'utf8')
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
}

const listFiles = async () => (await readdir(join(folder, 'imports'))).sort()

/** Everything that holds of every refusal of a file: a problem, nothing kept, no memory taken. */
async function expectRefusal(path: string, headers: Record<string, string>, body: Iterable<Buffer | string>) {
  const files = await listFiles()
  const answer = await expectProblem(path, headers, body)
  await vi.waitFor(async () => expect(await listFiles()).toEqual(files))
  return answer
}

async function expectProblem(path: string, headers: Record<string, string>, body: Iterable<Buffer | string>) {
  const answer = await send(path, headers, body)
  expect(answer.headers['content-type']).toBe('application/problem+json')
  expect(answer.body).toMatchObject({ status: answer.status, detail: expect.stringMatching(/^\S.*\.$/s) })
  expect((await peakMemory()) - memory).toBeLessThan(GROWTH)
  return answer
}

// Memory is read from where Linux says it.
describe.runIf(process.platform === 'linux')('an upload', () => {
  it.each(['/api/import/files', '/api/import/files/'])('of any size is kept at flat memory (%s)', async (path) => {
    const { status, body, sent } = await send(path, CSV, lines(100 * MB))
    expect([status, body]).toEqual([201, expect.objectContaining({ kind: 'CSV', size: sent })])
    expect((await peakMemory()) - memory).toBeLessThan(GROWTH)
    expect(await listFiles()).toContain(body.id)
  })

  it('of 2 GB is refused before a byte of it is read, where it says so', async () => {
    const length = { ...CSV, 'Content-Length': String(2048 * MB) }
    const { status, sent } = await expectRefusal('/api/import/files', length, lines(2048 * MB))
    expect(status).toBe(413)
    expect(sent).toBeLessThan(100 * MB)
  })

  it.each([
    ['raw', CSV, ''],
    ['in a form', FORM, FILE],
  ])('of 2 GB that does not say so is refused at the limit, %s', async (_, headers, start) => {
    const { status, body, sent } = await expectRefusal('/api/import/files', headers, first(start, lines(2048 * MB)))
    expect([status, body.code]).toEqual([413, 'PAYLOAD_TOO_LARGE'])
    expect(sent).toBeGreaterThan(LIMIT - 1)
    expect(sent).toBeLessThan(LIMIT + 100 * MB)
  })

  it.each([
    ['raw', 'Content-Type: text/csv\r\nContent-Length: 1000000\r\n', 'a,b\r\n'],
    ['raw, without a length', 'Content-Type: text/csv\r\nTransfer-Encoding: chunked\r\n', '5\r\na,b\r\n\r\n'],
    ['in a form', `Content-Type: ${FORM['Content-Type']}\r\nContent-Length: 1000000\r\n`, `${FILE}a,b`],
  ])('that breaks off leaves nothing, %s', async (_, headers, body) => {
    const files = await listFiles()
    const { hostname, port } = new URL(server.url)
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    socket.write(`POST /api/import/files HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n${body}`)
    await vi.waitFor(async () => expect(await listFiles()).toHaveLength(files.length + 1))
    socket.destroy()
    await vi.waitFor(async () => expect(await listFiles()).toEqual(files))
  })

  it('with an endless header in a form is refused', async () => {
    function* endless() {
      yield '--edge\r\nContent-Disposition: form-data; name="file"; filename="'
      for (;;) yield 'x'.repeat(MB)
    }
    expect(await expectRefusal('/api/import/files', FORM, endless())).toMatchObject({ status: 413 })
  })

  it('with a field of 100 MB in its form is refused by the name of the field', async () => {
    const start = '--edge\r\nContent-Disposition: form-data; name="notes"\r\n\r\n'
    const { status, body, sent } = await expectRefusal('/api/import/files', FORM, first(start, lines(100 * MB)))
    expect([status, body.errors]).toEqual([422, [{ path: 'notes', message: expect.any(String) }]])
    expect(sent).toBeLessThan(100 * MB)
  })

  it.each<[string, Record<string, string>, Iterable<Buffer | string>, number]>([
    ['empty', CSV, [], 400],
    ['gzip, sent as a table', CSV, [gzipSync(Buffer.alloc(100 * MB))], 400],
    ['gzip, said to be encoded', { ...CSV, 'Content-Encoding': 'gzip' }, [gzipSync(Buffer.alloc(100 * MB))], 415],
    ['of no type', {}, ['a,b'], 415],
    ['of a type that is none of these', { 'Content-Type': 'text/html' }, ['<html>'], 415],
  ])('that is %s, is refused', async (_, headers, body, status) => {
    expect(await expectRefusal('/api/import/files', headers, body)).toMatchObject({ status })
  })

  it('larger than a JSON body may be is no way around that limit elsewhere', async () => {
    expect(await expectRefusal('/api/retailers', JSON_TYPE, lines(100 * MB))).toMatchObject({ status: 413 })
    expect(await expectRefusal('/api/import/files/x', CSV, lines(100 * MB))).toMatchObject({ status: 413 })
  })
})

function* repeated(text: string, bytes: number) {
  const piece = Buffer.from(text.repeat(Math.ceil(MB / text.length)))
  for (let sent = 0; sent < bytes; sent += piece.length) yield piece
}

function* around(start: string, middle: Iterable<Buffer>, end: string) {
  yield start
  yield* middle
  yield end
}

const HEADER = 'product_name,price,currency_code,purchase_date\r\n'
const OURS = '{"format":"spends-tracker","version":1,"purchases":['
const COLUMNS = Array.from({ length: 10_000 }, (_, at) => `column ${at}`).join()

describe.runIf(process.platform === 'linux')('an import', () => {
  beforeAll(async () => {
    // The thread that reads files takes its share with its first large one.
    await send('/api/import/csv', CSV, repeated('x', 100 * MB))
    memory = await peakMemory()
  })

  it.each<[string, string, Record<string, string>, Iterable<Buffer | string>, number]>([
    ['a header of 100 MB', 'csv', CSV, repeated('x', 100 * MB), 422],
    ['10,000 columns', 'csv', CSV, [`${COLUMNS}\r\n`, `${COLUMNS}\r\n`], 422],
    ['100 MB of delimiters', 'csv', CSV, repeated(',', 100 * MB), 400],
    ['100 MB of zeros', 'csv', CSV, repeated('\0', 100 * MB), 400],
    ['gzip', 'csv', CSV, [gzipSync(Buffer.alloc(100 * MB))], 400],
    ['an archive', 'csv', CSV, first('PK\x03\x04', repeated('x', 10 * MB)), 400],
    ['a web page', 'csv', CSV, ['<!DOCTYPE html><html><body>Sign in</body></html>'], 400],
    ['nothing', 'csv', CSV, [], 400],
    ['JSON', 'csv', CSV, [`${OURS}]}`], 400],
    ['lists in lists', 'json', JSON_TYPE, repeated('[', 10 * MB), 400],
    ['objects in objects', 'json', JSON_TYPE, first(OURS, repeated('{"a":', 10 * MB)), 400],
    ['lists in a field', 'json', JSON_TYPE, first(`${OURS}{"notes":`, repeated('[', 10 * MB)), 400],
    ['100 MB of spaces', 'json', JSON_TYPE, around('{', repeated(' ', 100 * MB), '}'), 400],
    ['a table', 'json', JSON_TYPE, lines(MB), 400],
    ['an archive that is none', 'json', JSON_TYPE, first('PK\x03\x04', repeated('x', 10 * MB)), 400],
  ])('of %s is refused (%s)', async (_, format, headers, body, status) => {
    expect(await expectProblem(`/api/import/${format}`, headers, body)).toMatchObject({ status })
  })

  it.each<[string, string, Record<string, string>, Iterable<Buffer | string>]>([
    ['a field', 'csv', CSV, around(`${HEADER}"`, repeated('x', 100 * MB), '",5,USD,2026-02-01\r\n')],
    ['a quote that never ends', 'csv', CSV, first(`${HEADER}"`, repeated('x', 100 * MB))],
    ['a text', 'json', JSON_TYPE, around(`${OURS}{"notes":"`, repeated('x', 100 * MB), '"}]}')],
    ['a name', 'json', JSON_TYPE, around(`${OURS}{"`, repeated('x', 100 * MB), '":1}]}')],
    ['a number', 'json', JSON_TYPE, around(`${OURS}{"price":`, repeated('1', 100 * MB), '}]}')],
  ])('with %s of 100 MB names it in its report (%s)', async (_, format, headers, body) => {
    const { status, body: report } = await send(`/api/import/${format}`, headers, body)
    expect([status, report]).toMatchObject([200, { rows: 1, created: 0, failed: 1 }])
    expect(report.errors[0]).toEqual({
      row: format === 'csv' ? 2 : 1,
      column: null,
      value: null,
      message: expect.stringMatching(/\S/),
    })
    expect((await peakMemory()) - memory).toBeLessThan(GROWTH)
  })
})
