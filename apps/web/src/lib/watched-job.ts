import type { Job } from '@spends/client'
import { explain, isAbort, type ShownFailure } from './failure.ts'
import { percent } from './format.ts'
import { isOver, progressOf, watchJob } from './jobs.ts'

/** A job that a page watches until it is over. Made for a component's data, as `resource` is. */
export interface WatchedJob {
  data: Job | null
  /** Why it cannot be watched; why it failed stands in the job. */
  failure: ShownFailure | null
  readonly isRunning: boolean
  /** How far its stage is, 0 to 100; null while nobody knows. */
  readonly percent: number | null
  /** The same in words; empty while nobody knows. */
  readonly percentText: string
  /** Watches it, or watches it again. Never rejects. */
  load(): Promise<void>
  stop(): void
}

/**
 * @param idOf which job
 * @param onEnd is told the job at its end
 */
export function watchedJob(idOf: () => string, onEnd: (job: Job) => void): WatchedJob {
  let current: AbortController | undefined
  return {
    data: null,
    failure: null,
    get isRunning() {
      return this.data !== null && !isOver(this.data)
    },
    get percent() {
      return this.data && progressOf(this.data)
    },
    get percentText() {
      return this.percent === null ? '' : percent(this.percent)
    },
    async load() {
      current?.abort()
      const own = new AbortController()
      current = own
      const id = idOf()
      if (this.data?.id !== id) this.data = null
      this.failure = null
      try {
        const job = await watchJob(
          id,
          (job) => {
            if (!own.signal.aborted) this.data = job
          },
          own.signal,
        )
        if (!own.signal.aborted) onEnd(job)
      } catch (error) {
        if (own.signal.aborted || isAbort(error)) return
        this.failure = explain(error)
        window.addEventListener('spends:back', () => void this.load(), { once: true, signal: own.signal })
      }
    },
    stop() {
      current?.abort()
    },
  }
}
