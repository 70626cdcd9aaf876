import { expect, it } from 'vitest'
import { warrantyTone } from './warranty-words.ts'

it.each([
  ['ACTIVE', 400, 'chip-good'],
  ['ACTIVE', 31, 'chip-good'],
  ['ACTIVE', 30, 'chip-warn'],
  ['ACTIVE', 0, 'chip-warn'],
  ['ACTIVE', null, 'chip-good'],
  ['EXPIRED', -1, ''],
  ['VOIDED', 10, ''],
] as const)('%s with %s days left is coloured "%s"', (status, days_left, tone) => {
  expect(warrantyTone({ status, days_left }, 30)).toBe(tone)
})
