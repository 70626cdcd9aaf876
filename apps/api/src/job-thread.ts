import { inspect } from 'node:util'
import { parentPort, workerData } from 'node:worker_threads'
import { createRunner, type JobHandlers, type JobLog } from '@spends/core'
import { openDatabase } from './database.ts'
import type { Env } from './env.ts'
import { bucketAccess, openFiles } from './files.ts'
import { foldersOf } from './folders.ts'
import { version } from './version.ts'

/** What the thread is given to begin with. */
export interface JobThreadData {
  env: Env
  gateMemory: SharedArrayBuffer
}

/** What it is told. */
export type JobThreadOrder = 'poke' | 'stop'

/** A line for the log of the process. */
interface JobThreadLine {
  level: keyof JobLog
  details: object
  message: string
}

/** What it tells: a line, or whether requests are to be answered with 503. */
export type JobThreadWord = JobThreadLine | { closed: boolean }

/** How often it looks for jobs that other processes have queued, or left behind. */
const POLL_MS = 2000
/** A transaction, the reads beside it, a heartbeat, and one to spare. */
const POOL_SIZE = 4

/** Does jobs in a worker thread until it is told to stop, on a connection of its own. */
export async function serveJobs(handlers: JobHandlers): Promise<void> {
  const port = parentPort
  if (!port) throw new Error('This is no worker thread')
  const { env, gateMemory }: JobThreadData = workerData
  const database = await openDatabase(
    { ...env, DATABASE_POOL_SIZE: Math.min(env.DATABASE_POOL_SIZE, POOL_SIZE) },
    { memory: gateMemory, isBackground: true },
  )
  const say = (level: JobThreadLine['level']) => (details: object, message: string) => {
    const told = 'err' in details ? { ...details, err: plainError(details.err) } : details
    port.postMessage({ level, details: told, message } satisfies JobThreadWord)
  }
  const runner = createRunner({
    ctx: { db: database.db, now: () => new Date(env.SPENDS_NOW ?? Date.now()) },
    handlers,
    given: { files: await openFiles(env), folders: foldersOf(env), buckets: bucketAccess(env), appVersion: version },
    isContended: database.isContended,
    closeRequests: (closed) => port.postMessage({ closed } satisfies JobThreadWord),
    log: { info: say('info'), warn: say('warn'), error: say('error') },
    pollMs: POLL_MS,
  })
  port.on('message', async (order: JobThreadOrder) => {
    if (order === 'poke') return runner.poke()
    await runner.stop()
    await database.close()
    port.close()
  })
  runner.poke()
}

/** Errors lose their code and their cause on their way to another thread, and some cannot go at all. */
function plainError(error: unknown): object {
  if (!(error instanceof Error)) return { message: inspect(error) }
  return { type: error.name, message: error.message, stack: inspect(error) }
}
