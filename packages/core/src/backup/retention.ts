import { addDays, today } from '../calendar.ts'
import type { BackupConfig } from './config.ts'
import type { BackupRecord } from './record.ts'

/** Restore points that are kept. */
export const KEPT_RESTORE_POINTS = 3

/** As much of a backup as decides about it. */
export type Judged = Pick<BackupRecord, 'id' | 'created_at' | 'trigger' | 'verified_at' | 'missing_files'>

export type Retention = Pick<BackupConfig, 'keep_last' | 'keep_daily' | 'keep_weekly' | 'keep_monthly'>

/**
 * The backups that need not be kept: all but the last ones and the last of each generation. The newest one that is
 * proven and lacks no file always stays, and one that is not proven takes nobody's place.
 * @param backups in any order, restore points too: of those the last few stay
 * @param timeZone decides which day, week and month a backup is of
 */
export function whatToDelete<T extends Judged>(backups: readonly T[], retention: Retention, timeZone: string): T[] {
  const newestFirst = backups.toSorted((a, b) => (b.created_at + b.id > a.created_at + a.id ? 1 : -1))
  const [points, own] = [true, false].map((isPoint) =>
    newestFirst.filter(({ trigger }) => (trigger === 'RESTORE_POINT') === isPoint),
  ) as [T[], T[]]
  const kept = new Set([
    ...keepLast(points, KEPT_RESTORE_POINTS),
    ...keepLast(own, retention.keep_last),
    ...keepOnePer(own, retention.keep_daily, (instant) => dayOf(instant, timeZone)),
    ...keepOnePer(own, retention.keep_weekly, (instant) => mondayOf(dayOf(instant, timeZone))),
    ...keepOnePer(own, retention.keep_monthly, (instant) => dayOf(instant, timeZone).slice(0, 7)),
    ...newestFirst.filter(isComplete).slice(0, 1),
    ...own.filter(isComplete).slice(0, 1),
  ])
  return newestFirst.filter((backup) => !kept.has(backup))
}

function isProven({ verified_at }: Judged): boolean {
  return verified_at !== null
}

function isComplete(backup: Judged): boolean {
  return isProven(backup) && backup.missing_files === 0
}

/** The newest proven ones, and what is newer than the last of them. */
function keepLast<T extends Judged>(newestFirst: readonly T[], count: number): T[] {
  let proven = 0
  return newestFirst.filter((backup) => {
    if (proven === count) return false
    if (isProven(backup)) proven += 1
    return true
  })
}

/** The newest proven one of each of the last periods that have one. */
function keepOnePer<T extends Judged>(newestFirst: readonly T[], count: number, periodOf: (instant: string) => string) {
  const newest = new Map<string, T>()
  for (const backup of newestFirst.filter(isProven)) {
    const period = periodOf(backup.created_at)
    if (newest.size === count && !newest.has(period)) break
    if (!newest.has(period)) newest.set(period, backup)
  }
  return [...newest.values()]
}

function dayOf(instant: string, timeZone: string): string {
  return today(new Date(instant), timeZone)
}

function mondayOf(day: string): string {
  return addDays(day, -((new Date(day).getUTCDay() + 6) % 7))
}
