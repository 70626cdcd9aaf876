import { type Case, INVALID } from './case.ts'

const SHARES: readonly Case[] = [
  ['everything', 'done', () => ({})],
  ['some days', 'done', () => ({ date_from: '2025-05-05', date_to: '2026-01-31' })],
  ['a currency without purchases', 'done', () => ({ currency_code: 'EUR' })],
  ['several wrong parameters', INVALID, () => ({ limit: 5, date_to: '', currency_code: 'US' })],
]

/** The figures of the world as it begins. */
export const ANALYTICS_CASES: Readonly<Record<string, readonly Case[]>> = {
  'analytics.spending': [
    ['the last year', 'done', () => ({})],
    ['this month', 'done', () => ({ months: 1, currency_code: 'JPY' })],
    ['as many months as there may be', 'done', () => ({ months: 120, currency_code: 'KWD' })],
    ['several wrong parameters', INVALID, () => ({ months: 121, currency_code: 'usd', date_from: '2026-01-01' })],
  ],
  'analytics.spendingByPeriod': [
    ['months', 'done', () => ({ date_from: '2025-01-31', date_to: '2026-03-01' })],
    ['weeks', 'done', () => ({ date_from: '2025-12-29', date_to: '2026-01-31', group_by: 'week' })],
    [
      'one day',
      'done',
      () => ({ date_from: '2025-12-24', date_to: '2025-12-24', group_by: 'day', currency_code: 'JPY' }),
    ],
    ['no days', INVALID, () => ({})],
    [
      'more periods than there may be',
      INVALID,
      () => ({ date_from: '1950-01-01', date_to: '2026-01-01', group_by: 'day' }),
    ],
    [
      'days in the wrong order, and another mistake',
      INVALID,
      () => ({ date_from: '2026-01-02', date_to: '2026-01-01', group_by: 'year' }),
    ],
  ],
  'analytics.summary': [
    ['everything', 'done', () => ({})],
    [
      'some days of a currency',
      'done',
      () => ({ date_from: '2024-02-29', date_to: '2024-02-29', currency_code: 'KWD' }),
    ],
    ['several wrong parameters', INVALID, () => ({ date_from: '2026-02-29', currency_code: 'XYZ', months: 12 })],
  ],
  'analytics.warrantyTimeline': [
    ['the default window', 'done', () => ({})],
    ['from a month on', 'done', () => ({ from: '2024-02', months: 3, currency_code: 'KWD' })],
    ['several wrong parameters', INVALID, () => ({ from: '2026-13', months: 0, date_to: '2026-01-01' })],
  ],
  'analytics.warrantySummary': [
    ['all', 'done', () => ({})],
    ['of a currency', 'done', () => ({ currency_code: 'USD', date_from: '2026-01-01' })],
    ['a wrong currency', INVALID, () => ({ currency_code: '' })],
  ],
  'analytics.retailers': SHARES,
  'analytics.brands': SHARES,
  'analytics.topProducts': [
    ['the first', 'done', () => ({})],
    ['the first of some days', 'done', () => ({ limit: 1, date_to: '2026-01-31' })],
    ['several wrong parameters', INVALID, () => ({ limit: 101, date_from: '2026-03-02', date_to: '2026-03-01' })],
  ],
  'analytics.recentPurchases': [
    ['the first', 'done', () => ({})],
    ['two', 'done', () => ({ limit: 2 })],
    ['several wrong parameters', INVALID, () => ({ limit: 0, currency_code: 'USD' })],
  ],
  'analytics.recentWarranties': [
    ['the first', 'done', () => ({})],
    ['two', 'done', () => ({ limit: 2 })],
    ['several wrong parameters', INVALID, () => ({ limit: 101, skip: 1 })],
  ],
}
