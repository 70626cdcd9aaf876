import type { Settings, Summary, WarrantySummary, WarrantyTimeline } from '@spends/client'
import { change, count, date, dayRange, money, month } from './format.ts'
import { inventoryLink, warrantiesLink } from './links.ts'
import { t, tn } from './messages.ts'
import { addMonths, lastDayOf, monthOf } from './months.ts'
import { changeInPercent } from './shares.ts'

export type CardName = Settings['dashboard_cards'][number]

/** The figures of this month so far, and of the month before to the same day. */
export interface Changes {
  now: Summary
  before: Summary
  /** The days that `before` is about. */
  from: string
  to: string
}

/** What cards are made of; null for what is not known, or not yet. */
export interface Figures {
  summary: Summary | null
  changes: Changes | null
  warranties: WarrantySummary | null
  timeline: WarrantyTimeline | null
  today: string
  expiring_soon_days: number
}

export interface Card {
  name: CardName
  label: string
  /** Empty while it is not known. */
  value: string
  href: string
  /** What happened of late; empty where nothing is known of it. */
  note: string
  /** How much more or less that is than before, with a sign; empty where that says nothing. */
  change: string
  direction: 'up' | 'down' | ''
  /** Against what. */
  against: string
}

const TOO_MANY_PERCENT = 1000

const NOTHING = { value: '', note: '', change: '', direction: '', against: '' } as const

/** Makes one card. */
export function makeCard(name: CardName, figures: Figures): Card {
  return { name, label: t(`dashboard.card_${name}`), ...NOTHING, ...MAKERS[name](figures) }
}

/** What is compared with the month before. */
type Counted = 'total_spent' | 'item_count' | 'avg_price' | 'tax_deductible_count'

type Maker = (figures: Figures) => Pick<Card, 'href'> & Partial<Card>

const MAKERS: Readonly<Record<CardName, Maker>> = {
  total_spent: (figures) =>
    ofPurchases(figures, {}, (summary) => money(summary.total_spent, summary.currency_code), 'total_spent'),
  item_count: (figures) => ofPurchases(figures, {}, ({ item_count }) => count(item_count), 'item_count'),
  avg_price: (figures) =>
    ofPurchases(
      figures,
      {},
      ({ avg_price, currency_code }) =>
        avg_price === null ? t('dashboard.no_figure') : money(avg_price, currency_code),
      'avg_price',
    ),
  tax_deductible: (figures) =>
    ofPurchases(
      figures,
      { tax_deductible: true },
      ({ tax_deductible_count }) => count(tax_deductible_count),
      'tax_deductible_count',
    ),
  active_warranties: ({ warranties, timeline, today }) => {
    const href = warrantiesLink('active')
    if (!warranties) return { href }
    const before = addMonths(monthOf(today), -1)
    const then = timeline?.find((row) => row.month === before)
    const of = tn('dashboard.of_warranties', warranties.total, { count: count(warranties.total) })
    return {
      href,
      value: count(warranties.active),
      note: of,
      ...(then ? difference(warranties.active - then.active, date(lastDayOf(before))) : {}),
    }
  },
  expiring_warranties: ({ warranties, expiring_soon_days: days }) => ({
    href: warrantiesLink('expiring'),
    ...(warranties ? { value: count(warranties.expiring_soon), note: tn('dashboard.within_days', days) } : {}),
  }),
  expired_warranties: ({ warranties, timeline, today }) => {
    const href = warrantiesLink('expired')
    if (!warranties) return { href }
    const endedIn = (wanted: string) => timeline?.find((row) => row.month === wanted)?.expired
    const [current, before] = [monthOf(today), addMonths(monthOf(today), -1)]
    const [now, then] = [endedIn(current), endedIn(before)]
    const note =
      now === undefined || then === undefined
        ? ''
        : t('dashboard.ended_of_late', { now: count(now), before: count(then), month: month(before) })
    return { href, value: count(warranties.expired), note }
  },
}

function ofPurchases(
  { summary, changes }: Figures,
  selection: { tax_deductible?: boolean },
  show: (summary: Summary) => string,
  of: Counted,
): ReturnType<Maker> {
  if (!summary) return { href: inventoryLink(selection) }
  const href = inventoryLink({ ...selection, currency_code: [summary.currency_code] })
  const card = { href, value: show(summary) }
  // While another currency is on its way, the changes may still be those of the one before.
  if (!changes || changes.now.currency_code !== summary.currency_code) return card
  return { ...card, note: t('dashboard.this_month', { value: show(changes.now) }), ...compare(changes, of, show) }
}

function compare({ now, before, from, to }: Changes, of: Counted, show: (summary: Summary) => string): Partial<Card> {
  const [after, earlier] = [now[of], before[of]]
  if (after === null || earlier === null) return {}
  const percent = changeInPercent(String(after), String(earlier))
  const days = dayRange(from, to)
  if (percent === null) return { against: t('dashboard.nothing_in', { days }) }
  if (percent === 0) return { against: t('dashboard.as_in', { days }) }
  // Nobody can picture so many percent: then what was before says more.
  if (percent >= TOO_MANY_PERCENT) {
    return { direction: 'up', against: t('dashboard.value_in', { value: show(before), days }) }
  }
  return {
    change: change(percent, 'percent'),
    direction: directionOf(percent),
    against: t('dashboard.than_in', { days }),
  }
}

function difference(by: number, day: string): Partial<Card> {
  if (by === 0) return { against: t('dashboard.as_on', { day }) }
  return { change: change(by, 'count'), direction: directionOf(by), against: t('dashboard.since', { day }) }
}

function directionOf(change: number): Card['direction'] {
  return change > 0 ? 'up' : change < 0 ? 'down' : ''
}
