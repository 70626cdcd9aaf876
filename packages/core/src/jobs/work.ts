import { setImmediate } from 'node:timers/promises'
import { type Context, inTransaction } from '../context.ts'
import { beginTakingBack, type Claim, finishTakenBack, finishWell, keepClaim } from './claim.ts'
import type { JobFailure } from './failure.ts'
import { type JobHandler, type JobRun, JobStopped } from './handler.ts'

/** Progress is written as often as that at most. */
const PROGRESS_MS = 250
const HEARTBEAT_MS = 2000

export interface JobLog {
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}

/** What a worker works with. */
export interface WorkerGround {
  ctx: Context
  given: Pick<JobRun, 'files' | 'folders' | 'buckets' | 'appVersion'>
  /** Whether a request waits to write. */
  isContended(): boolean
  /** Has this process answer requests with 503, or serve them again. */
  closeRequests(closed: boolean): void
  log: JobLog
  /** Milliseconds of a clock that never stands still. */
  elapsed(): number
}

interface Progress {
  stage: string
  done: number
  total: number | null
}

/** One job in the hands of this worker: what its handler is given, and what the runner does with it. */
export class Work {
  readonly #ground: WorkerGround
  readonly #claim: Claim
  #progress: Progress | undefined
  #writtenAt = Number.NEGATIVE_INFINITY
  /** Progress that is told inside a transaction waits for its end: on its own it would wait for the transaction. */
  #openTransactions = 0
  /** Within one another. */
  #closings = 0
  #isTakingBack = false
  /** The worker is to end. */
  #isTold = false
  /** The job was cancelled, or is not this worker's any more. */
  #isOver = false
  #beating: Promise<void> | undefined

  constructor(ground: WorkerGround, claim: Claim) {
    this.#ground = ground
    this.#claim = claim
  }

  /** Makes the handler give up at its next word. */
  stop(): void {
    this.#isTold = true
  }

  /** @throws what the handler throws; JobStopped when the job was cancelled in the last moment, or is not ours */
  async run(handler: JobHandler): Promise<void> {
    const result = await this.#alive(() => handler.run(this.#jobRun()))
    const { ctx } = this.#ground
    if (!(await finishWell(ctx, this.#claim, this.#progress ?? {}, result))) throw new JobStopped()
  }

  /** Takes back what the job has done, and ends it. @throws what the handler throws; JobStopped when it is not ours */
  async takeBack(handler: JobHandler, failure?: JobFailure): Promise<void> {
    const { ctx } = this.#ground
    this.#isTakingBack = true
    this.#isOver = false
    this.#progress = undefined
    if (!(await beginTakingBack(ctx, this.#claim, failure))) throw new JobStopped()
    await this.#alive(() => handler.cleanUp(this.#jobRun()))
    if (!(await finishTakenBack(ctx, this.#claim))) throw new JobStopped()
  }

  #jobRun(): JobRun {
    const { ctx, given, isContended, closeRequests } = this.#ground
    const { id, params } = this.#claim
    return {
      ...ctx,
      ...given,
      id,
      params,
      isContended,
      withRequestsClosed: async (work) => {
        this.#closings += 1
        if (this.#closings === 1) closeRequests(true)
        try {
          return await work()
        } finally {
          this.#closings -= 1
          if (this.#closings === 0) closeRequests(false)
        }
      },
      progress: async (stage, done, total) => {
        this.#requireOurs()
        this.#progress = { stage, done, total: total ?? null }
        if (this.#openTransactions > 0 || !this.#isDue()) return
        await this.#keep(ctx)
        await letOthersSpeak()
      },
      inTransaction: async (work) => {
        this.#requireOurs()
        this.#openTransactions += 1
        const result = await inTransaction(ctx, async (tx) => {
          const done = await work(tx)
          // Last, because the row of the job stays locked from here to the end, and others write it too.
          await this.#keep(tx)
          return done
        }).finally(() => {
          this.#openTransactions -= 1
        })
        await letOthersSpeak()
        return result
      },
    }
  }

  #isDue(): boolean {
    return this.#ground.elapsed() - this.#writtenAt >= PROGRESS_MS
  }

  /** Says that the worker lives, and how far it is when that is due. @throws JobStopped */
  async #keep(ctx: Context): Promise<void> {
    const isDue = this.#isDue()
    const changes = (isDue && this.#progress) || {}
    this.#isOver = !(await keepClaim(ctx, this.#claim, changes, !this.#isTakingBack))
    this.#requireOurs()
    if (isDue) this.#writtenAt = this.#ground.elapsed()
  }

  #requireOurs(): void {
    if (this.#isTold || this.#isOver) throw new JobStopped()
  }

  /** Shows that the worker lives while the handler is at work, and says nothing itself. */
  async #alive<T>(work: () => Promise<T>): Promise<T> {
    const timer = setInterval(() => this.#beat(), HEARTBEAT_MS)
    try {
      return await work()
    } finally {
      clearInterval(timer)
      await this.#beating
    }
  }

  #beat(): void {
    const { ctx, log } = this.#ground
    this.#beating ??= this.#keep(ctx)
      .catch((error: unknown) => {
        if (!(error instanceof JobStopped))
          log.warn({ err: error, job_id: this.#claim.id }, 'A heartbeat was not written')
      })
      .finally(() => {
        this.#beating = undefined
      })
  }
}

/**
 * Lets timers and messages have their turn. Where the database answers in the same thread a job might never wait for
 * anything, and would neither show that it lives nor hear that it should stop.
 */
async function letOthersSpeak(): Promise<void> {
  await setImmediate()
}
