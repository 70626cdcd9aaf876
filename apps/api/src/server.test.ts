import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeEachEngine } from '@spends/db/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runProgram, type SpawnedServer, spawnServer } from './testing.ts'

let folder: string
let servers: SpawnedServer[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spends-server-'))
  servers = []
})
afterEach(async () => {
  await Promise.all(servers.map((server) => server.kill()))
  await rm(folder, { recursive: true, force: true })
})

async function spawnTestServer(env: Record<string, string> = {}): Promise<SpawnedServer> {
  const server = await spawnServer({ env: { DATA_DIR: folder, ...env } })
  servers.push(server)
  return server
}

/** A connection of which the test says every byte. */
async function openSocket(url: string): Promise<{ socket: Socket; received(): string; closed: Promise<unknown> }> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  const closed = once(socket, 'close')
  await once(socket, 'connect')
  return { socket, received: () => text, closed }
}

const BODY = JSON.stringify({ name: 'Arrived slowly' })
const HEAD = `POST /api/retailers HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n`

/** Sends half of a request, so that it is in flight until `finish`. */
async function beginRequest(url: string) {
  const connection = await openSocket(url)
  // The interim answer proves that the server has the request.
  connection.socket.write(`${HEAD}Expect: 100-continue\r\n\r\n`)
  await once(connection.socket, 'data')
  connection.socket.write(BODY.slice(0, 5))
  return { ...connection, finish: () => connection.socket.write(BODY.slice(5)) }
}

/** Resolves when the program has stopped to accept connections. */
async function stoppedAccepting(url: string): Promise<void> {
  const { hostname, port } = new URL(url)
  for (;;) {
    const socket = connect(Number(port), hostname)
    const refused = await new Promise((resolve) => {
      socket.once('connect', () => resolve(false)).once('error', () => resolve(true))
    })
    socket.destroy()
    if (refused) return
  }
}

describe('stopping', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('finishes requests in flight after %s, then ends with 0', async (signal) => {
    const server = await spawnTestServer()
    const request = await beginRequest(server.url)
    server.signal(signal)
    await stoppedAccepting(server.url)
    request.finish()
    await request.closed
    expect(request.received()).toContain('HTTP/1.1 201 Created')
    expect(request.received()).toContain('"name":"Arrived slowly"')
    expect(await server.exit).toMatchObject({ code: 0, stderr: '' })

    const again = await spawnTestServer()
    const found = await fetch(`${again.url}/api/retailers?search=slowly`)
    expect(await found.json()).toMatchObject({ total: 1 })
  })

  it('does not wait for connections that ask nothing', async () => {
    const server = await spawnTestServer()
    const silent = await openSocket(server.url)
    const idle = await openSocket(server.url)
    idle.socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(idle.socket, 'data')
    const start = performance.now()
    expect(await server.stop()).toMatchObject({ code: 0 })
    expect(performance.now() - start).toBeLessThan(3000)
    await Promise.all([silent.closed, idle.closed])
  })

  it('ends at once at a second signal', async () => {
    const server = await spawnTestServer()
    const request = await beginRequest(server.url)
    server.signal('SIGTERM')
    await stoppedAccepting(server.url)
    server.signal('SIGTERM')
    expect(await server.exit).toMatchObject({ code: 1 })
    await request.closed
  })
})

describe('a caller that hangs up in the middle of its body', () => {
  it('is no error of the server', async () => {
    const server = await spawnTestServer({ LOG_LEVEL: 'debug' })
    for (const length of [`Content-Length: ${BODY.length}`, 'Transfer-Encoding: chunked']) {
      const { socket, closed } = await openSocket(server.url)
      socket.write(`POST /api/retailers HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${length}\r\n`)
      socket.write('Expect: 100-continue\r\n\r\n')
      await once(socket, 'data')
      socket.destroy()
      await closed
    }
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
    const { code, stdout } = await server.stop()
    expect(code).toBe(0)
    expect(stdout).not.toMatch(/"level":(50|60)/)
  })
})

describe('what never reaches the app', () => {
  it.each([
    ['no HTTP at all', 'HELLO\r\n\r\n', 400],
    ['a malformed host', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n', 400],
    ['an address longer than Node takes', `GET /?${'x'.repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 400],
    ['a foreign host', 'GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n', 421],
  ])('%s is answered with a problem too', async (_, bytes, status) => {
    const server = await spawnTestServer()
    const { socket, received, closed } = await openSocket(server.url)
    socket.end(bytes)
    await closed
    const [head = '', body = ''] = received().split('\r\n\r\n')
    expect(head).toContain(`HTTP/1.1 ${status} `)
    expect(head.toLowerCase()).toContain('content-type: application/problem+json')
    const { request_id } = JSON.parse(body)
    expect(head.toLowerCase()).toContain(`x-request-id: ${request_id}`)
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
  })

  it('a body without end is refused before it has arrived', async () => {
    const server = await spawnTestServer({ MAX_BODY_BYTES: '2048' })
    const { socket, received, closed } = await openSocket(server.url)
    socket.on('error', () => {}) // The server may cut what it does not want to read.
    socket.write(
      'POST /api/retailers HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n',
    )
    socket.write(`1000\r\n${' '.repeat(4096)}\r\n`)
    await closed
    expect(received()).toContain('HTTP/1.1 413 ')
    expect(received()).toContain('"code":"PAYLOAD_TOO_LARGE"')
  })
})

describe('refusing to start', () => {
  it('names every wrong variable', async () => {
    const { code, stdout, stderr } = await runProgram('main', [], {
      PORT: 'eighty',
      LOG_LEVEL: 'loud',
      SPENDS_NWO: 'x',
    })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr.trimEnd().split('\n')).toEqual([
      'SPENDS_NWO is not a variable of Spends Tracker.',
      'PORT must be a whole number from 0 to 65535, not "eighty".',
      expect.stringMatching(/^LOG_LEVEL must be one of /),
    ])
  })

  async function expectOneSentence(env: Record<string, string>, sentence: RegExp) {
    const { code, stdout, stderr } = await runProgram('main', [], { DATA_DIR: folder, ...env })
    expect(stderr).toMatch(sentence)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(stderr).not.toContain('node:')
    expect(stdout).not.toContain('"level":60')
    expect(code).toBe(1)
  }

  it('says that the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const port = typeof address === 'object' ? String(address?.port) : ''
    await expectOneSentence({ PORT: port }, new RegExp(`^Port ${port} on 127.0.0.1 is in use by another program`))
    other.close()
  })

  it('says that the address is not one of this machine', async () => {
    await expectOneSentence({ HOST: '203.0.113.1' }, /^The server cannot listen on 203\.0\.113\.1/)
  })

  it('says that the database does not answer, without its password', async () => {
    await expectOneSentence(
      { DATABASE_URL: 'postgres://me:hush@127.0.0.1:1/spends' },
      /^The database postgres:\/\/me@127\.0\.0\.1:1\/spends cannot be used: .*ECONNREFUSED/,
    )
  })

  it('says that DATABASE_URL is wrong', async () => {
    await expectOneSentence({ DATABASE_URL: 'mysql://localhost/spends' }, /^DATABASE_URL /)
  })
})

it('reads .env in the working folder, and the environment wins', async () => {
  await writeFile(join(folder, '.env'), 'SPENDS_NOW=2020-02-29T10:00:00Z\nLOG_LEVEL=nonsense\n')
  const server = await spawnServer({ cwd: folder, env: { LOG_LEVEL: 'warn' } })
  servers.push(server)
  const created = await fetch(`${server.url}/api/retailers`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: BODY,
  })
  expect(await created.json()).toMatchObject({ created_at: '2020-02-29T10:00:00Z' })
  const { stdout } = await server.stop()
  expect(stdout).toContain('THE CLOCK STANDS STILL')
})

describeEachEngine('a new database', ({ createDatabaseUrl }) => {
  it('is migrated and filled at the first start, once', async () => {
    const DATABASE_URL = await createDatabaseUrl({ empty: true })
    const first = await spawnTestServer({ DATABASE_URL })
    const count = async ({ url }: SpawnedServer) =>
      (await (await fetch(`${url}/api/retailers`)).json()) as { total: number }
    const { total } = await count(first)
    expect(total).toBeGreaterThan(5)
    expect(await (await fetch(`${first.url}/readyz`)).json()).toMatchObject({ status: 'ok' })
    const { stdout } = await first.stop()
    expect(stdout).toContain('migrated the database')
    expect(stdout).not.toMatch(/:hush|password/)

    const second = await spawnTestServer({ DATABASE_URL })
    expect(await count(second)).toMatchObject({ total })
    expect((await second.stop()).stdout).not.toContain('migrated the database')
  })
})
