import { AppError } from '@spends/core'
import type { Logger } from 'pino'
import { createApp } from './app.ts'
import { newGateMemory, openDatabase, prepareDatabase } from './database.ts'
import type { Env } from './env.ts'
import { openFiles } from './files.ts'
import { foldersOf } from './folders.ts'
import { listen } from './http-server.ts'
import { type JobWorker, startJobWorker } from './job-worker.ts'
import { startScheduling } from './schedule.ts'
import { startSweeping } from './sweep.ts'
import { version } from './version.ts'

/** How long requests in flight may take when the server stops. */
const STOP_DEADLINE_MS = 10_000

export interface RunningServer {
  readonly url: string
  /** Answers the requests in flight, then closes the connections and the database. */
  stop(): Promise<void>
}

/**
 * Connects, migrates, seeds, listens, and starts the thread that does the jobs.
 * @param jobProgram what runs in that thread instead of what does the jobs of this product
 * @throws StartError with a sentence for whoever starts it, and nothing is left open then.
 */
export async function startServer(env: Env, log: Logger, jobProgram?: URL): Promise<RunningServer> {
  const now = clock(env, log)
  const gateMemory = newGateMemory()
  const database = await openDatabase(env, { memory: gateMemory, isBackground: false })
  try {
    const ran = await prepareDatabase(database, now)
    if (ran.length > 0) log.info({ migrations: ran }, 'migrated the database')
    const stopping = new AbortController()
    let worker: JobWorker | undefined
    const jobs = { poke: () => worker?.poke() }
    const files = await openFiles(env)
    const restoring = { closed: false }
    const isClosed = () => restoring.closed
    const app = createApp({ database, env, files, log, now, jobs, stopping: stopping.signal, isClosed })
    const server = await listen(app, env.HOST, env.PORT)
    const started = startJobWorker({
      env,
      log,
      gateMemory,
      closeRequests: (closed) => {
        restoring.closed = closed
      },
      ...(jobProgram ? { program: jobProgram } : {}),
    })
    worker = started
    const stopSweeping = startSweeping({ db: database.db, now }, { files, folders: foldersOf(env), log })
    const stopScheduling = startScheduling({ db: database.db, now, jobs }, log)
    sayListening(log, server.url, database.description)
    return {
      url: server.url,
      stop: async () => {
        log.info('stopping: finishing the requests in flight')
        stopping.abort(new AppError('SERVICE_UNAVAILABLE', 'The server is shutting down. Try again shortly.'))
        const [complete] = await Promise.all([
          server.close(STOP_DEADLINE_MS),
          started.stop(),
          stopSweeping(),
          stopScheduling(),
        ])
        if (!complete) log.warn('some requests took too long and were cut off')
        await database.close()
        log.info('stopped')
      },
    }
  } catch (error) {
    await database.close()
    throw error
  }
}

function clock({ SPENDS_NOW }: Env, log: Logger): () => Date {
  if (!SPENDS_NOW) return () => new Date()
  log.warn({ now: SPENDS_NOW }, `SPENDS_NOW is set: THE CLOCK STANDS STILL at ${SPENDS_NOW.toISOString()}`)
  return () => new Date(SPENDS_NOW)
}

/** Said at every log level: whoever started the program needs the address. */
function sayListening(log: Logger, url: string, database: string): void {
  const words = `Spends Tracker ${version} is listening on ${url} (documentation: ${url}/docs)`
  log.child({}, { level: 'info' }).info({ url, database }, words)
}
