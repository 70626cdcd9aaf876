import Alpine from '@alpinejs/csp'
import { digitsOf, exampleAmount, multiplyAmount } from '../../lib/amount.ts'
import { api } from '../../lib/api.ts'
import { currencyName, listCurrencies } from '../../lib/currencies.ts'
import { addDays, addYears, isDay } from '../../lib/days.ts'
import { count, money, today } from '../../lib/format.ts'
import { t, tn } from '../../lib/messages.ts'
import {
  blankForm,
  differingFields,
  type FormField,
  findProblems,
  type PurchaseForm,
  readPrice,
  readQuantity,
} from '../../lib/purchase-form.ts'
import { settings } from '../../lib/settings.ts'
import { type Combobox, combobox, type Option } from '../combobox.ts'
import { type Problems, readableProblems, wordsOf } from './problems.ts'
import { type TagField, tagField } from './tags.ts'

/** The fields of the drawer: what stands in them, what it means, and what is wrong with it. */
export interface Draft {
  values: PurchaseForm
  /** What stood there at first. */
  before: PurchaseForm
  problems: Problems
  retailer: Combobox
  brand: Combobox
  tags: TagField
  currencies: Option[]
  readonly changed: FormField[]
  readonly isDirty: boolean
  readonly priceShown: string
  readonly totalShown: string
  readonly priceExample: string
  /** Fills the fields. @param values what they hold, where that is not what stood there before */
  begin(before: PurchaseForm, values?: PurchaseForm): void
  /** Finds what is wrong before anything is sent. @returns whether nothing is */
  check(fields: readonly FormField[]): Promise<boolean>
  showProblems(problems: Problems): void
  problem(path: string): string
  invalid(path: string): string | null
  toggleWarranty(): void
  lasts(years: number): void
  lastsForLife(): void
  yearsLabel(years: number): string
  returnWithin(days: number): void
  daysLabel(days: number): string
}

const SUGGESTED = 20
const BLANK = blankForm({ today: '', currency: 'USD' })

/** The fields, empty. What is shown of them needs the settings. */
export function draft(): Draft {
  const entry = (kind: 'retailers' | 'brands', field: 'retailer' | 'brand') =>
    combobox({
      find: async (search, signal) => (await api[kind].list.query({ search, limit: SUGGESTED }, { signal })).items,
      create: (name) => api[kind].create.mutate({ name }),
      onChoose(option) {
        made.values[field] = option && { id: option.id, name: option.name }
      },
    })

  const made: Draft = Alpine.reactive<Draft>({
    values: BLANK,
    before: BLANK,
    problems: {},
    retailer: entry('retailers', 'retailer'),
    brand: entry('brands', 'brand'),
    tags: tagField(
      () => made.values.tags,
      (tags) => {
        made.values.tags = tags
      },
    ),
    currencies: [],

    get changed() {
      return differingFields(this.values, this.before)
    },
    get isDirty() {
      const isWriting = [this.retailer, this.brand, this.tags.box].some((box) => box.isOpenQuestion)
      return isWriting || this.changed.length > 0
    },
    get priceShown() {
      const { amount, problem } = readPrice(this.values, settings().locale)
      if (problem === 'empty') return ''
      if (amount === undefined) return wordsOf({ path: 'price', problem: 'price', reason: problem }, this.values)
      return t('inventory.price_understood', { amount: money(amount, this.values.currency_code) })
    },
    get totalShown() {
      const { amount } = readPrice(this.values, settings().locale)
      const quantity = readQuantity(this.values)
      if (amount === undefined || quantity === undefined || quantity === 1) return ''
      const show = (one: string) => money(one, this.values.currency_code)
      const total = show(multiplyAmount(amount, quantity))
      return t('inventory.total_understood', { quantity: count(quantity), price: show(amount), total })
    },
    get priceExample() {
      return exampleAmount(settings().locale, digitsOf(this.values.currency_code))
    },

    begin(before, values = before) {
      Object.assign(this, { before, values: { ...values, tags: [...values.tags] } })
      this.currencies = listCurrencies(settings().base_currency, before.currency_code).map((code) => ({
        id: code,
        name: currencyName(code),
      }))
      this.retailer.show(values.retailer)
      this.brand.show(values.brand)
      this.tags.box.show(null)
      this.showProblems({})
    },
    async check(fields) {
      // Whoever saves from within such a field has not left it.
      this.retailer.settle()
      this.brand.settle()
      if (this.tags.box.isOpenQuestion) await this.tags.box.chooseWritten()
      const problems = readableProblems(findProblems(this.values, fields, settings().locale), this.values)
      const open = (box: Combobox) => t('inventory.choice_problem', { name: box.words.trim() })
      if (this.retailer.isOpenQuestion) problems.retailer_id = open(this.retailer)
      if (this.brand.isOpenQuestion) problems.brand_id = open(this.brand)
      if (this.tags.box.problem !== '') problems.tags = this.tags.box.problem
      this.showProblems(problems)
      return Object.keys(problems).length === 0
    },
    showProblems(problems) {
      this.problems = problems
      this.retailer.problem = problems.retailer_id ?? ''
      this.brand.problem = problems.brand_id ?? ''
      this.tags.box.problem = problems.tags ?? ''
    },
    problem(path) {
      return this.problems[path] ?? ''
    },
    invalid(path) {
      return this.problem(path) === '' ? null : 'true'
    },

    toggleWarranty() {
      const { values } = this
      // Most begin on the day of the purchase.
      if (values.has_warranty && values.warranty_start === '') values.warranty_start = values.purchase_date
    },
    lasts(years) {
      const { values } = this
      if (!isDay(values.warranty_start)) values.warranty_start = values.purchase_date || today()
      values.warranty_end = addYears(values.warranty_start, years)
      if (values.warranty_type === 'LIFETIME') values.warranty_type = 'LIMITED'
    },
    lastsForLife() {
      const { values } = this
      if (!isDay(values.warranty_start)) values.warranty_start = values.purchase_date || today()
      values.warranty_type = 'LIFETIME'
      values.warranty_end = ''
    },
    yearsLabel(years) {
      return tn('inventory.warranty_years', years)
    },
    returnWithin(days) {
      this.values.return_by = addDays(isDay(this.values.purchase_date) ? this.values.purchase_date : today(), days)
    },
    daysLabel(days) {
      return t('inventory.return_days', { count: count(days) })
    },
  })
  return made
}
