import type { ImportReport, Job } from '@spends/client'
import { count } from './format.ts'
import { type CountedKey, t, tn } from './messages.ts'

/** A text about a number of things, which may be many thousands. */
export function counted(key: CountedKey, number: number): string {
  return tn(key, number, { count: count(number) })
}

/** The report of an import; null while there is none. */
export function reportOf(job: Job | null): ImportReport | null {
  // The result of a job is as its kind has it, which the type of jobs does not say.
  return job?.kind === 'IMPORT' && job.status === 'SUCCEEDED' ? (job.result as ImportReport) : null
}

/** What was found of each kind, of which there is any. */
export interface Finding {
  id: string
  count: number
  text: string
  tone: 'good' | 'warn' | 'bad' | ''
}

/** What the rows of a file are, for a person to judge before they are imported. */
export function findingsOf({ rows, classes }: ImportReport): Finding[] {
  const { identical, changed, probable_duplicate, error } = classes
  const known = identical + changed + probable_duplicate
  // Rows that are no purchase by their own word, such as cancelled orders.
  const left = rows - classes.new - known - error
  return [
    finding('new', classes.new, tn('import.class_new', classes.new), 'good'),
    finding('identical', identical, tn('import.class_identical', identical), ''),
    finding('changed', changed, tn('import.class_changed', changed), 'warn'),
    finding('probable', probable_duplicate, tn('import.class_probable', probable_duplicate), 'warn'),
    finding('left', left, tn('import.class_left', left), ''),
    finding('error', error, tn('import.class_error', error), 'bad'),
  ].filter((one) => one.count > 0 || one.id === 'new')
}

/** What an import did, what of it there was. */
export function doingsOf(report: ImportReport): Finding[] {
  const { created, updated, skipped, failed, retailers_created, brands_created } = report
  return [
    finding('created', created, tn('import.did_create', created), 'good'),
    finding('updated', updated, tn('import.did_update', updated), 'good'),
    finding('skipped', skipped, tn('import.did_skip', skipped), ''),
    finding('failed', failed, tn('import.did_fail', failed), 'bad'),
    finding('retailers', retailers_created, tn('import.did_retailers', retailers_created), ''),
    finding('brands', brands_created, tn('import.did_brands', brands_created), ''),
  ].filter((one) => one.count > 0 || one.id === 'created')
}

function finding(id: string, count: number, text: string, tone: Finding['tone']): Finding {
  return { id, count, text, tone: count === 0 ? '' : tone }
}

/** How many purchases an import will bring or change, by what a dry run found. */
export function willWrite({ classes }: ImportReport, duplicates: ImportReport['duplicates']): number {
  const changed = classes.changed + classes.probable_duplicate
  if (duplicates === 'create') return classes.new + changed + classes.identical
  return duplicates === 'update' ? classes.new + changed : classes.new
}

/** A report in a line: `12 added, 3 left out`. */
export function summaryOf(report: ImportReport): string {
  return doingsOf(report)
    .map(({ count: number, text }) => `${count(number)} ${text}`)
    .join(', ')
}

/** What a report says beside its counts. */
export function problemsOf({ errors, error_count, warnings }: ImportReport) {
  return {
    hasMoreErrors: error_count > errors.length,
    hasWarnings: warnings.length > 0,
    title: counted('import.warnings', warnings.length),
    warnings: warnings.map(({ row, message }) => ({
      line: row === undefined ? '' : t('import.in_line', { line: count(row) }),
      message,
    })),
  }
}

/** What a job is doing, in words. */
export function stageOf({ status, stage }: Job): string {
  if (status === 'QUEUED') return t('import.stage_waiting')
  if (stage === 'undo') return t('import.stage_undo')
  if (stage === 'files') return t('import.stage_files')
  if (stage === 'checking') return t('import.stage_checking')
  return stage === 'importing' ? t('import.stage_importing') : t('import.stage_reading')
}
