import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Logger } from 'pino'
import type { Env } from './env.ts'
import type { JobThreadData, JobThreadOrder, JobThreadWord } from './job-thread.ts'

/** Pauses before a thread that died is started again: the first, and the longest. */
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 60_000
/** How long the job at work may take to notice that it should stop. */
const STOP_DEADLINE_MS = 5_000
/** Far above what a job needs. Where there is more to take, the thread would rather take it than collect its garbage. */
const HEAP = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 192 }

export interface JobWorkerOptions {
  env: Env
  log: Logger
  gateMemory: SharedArrayBuffer
  /** Is told whether requests are to be answered with 503 from now on. */
  closeRequests(closed: boolean): void
  /** The program of the thread. */
  program?: URL
}

/** The thread that does the jobs of this process, as the rest of the process sees it. */
export interface JobWorker {
  /** Tells it that there is a new job. */
  poke(): void
  /** Ends it; the job at work is taken back by whoever starts next. */
  stop(): Promise<void>
}

const extension = extname(import.meta.url)
const PROGRAM = new URL(`./worker${extension}`, import.meta.url)
/** The sources of the other packages are only found when asked for. */
const FROM_SOURCE = extension === '.ts' ? { execArgv: ['--conditions=@spends/source'] } : {}

/** Starts the thread, and starts it again whenever it dies. */
export function startJobWorker({
  env,
  log,
  gateMemory,
  closeRequests,
  program = PROGRAM,
}: JobWorkerOptions): JobWorker {
  const workerData: JobThreadData = { env, gateMemory }
  let pauseMs = FIRST_PAUSE_MS
  let timer: NodeJS.Timeout | undefined
  let stopping = false
  let current = start()

  function start() {
    const begun = performance.now()
    const worker = new Worker(program, { workerData, resourceLimits: HEAP, ...FROM_SOURCE })
    // Node's watch mode speaks on the same port: of the files that the thread has loaded.
    worker.on('message', (word: JobThreadWord | { 'watch:import': string[] }) => {
      if ('closed' in word) closeRequests(word.closed)
      else if ('level' in word) log[word.level](word.details, word.message)
    })
    let reason: unknown
    worker.on('error', (error) => {
      reason = error
    })
    const ended = new Promise<void>((resolve) => {
      worker.once('exit', (code) => {
        resolve()
        // Whatever it was at is over with it.
        closeRequests(false)
        if (stopping) return
        if (performance.now() - begun > LONGEST_PAUSE_MS) pauseMs = FIRST_PAUSE_MS
        log.error({ err: reason, code, pause_ms: pauseMs }, 'The thread that does the jobs died; it is started again')
        timer = setTimeout(() => {
          current = start()
        }, pauseMs)
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
      })
    })
    return { worker, ended }
  }

  return {
    poke: () => current.worker.postMessage('poke' satisfies JobThreadOrder),
    stop: async () => {
      stopping = true
      clearTimeout(timer)
      const { worker, ended } = current
      worker.postMessage('stop' satisfies JobThreadOrder)
      const deadline = setTimeout(() => {
        log.warn('the job at work did not stop in time and was cut off')
        void worker.terminate()
      }, STOP_DEADLINE_MS)
      await ended
      clearTimeout(deadline)
    },
  }
}
