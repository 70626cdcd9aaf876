import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { NOW } from './databases.ts'
import { type Call, send } from './load.ts'

/** A server in a process of its own. */
export interface Server {
  readonly url: string
  /** Milliseconds from the birth of the process to its first answer. */
  readonly startTime: number
  /** Microseconds of CPU that the process has used since it began: user and system, all threads. */
  cpuTime(): Promise<number>
  /** Memory of the process in MB, as Linux counts it. */
  memory(): Promise<Memory>
  stop(): Promise<void>
}

export interface Memory {
  /** The most that was resident at any time. */
  peak: number
  /** What is resident now of its own, and of mapped files, which other processes may share. */
  own: number
  files: number
}

const probe = import.meta.resolve('./cpu-probe.ts')
const bare = fileURLToPath(import.meta.resolve('./bare/main.ts'))
const bareTransfer = fileURLToPath(import.meta.resolve('./bare/transfer.ts'))
const built = fileURLToPath(new URL('../apps/api/dist/main.js', import.meta.url))

/** With what `npm start` and the image start Node. */
export const AS_STARTED = ['--max-semi-space-size=4']

/** The first thing that the dashboard asks. */
const FIRST_CALL: Call = { method: 'GET', path: '/api/analytics/summary' }
const START_TIMEOUT_MS = 60_000

/**
 * Starts the built product as an owner would, but for the clock.
 * @param database DATABASE_URL; a new file is made
 * @param folder for the files that are sent to it, if any are
 */
export async function startOurs(database: string, folder = tmpdir()): Promise<Server> {
  const port = await freePort()
  const own = { PORT: String(port), DATABASE_URL: database, DATA_DIR: folder, SPENDS_NOW: NOW.toISOString() }
  return start([...AS_STARTED, built], { NODE_ENV: 'production', ...own }, port)
}

/** Starts the bare handler. @param database a file or an address that has its tables */
export async function startBare(database: string): Promise<Server> {
  const port = await freePort()
  const source = ['--conditions=@spends/source', bare]
  return start([...source, database, NOW.toISOString(), String(port)], { NODE_ENV: 'production' }, port)
}

/** Starts what moves all purchases of a file with nothing around it. */
export async function startBareTransfer(file: string): Promise<Server> {
  const port = await freePort()
  return start([bareTransfer, file, NOW.toISOString(), String(port)], { NODE_ENV: 'production' }, port)
}

async function start(program: string[], env: Record<string, string>, port: number): Promise<Server> {
  const url = `http://127.0.0.1:${port}`
  const birth = performance.now()
  const child = spawn(process.execPath, ['--import', probe, ...program], {
    env,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  // What it logs has to go somewhere, or the pipe would fill up and block it.
  child.stdout?.resume()
  await firstAnswer(child, url)
  return {
    url,
    startTime: performance.now() - birth,
    async cpuTime() {
      const answer = once(child, 'message')
      child.send('cpu')
      const [{ user, system }] = (await answer) as [NodeJS.CpuUsage]
      return user + system
    },
    async memory() {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8')
      const megabytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024
      return { peak: megabytes('VmHWM'), own: megabytes('RssAnon'), files: megabytes('RssFile') }
    },
    async stop() {
      if (child.exitCode !== null) return
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      await exit
    },
  }
}

async function firstAnswer(child: ChildProcess, url: string): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS
  for (;;) {
    try {
      await send(url, FIRST_CALL)
      return
    } catch (error) {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`, { cause: error })
      if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED' || performance.now() > deadline) {
        child.kill('SIGKILL')
        throw error
      }
    }
    await setTimeout(2)
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
