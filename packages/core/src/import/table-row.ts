import { unescapeFormula } from '../export/formula.ts'
import { isCurrencyCode } from '../money.ts'
import { parseBoolean } from './booleans.ts'
import { type DateOrder, parseDate } from './dates.ts'
import type { PurchaseDraft, PurchaseItem, SkippedItem, WarrantyDraft } from './item.ts'
import { type DecimalMark, parseAmount, parseQuantity } from './numbers.ts'
import type { ImportField } from './options.ts'
import { type Reading, saysNothing } from './reading.ts'
import { addNotes, columnKey, type Layout, type LayoutRow } from './sources/layout.ts'
import { instantOf, memberName, shown, splitTags } from './values.ts'

/** How the rows of one file are read. */
export interface TablePlan {
  header: readonly string[]
  layout: Layout | undefined
  /** Our field -> the place of its column. */
  places: Readonly<Partial<Record<ImportField, number>>>
  /** Lower case name of a column -> its place. */
  placeOf: ReadonlyMap<string, number>
  /** Undefined: only what is certain by itself is read. */
  decimal: DecimalMark | undefined
  date_format: DateOrder | 'SERIAL' | undefined
  time_zone: string
  /** Of a row that names none. */
  currency_code: string
  /** That the name of the price's column says: of its rows that name none themselves. */
  named_currency: string | undefined
  /** What was warned of once for the whole file. */
  warned: Set<string>
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

const STATUSES: readonly [RegExp, string][] = [
  [/^(received|delivered|arrived|complete|completed|shipped|closed|done|geliefert|erhalten)$/i, 'RECEIVED'],
  [/^(ordered|pending|open|processing|in transit|bestellt|offen)$/i, 'ORDERED'],
]

const WARRANTY_TYPES: readonly [RegExp, string][] = [
  [/^(LIMITED|STANDARD|BASIC)$/, 'LIMITED'],
  [/^EXTENDED$/, 'EXTENDED'],
  [/^LIFETIME$/, 'LIFETIME'],
  [/^MANUFACTURER('S)?$/, 'MANUFACTURER'],
  [/^(RETAILER|STORE|SELLER)('S)?$/, 'RETAILER'],
  [/^OTHER$/, 'OTHER'],
]

/** Where an error of the run stands in the table: the path of a draft -> our field. */
export function fieldOfPath(path: string): string {
  const [head = '', part] = path.split('.')
  return head === 'warranty' && part !== undefined ? (part.startsWith('warranty') ? part : `warranty_${part}`) : head
}

/** A purchase of any table but our own: an empty cell says nothing. */
export function readRow(plan: TablePlan, row: number, cells: readonly string[]): PurchaseItem | SkippedItem {
  const reader = new RowReader(plan, cells)
  const draft = reader.readDraft()
  plan.layout?.finish?.(draft, reader)
  if (reader.skipped !== undefined) return { kind: 'skipped', row, message: reader.skipped }
  reader.settleWarranty(draft)
  return {
    kind: 'purchase',
    row,
    draft,
    errors: reader.errors,
    warnings: reader.warnings,
    cellOf: (path) => {
      const place = plan.places[fieldOfPath(path) as ImportField]
      return place === undefined
        ? { column: null, value: null }
        : { column: plan.header[place] ?? null, value: shown(cells[place]) }
    },
  }
}

class RowReader implements LayoutRow {
  readonly errors: PurchaseItem['errors'] = []
  readonly warnings: string[] = []
  skipped: string | undefined
  readonly #plan: TablePlan
  readonly #cells: readonly string[]

  constructor(plan: TablePlan, cells: readonly string[]) {
    this.#plan = plan
    this.#cells = cells
  }

  get header(): readonly string[] {
    return this.#plan.header
  }

  cell(column: string): string | undefined {
    return this.#text(this.#plan.placeOf.get(columnKey(column)))
  }

  refuse(column: string, message: string): void {
    const place = this.#plan.placeOf.get(columnKey(column))
    if (place !== undefined) this.#refuse(place, message)
  }

  warn(message: string): void {
    this.warnings.push(message)
  }

  warnOnce(message: string): void {
    if (this.#plan.warned.has(message)) return
    this.#plan.warned.add(message)
    this.warnings.push(message)
  }

  skip(message: string): void {
    this.skipped = message
  }

  #text(place: number | undefined): string | undefined {
    const text = place === undefined ? '' : unescapeFormula(this.#cells[place]?.trim() ?? '').trim()
    return text === '' || this.#plan.layout?.nothing?.test(text) ? undefined : text
  }

  #refuse(place: number, message: string): void {
    this.errors.push({ column: this.#plan.header[place] ?? null, value: shown(this.#cells[place]), message })
  }

  #read<T>(field: ImportField, parse: (text: string) => Reading<T>): T | undefined {
    const text = this.#field(field)
    if (text === undefined) return undefined
    const reading = parse(text)
    if (reading.error === undefined) return reading.value ?? undefined
    this.#refuse(this.#plan.places[field] ?? 0, reading.error)
    return undefined
  }

  #field(field: ImportField): string | undefined {
    return this.#text(this.#plan.places[field])
  }

  /** A text of one line: where a cell has more, as spreadsheets wrap them, they become one. */
  #line(field: ImportField): string | undefined {
    return this.#field(field)
      ?.split(/[\r\n]+/)
      .map((line) => line.trim())
      .join(' ')
  }

  /** A line in which `-` and `N/A` mean none. */
  #short(field: ImportField): string | undefined {
    return said(this.#line(field))
  }

  #date(field: ImportField): string | undefined {
    const { date_format: order, time_zone } = this.#plan
    return this.#read(field, (text) => parseDate(text, { order, time_zone }))
  }

  /** When a row was made or changed elsewhere: worth keeping where it can be read, and no reason to refuse the row. */
  #instant(field: 'created_at' | 'updated_at'): string | undefined {
    const text = this.#field(field)
    const instant = text === undefined ? undefined : instantOf(text)
    if (text !== undefined && instant === undefined) {
      this.warnOnce(`${field} is only kept where it is an instant such as 2026-01-31T12:00:00Z`)
    }
    return instant
  }

  readDraft(): PurchaseDraft {
    const { decimal } = this.#plan
    const draft: PurchaseDraft = {}
    const set = <K extends keyof PurchaseDraft>(key: K, value: PurchaseDraft[K] | undefined) => {
      if (value !== undefined) draft[key] = value as Exclude<PurchaseDraft[K], undefined>
    }
    const id = this.#short('id')
    if (id !== undefined && UUID.test(id)) draft.id = id
    else if (id !== undefined) this.warnOnce('The id is no UUID: such ids are not kept')
    this.#readPrice(draft)
    set('product_name', this.#line('product_name'))
    set('notes', this.#field('notes'))
    for (const field of SHORT_TEXTS) set(field, this.#short(field))
    for (const field of ['retailer', 'brand'] as const) {
      const name = this.#short(field)
      if (name !== undefined) draft[field] = { name }
    }
    set(
      'quantity',
      this.#read('quantity', (text) => parseQuantity(text, { decimal })),
    )
    set('status', this.#status())
    set('purchase_date', this.#date('purchase_date'))
    set('return_by', this.#date('return_by'))
    set('tax_deductible', this.#read('tax_deductible', parseBoolean))
    const tags = this.#short('tags')
    if (tags !== undefined) draft.tags = splitTags(tags, tags.includes(';') ? /;/ : /,/)
    set('created_at', this.#instant('created_at'))
    set('updated_at', this.#instant('updated_at'))
    set('warranty', this.#warranty())
    return draft
  }

  #readPrice(draft: PurchaseDraft): void {
    const { decimal } = this.#plan
    const code = this.#short('currency_code')
    const column = code === undefined ? undefined : currencyOf(code)
    const named = column ?? this.#plan.named_currency
    const currency_code = named !== undefined && isCurrencyCode(named) ? named : this.#plan.currency_code
    const price = this.#read('price', (text) => parseAmount(text, { decimal, currency_code }))
    if (price) draft.price = price.amount
    const written = price?.currency_code
    if (written !== undefined && column !== undefined && written !== column) {
      this.warn(`The price is in ${written}, though its currency is given as ${code}: ${written} was taken`)
    }
    const currency = written ?? named
    if (currency !== undefined) draft.currency_code = currency
  }

  #status(): string | undefined {
    const text = this.#short('status')
    if (text === undefined) return undefined
    const member = memberName(text)
    const status = STATUSES.find(([words]) => words.test(text) || words.test(member))?.[1]
    if (status === undefined) this.warn(`The status "${shown(text)}" is not known and was left out`)
    return status
  }

  #warranty(): WarrantyDraft | undefined {
    const warranty: WarrantyDraft = {}
    const start = this.#date('warranty_start')
    const end = this.#date('warranty_end')
    const type = this.#short('warranty_type')
    const provider = this.#short('warranty_provider')
    const notes = said(this.#field('warranty_notes'))
    const status = this.#field('warranty_status')
    if (start !== undefined) warranty.warranty_start = start
    if (end !== undefined) warranty.warranty_end = end
    if (type !== undefined) warranty.warranty_type = this.#warrantyType(type)
    if (provider !== undefined) warranty.provider = provider
    if (notes !== undefined) warranty.notes = notes
    if (Object.keys(warranty).length === 0) return undefined
    if (status !== undefined && /^void/i.test(memberName(status))) warranty.status = 'VOIDED'
    return warranty
  }

  #warrantyType(text: string): string {
    const member = memberName(text).replace(/ (WARRANTY|GUARANTEE)$/, '')
    const type = WARRANTY_TYPES.find(([words]) => words.test(member))?.[1]
    if (type !== undefined) return type
    this.warn(`The warranty type "${shown(text)}" is not known: OTHER was taken`)
    return 'OTHER'
  }

  /** A warranty that never says when it ends can't be kept as one; what else is said of it goes to the notes. */
  settleWarranty(draft: PurchaseDraft): void {
    const { warranty } = draft
    if (!warranty || warranty.warranty_end || warranty.warranty_type === 'LIFETIME') return
    const place = this.#plan.places.warranty_end
    if (place !== undefined && this.errors.some(({ column }) => column === this.#plan.header[place])) return
    delete draft.warranty
    const remarks = [warranty.provider, warranty.notes].filter((text) => text !== undefined && text !== null)
    addNotes(
      draft,
      remarks.map((text) => `Warranty: ${text}`),
    )
    this.warn('The warranty has no end: it was not made, and what is said of it stands in the notes')
  }
}

const SHORT_TEXTS = ['model_number', 'serial_number', 'order_number', 'link', 'return_policy'] as const

function said(text: string | undefined): string | undefined {
  return text === undefined || saysNothing(text) ? undefined : text
}

/** The currency at the end of a column's name: `Price (EUR)`, `Preis in €`, `amount_usd`; undefined where there is none. */
export function currencyInName(name: string, expected: string): string | undefined {
  const last = name.split(/[\s()[\]_:/]+/).findLast((word) => word !== '') ?? ''
  if (isCurrencyCode(last)) return last
  if (!/^(?:\p{Sc}|eur|euros?|usd|gbp|chf)$/iu.test(last)) return undefined
  return parseAmount(`1 ${last}`, { currency_code: expected }).value?.currency_code
}

/** The code of `eur`, `€` or `EUR`; what is none of these comes back as it is, to be refused by its column. */
function currencyOf(text: string): string {
  const code = text.toUpperCase()
  if (isCurrencyCode(code)) return code
  const written = parseAmount(`1 ${text}`, { currency_code: 'USD' })
  return written.value?.currency_code ?? text
}
