import Alpine from '@alpinejs/csp'
import { digitsOf, exampleAmount, parseAmount, writeAmount } from '../../lib/amount.ts'
import { api } from '../../lib/api.ts'
import { currencyName, listCurrencies } from '../../lib/currencies.ts'
import { explain } from '../../lib/failure.ts'
import { date } from '../../lib/format.ts'
import { type MessageKey, t } from '../../lib/messages.ts'
import { type Filter, type ManyName, type OneName, without, type YesOrNoName } from '../../lib/purchase-filter.ts'
import { settings } from '../../lib/settings.ts'
import { type Combobox, combobox, type Option } from '../combobox.ts'

/** One thing that a filter says, to be taken away. */
interface FilterChip {
  key: string
  label: string
  name: keyof Filter
  value: string | undefined
}

/** What the filters of the list are, and how they are changed. */
export interface Filters {
  filter: Filter
  /** The settings have been read. */
  isReady: boolean
  isOpen: boolean
  retailer: Combobox
  brand: Combobox
  tag: Combobox
  priceFrom: string
  priceTo: string
  priceProblem: string
  /** Names of retailers and brands, by id. */
  names: Record<string, string>
  readonly chips: FilterChip[]
  readonly currencies: Option[]
  readonly search: string
  toggle(): void
  /** Takes the filter of the address. */
  follow(filter: Filter): void
  has(name: ManyName, value: string): boolean
  value(name: OneName): string
  choice(name: YesOrNoName): string
  add(name: ManyName, value: string): void
  flip(name: ManyName, value: string): void
  set(name: OneName, value: string): void
  choose(name: YesOrNoName, value: string): void
  setPrices(): void
  remove(chip: FilterChip): void
  removeLabel(chip: FilterChip): string
  clear(): void
  nameOf(kind: 'retailers' | 'brands', id: string): string
  readName(kind: 'retailers' | 'brands', id: string): Promise<void>
}

const SUGGESTED = 20

/** @param onChange takes the filter that is wanted now; `replace` where Back shall not lead to the one before */
export function filters(onChange: (filter: Filter, how: 'push' | 'replace') => void): Filters {
  const entries = (kind: 'retailers' | 'brands', name: 'retailer_id' | 'brand_id') =>
    combobox({
      find: async (search, signal) => (await api[kind].list.query({ search, limit: SUGGESTED }, { signal })).items,
      onChoose(option) {
        if (!option) return
        made.names[option.id] = option.name
        made.add(name, option.id)
      },
      isForMany: true,
    })

  const made = Alpine.reactive<Filters>({
    filter: {},
    isReady: false,
    isOpen: false,
    retailer: entries('retailers', 'retailer_id'),
    brand: entries('brands', 'brand_id'),
    tag: combobox({ find: findTags, onChoose: (option) => option && made.add('tag', option.name), isForMany: true }),
    priceFrom: '',
    priceTo: '',
    priceProblem: '',
    names: {},

    get chips() {
      return Object.entries(this.filter).flatMap(([key, said]): FilterChip[] => {
        const name = key as keyof Filter
        if (name === 'search' || said === undefined) return []
        if (!Array.isArray(said)) return [{ key, label: describe(name, said), name, value: undefined }]
        return said.map((value) => {
          const kind = name === 'retailer_id' ? 'retailers' : name === 'brand_id' ? 'brands' : undefined
          const label = kind ? `${labelOf(name)}: ${this.nameOf(kind, value)}` : describe(name, value)
          return { key: `${key} ${value}`, label, name, value }
        })
      })
    },
    get currencies() {
      // The names are those of a language that the settings say.
      if (!this.isReady) return []
      return listCurrencies(settings().base_currency).map((code) => ({ id: code, name: currencyName(code) }))
    },
    get search() {
      return this.filter.search ?? ''
    },
    toggle() {
      this.isOpen = !this.isOpen
    },
    follow(filter) {
      this.isReady = true
      // Read again, as after a change: what is being written stays.
      if (JSON.stringify(filter) === JSON.stringify(this.filter)) return
      this.filter = filter
      const show = (amount: string | undefined) => (amount === undefined ? '' : writeAmount(amount, settings().locale))
      this.priceFrom = show(filter.price_from)
      this.priceTo = show(filter.price_to)
      this.priceProblem = ''
    },
    has(name, value) {
      return ((this.filter[name] ?? []) as string[]).includes(value)
    },
    value(name) {
      return this.filter[name] ?? ''
    },
    choice(name) {
      return String(this.filter[name] ?? '')
    },
    add(name, value) {
      if (value === '' || this.has(name, value)) return
      onChange({ ...this.filter, [name]: [...(this.filter[name] ?? []), value] }, 'push')
    },
    flip(name, value) {
      if (this.has(name, value)) onChange(without(this.filter, name, value), 'push')
      else this.add(name, value)
    },
    set(name, value) {
      onChange(value === '' ? without(this.filter, name) : { ...this.filter, [name]: value }, 'push')
    },
    choose(name, value) {
      onChange(value === '' ? without(this.filter, name) : { ...this.filter, [name]: value === 'true' }, 'push')
    },
    setPrices() {
      const { locale, base_currency } = settings()
      const read = (text: string) =>
        text.trim() === '' ? { amount: undefined } : parseAmount(text, locale, digitsOf(base_currency))
      const from = read(this.priceFrom)
      const to = read(this.priceTo)
      const isWrong = 'problem' in from || 'problem' in to
      this.priceProblem = isWrong
        ? t('inventory.filter_price_problem', { example: exampleAmount(locale, digitsOf(base_currency)) })
        : ''
      if (isWrong) return
      const bare = without(without(this.filter, 'price_from'), 'price_to')
      onChange(
        {
          ...bare,
          ...(from.amount === undefined ? {} : { price_from: from.amount }),
          ...(to.amount === undefined ? {} : { price_to: to.amount }),
        },
        'push',
      )
    },
    remove({ name, value }) {
      onChange(without(this.filter, name, value), 'push')
    },
    removeLabel({ label }) {
      return t('inventory.remove_filter', { label })
    },
    clear() {
      onChange({}, 'push')
    },
    nameOf(kind, id) {
      const name = this.names[id]
      if (name === undefined) void this.readName(kind, id)
      return name ?? '…'
    },
    async readName(kind, id) {
      this.names[id] = '…'
      try {
        this.names[id] = (await api[kind].get.query({ id })).name
      } catch (error) {
        // The list says what is wrong with it; the chip can still be taken away.
        this.names[id] = explain(error).code === 'NOT_FOUND' ? t('inventory.gone') : id
      }
    },
  })
  return made
}

/** Tags in use that match some words. */
export async function findTags(search: string, signal: AbortSignal): Promise<Option[]> {
  const { items } = await api.purchases.tags.query({ search, limit: SUGGESTED }, { signal })
  return items.map(({ tag }) => ({ id: tag, name: tag }))
}

function labelOf(name: keyof Filter): string {
  return t(`inventory.filter_${name}` as MessageKey)
}

function describe(name: keyof Filter, value: string | boolean): string {
  if (typeof value === 'boolean') return t(`inventory.filter_${name}_${value}` as MessageKey)
  if (name === 'status') return t(`common.status_${value}` as MessageKey)
  const isDay = name === 'date_from' || name === 'date_to' || name === 'return_from' || name === 'return_to'
  const isPrice = name === 'price_from' || name === 'price_to'
  const shown = isDay ? date(value) : isPrice ? writeAmount(value, settings().locale) : value
  return `${labelOf(name)}: ${shown}`
}
