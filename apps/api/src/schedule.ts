import { type Context, queueDueBackup } from '@spends/core'
import type { Logger } from 'pino'

const INTERVAL_MS = 30_000

/**
 * Has backups made when they are due, also those that were missed while nothing ran.
 * @returns stops it, and waits for a look that is under way; the process does not live on for it
 */
export function startScheduling(ctx: Context, log: Logger): () => Promise<void> {
  const look = async () => {
    try {
      const job_id = await queueDueBackup(ctx)
      if (job_id !== undefined) log.info({ job_id }, 'a scheduled backup is due')
    } catch (error) {
      log.warn({ err: error }, 'could not look whether a backup is due; the next try is in half a minute')
    }
  }
  let last = look()
  const timer = setInterval(() => {
    last = look()
  }, INTERVAL_MS).unref()
  return async () => {
    clearInterval(timer)
    await last
  }
}
