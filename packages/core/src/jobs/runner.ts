import { abandon, type Claim, claimNext, newWorkerName, standingOf, takeOverDead } from './claim.ts'
import { toJobFailure } from './failure.ts'
import { type JobHandler, JobStopped } from './handler.ts'
import type { JobHandlers } from './handlers.ts'
import type { JobKind } from './shapes.ts'
import { Work, type WorkerGround } from './work.ts'

const MAX_PAUSE_MS = 60_000

export interface RunnerOptions extends Omit<WorkerGround, 'elapsed'> {
  handlers: JobHandlers
  /** How often it looks for jobs by itself; without it, it looks when it is poked. */
  pollMs?: number
  /** The name its claims stand under. */
  worker?: string
  elapsed?: () => number
}

/** Does the jobs of the queue, one at a time. */
export interface Runner {
  /** Look now: there is a new job. */
  poke(): void
  /** Resolves when there is nothing to do at the moment. */
  idle(): Promise<void>
  /** Claims no more, and leaves the job at work to whoever starts next, who takes it back. */
  stop(): Promise<void>
}

/** A worker on the queue of jobs that all processes of an instance share. It takes its first look when it is poked. */
export function createRunner({
  handlers,
  pollMs,
  worker = newWorkerName(),
  elapsed = () => performance.now(),
  ...rest
}: RunnerOptions): Runner {
  const ground: WorkerGround = { ...rest, elapsed }
  const { ctx, log } = ground
  const kinds = Object.keys(handlers) as JobKind[]
  let atWork: Work | undefined
  let round: Promise<void> | undefined
  let pokedAgain = false
  let stopping = false
  let timer: NodeJS.Timeout | undefined
  let pauseMs = pollMs ?? 0

  function poke(): void {
    if (stopping) return
    clearTimeout(timer)
    pokedAgain = true
    round ??= lookAround().finally(() => {
      round = undefined
      if (pokedAgain) poke()
      else if (pollMs !== undefined && !stopping) timer = setTimeout(poke, pauseMs)
    })
  }

  async function lookAround(): Promise<void> {
    while (pokedAgain && !stopping) {
      pokedAgain = false
      const wentWell = await doWhatThereIs().catch((error: unknown) => {
        log.error({ err: error }, 'The queue of jobs could not be read')
        return false
      })
      // What failed is tried again, but not twice a second for days.
      pauseMs = wentWell ? (pollMs ?? 0) : Math.min(pauseMs * 2, MAX_PAUSE_MS)
    }
  }

  /** @returns whether it left nothing that it should have done */
  async function doWhatThereIs(): Promise<boolean> {
    const left = new Set<string>()
    while (!stopping) {
      const dead = await takeOverDead(ctx, worker, kinds, left)
      const claim = dead ?? (await claimNext(ctx, worker, kinds))
      if (!claim) break
      const handler = handlers[claim.kind]
      if (!handler) throw new Error(`Nobody does ${claim.kind}`)
      log.info({ job_id: claim.id, kind: claim.kind }, dead ? 'taking back a job whose worker ended' : 'doing a job')
      atWork = new Work(ground, claim)
      if (stopping) atWork.stop()
      try {
        const isOver = dead ? await takeBack(atWork, claim, handler) : await carryOut(atWork, claim, handler)
        if (!isOver) left.add(claim.id)
      } finally {
        atWork = undefined
      }
    }
    return left.size === 0
  }

  async function carryOut(work: Work, claim: Claim, handler: JobHandler): Promise<boolean> {
    try {
      await work.run(handler)
      return true
    } catch (error) {
      return await giveUp(work, claim, handler, error).catch((further: unknown) => failed(claim, further))
    }
  }

  /** After a run that did not come to its end. */
  async function giveUp(work: Work, claim: Claim, handler: JobHandler, error: unknown): Promise<boolean> {
    const standing = await standingOf(ctx, claim)
    if (standing === 'cancelled') return takeBack(work, claim, handler)
    if (standing === 'lost') {
      log.warn({ job_id: claim.id }, 'another worker took this one for dead, and its job')
      return true
    }
    if (stopping && error instanceof JobStopped) {
      await abandon(ctx, claim)
      return true
    }
    const failure = toJobFailure(error)
    if (!failure.code) log.error({ err: error, job_id: claim.id }, 'A job failed')
    return takeBack(work, claim, handler, failure)
  }

  /** @returns false when it has to be tried again: the job stays RUNNING till then, as nothing is in order yet */
  async function takeBack(work: Work, claim: Claim, handler: JobHandler, failure?: ReturnType<typeof toJobFailure>) {
    try {
      await work.takeBack(handler, failure)
      return true
    } catch (error) {
      if (!(error instanceof JobStopped)) return failed(claim, error)
      if (stopping) await abandon(ctx, claim)
      return true
    }
  }

  function failed({ id }: Claim, error: unknown): boolean {
    log.error({ err: error, job_id: id }, 'A job could not be taken back; it is tried again')
    return false
  }

  return {
    poke,
    idle: async () => {
      while (round) await round
    },
    stop: async () => {
      stopping = true
      clearTimeout(timer)
      atWork?.stop()
      await round
    },
  }
}
