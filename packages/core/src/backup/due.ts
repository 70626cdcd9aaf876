import { toInstant } from '../calendar.ts'
import { type Context, inTransaction } from '../context.ts'
import { AppError } from '../errors.ts'
import { lockBackups } from '../jobs/beside.ts'
import { enqueueJob } from '../jobs/store.ts'
import { getSettings } from '../settings.ts'
import { readConfig, setQueuedUntil } from './config.ts'
import type { BackupParams } from './params.ts'
import { nextRun } from './schedule.ts'

/**
 * Queues the backup that is due, if one is. Every process may ask as often as it likes: exactly one of them queues it.
 * What was due several times while nobody asked is made once. While another backup or a restore is under way nothing
 * is queued, and it stays due.
 * @returns the id of the job
 */
export async function queueDueBackup(ctx: Context): Promise<string | undefined> {
  // Looking costs nothing; a transaction that writes would keep others waiting, at every look.
  if (!(await isDue(ctx))) return undefined
  try {
    const id = await inTransaction(ctx, async (tx) => {
      await lockBackups(tx)
      if (!(await isDue(tx))) return undefined
      await setQueuedUntil(tx, toInstant(tx.now()))
      return enqueueJob(tx, 'BACKUP', { trigger: 'SCHEDULED' } satisfies BackupParams)
    })
    if (id !== undefined) ctx.jobs?.poke()
    return id
  } catch (error) {
    if (error instanceof AppError && error.code === 'CONFLICT') return undefined
    throw error
  }
}

/** When the next backup will be queued by itself; undefined where there is no schedule. */
export async function findNextRun(ctx: Context): Promise<Date | undefined> {
  const { queued_until, ...config } = await readConfig(ctx)
  if (config.schedule === 'OFF' || queued_until === null) return undefined
  const { time_zone } = await getSettings(ctx)
  return nextRun(config, time_zone, new Date(queued_until))
}

async function isDue(ctx: Context): Promise<boolean> {
  const next = await findNextRun(ctx)
  return next !== undefined && next <= ctx.now()
}
