import type { BackupStatus, PurchaseList, WarrantyList } from '@spends/client'
import { api } from '../lib/api.ts'
import { component } from '../lib/component.ts'
import { addDays } from '../lib/days.ts'
import { count, date, today } from '../lib/format.ts'
import { inventoryLink, warrantiesLink } from '../lib/links.ts'
import { browserMemory } from '../lib/memory.ts'
import { t, tn } from '../lib/messages.ts'
import { resource } from '../lib/resource.ts'
import { readSettings, settings } from '../lib/settings.ts'
import { daysLeft } from '../lib/warranty-words.ts'

/** A return window that closes within so many days is worth a word. */
const RETURN_DAYS = 14
/** As many are named; the list has the others. */
const NAMED = 2
/** Where it is kept how many things there were last time. */
const KEPT = 'dashboard-attention'

interface Notice {
  name: 'warranties' | 'returns' | 'backup'
  text: string
  detail: string
  href: string
}

/** What should not wait: warranties and return windows that end, backups that were not made. */
export function registerAttention(): void {
  component('attention', () => ({
    /** As many as last time, so that what is below stands still while they are looked up. */
    expected: Number(browserMemory.get(KEPT) ?? 0),
    warranties: resource<WarrantyList>(async (signal) => {
      const [list] = await Promise.all([
        api.warranties.expiring.query({ limit: NAMED + 1 }, { signal }),
        readSettings(),
      ])
      return list
    }),
    returns: resource<PurchaseList>(async (signal) => {
      await readSettings()
      return api.purchases.list.query({ ...returnWindow(), limit: 20 }, { signal })
    }),
    backup: resource<BackupStatus>((signal) => api.backup.status.query(undefined, { signal })),

    init() {
      void this.load()
    },
    async load() {
      await Promise.all([this.warranties.load(), this.returns.load(), this.backup.load()])
      this.expected = this.notices.length
      browserMemory.set(KEPT, String(this.notices.length))
    },

    get notices(): Notice[] {
      return [sayWarranties(this.warranties.data), sayReturns(this.returns.data), sayBackup(this.backup.data)].flatMap(
        (notice) => notice ?? [],
      )
    },
    get room() {
      return { '--rows': String(Math.max(this.expected, this.notices.length)) }
    },
    get isShown() {
      const isFailing = [this.warranties, this.returns, this.backup].some(({ failure }) => failure !== null)
      return this.expected > 0 || this.notices.length > 0 || isFailing
    },
  }))
}

function returnWindow() {
  return { return_from: today(), return_to: addDays(today(), RETURN_DAYS) }
}

function sayWarranties(list: WarrantyList | null): Notice | undefined {
  if (!list || list.total === 0) return undefined
  const named = list.items.map(({ purchase, days_left }) => ({
    name: purchase.product_name,
    time: daysLeft(days_left),
  }))
  return {
    name: 'warranties',
    text: tn('dashboard.expiring', list.total, {
      count: count(list.total),
      within: within(settings().expiring_soon_days),
    }),
    detail: nameSome(named, list.total),
    href: warrantiesLink('expiring'),
  }
}

function sayReturns(list: PurchaseList | null): Notice | undefined {
  if (!list || list.total === 0) return undefined
  const named = list.items
    .flatMap(({ product_name, return_by }) => (return_by === null ? [] : [{ name: product_name, return_by }]))
    .sort((a, b) => (a.return_by < b.return_by ? -1 : 1))
    .map(({ name, return_by }) => ({ name, time: date(return_by) }))
  return {
    name: 'returns',
    text: tn('dashboard.returns', list.total, { count: count(list.total), within: within(RETURN_DAYS) }),
    // Of more than came, it is not known which close first.
    detail: list.total > list.items.length ? '' : nameSome(named, list.total),
    href: inventoryLink(returnWindow()),
  }
}

function sayBackup(status: BackupStatus | null): Notice | undefined {
  if (status?.state !== 'FAILED' && status?.state !== 'OVERDUE') return undefined
  return {
    name: 'backup',
    text: t(`dashboard.backup_${status.state}`),
    detail: status.problem ?? '',
    href: '/settings#data',
  }
}

/** A time from now, as a sentence goes on after `within`. */
function within(days: number): string {
  return tn('dashboard.within', days, { count: count(days) })
}

function nameSome(named: readonly { name: string; time: string }[], total: number): string {
  const names = named.slice(0, NAMED).map((one) => t('dashboard.name_and_time', one))
  const list = names.join(', ')
  return total > NAMED ? t('dashboard.and_more', { names: list }) : list
}
