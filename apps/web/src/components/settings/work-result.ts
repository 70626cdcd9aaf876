import type { Backup, BackupVerification, Job } from '@spends/client'
import { count, moment } from '../../lib/format.ts'
import { t, tn } from '../../lib/messages.ts'

/** What a job of ours has come to, in words. */
export interface WorkResult {
  tone: 'good' | 'bad' | 'plain'
  text: string
  /** What else there is to say, one by one. */
  lines: string[]
  /** A backup that can be downloaded. */
  backup: Backup | null
  /** The restore point by which it is undone. */
  undo: string | null
}

interface BackupReport extends Backup {
  copies: { place: string; problem: string | null }[]
}

interface RestoreReport {
  created_at: string
  row_counts: Readonly<Record<string, number>>
  restore_point: string | null
}

/** @param job one that is over */
export function resultOf(job: Job): WorkResult {
  const bare = { lines: [], backup: null, undo: null }
  if (job.status !== 'SUCCEEDED') return { ...bare, ...endOf(job) }
  if (job.kind === 'BACKUP') return { ...bare, ...ofBackup(job.result as BackupReport) }
  if (job.kind === 'RESTORE') return { ...bare, ...ofRestore(job.result as RestoreReport) }
  return { ...bare, ...ofVerification(job.result as BackupVerification) }
}

function endOf({ status, error }: Job): Pick<WorkResult, 'tone' | 'text' | 'lines'> {
  const lines = error === null ? [] : [error]
  if (status === 'CANCELLED') return { tone: 'plain', text: t('settings.ended_CANCELLED'), lines: [] }
  const text = status === 'INTERRUPTED' ? t('settings.ended_INTERRUPTED') : t('settings.ended_FAILED')
  return { tone: 'bad', text, lines }
}

function ofBackup(report: BackupReport): Pick<WorkResult, 'tone' | 'text' | 'lines' | 'backup'> {
  const problems = report.copies.flatMap(({ problem }) => problem ?? [])
  const lines = [...problems, ...report.warnings]
  if (problems.length > 0) return { tone: 'bad', text: t('settings.done_BACKUP_copies'), lines, backup: report }
  return { tone: 'good', text: t('settings.done_BACKUP'), lines, backup: report }
}

function ofRestore({ created_at, row_counts, restore_point }: RestoreReport) {
  const purchases = row_counts.purchases ?? 0
  const now = tn('settings.done_RESTORE_counts', purchases, { count: count(purchases) })
  return {
    tone: 'good' as const,
    text: `${t('settings.done_RESTORE', { when: moment(created_at) })} ${now}`,
    undo: restore_point,
  }
}

function ofVerification({ verified_at, problems }: BackupVerification): Pick<WorkResult, 'tone' | 'text' | 'lines'> {
  if (verified_at !== null) return { tone: 'good', text: t('settings.done_VERIFY'), lines: [] }
  return { tone: 'bad', text: t('settings.done_VERIFY_not'), lines: problems }
}
