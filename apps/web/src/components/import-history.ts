import type { Job } from '@spends/client'
import { api } from '../lib/api.ts'
import { component } from '../lib/component.ts'
import { moment } from '../lib/format.ts'
import { reportOf, summaryOf } from '../lib/import-report.ts'
import { importUndoing } from '../lib/import-undo.ts'
import { t } from '../lib/messages.ts'
import { resource } from '../lib/resource.ts'

/** Jobs in a request. */
const PAGE = 20
/** Imports that are shown at first, and how many more each time. */
const SHOWN = 10

const STATUSES = {
  QUEUED: { label: 'import.status_QUEUED', tone: 'chip-info' },
  RUNNING: { label: 'import.status_RUNNING', tone: 'chip-info' },
  SUCCEEDED: { label: 'import.status_SUCCEEDED', tone: 'chip-good' },
  FAILED: { label: 'import.status_FAILED', tone: 'chip-bad' },
  CANCELLED: { label: 'import.status_CANCELLED', tone: '' },
  INTERRUPTED: { label: 'import.status_INTERRUPTED', tone: 'chip-warn' },
} as const

/** The imports of before, with a way back from each. */
export function registerImportHistory(): void {
  component('importHistory', () => {
    let wanted = SHOWN
    return {
      undoing: importUndoing(),
      /** The import that the failure of an undo is about. */
      refused: '',
      list: resource(async (signal) => {
        const imports: Job[] = []
        for (let skip = 0; ; skip += PAGE) {
          const { items, total } = await api.jobs.list.query({ kind: 'IMPORT', skip, limit: PAGE }, { signal })
          // Trials that changed nothing are no imports.
          imports.push(...items.filter((job) => !reportOf(job)?.dry_run))
          const isEnd = skip + PAGE >= total
          if (isEnd || imports.length >= wanted) return { imports, hasMore: !isEnd }
        }
      }),

      init() {
        void this.list.load()
        window.addEventListener('spends:imports', () => void this.list.load())
      },
      get imports() {
        return this.list.data?.imports ?? []
      },
      get isEmpty() {
        return this.list.data?.imports.length === 0
      },
      get hasMore() {
        return this.list.data?.hasMore ?? false
      },
      more() {
        wanted = this.imports.length + SHOWN
        void this.list.load()
      },
      nameOf(job: Job) {
        return reportOf(job)?.filename ?? t('import.an_import')
      },
      addressOf({ id }: Job) {
        return `/import?job=${id}`
      },
      when({ created_at }: Job) {
        return moment(created_at)
      },
      whatOf(job: Job) {
        const report = reportOf(job)
        return report ? summaryOf(report) : (job.error ?? '')
      },
      statusOf(job: Job) {
        return reportOf(job)?.undone_at ? t('import.status_undone') : t(STATUSES[job.status].label)
      },
      toneOf(job: Job) {
        return reportOf(job)?.undone_at ? '' : STATUSES[job.status].tone
      },
      mayUndo(job: Job) {
        const report = reportOf(job)
        return report !== null && !report.undone_at && report.created + report.updated > 0
      },
      undoLabel(job: Job) {
        return t('import.undo_label', { name: this.nameOf(job), when: this.when(job) })
      },
      async undo(job: Job) {
        const report = reportOf(job)
        if (!report) return
        this.refused = `${this.nameOf(job)}, ${this.when(job)}`
        if (!(await this.undoing.undo(report))) return
        await this.list.load()
        window.dispatchEvent(new Event('spends:import-undone'))
      },
    }
  })
}
