import type { Context } from '../context.ts'
import { readConfig } from './config.ts'
import { deleteBackup, listBackups } from './folder.ts'
import type { BackupRecord } from './record.ts'
import { type Retention, whatToDelete } from './retention.ts'

/** What an instance says about keeping backups. */
export interface Keeping {
  retention: Retention
  /** Decides which day, week and month a backup is of. */
  timeZone: string
}

export async function readKeeping(ctx: Context): Promise<Keeping> {
  const { keep_last, keep_daily, keep_weekly, keep_monthly } = await readConfig(ctx)
  // An instance that was never started has none yet.
  const settings = await ctx.db.selectFrom('settings').select('time_zone').executeTakeFirst()
  return { retention: { keep_last, keep_daily, keep_weekly, keep_monthly }, timeZone: settings?.time_zone ?? 'UTC' }
}

/**
 * Removes the backups of a folder that need not be kept. It is time for that once a new one is proven.
 * @returns those that were removed
 */
export async function pruneBackups(folder: string, { retention, timeZone }: Keeping): Promise<BackupRecord[]> {
  return removeAll(folder, whatToDelete(await listBackups(folder), retention, timeZone))
}

/** Removes the restore points of a folder that need not be kept, and no other backup. */
export async function pruneRestorePoints(folder: string): Promise<void> {
  const points = (await listBackups(folder)).filter(({ trigger }) => trigger === 'RESTORE_POINT')
  await removeAll(folder, whatToDelete(points, NO_OTHERS, 'UTC'))
}

const NO_OTHERS: Retention = { keep_last: 0, keep_daily: 0, keep_weekly: 0, keep_monthly: 0 }

async function removeAll(folder: string, records: BackupRecord[]): Promise<BackupRecord[]> {
  for (const { id } of records) await deleteBackup(folder, id)
  return records
}
