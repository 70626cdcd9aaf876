import type { ShownFailure } from '../../lib/failure.ts'
import { t } from '../../lib/messages.ts'

/** Shorter ones are none. */
export const MIN_PASSPHRASE = 8

/**
 * Why a backup does not open; empty where the failure is another one.
 * @param given undefined where none was given yet
 */
export function passphraseProblem({ fields }: ShownFailure, given: string | undefined): string {
  if (!fields.some(({ path }) => path === 'passphrase')) return ''
  if (given === undefined || given === '') return t('settings.passphrase_needed')
  return given.length < MIN_PASSPHRASE ? t('settings.passphrase_short') : t('settings.passphrase_wrong')
}
