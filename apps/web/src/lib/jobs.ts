import type { Job } from '@spends/client'
import { api } from './api.ts'

/** Whether a job is over, however it ended. */
export function isOver({ status }: Job): boolean {
  return status !== 'QUEUED' && status !== 'RUNNING'
}

/** How far a job is in its stage, 0 to 100; null while nobody knows. */
export function progressOf({ done, total, status }: Job): number | null {
  if (status === 'SUCCEEDED') return 100
  return total ? Math.floor((done / total) * 100) : null
}

/**
 * Tells of a job as it is now and at every change until it is over, also across a broken connection and a server that
 * is closed while it restores.
 * @param signal ends the watching, not the job
 * @returns the job at its end @throws what the calls of the client throw, where the job cannot be watched
 */
export function watchJob(id: string, onChange: (job: Job) => void, signal?: AbortSignal): Promise<Job> {
  return new Promise((resolve, reject) => {
    const subscription = api.jobs.watch.subscribe(
      { id },
      {
        onData: ({ data: job }) => {
          onChange(job)
          if (isOver(job)) end(() => resolve(job))
        },
        onError: (error) => end(() => reject(error)),
      },
    )
    const end = (settle: () => void) => {
      subscription.unsubscribe()
      settle()
    }
    signal?.addEventListener('abort', () => end(() => reject(signal.reason)), { once: true })
  })
}
