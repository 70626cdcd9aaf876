import type { Backup, BackupVerification, Job } from '@spends/client'
import { bytes, count, moment } from '../../lib/format.ts'
import { purchaseLink } from '../../lib/links.ts'
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
  /** Files of attachments that are lost, each with its purchase. */
  files: { key: string; what: string; filename: string; url: string }[]
}

interface BackupReport extends Backup {
  copies: { place: string; problem: string | null }[]
}

interface RestoreReport {
  created_at: string
  row_counts: Readonly<Record<string, number>>
  restore_point: string | null
}

interface DamagedFile {
  attachments: { id: string; purchase_id: string; filename: string }[]
}

interface IntegrityReport {
  checked: number
  bytes: number
  missing: DamagedFile[]
  missing_count: number
  altered: DamagedFile[]
  altered_count: number
  orphaned_count: number
  orphaned_bytes: number
}

/** @param job one that is over */
export function resultOf(job: Job): WorkResult {
  const bare = { lines: [], backup: null, undo: null, files: [] }
  if (job.status !== 'SUCCEEDED') return { ...bare, ...endOf(job) }
  if (job.kind === 'BACKUP') return { ...bare, ...ofBackup(job.result as BackupReport) }
  if (job.kind === 'RESTORE') return { ...bare, ...ofRestore(job.result as RestoreReport) }
  if (job.kind === 'ERASE') return { ...bare, ...ofErasing(job.result as { restore_point: string }) }
  if (job.kind === 'INTEGRITY') return { ...bare, ...ofIntegrity(job.result as IntegrityReport) }
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

function ofErasing({ restore_point }: { restore_point: string }): Pick<WorkResult, 'tone' | 'text' | 'undo'> {
  return { tone: 'good', text: t('settings.done_ERASE'), undo: restore_point }
}

function ofIntegrity(report: IntegrityReport): Pick<WorkResult, 'tone' | 'text' | 'lines' | 'files'> {
  const { checked, orphaned_count: orphans, orphaned_bytes } = report
  const damaged = report.missing_count + report.altered_count
  const read = { count: count(checked), size: bytes(report.bytes) }
  const lost = { count: count(orphans), size: bytes(orphaned_bytes) }
  const orphaned = orphans === 0 ? [] : [tn('settings.integrity_orphaned', orphans, lost)]
  if (damaged === 0) {
    const text = checked === 0 ? t('settings.integrity_none') : tn('settings.integrity_good', checked, read)
    return { tone: 'good', text, lines: orphaned, files: [] }
  }
  const unnamed = damaged - report.missing.length - report.altered.length
  const more = unnamed === 0 ? [] : [t('settings.integrity_more', { count: count(unnamed) })]
  return {
    tone: 'bad',
    text: tn('settings.integrity_bad', damaged, { count: count(damaged) }),
    lines: [t('settings.integrity_help'), ...more, ...orphaned],
    files: [
      ...report.missing.flatMap((file) => namesOf(file, t('settings.integrity_missing'))),
      ...report.altered.flatMap((file) => namesOf(file, t('settings.integrity_altered'))),
    ],
  }
}

function namesOf({ attachments }: DamagedFile, what: string): WorkResult['files'] {
  return attachments.map(({ id, purchase_id, filename }) => ({
    key: id,
    what,
    filename,
    url: purchaseLink(purchase_id),
  }))
}
