import type { Warranty } from '@spends/client'
import { t, tn } from './messages.ts'
import { settings } from './settings.ts'

type Standing = Pick<Warranty, 'status' | 'days_left'>

/** Kinds of warranties, as choices offer them. */
export const WARRANTY_TYPES = ['LIMITED', 'EXTENDED', 'LIFETIME', 'MANUFACTURER', 'RETAILER', 'OTHER'] as const

/** The kind of a warranty, in a word. */
export function warrantyType(type: Warranty['warranty_type']): string {
  return t(`common.warranty_type_${type}`)
}

/** How a warranty stands, in words. */
export function warrantyState({ status, days_left }: Standing): string {
  return status === 'VOIDED' ? t('common.warranty_VOIDED') : daysLeft(days_left)
}

/**
 * The colour of those words: what is over is none to worry about.
 * @param soon days within which an end is near
 */
export function warrantyTone(
  { status, days_left }: Standing,
  soon = settings().expiring_soon_days,
): '' | 'chip-good' | 'chip-warn' {
  if (status !== 'ACTIVE') return ''
  return days_left !== null && days_left <= soon ? 'chip-warn' : 'chip-good'
}

/** How long a warranty still covers, in words. @param days null without an end */
export function daysLeft(days: number | null): string {
  if (days === null) return t('common.no_end')
  if (days === 0) return t('common.days_left_0')
  return days > 0 ? tn('common.days_left', days) : tn('common.days_ago', -days)
}
