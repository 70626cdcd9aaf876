import { expect, it } from 'vitest'
import { keepSettings } from './settings.ts'
import { warrantyTone } from './warranty-words.ts'

const SETTINGS = { expiring_soon_days: 30 } as Parameters<typeof keepSettings>[0]

it.each([
  ['ACTIVE', 400, 'chip-good'],
  ['ACTIVE', 31, 'chip-good'],
  ['ACTIVE', 30, 'chip-warn'],
  ['ACTIVE', 0, 'chip-warn'],
  ['ACTIVE', null, 'chip-good'],
  ['EXPIRED', -1, ''],
  ['VOIDED', 10, ''],
] as const)('%s with %s days left is coloured "%s"', (status, days_left, tone) => {
  keepSettings(SETTINGS)
  expect(warrantyTone({ status, days_left })).toBe(tone)
})
