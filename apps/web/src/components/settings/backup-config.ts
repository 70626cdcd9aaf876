import type { BackupConfig } from '@spends/client'
import { toast, toastFailure } from '../../lib/announcements.ts'
import { api } from '../../lib/api.ts'
import { component } from '../../lib/component.ts'
import { confirm } from '../../lib/confirm.ts'
import { explain, problemOf, type ShownFailure } from '../../lib/failure.ts'
import { t } from '../../lib/messages.ts'
import { resource } from '../../lib/resource.ts'
import { readSettings, settings } from '../../lib/settings.ts'
import { tellBackupsChanged } from '../../lib/work.ts'
import { focusFirstProblem, summaryOf } from './fields.ts'
import { MIN_PASSPHRASE } from './passphrase-problem.ts'

const RHYTHMS = ['DAILY', 'WEEKLY', 'MONTHLY'] as const
const WEEKDAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const
const NUMBERS = ['day_of_month', 'keep_last', 'keep_daily', 'keep_weekly', 'keep_monthly'] as const
type NumberField = (typeof NUMBERS)[number]

/** Somewhere to copy backups to, as it is written, and what came of trying it. */
interface Place {
  /** Stays the same while others come and go. */
  id: number
  text: string
  isTesting: boolean
  /** A problem, or that there is none; null before it was tried. */
  outcome: { good: boolean; text: string } | null
}

interface Form extends Record<NumberField, string> {
  automatic: boolean
  rhythm: (typeof RHYTHMS)[number]
  hour: string
  weekday: BackupConfig['weekday']
  places: Place[]
}

let lastPlace = 0

/** When backups are made by themselves, how many are kept, where else, and whether they are encrypted. */
export function registerBackupConfig(): void {
  component('backupConfig', () => ({
    stored: resource(async (signal) => {
      const [config] = await Promise.all([api.backup.config.query(undefined, { signal }), readSettings()])
      return config
    }),
    form: null as Form | null,
    /** Beside what is stored: it is set by itself, and a form is filled anew whenever that changes. */
    isEncrypted: false,
    failure: null as ShownFailure | null,
    isSaving: false,
    passphrase: '',
    again: '',
    passphraseProblem: '',

    init() {
      this.$watch('stored.data', () => {
        if (!this.stored.data) return
        this.form = formOf(this.stored.data)
        this.isEncrypted = this.stored.data.has_passphrase
      })
      void this.stored.load()
    },

    get rhythms() {
      return RHYTHMS.map((rhythm) => ({ rhythm, text: t(`settings.schedule_${rhythm}`) }))
    },
    get hours() {
      const clock = new Intl.DateTimeFormat(settings().locale, { timeStyle: 'short', timeZone: 'UTC' })
      return Array.from({ length: 24 }, (_, hour) => ({
        hour: String(hour),
        text: clock.format(new Date(Date.UTC(1970, 0, 1, hour))),
      }))
    },
    get weekdays() {
      const names = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: 'long', timeZone: 'UTC' })
      // 5 January 1970 was a Monday.
      return WEEKDAYS.map((day, index) => ({ day, text: names.format(new Date(Date.UTC(1970, 0, 5 + index))) }))
    },
    isRhythm(rhythm: string) {
      return this.form?.automatic === true && this.form.rhythm === rhythm
    },
    problem(field: string) {
      return problemOf(this.failure, field)
    },
    invalid(field: string) {
      return this.problem(field) === '' ? null : 'true'
    },

    addPlace() {
      this.form?.places.push(placeOf(''))
      void this.$nextTick(() => [...this.$root.querySelectorAll<HTMLElement>('.settings-place input')].at(-1)?.focus())
    },
    removePlace(index: number) {
      this.form?.places.splice(index, 1)
      void this.$nextTick(() => this.$refs.addPlace?.focus())
    },
    placeLabel(index: number) {
      return t('settings.place', { number: index + 1 })
    },
    removeLabel(index: number) {
      return t('settings.place_remove', { number: index + 1 })
    },
    placeTone(place: Place) {
      return place.outcome?.good === false ? 'field-problem' : 'settings-good'
    },
    placeText(place: Place) {
      return place.isTesting ? t('settings.place_testing') : (place.outcome?.text ?? '')
    },
    async testPlace(place: Place) {
      if (place.isTesting) return
      place.isTesting = true
      place.outcome = null
      try {
        const { problem } = await api.backup.test.mutate({ place: place.text })
        place.outcome = { good: problem === null, text: problem ?? t('settings.place_good') }
      } catch (error) {
        const failure = explain(error)
        place.outcome = { good: false, text: problemOf(failure, 'place') || failure.text }
      } finally {
        place.isTesting = false
      }
    },

    get summary() {
      return summaryOf(this.failure)
    },
    async save() {
      if (!this.form || this.isSaving) return
      this.failure = wrongNumbers(this.form)
      if (this.failure) return focusFirstProblem(this.$root)
      this.isSaving = true
      try {
        this.stored.data = await api.backup.configure.mutate(changesOf(this.form))
        toast(t('settings.saved'))
        tellBackupsChanged()
      } catch (error) {
        this.failure = explain(error)
        focusFirstProblem(this.$root)
      } finally {
        this.isSaving = false
      }
    },

    askPassphrase() {
      Object.assign(this, { passphrase: '', again: '', passphraseProblem: '' })
      ;(this.$refs.passphraseDialog as HTMLDialogElement).showModal()
    },
    closePassphrase() {
      ;(this.$refs.passphraseDialog as HTMLDialogElement).close()
    },
    async setPassphrase() {
      this.passphraseProblem =
        this.passphrase.length < MIN_PASSPHRASE
          ? t('settings.passphrase_short')
          : this.passphrase === this.again
            ? ''
            : t('settings.passphrase_differs')
      if (this.passphraseProblem !== '') return
      try {
        await this.keepPassphrase(this.passphrase)
        this.closePassphrase()
        toast(t('settings.passphrase_is_set'))
      } catch (error) {
        const failure = explain(error)
        this.passphraseProblem = problemOf(failure, 'passphrase') || failure.text
      }
    },
    async removePassphrase() {
      const title = t('settings.passphrase_remove_title')
      const question = { title, text: t('settings.passphrase_remove_text'), action: t('settings.passphrase_remove') }
      if (!(await confirm({ ...question, isDangerous: true }))) return
      try {
        await this.keepPassphrase(null)
        toast(t('settings.passphrase_is_removed'))
      } catch (error) {
        toastFailure(explain(error).text)
      }
    },
    /** By itself: what else is written in the form stays as it is there. */
    async keepPassphrase(passphrase: string | null) {
      const { has_passphrase } = await api.backup.configure.mutate({ passphrase })
      this.isEncrypted = has_passphrase
      this.passphrase = ''
      this.again = ''
    },
  }))
}

function placeOf(text: string): Place {
  lastPlace += 1
  return { id: lastPlace, text, isTesting: false, outcome: null }
}

function formOf(config: BackupConfig): Form {
  const numbers = Object.fromEntries(NUMBERS.map((name) => [name, String(config[name])])) as Record<NumberField, string>
  return {
    ...numbers,
    automatic: config.schedule !== 'OFF',
    rhythm: config.schedule === 'OFF' ? 'DAILY' : config.schedule,
    hour: String(config.hour),
    weekday: config.weekday,
    places: config.destinations.map(placeOf),
  }
}

function changesOf(form: Form) {
  const numbers = Object.fromEntries(NUMBERS.map((name) => [name, Number(form[name])])) as Record<NumberField, number>
  return {
    ...numbers,
    schedule: form.automatic ? form.rhythm : ('OFF' as const),
    hour: Number(form.hour),
    weekday: form.weekday,
    destinations: form.places.map(({ text }) => text),
  }
}

/** An empty number must not become 0 without a word. */
function wrongNumbers(form: Form): ShownFailure | null {
  const fields = NUMBERS.filter((name) => !/^\d+$/.test(form[name].trim())).map((path) => ({
    path,
    message: t('settings.whole_number'),
  }))
  if (fields.length === 0) return null
  return { code: 'UNPROCESSABLE_CONTENT', text: t('common.failed_fields'), requestId: '', fields }
}
