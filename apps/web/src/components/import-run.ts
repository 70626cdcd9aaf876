import { importErrorsUrl, type Job } from '@spends/client'
import { announce } from '../lib/announcements.ts'
import { api, ORIGIN } from '../lib/api.ts'
import { component } from '../lib/component.ts'
import { explain, type ShownFailure } from '../lib/failure.ts'
import { doingsOf, problemsOf, reportOf, stageOf, summaryOf } from '../lib/import-report.ts'
import { importUndoing } from '../lib/import-undo.ts'
import { t } from '../lib/messages.ts'
import { watchedJob } from '../lib/watched-job.ts'
import { focusHeading, wizard } from './import-wizard.ts'

const ENDED = {
  FAILED: 'import.ended_FAILED',
  CANCELLED: 'import.ended_CANCELLED',
  INTERRUPTED: 'import.ended_INTERRUPTED',
} as const

/** The last step: the import while it runs, and its report. */
export function registerImportRun(): void {
  component('importRun', () => {
    const listening = new AbortController()
    return {
      run: watchedJob(
        () => wizard().state.job,
        (job) => {
          const report = reportOf(job)
          announce(report ? summaryOf(report) : endOf(job))
          window.dispatchEvent(new Event('spends:imports'))
        },
      ),
      undoing: importUndoing(),
      isCancelling: false,
      cancelFailure: null as ShownFailure | null,

      init() {
        focusHeading(this.$root)
        void this.run.load()
        this.$watch('$store.wizard.state.job', () => {
          if (wizard().isStep('run')) void this.run.load()
        })
        // It may have been taken back in the list below.
        window.addEventListener('spends:import-undone', () => void this.run.load(), { signal: listening.signal })
      },
      destroy() {
        this.run.stop()
        listening.abort()
      },

      get report() {
        return reportOf(this.run.data)
      },
      get stage() {
        return this.run.data ? stageOf(this.run.data) : t('import.stage_waiting')
      },
      get title() {
        if (this.report) return this.report.undone_at ? t('import.was_undone') : t('import.done')
        if (this.isBroken) return t('import.nothing_imported')
        return t('import.running')
      },
      get problems() {
        return this.report && problemsOf(this.report)
      },
      get isBroken() {
        return this.run.data !== null && !this.run.isRunning && this.report === null
      },
      get brokenText() {
        return this.run.data ? endOf(this.run.data) : ''
      },
      get doings() {
        return this.report ? doingsOf(this.report) : []
      },
      get errorsUrl() {
        return importErrorsUrl(ORIGIN, wizard().state.job)
      },
      get mayUndo() {
        const { report } = this
        return report !== null && !report.dry_run && report.undone_at === null && report.created + report.updated > 0
      },
      get mayGoBack() {
        return wizard().state.file !== ''
      },

      async cancel() {
        this.isCancelling = true
        this.cancelFailure = null
        try {
          await api.jobs.cancel.mutate({ id: wizard().state.job })
        } catch (error) {
          const failure = explain(error)
          // It came to its end meanwhile, as the page shows.
          if (failure.code !== 'CONFLICT') this.cancelFailure = failure
        } finally {
          this.isCancelling = false
        }
      },
      async undo() {
        if (this.report && (await this.undoing.undo(this.report))) {
          await this.run.load()
          window.dispatchEvent(new Event('spends:imports'))
          this.$root.querySelector<HTMLElement>('h2')?.focus()
        }
      },
      back() {
        wizard().go({ job: '' })
      },
    }
  })
}

function endOf({ status, error }: Job): string {
  const words = status in ENDED ? t(ENDED[status as keyof typeof ENDED]) : ''
  return [words, error ?? ''].filter((text) => text !== '').join(' ')
}
