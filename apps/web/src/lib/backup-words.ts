import type { BackupStatus, Settings } from '@spends/client'
import { daysBetween } from './days.ts'
import { bytes, count, dayOf, moment, relative } from './format.ts'
import { t, tn } from './messages.ts'
import { settings } from './settings.ts'

/** How it stands with the backups, in one word. */
export type BackupState = 'none' | 'healthy' | 'overdue' | 'failed' | 'running'

/** What has gone wrong counts more than that nothing is there yet. */
export function stateOf({ state, last_backup }: Pick<BackupStatus, 'state' | 'last_backup'>): BackupState {
  if (state === 'RUNNING') return 'running'
  if (state === 'FAILED') return 'failed'
  if (state === 'OVERDUE') return 'overdue'
  return last_backup ? 'healthy' : 'none'
}

/** As in "Last backup: 2 days ago, 45 files, 12 MB, proven restorable, next tonight 02:00". */
export function statusLine(status: BackupStatus, now = new Date()): string {
  const { last_backup: last, next_scheduled_at: next } = status
  const coming = next ? t('settings.line_next', { when: whenNext(next, now) }) : t('settings.line_manual')
  if (!last) return next ? `${t('settings.line_none')} ${capital(coming)}.` : t('settings.line_none')
  return [
    t('settings.line_last', { when: relative(last.created_at, settings(), now) }),
    tn('settings.line_files', last.file_count, { count: count(last.file_count) }),
    bytes(last.size),
    last.verified_at ? t('settings.line_proven') : t('settings.line_unproven'),
    coming,
  ].join(', ')
}

/** A moment ahead as people say it: `tonight 02:00`, `tomorrow 12:00`, else the day and the time. */
function whenNext(instant: string, now: Date, formatting: Settings = settings()): string {
  const { locale, time_zone: timeZone } = formatting
  const at = new Date(instant)
  const days = daysBetween(dayOf(now, timeZone), dayOf(at, timeZone))
  if (days < 0 || days > 1) return moment(instant, formatting)
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone }).format(at)
  const hour = Number(new Intl.DateTimeFormat('en', { hour: '2-digit', hourCycle: 'h23', timeZone }).format(at))
  if ((days === 0 && hour >= 20) || (days === 1 && hour < 6)) return t('settings.when_tonight', { time })
  const day = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(days, 'day')
  return t('settings.when_day', { day, time })
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
