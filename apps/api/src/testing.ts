import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import {
  type BlobStore,
  createRunner,
  JOB_HANDLERS,
  type JobFolders,
  type JobHandlers,
  type Runner,
  seedDatabase,
} from '@spends/core'
import type { Hono } from 'hono'
import { pino } from 'pino'
import { createApp } from './app.ts'
import type { DatabaseHandle } from './database.ts'
import type { AppEnv } from './edge.ts'
import { readEnv } from './env.ts'
import { openFiles } from './files.ts'
import { foldersOf } from './folders.ts'
import { listen } from './http-server.ts'
import { version } from './version.ts'

export interface TestApp {
  app: Hono<AppEnv>
  /** Asks the app without a network; a body that is no string is sent as JSON. */
  request(path: string, init?: TestRequest): Promise<Response>
  files: BlobStore
  folders: JobFolders
  /** Does the jobs, in this thread. */
  jobs: Runner
  /** Every line of the log so far. */
  logged(): Record<string, unknown>[]
  /** Opens a real port on the same app, once. @returns its address, without a slash at the end */
  listen(): Promise<string>
  /** Closes the port, and ends the job at work. The database belongs to whoever opened it. */
  close(): Promise<void>
}

export interface TestRequest {
  method?: string
  headers?: Record<string, string>
  /** Sent as JSON. */
  json?: unknown
  /** Sent as it is. */
  body?: NonNullable<RequestInit['body']>
}

export interface TestAppOptions {
  now?: () => Date
  /** Variables as in the environment. */
  env?: Record<string, string>
  stopping?: AbortSignal
  handlers?: JobHandlers
}

/** The whole server in this process, on a migrated database, seeded as at a first start. */
export async function startTestApp(database: DatabaseHandle, options: TestAppOptions = {}): Promise<TestApp> {
  const { now = () => new Date(), stopping = new AbortController().signal, handlers = JOB_HANDLERS } = options
  const lines: string[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(line) })
  await seedDatabase({ db: database.db, now })
  // Made when the first file comes.
  const folder = join(tmpdir(), `spends-test-${randomUUID()}`)
  const env = readEnv({ DATA_DIR: folder, ...options.env })
  const folders = foldersOf(env)
  const files = await openFiles(env)
  let isClosed = false
  const jobs = createRunner({
    ctx: { db: database.db, now },
    handlers,
    given: { files, folders, buckets: {}, appVersion: version },
    isContended: () => false,
    closeRequests: (closed) => {
      isClosed = closed
    },
    log,
  })
  const app = createApp({ database, env, files, log, now, jobs, stopping, isClosed: () => isClosed })
  let server: ReturnType<typeof listen> | undefined
  return {
    app,
    files,
    folders,
    jobs,
    request: async (path, init) => app.request(path, toRequestInit(init)),
    logged: () => lines.map((line) => JSON.parse(line)),
    listen: async () => {
      server ??= listen(app, '127.0.0.1', 0)
      return (await server).url
    },
    close: async () => {
      await jobs.stop()
      await (await server)?.close(0)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function toRequestInit({ method, headers, json, body }: TestRequest = {}): RequestInit {
  if (json === undefined)
    return { ...(method ? { method } : {}), ...(headers ? { headers } : {}), ...(body ? { body } : {}) }
  return {
    method: method ?? 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(json),
  }
}

/** What a program said until it ended. */
export interface Finished {
  /** The exit code, or null after a signal that it did not handle. */
  code: number | null
  stdout: string
  stderr: string
}

export interface SpawnedServer {
  /** Without a slash at the end. */
  url: string
  pid: number
  /** Sends a signal and lets the program do what it does then. */
  signal(name: NodeJS.Signals): void
  /** Asks the program to stop. */
  stop(): Promise<Finished>
  /** Ends it at once, as a power failure would. */
  kill(): Promise<Finished>
  exit: Promise<Finished>
}

/**
 * Runs the real server in a process of its own, with any free port and a new folder of data unless `env` says
 * otherwise, and waits until it listens. @throws Error with what it said, when it ends instead
 */
export async function spawnServer({
  program: name = 'main',
  env = {},
  cwd,
}: {
  program?: Program
  env?: Environment
  cwd?: string
} = {}): Promise<SpawnedServer> {
  const program = await start(name, [], env, cwd)
  const ended = program.exit.then(({ code, stdout, stderr }) => {
    throw new Error(`The server ended with ${code} instead of listening:\n${stdout}${stderr}`)
  })
  return {
    url: await Promise.race([program.listening, ended]),
    pid: program.pid,
    signal: program.signal,
    stop: () => {
      program.signal('SIGTERM')
      return program.exit
    },
    kill: () => {
      program.signal('SIGKILL')
      return program.exit
    },
    exit: program.exit,
  }
}

/** Runs a program of this package to its end: the server (`main`) that should refuse to start, or the CLI. */
export async function runProgram(name: Program, words: string[], env: Environment = {}): Promise<Finished> {
  const program = await start(name, words, env)
  // A server that starts after all must not outlive its test.
  program.listening.then(() => program.signal('SIGKILL'))
  return program.exit
}

/** All that a program gets of an environment: nothing of this process leaks into it. */
type Environment = Record<string, string>
type Program = 'main' | 'cli' | 'testing/server-of-retailer-jobs'

async function start(name: Program, words: string[], env: Environment, cwd?: string) {
  const folder = await mkdtemp(join(tmpdir(), 'spends-test-'))
  const file = fileURLToPath(new URL(`../src/${name}.ts`, import.meta.url))
  const child = spawn(process.execPath, ['--conditions=@spends/source', file, ...words], {
    cwd: cwd ?? folder,
    // Hundreds of programs are started in a run: all but the first find their modules compiled.
    env: { PORT: '0', DATA_DIR: folder, NODE_COMPILE_CACHE: join(tmpdir(), 'spends-test-compiled'), ...env },
  })
  let stdout = ''
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const { promise: listening, resolve } = Promise.withResolvers<string>()
  createInterface(child.stdout).on('line', (line) => {
    stdout += `${line}\n`
    if (!line.includes(' is listening on ')) return
    const { url }: { url: string } = JSON.parse(line)
    resolve(url)
  })
  const exit = once(child, 'close').then(async ([code]: (number | null)[]): Promise<Finished> => {
    await rm(folder, { recursive: true, force: true })
    return { code: code ?? null, stdout, stderr }
  })
  return { pid: child.pid ?? 0, listening, exit, signal: (signal: NodeJS.Signals) => void child.kill(signal) }
}
