import { foldCase, joinSearchKeys, newId, sortKey } from '@spends/core'
import { digitsOf, toMinorUnits } from './answers.ts'
import type { NewPurchase } from './store.ts'

/** @param tags the expression for the list of a purchase's tags, as JSON in their order */
export function selectPurchases(tags: string): string {
  return `
  select p.id, p.product_name, p.price, p.quantity, p.currency_code, p.retailer_id, p.brand_id, p.status,
    p.purchase_date, p.notes, p.model_number, p.serial_number, p.order_number, p.link, p.return_by, p.return_policy,
    p.tax_deductible, p.version, p.created_at, p.updated_at, r.name as retailer_name, b.name as brand_name,
    (select ${tags} from purchase_tags where purchase_id = p.id) as tags,
    w.id as w_id, w.warranty_start, w.warranty_end, w.warranty_type, w.voided_at, w.provider, w.notes as w_notes,
    w.version as w_version, w.created_at as w_created_at, w.updated_at as w_updated_at
  from purchases p
  left join retailers r on r.id = p.retailer_id
  left join brands b on b.id = p.brand_id
  left join warranties w on w.purchase_id = p.id`
}

export const LATEST_FIRST = 'order by p.purchase_date desc, p.id desc'

export const COUNT_PURCHASES = `select cast(sum(row_count) as bigint) as total from statistics where kind = 'purchase'`

export const CURRENCY_SUMS = `
  select currency_code, row_count, item_count, cast(amount as text) as amount
  from statistics where kind = 'purchase' and key = '' and period = '' and row_count > 0 order by currency_code`

/** The currencies that have figures. */
export const SELECT_CURRENCIES = `select currency_code from statistics where kind = 'purchase'`

/**
 * Each figure by one range of the primary key for each currency.
 * @param parameters the engine's words for: currency, current month, its first day, today, the last day of "soon"
 * @param currencies all of them, known beforehand
 */
export function selectCounts(
  [currency, month, firstDay, today, soon]: readonly string[],
  currencies: readonly string[],
): string {
  const every = `currency_code in (${currencies.map((code) => `'${code}'`).join(', ')}) and key = ''`
  const sum = (condition: string) =>
    `(select cast(coalesce(sum(row_count), 0) as bigint) from statistics where kind = ${condition})`
  return `
  select ${sum(`'ordered' and currency_code = ${currency} and key = ''`)} as ordered,
    ${sum(`'tax_deductible' and currency_code = ${currency} and key = ''`)} as tax_deductible,
    ${sum(`'warranty'`)} as warranties,
    ${sum(`'voided_warranty'`)} as voided,
    ${sum(`'warranty_end_month' and ${every} and period < ${month}`)}
      + ${sum(`'warranty_end_day' and ${every} and period >= ${firstDay} and period < ${today}`)} as expired,
    ${sum(`'warranty_end_day' and ${every} and period >= ${today} and period <= ${soon}`)} as expiring`
}

/** The values of `selectCounts`, in its order. */
export function countsParameters(currency: string, today: string, expiringSoonDays: number) {
  const soon = new Date(Date.parse(today) + expiringSoonDays * 86_400_000).toISOString().slice(0, 10)
  return { currency, month: today.slice(0, 7), firstDay: `${today.slice(0, 7)}-01`, today, soon }
}

/** Table -> the columns that a new row gives. */
export const INSERTED = {
  purchases: [
    ...['id', 'product_name', 'price', 'quantity', 'currency_code', 'retailer_id', 'brand_id', 'status'],
    ...['purchase_date', 'notes', 'model_number', 'serial_number', 'order_number', 'link', 'return_by'],
    ...['return_policy', 'tax_deductible', 'version', 'created_at', 'updated_at'],
    ...['sort_key', 'price_key', 'search_text'],
  ],
  purchase_tags: ['purchase_id', 'position', 'tag', 'tag_key'],
  warranties: [
    ...['id', 'purchase_id', 'warranty_start', 'warranty_end', 'warranty_type', 'voided_at', 'provider', 'notes'],
    ...['version', 'created_at', 'updated_at', 'search_text'],
  ],
} as const

type InsertedRow = Record<string, unknown>

/** The rows that a new purchase becomes. */
export function toRows({ warranty, tags = [], ...purchase }: NewPurchase, now: Date) {
  const id = newId()
  const time = `${now.toISOString().slice(0, 19)}Z`
  const stamp = { version: 1, created_at: time, updated_at: time }
  const digits = digitsOf(purchase.currency_code)
  const price = toMinorUnits(purchase.price, digits)
  const { product_name, notes, model_number, serial_number, order_number } = purchase as Record<string, string>
  const row: InsertedRow = {
    ...{ quantity: 1, retailer_id: null, brand_id: null, status: 'RECEIVED', notes: null, model_number: null },
    ...{ serial_number: null, order_number: null, link: null, return_by: null, return_policy: null },
    tax_deductible: false,
    ...purchase,
    ...stamp,
    id,
    price,
    sort_key: sortKey(purchase.product_name),
    price_key: price * 10 ** (4 - digits),
    search_text: joinSearchKeys(
      [product_name, notes, model_number, serial_number, order_number, ...tags].map((text) => text ?? null),
    ),
  }
  const covered: InsertedRow | null = warranty
    ? {
        ...{ id: newId(), purchase_id: id, warranty_end: null, warranty_type: 'LIMITED', voided_at: null },
        ...{ provider: null, notes: null },
        ...warranty,
        ...stamp,
        search_text: joinSearchKeys([warranty.provider ?? null, warranty.notes ?? null]),
      }
    : null
  const tagged = tags.map((tag, position): InsertedRow => ({ purchase_id: id, position, tag, tag_key: foldCase(tag) }))
  return { id, row, tags: tagged, warranty: covered }
}

export function todayIn(timeZone: string, now: Date): string {
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' })
  formats.set(timeZone, format)
  return format.format(now)
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** The text as a pattern of LIKE. */
export function likePattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`
}
