import type { Settings } from '@spends/client'
import { digitsOf } from './amount.ts'
import { count, date, dayOf, moment, money } from './format.ts'

export type Sampled = Pick<Settings, 'base_currency' | 'locale' | 'date_format' | 'time_zone'>

/** Values as settings would show them. */
export interface Sample {
  money: string
  number: string
  date: string
  moment: string
}

/** @returns null where the language, the currency or the time zone is none that this browser knows */
export function sampleOf(wanted: Sampled, now = new Date()): Sample | null {
  const { base_currency: currency, locale, time_zone } = wanted
  if (!isKnown(() => Intl.DateTimeFormat.supportedLocalesOf(locale).length > 0)) return null
  if (!isKnown(() => new Intl.DateTimeFormat('en', { timeZone: time_zone }).resolvedOptions().timeZone !== ''))
    return null
  if (!/^[A-Z]{3}$/.test(currency)) return null
  const digits = digitsOf(currency)
  return {
    money: money(digits === 0 ? '1299' : `1299.${'90'.padEnd(digits, '0').slice(0, digits)}`, currency, wanted),
    number: count(1_234_567, wanted),
    date: date(dayOf(now, time_zone), wanted),
    moment: moment(now.toISOString(), wanted),
  }
}

/** Intl says by throwing that it does not know something. */
function isKnown(ask: () => boolean): boolean {
  try {
    return ask()
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/** The language of the pages for a locale: the first part of the tag, where the pages speak it. */
export function languageOf(locale: string): string {
  const [language = ''] = locale.toLowerCase().split('-')
  return language === 'de' ? 'de' : 'en'
}
