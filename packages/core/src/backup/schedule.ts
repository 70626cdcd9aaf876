import { Cron } from 'croner'
import type { BackupConfig } from './config.ts'

/** When backups are made by themselves. */
export type Schedule = Pick<BackupConfig, 'schedule' | 'hour' | 'weekday' | 'day_of_month'>

/**
 * The first instant after `after` at which a backup is due; undefined where there is no schedule. An hour that the
 * clocks skip is made up for right after the gap, and one that they strike twice counts once.
 * @param timeZone an IANA name
 */
export function nextRun(schedule: Schedule, timeZone: string, after: Date): Date | undefined {
  const runs = patternsOf(schedule).map((pattern) =>
    new Cron(pattern, { timezone: timeZone, paused: true }).nextRun(after),
  )
  const times = runs.flatMap((run) => run?.getTime() ?? [])
  return times.length === 0 ? undefined : new Date(Math.min(...times))
}

function patternsOf({ schedule, hour, weekday, day_of_month: day }: Schedule): string[] {
  const at = `0 0 ${hour}`
  if (schedule === 'OFF') return []
  if (schedule === 'DAILY') return [`${at} * * *`]
  if (schedule === 'WEEKLY') return [`${at} * * ${weekday.slice(0, 3)}`]
  if (day <= 28) return [`${at} ${day} * *`]
  if (day === 31) return [`${at} L * *`]
  return [`${at} ${day} * *`, `${at} L 2 *`]
}
