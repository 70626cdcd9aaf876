import type { Context } from '../../context.ts'
import { formatMinorUnits } from '../../money.ts'
import { foldCase } from '../../text.ts'

/*
 * Every answer once more, from all rows, by loops that anybody can check against the contract. Nothing of the code
 * under test is used; of the rest only how money is written and what case is.
 */

/** All that is there. */
export type Rows = Awaited<ReturnType<typeof readRows>>

export async function readRows({ db }: Context) {
  return {
    settings: await db.selectFrom('settings').selectAll().executeTakeFirstOrThrow(),
    purchases: await db.selectFrom('purchases').selectAll().orderBy('id').execute(),
    warranties: await db.selectFrom('warranties').selectAll().orderBy('id').execute(),
    retailer: new Map((await db.selectFrom('retailers').selectAll().execute()).map((row) => [row.id, row])),
    brand: new Map((await db.selectFrom('brands').selectAll().execute()).map((row) => [row.id, row])),
  }
}

type Purchases = Rows['purchases']

export interface Question {
  /** Undefined: the base currency, or all where warranties are counted. */
  currency_code: string | undefined
  date_from: string | undefined
  date_to: string | undefined
  group_by: 'day' | 'week' | 'month'
  /** First and last day of the series by period, which needs both. */
  period_from: string
  period_to: string
  months: number
  from: string | undefined
  limit: number
}

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))
const two = (number: number) => String(number).padStart(2, '0')

export function plainToday(now: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  const part = Object.fromEntries(parts.formatToParts(now).map(({ type, value }) => [type, value]))
  return `${part.year}-${part.month}-${part.day}`
}

function shift(day: string, days: number): string {
  const date = new Date(day)
  date.setUTCDate(date.getUTCDate() + days)
  return date.toISOString().slice(0, 10)
}

function nextMonth(month: string, step: 1 | -1 = 1): string {
  let [year, number] = month.split('-').map(Number) as [number, number]
  number += step
  if (number === 13) [year, number] = [year + 1, 1]
  if (number === 0) [year, number] = [year - 1, 12]
  return `${String(year).padStart(4, '0')}-${two(number)}`
}

function lastDay(month: string): string {
  for (let day = 31; ; day -= 1) {
    const text = `${month}-${two(day)}`
    if (new Date(text).toISOString().startsWith(text)) return text
  }
}

function monday(day: string): string {
  let text = day
  while (new Date(text).getUTCDay() !== 1) text = shift(text, -1)
  return text
}

function add(purchases: Purchases) {
  let amount = 0n
  let items = 0
  for (const { price, quantity } of purchases) {
    amount += BigInt(price) * BigInt(quantity)
    items += quantity
  }
  return { amount, items }
}

function average(amount: bigint, items: number, currency: string): string {
  // In halves of the smallest unit there is no rounding to go wrong: 2a/n against whole numbers.
  let units = 0n
  const count = BigInt(items)
  units = amount / count
  const rest = 2n * (amount - units * count)
  if (rest > count || (rest === count && units % 2n === 1n)) units += 1n
  return formatMinorUnits(units, currency)
}

function amounts(purchases: Purchases, currency: string) {
  const { amount, items } = add(purchases)
  return { total_amount: formatMinorUnits(amount, currency), item_count: items }
}

function inCurrency(rows: Rows, currency: string) {
  return rows.purchases.filter((purchase) => purchase.currency_code === currency)
}

function inRange(purchases: Purchases, from: string | undefined, to: string | undefined) {
  return purchases.filter(
    ({ purchase_date: day }) => (from === undefined || day >= from) && (to === undefined || day <= to),
  )
}

export function plainSpending(rows: Rows, today: string, currency: string, months: number) {
  const answer = []
  let month = today.slice(0, 7)
  for (let count = 0; count < months; count += 1) {
    const bought = inCurrency(rows, currency).filter(({ purchase_date }) => purchase_date.startsWith(month))
    answer.unshift({ month, ...amounts(bought, currency) })
    month = nextMonth(month, -1)
  }
  return answer
}

export function plainByPeriod(rows: Rows, currency: string, { period_from, period_to, group_by }: Question) {
  const name = (day: string) => ({ day, week: monday(day), month: day.slice(0, 7) })[group_by]
  const bought = inRange(inCurrency(rows, currency), period_from, period_to)
  const groups = new Map<string, Purchases>()
  for (let day = period_from; day <= period_to; day = shift(day, 1)) groups.set(name(day), [])
  for (const purchase of bought) groups.get(name(purchase.purchase_date))?.push(purchase)
  return {
    currency_code: currency,
    date_from: period_from,
    date_to: period_to,
    ...amounts(bought, currency),
    periods: [...groups].map(([period, group]) => ({ period, ...amounts(group, currency) })),
  }
}

export function plainWarrantySummary(rows: Rows, today: string, currency: string | undefined) {
  const answer = { total: 0, active: 0, expiring_soon: 0, expired: 0, voided: 0 }
  const soon = shift(today, rows.settings.expiring_soon_days)
  for (const { voided_at, warranty_end } of warrantiesOf(rows, currency)) {
    answer.total += 1
    if (voided_at !== null) answer.voided += 1
    else if (warranty_end !== null && warranty_end < today) answer.expired += 1
    else {
      answer.active += 1
      if (warranty_end !== null && warranty_end <= soon) answer.expiring_soon += 1
    }
  }
  return answer
}

function warrantiesOf(rows: Rows, currency: string | undefined) {
  const counted = new Set((currency === undefined ? rows.purchases : inCurrency(rows, currency)).map(({ id }) => id))
  return rows.warranties.filter(({ purchase_id }) => counted.has(purchase_id))
}

export function plainTimeline(rows: Rows, today: string, { months, from, currency_code }: Question) {
  const valid = warrantiesOf(rows, currency_code).filter(({ voided_at }) => voided_at === null)
  let month = from ?? today.slice(0, 7)
  if (from === undefined) for (let count = 0; count < 6; count += 1) month = nextMonth(month, -1)
  const answer = []
  for (let count = 0; count < months; count += 1, month = nextMonth(month)) {
    const last = lastDay(month)
    const ending = valid.filter(({ warranty_end }) => warranty_end?.startsWith(month))
    answer.push({
      month,
      active: valid.filter(
        ({ warranty_start: start, warranty_end: end }) => start <= last && (end === null || end >= last),
      ).length,
      expired: ending.filter(({ warranty_end }) => warranty_end !== null && warranty_end < today).length,
      expiring_soon: ending.filter(({ warranty_end }) => warranty_end !== null && warranty_end >= today).length,
    })
  }
  return answer
}

export function plainSummary(rows: Rows, today: string, currency: string, question: Question) {
  const inDates = inRange(rows.purchases, question.date_from, question.date_to)
  const bought = inDates.filter((purchase) => purchase.currency_code === currency)
  const { amount, items } = add(bought)
  const warranties = plainWarrantySummary(rows, today, question.currency_code)
  return {
    currency_code: currency,
    total_spent: formatMinorUnits(amount, currency),
    avg_price: items === 0 ? null : average(amount, items, currency),
    purchase_count: bought.length,
    item_count: items,
    ordered: bought.filter(({ status }) => status === 'ORDERED').length,
    received: bought.filter(({ status }) => status === 'RECEIVED').length,
    tax_deductible_count: bought.filter(({ tax_deductible }) => tax_deductible).length,
    active_warranties: warranties.active,
    expiring_warranties: warranties.expiring_soon,
    expired_warranties: warranties.expired,
    voided_warranties: warranties.voided,
    by_currency: [...Map.groupBy(inDates, ({ currency_code }) => currency_code)]
      .sort(([a], [b]) => byBytes(a, b))
      .map(([code, group]) => ({
        currency_code: code,
        total_spent: formatMinorUnits(add(group).amount, code),
        purchase_count: group.length,
      })),
  }
}

/** Without percentages, which have their own law. */
export function plainShares(rows: Rows, kind: 'retailer' | 'brand', currency: string, question: Question) {
  const bought = inRange(inCurrency(rows, currency), question.date_from, question.date_to)
  return [...Map.groupBy(bought, (purchase) => purchase[`${kind}_id`])]
    .map(([id, group]) => ({ id, count: group.length, amount: add(group).amount, entry: rows[kind].get(id ?? '') }))
    .sort((a, b) => {
      if (a.amount !== b.amount) return a.amount > b.amount ? -1 : 1
      if (a.count !== b.count) return b.count - a.count
      if (!a.entry || !b.entry) return a.entry ? -1 : 1
      return byBytes(a.entry.sort_key, b.entry.sort_key) || byBytes(a.entry.id, b.entry.id)
    })
    .map(({ id, count, amount, entry }) => ({
      [`${kind}_id`]: id,
      [`${kind}_name`]: entry?.name ?? null,
      count,
      total_spent: formatMinorUnits(amount, currency),
    }))
}

export function plainTopProducts(rows: Rows, currency: string, question: Question) {
  const bought = inRange(inCurrency(rows, currency), question.date_from, question.date_to)
  return [...Map.groupBy(bought, ({ product_name }) => foldCase(product_name.trim()))]
    .map(([key, group]) => ({ key, name: group.at(-1)?.product_name, ...add(group) }))
    .sort((a, b) => {
      if (a.items !== b.items) return b.items - a.items
      if (a.amount !== b.amount) return a.amount > b.amount ? -1 : 1
      return byBytes(a.key, b.key)
    })
    .slice(0, question.limit)
    .map(({ name, amount, items }) => ({
      product_name: name,
      count: items,
      total_spent: formatMinorUnits(amount, currency),
      avg_price: average(amount, items, currency),
    }))
}

/** Ids, latest first. */
export function plainRecent(rows: Rows, limit: number) {
  return {
    purchases: rows.purchases
      .toSorted((a, b) => byBytes(key(b), key(a)))
      .slice(0, limit)
      .map(({ id }) => id),
    warranties: rows.warranties
      .toSorted((a, b) => byBytes(b.created_at + b.id, a.created_at + a.id))
      .slice(0, limit)
      .map(({ id }) => id),
  }
}

function key({ purchase_date, created_at, id }: Purchases[number]): string {
  return purchase_date + created_at + id
}
