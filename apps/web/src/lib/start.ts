import Alpine from '@alpinejs/csp'
import { registerConfirmation } from '../components/confirmation.ts'
import { registerPalette } from '../components/palette.ts'
import { registerShell } from '../components/shell.ts'
import { registerAnnouncements } from './announcements.ts'
import { registerConnection } from './connection.ts'
import * as format from './format.ts'

/** What attributes may call to show values: `x-text="$show.money(purchase.total, purchase.currency_code)"`. */
const SHOW = {
  money: (amount: string, currency: string) => format.money(amount, currency),
  count: (value: number) => format.count(value),
  percent: (value: number) => format.percent(value),
  bytes: (size: number) => format.bytes(size),
  date: (day: string | null) => (day === null ? '' : format.date(day)),
  month: (value: string) => format.month(value),
  moment: (instant: string | null) => (instant === null ? '' : format.moment(instant)),
  relative: (instant: string | null) => (instant === null ? '' : format.relative(instant)),
}

/**
 * Starts a page: what stands around all of them, then its own components.
 * @param register registers them
 */
export function startPage(register: () => void): void {
  registerAnnouncements()
  registerConnection()
  registerShell()
  registerConfirmation()
  registerPalette()
  register()
  Alpine.magic('show', () => SHOW)
  Alpine.start()
}
