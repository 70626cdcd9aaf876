import { describe, expect, it } from 'vitest'
import { languageOf, sampleOf } from './sample.ts'

const now = new Date('2026-03-15T23:30:00Z')
const german = { base_currency: 'EUR', locale: 'de-DE', date_format: 'DMY', time_zone: 'Europe/Berlin' } as const
const plain = (text = '') => text.replace(/\s/g, ' ')

describe('a sample of settings', () => {
  it('shows values as they would be shown everywhere', () => {
    const sample = sampleOf(german, now)
    expect(plain(sample?.money)).toBe('1.299,90 €')
    expect(sample).toMatchObject({ number: '1.234.567', date: '16.03.2026', moment: '16.03.2026, 00:30' })
  })

  it('has the digits of the currency', () => {
    expect(sampleOf({ ...german, locale: 'en-US', base_currency: 'JPY' }, now)?.money).toBe('¥1,299')
    expect(plain(sampleOf({ ...german, locale: 'en-US', base_currency: 'KWD' }, now)?.money)).toBe('KWD 1,299.900')
  })

  it.each([
    { locale: 'x!' },
    { locale: '' },
    { base_currency: 'EU' },
    { base_currency: 'eur' },
    { time_zone: 'Mars/One' },
  ])('is none for %j, which is half written maybe', (wrong) => {
    expect(sampleOf({ ...german, ...wrong }, now)).toBeNull()
  })
})

it.each([
  ['de-AT', 'de'],
  ['DE', 'de'],
  ['en-GB', 'en'],
  ['fr-FR', 'en'],
  ['', 'en'],
])('the pages speak for %s the language %s', (locale, language) => {
  expect(languageOf(locale)).toBe(language)
})
