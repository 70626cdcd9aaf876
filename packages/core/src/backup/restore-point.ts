import { getRevision } from '../revision.ts'
import { readConfig } from './config.ts'
import { type CreateBackupOptions, createBackup } from './create.ts'
import { removeBackup } from './folder.ts'
import type { BackupRecord } from './record.ts'
import { WrittenMeanwhile } from './unchanged.ts'

/** So often a restore point is made for one restore. */
const ATTEMPTS = 3

/** Data that may be replaced, as long as it is still this one. */
export interface RestorePoint {
  /** Of the data; undefined where it cannot be read. */
  revision: number | undefined
  /** The backup that keeps it; null where there is nothing to keep, or nothing that can be read. */
  record: BackupRecord | null
}

/** A restore point that is there. */
export interface KeptPoint extends RestorePoint {
  revision: number
  record: BackupRecord
}

/** Makes a backup of the data that is to be replaced. @throws as `createBackup` */
export async function createRestorePoint(
  options: Omit<CreateBackupOptions, 'trigger' | 'passphrase'>,
): Promise<KeptPoint> {
  const { passphrase } = await readConfig(options.ctx)
  // First: what is written between the two is in the backup, and counts as written after it, which loses nothing.
  const { revision } = await getRevision(options.ctx)
  const record = await createBackup({ ...options, trigger: 'RESTORE_POINT', passphrase: passphrase ?? undefined })
  return { revision, record }
}

/**
 * Keeps the data that is there, then replaces it. Where somebody wrote in between, nothing was replaced: what was kept
 * is not what would be lost, so it is removed, and all is done again, a few times.
 * @param folder of backups
 * @param replace in one transaction, which throws WrittenMeanwhile where the data is not that of the point any more
 * @param again runs all attempts after the first one: whoever can keeps others from writing while they go on. What was
 *   under way by then may still spoil the second one
 * @throws WrittenMeanwhile when somebody wrote each time
 */
export async function replaceKept(
  folder: string,
  {
    keep,
    replace,
    again,
  }: {
    keep: () => Promise<RestorePoint>
    replace: (point: RestorePoint) => Promise<void>
    again: (attempts: () => Promise<void>) => Promise<void>
  },
): Promise<void> {
  const attempt = async (number: number): Promise<void> => {
    const point = await keep()
    try {
      return await replace(point)
    } catch (error) {
      if (!(error instanceof WrittenMeanwhile)) throw error
      if (point.record) await removeBackup(folder, point.record)
      if (number === ATTEMPTS) throw error
    }
    await (number === 1 ? again(() => attempt(2)) : attempt(number + 1))
  }
  await attempt(1)
}
