import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type S3TestServer, startS3Server } from '@spends/core/testing/s3-server'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { makeSmallDisk, mayMakeDisks, type SmallDisk } from './testing/small-disk.ts'
import { type SpawnedServer, spawnServer } from './testing.ts'

const MB = 1024 * 1024
/** What the process may grow by while large files pass. */
const GROWTH = 60 * MB

const FORM = { 'Content-Type': 'multipart/form-data; boundary=edge' }
const FILE = '--edge\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
const END = '\r\n--edge\r\nContent-Disposition: form-data; name="kind"\r\n\r\nMANUAL\r\n--edge--\r\n'

interface Answer {
  status: number
  /** What the text says as JSON; each test knows what it looks for in it. */
  body: ReturnType<typeof JSON.parse>
  sent: number
}

/** Sends a body as fast as it is taken, and reads the answer even where it comes before the end. */
async function send(url: string, body: Iterable<Buffer | string>): Promise<Answer> {
  let sent = 0
  function* counted() {
    for (const piece of body) {
      sent += piece.length
      yield piece
    }
  }
  // A connection of its own, because it is cut below.
  const outgoing = request(url, { method: 'POST', headers: FORM, agent: false })
  const answered = once(outgoing, 'response')
  // A server that has refused need not read on: then this breaks.
  const written = pipeline(Readable.from(counted(), { objectMode: false, highWaterMark: MB }), outgoing).catch(() => {})
  const [response] = await answered
  const text = Buffer.concat(await response.toArray()).toString()
  outgoing.destroy()
  await written
  return { status: response.statusCode, body: JSON.parse(text), sent }
}

function* form(content: Iterable<Buffer>) {
  yield FILE
  yield* content
  yield END
}

function* bytes(size: number, piece = randomBytes(64 * 1024)) {
  for (let sent = 0; sent < size; sent += piece.length) yield piece.subarray(0, Math.min(piece.length, size - sent))
}

async function buy({ url }: SpawnedServer): Promise<string> {
  const json = { product_name: 'Clock', price: '12.50', purchase_date: '2026-03-01' }
  const init = { method: 'POST', body: JSON.stringify(json), headers: { 'Content-Type': 'application/json' } }
  const { id } = (await (await fetch(`${url}/api/purchases`, init)).json()) as { id: string }
  return `${url}/api/purchases/${id}/attachments`
}

const listFiles = async (root: string) => {
  const found = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => [])
  return found.filter((entry) => entry.isFile()).map(({ name }) => name)
}

// Memory is read from where Linux says it.
describe.runIf(process.platform === 'linux')('a file of a purchase', () => {
  let folder: string
  let server: SpawnedServer
  let address: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'spends-attachments-'))
    server = await spawnServer({ env: { DATA_DIR: folder, LOG_LEVEL: 'warn' } })
    address = await buy(server)
    // What passes through leaves buffers for the collector, a few dozen MB of them however much it is.
    for (let time = 0; time < 4; time += 1) await send(address, form(bytes(24 * MB)))
  }, 60_000)
  afterAll(async () => {
    await server?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const uploads = () => listFiles(join(folder, 'uploads'))
  /** The most memory the process has ever had. */
  async function peakMemory(): Promise<number> {
    const status = await readFile(`/proc/${server.pid}/status`, 'utf8')
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
  }

  it('of 24 MB is kept, and read, at flat memory', async () => {
    const before = await peakMemory()
    for (let time = 0; time < 8; time += 1) {
      const content = randomBytes(24 * MB)
      const { status, body } = await send(address, form(bytes(24 * MB, content)))
      expect([status, body]).toEqual([201, expect.objectContaining({ kind: 'MANUAL', size: 24 * MB })])
      const response = await fetch(`${server.url}/api/attachments/${body.id}/content`)
      expect(Buffer.from(await response.arrayBuffer()).equals(content)).toBe(true)
    }
    expect((await peakMemory()) - before).toBeLessThan(GROWTH)
  })

  it('of 1 GB is refused at the limit, at flat memory, and nothing of it is left', async () => {
    const before = await peakMemory()
    const files = await uploads()
    const { status, body, sent } = await send(address, form(bytes(1024 * MB)))
    expect([status, body.code]).toEqual([413, 'PAYLOAD_TOO_LARGE'])
    expect(sent).toBeLessThan(100 * MB)
    await vi.waitFor(async () => expect(await uploads()).toEqual(files))
    expect((await peakMemory()) - before).toBeLessThan(GROWTH)
  })

  it('that breaks off leaves nothing', async () => {
    const files = await uploads()
    const { hostname, port, pathname } = new URL(address)
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    const head = `POST ${pathname} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${FORM['Content-Type']}\r\nContent-Length: 1000000\r\n`
    socket.write(`${head}\r\n${FILE}the first half`)
    await vi.waitFor(async () => expect(await uploads()).toHaveLength(files.length + 1))
    socket.destroy()
    await vi.waitFor(async () => expect(await uploads()).toEqual(files))
  })

  it('answers HEAD with its length, and parts of it', async () => {
    const { body } = await send(address, form([Buffer.from('0123456789')]))
    const content = `${server.url}/api/attachments/${body.id}/content`
    const head = await fetch(content, { method: 'HEAD' })
    expect([head.status, head.headers.get('Content-Length'), await head.text()]).toEqual([200, '10', ''])
    const part = await fetch(content, { headers: { Range: 'bytes=-3' } })
    expect([part.status, part.headers.get('Content-Length'), await part.text()]).toEqual([206, '3', '789'])
  })

  it('that is read no further is let go', async () => {
    const { body } = await send(address, form(bytes(24 * MB)))
    const openFiles = async () => (await readdir(`/proc/${server.pid}/fd`)).length
    const before = await openFiles()
    const readers = Array.from({ length: 20 }, () => new AbortController())
    const answers = await Promise.all(
      readers.map(({ signal }) => fetch(`${server.url}/api/attachments/${body.id}/content`, { signal })),
    )
    expect(answers.every(({ ok }) => ok)).toBe(true)
    for (const reader of readers) reader.abort()
    await vi.waitFor(async () => expect(await openFiles()).toBeLessThanOrEqual(before + 5))
  })
})

describe('a server that starts', () => {
  it('clears away files that belong to nothing, and what uploads have left that were cut off', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'spends-attachments-'))
    const start = () => spawnServer({ env: { DATA_DIR: folder, LOG_LEVEL: 'warn' } })
    const uploads = () => listFiles(join(folder, 'uploads'))
    let server = await start()
    try {
      const { body } = await send(await buy(server), form([Buffer.from('kept')]))
      const { body: deleted } = await send(await buy(server), form([Buffer.from('gone')]))
      await fetch(`${server.url}/api/attachments/${deleted.id}`, { method: 'DELETE' })
      await server.kill()
      await writeFile(join(folder, 'uploads/tmp/half'), 'half')
      const old = new Date(Date.now() - 25 * 60 * 60 * 1000)
      const names = await readdir(join(folder, 'uploads'), { recursive: true })
      for (const name of names) await utimes(join(folder, 'uploads', name), old, old)
      expect(await uploads()).toHaveLength(3)
      server = await start()
      await vi.waitFor(async () => expect(await uploads()).toEqual([body.sha256]))
    } finally {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    }
  })
})

describe.runIf(mayMakeDisks())('a disk that is full', () => {
  let disk: SmallDisk
  let server: SpawnedServer
  let uploads: string
  beforeAll(async () => {
    disk = makeSmallDisk('2m')
    uploads = join(disk.path, 'uploads')
    await mkdir(uploads)
    server = await spawnServer({ env: { UPLOADS_URL: `file:${uploads}`, LOG_LEVEL: 'warn' } })
  })
  afterAll(async () => {
    await server?.stop()
    disk.remove()
  })

  it('refuses a file that does not fit, keeps nothing of it, and takes one that does', async () => {
    const address = await buy(server)
    const { status, body } = await send(address, form(bytes(3 * MB)))
    expect([status, body.code]).toEqual([507, 'INSUFFICIENT_STORAGE'])
    expect(await listFiles(disk.path)).toEqual([])
    const purchase = await fetch(address.replace('/attachments', ''))
    expect(await purchase.json()).toMatchObject({ attachments: [] })
    expect((await send(address, form(bytes(MB)))).status).toBe(201)
    expect(await listFiles(disk.path)).toHaveLength(1)
  })
})

describe('a server whose files lie in a bucket', () => {
  let bucket: S3TestServer
  let server: SpawnedServer
  beforeAll(async () => {
    bucket = await startS3Server()
    server = await spawnServer({
      env: {
        UPLOADS_URL: `s3://${bucket.bucket}/house?endpoint=${bucket.url}`,
        AWS_REGION: bucket.region,
        AWS_ACCESS_KEY_ID: bucket.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: bucket.credentials.secretAccessKey,
        LOG_LEVEL: 'warn',
      },
    })
  })
  afterAll(async () => {
    await server?.stop()
    await bucket?.close()
  })

  it('keeps them there, and gives them back, whole and in parts', async () => {
    const content = randomBytes(12 * MB)
    const { status, body } = await send(await buy(server), form(bytes(12 * MB, content)))
    expect([status, body.size]).toEqual([201, 12 * MB])
    const { sha256 } = body
    expect([...bucket.objects.keys()]).toEqual([`house/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`])
    const address = `${server.url}/api/attachments/${body.id}/content`
    bucket.fail('GetObject', 'cut-bytes', 2)
    expect(Buffer.from(await (await fetch(address)).arrayBuffer()).equals(content)).toBe(true)
    const part = await fetch(address, { headers: { Range: 'bytes=1000000-8000000' } })
    expect(Buffer.from(await part.arrayBuffer()).equals(content.subarray(1_000_000, 8_000_001))).toBe(true)
  })

  it('says that it has to wait when the bucket does not answer, and has lost nothing', async () => {
    const address = await buy(server)
    const { body } = await send(address, form([Buffer.from('a receipt')]))
    bucket.fail('PutObject', 'cut', 4)
    expect(await send(address, form([Buffer.from('another')]))).toMatchObject({ status: 503 })
    bucket.fail('HeadObject', 'slow-down', 4)
    const content = `${server.url}/api/attachments/${body.id}/content`
    const answer = await fetch(content)
    expect([answer.status, answer.headers.get('Retry-After')]).toEqual([503, '5'])
    expect(await (await fetch(content)).text()).toBe('a receipt')
    const purchase = await fetch(address.replace('/attachments', ''))
    expect(await purchase.json()).toMatchObject({ attachments: [body] })
  })
})
