import type { Settings } from '@spends/client'
import { toast } from '../../lib/announcements.ts'
import { api } from '../../lib/api.ts'
import { component } from '../../lib/component.ts'
import { listCurrencies } from '../../lib/currencies.ts'
import { explain, problemOf, type ShownFailure } from '../../lib/failure.ts'
import { date, dayOf } from '../../lib/format.ts'
import { windowMemory } from '../../lib/memory.ts'
import { t } from '../../lib/messages.ts'
import { resource } from '../../lib/resource.ts'
import { languageOf, sampleOf } from '../../lib/sample.ts'
import { keepSettings, readSettings } from '../../lib/settings.ts'
import { focusFirstProblem, summaryOf } from './fields.ts'

const FORMATS = ['YMD', 'DMY', 'MDY'] as const
const WEEK_STARTS = ['MONDAY', 'SATURDAY', 'SUNDAY'] as const
/** 4 January 1970 was a Sunday. */
const DAY_OF = { MONDAY: '1970-01-05', SATURDAY: '1970-01-03', SUNDAY: '1970-01-04' } as const
const LOCALES =
  'en-US en-GB en-AU en-CA en-IE en-IN de-DE de-AT de-CH fr-FR fr-CH es-ES es-MX it-IT nl-NL pt-PT pt-BR pl-PL cs-CZ sv-SE da-DK nb-NO fi-FI hu-HU ro-RO el-GR tr-TR uk-UA ja-JP ko-KR zh-CN zh-TW'.split(
    ' ',
  )
/** Tells the page after it is loaded again that this was because something was saved. */
const SAVED = 'settings-saved'

type Form = Omit<Settings, 'dashboard_cards' | 'expiring_soon_days'> & { expiring_soon_days: string }

/** Currency, language, dates and times: how this instance counts and shows. */
export function registerGeneral(): void {
  component('generalSettings', () => ({
    stored: resource(readSettings),
    form: null as Form | null,
    failure: null as ShownFailure | null,
    isSaving: false,

    init() {
      this.$watch('stored.data', () => this.fill())
      void this.stored.load()
      if (windowMemory.get(SAVED) === null) return
      windowMemory.set(SAVED, null)
      toast(t('settings.saved'))
    },
    fill() {
      if (!this.stored.data) return
      const { dashboard_cards: _, expiring_soon_days, ...rest } = this.stored.data
      this.form = { ...rest, expiring_soon_days: String(expiring_soon_days) }
    },

    get locales() {
      return LOCALES.map((tag) => ({ tag, name: nameOf(tag, 'language', tag) }))
    },
    get currencies() {
      return listCurrencies().map((code) => ({
        code,
        name: nameOf(code, 'currency', document.documentElement.lang),
      }))
    },
    get timeZones() {
      return ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]
    },
    get sample() {
      return this.form && sampleOf(this.form)
    },
    get formats() {
      if (!this.form || !this.sample) return FORMATS.map((format) => ({ format, text: format }))
      const { locale, time_zone } = this.form
      const today = dayOf(new Date(), time_zone)
      return FORMATS.map((date_format) => ({
        format: date_format,
        text: date(today, { locale, date_format, time_zone }),
      }))
    },
    get weekStarts() {
      const names = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: 'long', timeZone: 'UTC' })
      return WEEK_STARTS.map((day) => ({ day, name: names.format(new Date(DAY_OF[day])) }))
    },
    get reloadNote() {
      if (!this.form || languageOf(this.form.locale) === document.documentElement.lang) return ''
      return t('settings.locale_reload')
    },
    shoutCurrency() {
      if (this.form) this.form.base_currency = this.form.base_currency.trim().toUpperCase()
    },
    problem(field: keyof Form) {
      return problemOf(this.failure, field)
    },
    /** For `aria-invalid`, which stands nowhere while all is well. */
    invalid(field: keyof Form) {
      return this.problem(field) === '' ? null : 'true'
    },

    get summary() {
      return summaryOf(this.failure)
    },
    async save() {
      if (!this.form || this.isSaving) return
      const { expiring_soon_days: days, ...rest } = this.form
      this.failure = /^\d+$/.test(days.trim()) ? null : wrongDays()
      if (this.failure) return focusFirstProblem(this.$root)
      this.isSaving = true
      try {
        const saved = await api.settings.update.mutate({ ...rest, expiring_soon_days: Number(days) })
        if (languageOf(saved.locale) !== document.documentElement.lang) {
          windowMemory.set(SAVED, '')
          location.reload()
          return
        }
        this.stored.data = keepSettings(saved)
        toast(t('settings.saved'))
      } catch (error) {
        this.failure = explain(error)
        focusFirstProblem(this.$root)
      } finally {
        this.isSaving = false
      }
    },
  }))
}

/** An empty number must not become 0 without a word. */
function wrongDays(): ShownFailure {
  const fields = [{ path: 'expiring_soon_days', message: t('settings.whole_number') }]
  return { code: 'UNPROCESSABLE_CONTENT', text: t('common.failed_fields'), requestId: '', fields }
}

function nameOf(code: string, type: 'language' | 'currency', language: string): string {
  return new Intl.DisplayNames([language, 'en'], { type }).of(code) ?? code
}
