import type {
  RecentPurchases,
  RecentWarranties,
  Settings,
  Summary,
  TopProducts,
  WarrantySummary,
  WarrantyTimeline,
} from '@spends/client'
import { readAddress, writeAddress } from '../lib/address.ts'
import { api } from '../lib/api.ts'
import { component } from '../lib/component.ts'
import { type Card, type Changes, makeCard } from '../lib/figures.ts'
import { money, today } from '../lib/format.ts'
import { inventoryLink, purchaseLink } from '../lib/links.ts'
import { t } from '../lib/messages.ts'
import { monthOf, sameDayIn } from '../lib/months.ts'
import { type Ranking, rankBrands, rankRetailers } from '../lib/ranking.ts'
import { type Resource, resource } from '../lib/resource.ts'
import { readSettings } from '../lib/settings.ts'
import { warrantyState, warrantyTone, warrantyType } from '../lib/warranty-words.ts'
import { monthLink, type SpendingData } from './charts.ts'

/** Rows in each of the tables. */
const ROWS = 10

/** Cards that are shown unless the settings say otherwise. */
const PLACES = [1, 2, 3, 4, 5, 6, 7]

/** The dashboard: figures, charts and tables, each read and shown by itself. */
export function registerDashboard(): void {
  component('dashboard', () => {
    /** The currency that is asked for; undefined leaves it to the instance, which takes its base currency. */
    let currency = readAddress().get('currency_code') ?? undefined

    /** Something in the currency that was asked for, once it can be shown. */
    function inCurrency<T>(read: (query: { currency_code?: string }, signal: AbortSignal) => Promise<T>) {
      return resource(async (signal) => {
        const asked = currency
        const [data, settings] = await Promise.all([
          read(asked === undefined ? {} : { currency_code: asked }, signal),
          readSettings(),
        ])
        return { currency: asked ?? settings.base_currency, data }
      })
    }

    /** Something that has no currency, or each its own. */
    function inAll<T>(read: (signal: AbortSignal) => Promise<T>): Resource<T> {
      return resource(async (signal) => {
        const [data] = await Promise.all([read(signal), readSettings()])
        return data
      })
    }

    return {
      settings: inAll<Settings>(readSettings),
      summary: inCurrency<Summary>((query, signal) => api.analytics.summary.query(query, { signal })),
      changes: inCurrency<Changes>(readChanges),
      warranties: inAll<WarrantySummary>((signal) => api.analytics.warrantySummary.query({}, { signal })),
      spending: inCurrency((query, signal) => api.analytics.spending.query({ ...query, months: 12 }, { signal })),
      timeline: inAll<WarrantyTimeline>((signal) => api.analytics.warrantyTimeline.query({}, { signal })),
      retailers: inCurrency((query, signal) => api.analytics.retailers.query(query, { signal })),
      brands: inCurrency((query, signal) => api.analytics.brands.query(query, { signal })),
      topProducts: inCurrency<TopProducts>((query, signal) =>
        api.analytics.topProducts.query({ ...query, limit: ROWS }, { signal }),
      ),
      recentPurchases: inAll<RecentPurchases>((signal) =>
        api.analytics.recentPurchases.query({ limit: ROWS }, { signal }),
      ),
      recentWarranties: inAll<RecentWarranties>((signal) =>
        api.analytics.recentWarranties.query({ limit: ROWS }, { signal }),
      ),

      init() {
        window.addEventListener('popstate', () => {
          currency = readAddress().get('currency_code') ?? undefined
          void this.loadMoney()
        })
        void this.load()
      },
      /** Reads everything; what is asked in the same tick travels in one request. */
      async load() {
        const { settings, warranties, timeline, recentPurchases, recentWarranties } = this
        for (const part of [settings, warranties, timeline, recentPurchases, recentWarranties]) void part.load()
        await this.loadMoney()
        if (this.summary.failure?.fields.some(({ path }) => path === 'currency_code')) await this.leaveUnknownCurrency()
        this.leaveEmptyCurrency()
      },
      /** Reads what is in one currency. */
      async loadMoney() {
        const { summary, changes, spending, retailers, brands, topProducts } = this
        await Promise.all([summary, changes, spending, retailers, brands, topProducts].map((part) => part.load()))
      },
      /** An address that names no currency means the base one. */
      async leaveUnknownCurrency() {
        currency = undefined
        writeAddress({}, 'replace')
        await this.loadMoney()
      },
      /** Where everything was bought in another currency than the base one, that is shown instead of nothing. */
      leaveEmptyCurrency() {
        const data = this.summary.data?.data
        if (currency !== undefined || !data || data.purchase_count > 0) return
        const [most] = [...data.by_currency].sort((a, b) => b.purchase_count - a.purchase_count)
        if (!most) return
        currency = most.currency_code
        void this.loadMoney()
      },

      /** There is no purchase at all. */
      get isFirstRun() {
        return this.summary.data?.data.by_currency.length === 0
      },

      get currencies() {
        const all = this.summary.data?.data.by_currency ?? []
        return all.map(({ currency_code, total_spent }) => ({
          currency_code,
          text: t('dashboard.currency_option', { currency: currency_code, total: money(total_spent, currency_code) }),
        }))
      },
      get hasCurrencies() {
        return this.currencies.length > 1
      },
      get currency() {
        return this.summary.data?.data.currency_code ?? ''
      },
      choose(code: string) {
        currency = code
        writeAddress({ currency_code: code }, 'push')
        void this.loadMoney()
      },

      get cards(): Card[] {
        if (!this.settings.data) return []
        const figures = {
          summary: this.summary.data?.data ?? null,
          changes: this.changes.data?.data ?? null,
          warranties: this.warranties.data,
          timeline: this.timeline.data,
          today: today(),
          expiring_soon_days: this.settings.data.expiring_soon_days,
        }
        return this.settings.data.dashboard_cards.map((name) => makeCard(name, figures))
      },

      /** As many as there will be cards, until they are known. */
      get places() {
        return this.settings.isEmptyYet ? PLACES : []
      },

      get spendingData(): SpendingData | null {
        const { data } = this.spending
        return data && { currency: data.currency, rows: data.data }
      },
      get hasWarranties() {
        return this.warranties.data === null || this.warranties.data.total > 0
      },
      get retailerRanking(): Ranking {
        return rankRetailers(this.retailers.data?.data ?? [], this.retailers.data?.currency ?? '')
      },
      get brandRanking(): Ranking {
        return rankBrands(this.brands.data?.data ?? [], this.brands.data?.currency ?? '')
      },

      monthLink(month: string) {
        return monthLink(month, this.spending.data?.currency ?? '')
      },
      productLink(product_name: string) {
        return inventoryLink({ search: product_name, currency_code: [this.topProducts.data?.currency ?? ''] })
      },
      purchaseLink,
      sayNothingIn(currency: string) {
        return t('dashboard.nothing_in_currency', { currency })
      },
      sayStatus(status: 'ORDERED' | 'RECEIVED') {
        return t(`common.status_${status}`)
      },
      sayType: warrantyType,
      sayState: warrantyState,
      toneOf: warrantyTone,
    }
  })
}

/** What was bought this month so far, and last month to the same day. */
async function readChanges(query: { currency_code?: string }, signal: AbortSignal): Promise<Changes> {
  await readSettings()
  const day = today()
  const to = sameDayIn(day, -1)
  const from = `${monthOf(to)}-01`
  const [now, before] = await Promise.all([
    api.analytics.summary.query({ ...query, date_from: `${monthOf(day)}-01`, date_to: day }, { signal }),
    api.analytics.summary.query({ ...query, date_from: from, date_to: to }, { signal }),
  ])
  return { now, before, from, to }
}
