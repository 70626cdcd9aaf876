import { digitsOf, exampleAmount, parseAmount, writeAmount } from '../lib/amount.ts'
import { api } from '../lib/api.ts'
import { component } from '../lib/component.ts'
import { currencyName, listCurrencies } from '../lib/currencies.ts'
import { explain, problemOf, type ShownFailure } from '../lib/failure.ts'
import {
  FIELD_LABELS,
  findClaimedTwice,
  type ImportField,
  type MappedColumn,
  toColumns,
  toMapping,
} from '../lib/import-fields.ts'
import { askedOf, factsOf, longDate, missingFields, previewOf, price } from '../lib/import-reading.ts'
import { counted } from '../lib/import-report.ts'
import { toReading } from '../lib/import-state.ts'
import { t } from '../lib/messages.ts'
import { resource } from '../lib/resource.ts'
import { settings } from '../lib/settings.ts'
import { focusHeading, wizard } from './import-wizard.ts'

type Parameter = keyof ReturnType<typeof wizard>['state']['reading']

/** The second step: what the file was taken for, its columns, and what only a person knows. */
export function registerImportColumns(): void {
  component('importColumns', () => {
    let reads = 0
    let edits = 0
    let file = ''
    return {
      /** As it is on the page; until it is right, nothing of it is sent. */
      mapping: [] as MappedColumn[],
      currencies: [] as { code: string; label: string }[],
      amount: '',
      amountProblem: '',
      /** Said when somebody wants to go on too early. */
      isPressed: false,
      isStarting: false,
      startFailure: null as ShownFailure | null,
      detection: resource((signal) => api.import.detect.mutate(toReading(wizard().state), { signal })),

      init() {
        focusHeading(this.$root)
        this.currencies = listCurrencies().map((code) => ({ code, label: currencyName(code) }))
        this.amount = shownAmount(wizard().state.reading.default_price)
        void this.read()
        // Also by Back and Forward.
        this.$watch('$store.wizard.state', () => {
          if (wizard().isStep('columns')) void this.read()
        })
      },
      async read() {
        // What is known of another file is no word about this one.
        if (file !== wizard().state.file) this.detection.data = null
        file = wizard().state.file
        reads += 1
        const before = { reads, edits }
        await this.detection.load()
        const { data } = this.detection
        // Somebody may have gone on choosing meanwhile: that stands.
        if (data && before.reads === reads && before.edits === edits) this.mapping = toMapping(data)
      },

      get isGone() {
        return this.detection.failure?.code === 'NOT_FOUND'
      },
      get title() {
        return wizard().state.name || t('import.columns_title')
      },
      get facts() {
        return this.detection.data ? factsOf(this.detection.data) : []
      },
      get questions() {
        return this.detection.data ? askedOf(this.detection.data) : []
      },
      get preview() {
        return this.detection.data ? previewOf(this.detection.data, wizard().state.reading) : { labels: [], rows: [] }
      },
      get isTable() {
        return (this.detection.data?.header.length ?? 0) > 0
      },
      get isEmpty() {
        return this.detection.data?.rows === 0
      },
      get warnings() {
        return this.detection.data?.warnings ?? []
      },
      /** What is worth knowing of the file and of its first rows, each thing once. */
      get remarks() {
        return [...new Set([...this.warnings, ...this.preview.rows.flatMap(({ remarks }) => remarks)])]
      },
      get wrongFields() {
        return this.detection.failure?.fields ?? []
      },
      get mayReset() {
        const { reading, columns } = wizard().state
        return columns !== null || Object.keys(reading).length > 0
      },

      get claimedTwice(): ImportField[] {
        return findClaimedTwice(this.mapping)
      },
      get missing(): ImportField[] {
        const { data } = this.detection
        return data ? missingFields({ ...data, columns: toColumns(this.mapping) }, wizard().state.reading) : []
      },
      get missingText() {
        const names = this.missing.map((field) => t(FIELD_LABELS[field]))
        return t('import.missing', { fields: new Intl.ListFormat(document.documentElement.lang).format(names) })
      },
      nameOf({ column }: MappedColumn) {
        return column === '' ? t('import.unnamed') : column
      },
      mapLabel({ column }: MappedColumn) {
        return t('import.map_label', { column })
      },
      isClaimed(field: ImportField | '') {
        return field !== '' && this.claimedTwice.includes(field)
      },
      claimText(column: string, field: ImportField) {
        const other = this.mapping.find((one) => one.field === field && one.column !== column)?.column ?? ''
        return t('import.claimed', { field: t(FIELD_LABELS[field]), column: other })
      },
      mapColumn(column: string, field: ImportField | '') {
        edits += 1
        this.isPressed = false
        this.mapping = this.mapping.map((one) => (one.column === column ? { ...one, field } : one))
        // Which of the two is meant is asked first.
        if (this.claimedTwice.length === 0) wizard().go({ columns: toColumns(this.mapping) }, 'replace')
      },

      choose(parameter: Parameter, value: string) {
        this.isPressed = false
        const { [parameter]: _, ...others } = wizard().state.reading
        wizard().go({ reading: value === '' ? others : { ...others, [parameter]: value } }, 'replace')
      },
      isChosen(parameter: Parameter, value: string) {
        return (wizard().state.reading[parameter] ?? '') === value
      },
      chosen(parameter: Parameter) {
        return wizard().state.reading[parameter] ?? ''
      },
      chooseAmount() {
        const { locale, base_currency } = settings()
        const currency = this.detection.data?.currency_code ?? base_currency
        const digits = digitsOf(currency)
        const { amount, problem } = parseAmount(this.amount, locale, digits)
        this.amountProblem = ''
        this.isPressed = false
        if (amount !== undefined) this.choose('default_price', amount)
        else if (problem === 'empty') this.choose('default_price', '')
        else {
          const example = exampleAmount(locale, digits)
          this.amountProblem = t('import.amount_wrong', { text: this.amount, example })
        }
      },
      fieldProblem(path: string) {
        return problemOf(this.detection.failure, path)
      },
      get foundOrder() {
        const order = this.detection.data?.date_format
        if (!order) return t('import.as_found')
        return t('import.found', { what: t(`import.order_${order}`) })
      },
      get foundDecimal() {
        const decimal = this.detection.data?.decimal
        if (!decimal) return t('import.as_found')
        return t('import.found', { what: t(decimal === '.' ? 'import.decimal_point' : 'import.decimal_comma') })
      },
      get foundCurrency() {
        return t('import.found', { what: this.detection.data?.currency_code ?? settings().base_currency })
      },
      get defaultPriceText() {
        const { default_price } = wizard().state.reading
        const { data } = this.detection
        if (!default_price || !data || !/^\d+(\.\d+)?$/.test(default_price)) return ''
        return t('import.is_read_as', { what: price(default_price, data.currency_code) })
      },
      get defaultDateText() {
        const day = wizard().state.reading.default_purchase_date ?? ''
        return /^\d{4}-\d\d-\d\d$/.test(day) ? t('import.is_read_as', { what: longDate(day) }) : ''
      },

      get goOnText() {
        return counted('import.check_rows', this.detection.data?.rows ?? 0)
      },
      /** What keeps the import from going on, in words; empty where nothing does. */
      get obstacle() {
        if (this.isEmpty) return t('import.no_rows')
        if (this.amountProblem) return this.amountProblem
        if (this.claimedTwice.length > 0) return t('import.obstacle_claimed')
        if (this.missing.length > 0) return this.missingText
        return this.questions.length > 0 ? t('import.obstacle_question') : ''
      },
      get shownObstacle() {
        return this.isPressed ? this.obstacle : ''
      },
      async goOn() {
        this.isPressed = true
        this.startFailure = null
        if (this.detection.isLoading || this.isStarting) return
        if (this.obstacle) {
          await this.$nextTick()
          this.$root.querySelector<HTMLElement>('[aria-invalid="true"], .import-question input')?.focus()
          return
        }
        this.isStarting = true
        try {
          const job = await api.import.run.mutate({ ...toReading(wizard().state), dry_run: true })
          wizard().go({ check: job.id })
        } catch (error) {
          this.startFailure = explain(error)
        } finally {
          this.isStarting = false
        }
      },
      reset() {
        this.amount = ''
        this.amountProblem = ''
        wizard().go({ reading: {}, columns: null }, 'replace')
      },
    }
  })
}

/** An amount of the address as it would be typed here. */
function shownAmount(amount: string | undefined): string {
  if (amount === undefined || !/^\d+(\.\d+)?$/.test(amount)) return ''
  return writeAmount(amount, settings().locale)
}
