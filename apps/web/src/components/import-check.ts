import { importErrorsUrl } from '@spends/client'
import { announce } from '../lib/announcements.ts'
import { api, ORIGIN } from '../lib/api.ts'
import { component } from '../lib/component.ts'
import { explain, type ShownFailure } from '../lib/failure.ts'
import { count } from '../lib/format.ts'
import { counted, findingsOf, problemsOf, reportOf, stageOf, willWrite } from '../lib/import-report.ts'
import { type ImportState, toReading } from '../lib/import-state.ts'
import { t, tn } from '../lib/messages.ts'
import { watchedJob } from '../lib/watched-job.ts'
import { focusHeading, wizard } from './import-wizard.ts'

/** The third step: what would happen, and what to do about duplicates and errors. */
export function registerImportCheck(): void {
  component('importCheck', () => ({
    check: watchedJob(
      () => wizard().state.check,
      () => announce(t('import.checked')),
    ),
    isStarting: false,
    startFailure: null as ShownFailure | null,

    init() {
      focusHeading(this.$root)
      void this.check.load()
      this.$watch('$store.wizard.state.check', () => {
        if (wizard().isStep('check')) void this.check.load()
      })
    },
    destroy() {
      this.check.stop()
    },

    get report() {
      return reportOf(this.check.data)
    },
    get stage() {
      return this.check.data ? stageOf(this.check.data) : t('import.stage_waiting')
    },
    get problems() {
      return this.report && problemsOf(this.report)
    },
    get isBroken() {
      return this.check.data !== null && !this.check.isRunning && this.report === null
    },
    get brokenText() {
      return this.check.data?.error ?? t('import.check_ended')
    },
    get findings() {
      return this.report ? findingsOf(this.report) : []
    },
    get errorsUrl() {
      return importErrorsUrl(ORIGIN, wizard().state.check)
    },
    get known() {
      const classes = this.report?.classes
      return classes ? classes.identical + classes.changed + classes.probable_duplicate : 0
    },
    get newNames() {
      const { retailers_created: retailers = 0, brands_created: brands = 0 } = this.report ?? {}
      const parts = [
        ...(retailers > 0 ? [`${count(retailers)} ${tn('import.did_retailers', retailers)}`] : []),
        ...(brands > 0 ? [`${count(brands)} ${tn('import.did_brands', brands)}`] : []),
      ]
      return parts.join(', ')
    },
    get failed() {
      return this.report?.failed ?? 0
    },
    get updateHint() {
      const { changed = 0, probable_duplicate = 0 } = this.report?.classes ?? {}
      return counted('import.duplicates_update_hint', changed + probable_duplicate)
    },
    get createHint() {
      return counted('import.duplicates_create_hint', this.known)
    },
    get writes() {
      return this.report ? willWrite(this.report, wizard().state.duplicates) : 0
    },
    get isRefused() {
      return this.failed > 0 && wizard().state.on_error === 'abort'
    },
    get goOnText() {
      return this.writes === 0 ? t('import.import_nothing') : counted('import.import_rows', this.writes)
    },

    isChosen(name: 'duplicates' | 'on_error', value: string) {
      return wizard().state[name] === value
    },
    chooseDuplicates(duplicates: ImportState['duplicates']) {
      wizard().go({ duplicates }, 'replace')
    },
    chooseOnError(on_error: ImportState['on_error']) {
      wizard().go({ on_error }, 'replace')
    },
    back() {
      wizard().go({ check: '' })
    },
    async start(change: { dry_run: boolean }) {
      if (this.isStarting) return
      this.isStarting = true
      this.startFailure = null
      const { state } = wizard()
      const { duplicates, on_error } = state
      try {
        const job = await api.import.run.mutate({
          ...toReading(state),
          ...(change.dry_run ? { dry_run: true } : { duplicates, on_error }),
        })
        if (change.dry_run) wizard().go({ check: job.id }, 'replace')
        else wizard().go({ job: job.id })
      } catch (error) {
        this.startFailure = explain(error)
      } finally {
        this.isStarting = false
      }
    },
    checkAgain() {
      void this.start({ dry_run: true })
    },
    goOn() {
      void this.start({ dry_run: false })
    },
  }))
}
