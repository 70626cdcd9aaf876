import { exportUrl, type Purchase, type PurchaseList } from '@spends/client'
import { readAddress, writeAddress } from '../../lib/address.ts'
import { announce, toast, toastFailure } from '../../lib/announcements.ts'
import { api, ORIGIN } from '../../lib/api.ts'
import { component } from '../../lib/component.ts'
import { confirm } from '../../lib/confirm.ts'
import { explain } from '../../lib/failure.ts'
import { purchaseLink } from '../../lib/links.ts'
import { t, tn } from '../../lib/messages.ts'
import { type Pager, pager } from '../../lib/pager.ts'
import {
  type Filter,
  isFiltered,
  readFilter,
  readView,
  type Sort,
  toAddress,
  usualOrder,
  type View,
  without,
} from '../../lib/purchase-filter.ts'
import { type PurchaseRow, toRow } from '../../lib/purchase-row.ts'
import { resource } from '../../lib/resource.ts'
import { readSettings } from '../../lib/settings.ts'
import { type Bulk, bulk } from './bulk.ts'
import { tableLook } from './columns.ts'
import { ask, onSaved, readId } from './drawer-events.ts'
import { type Filters, filters } from './filters.ts'
import { selection } from './selection.ts'

/** How long nobody types before the list is asked. */
const PAUSE_MS = 250

/** The list of purchases. The address is all its state, so Back, a reload and a link lead to what was there. */
export function registerInventory(): void {
  component('inventory', () => {
    let timer: ReturnType<typeof setTimeout> | undefined
    /** The part of the address that the list shows. */
    let shown = ''
    return {
      words: '',
      view: readView(readAddress()),
      list: resource<PurchaseList>(async () => ({ items: [], total: 0, skip: 0, limit: 20 })),
      /** Which purchases the shown list is about; while another one is on its way, not yet those of the filters. */
      found: {} as Filter,
      filters: undefined as unknown as Filters,
      pages: undefined as unknown as Pager,
      picked: selection(),
      work: undefined as unknown as Bulk,
      look: tableLook(),
      rows: [] as PurchaseRow[],

      init() {
        this.filters = filters((filter, how) => this.go(filter, { skip: 0 }, how))
        this.pages = pager((how) => this.go(this.wanted, { skip: this.pages.skip, limit: this.pages.limit }, how))
        this.list = resource((signal) => this.readPage(signal))
        this.work = bulk(
          () => this.picked,
          () => this.found,
          async () => {
            this.picked.clear()
            await this.list.load()
            await this.$nextTick()
            // The tools that had the focus are gone.
            if (document.activeElement === document.body) document.getElementById('main')?.focus()
          },
        )
        this.$watch('list.data', () => this.draw())
        window.addEventListener('popstate', () => this.follow())
        onSaved((change) => this.take(change))
        this.follow()
      },

      /** Which purchases the address asks for. */
      get wanted(): Filter {
        return readFilter(readAddress())
      },
      /** Puts another state into the address, and follows. Words that nobody has waited for yet count, too. */
      go(filter: Filter, view: Partial<View>, how: 'push' | 'replace' = 'push') {
        clearTimeout(timer)
        const search = this.words.trim()
        const all = { ...without(filter, 'search'), ...(search === '' ? {} : { search }) }
        writeAddress(toAddress(all, { ...this.view, ...view }, readId()), how)
        this.follow()
      },
      /** Shows what the address says. */
      follow() {
        const query = readAddress()
        this.view = readView(query)
        const filter = readFilter(query)
        // Who goes on writing keeps the space at the end.
        if (this.words.trim() !== (filter.search ?? '')) this.words = filter.search ?? ''
        const wanted = JSON.stringify([filter, this.view])
        if (wanted !== shown) {
          shown = wanted
          this.picked.clear()
          void this.read()
        }
        ask({ id: readId(), from: 'address' })
      },
      /** What the address asks for. The settings say how it is shown, so they come first. */
      async readPage(signal: AbortSignal): Promise<PurchaseList> {
        const query = readAddress()
        const filter = readFilter(query)
        const [page] = await Promise.all([
          api.purchases.list.query({ ...filter, ...readView(query) }, { signal }),
          // Whatever is chosen before the list has come is chosen beside this.
          readSettings().then(() => this.filters.follow(filter)),
        ])
        this.found = filter
        return page
      },
      async read() {
        await this.list.load()
        // Where something else was asked for meanwhile, that is what is announced.
        if (this.list.failure || this.list.isLoading) return
        announce(tn('inventory.found', this.list.data?.total ?? 0))
      },
      draw() {
        const { data } = this.list
        if (!data) return
        this.rows = data.items.map(toRow)
        this.picked.offer(data)
        this.pages.take(data)
      },

      search() {
        clearTimeout(timer)
        timer = setTimeout(() => this.go(this.wanted, { skip: 0 }, 'replace'), PAUSE_MS)
      },
      clearSearch() {
        this.words = ''
        this.search()
        document.getElementById('search')?.focus()
      },
      clearAll() {
        this.words = ''
        this.filters.clear()
      },
      sortBy(sort: Sort) {
        const turned = this.view.order === 'asc' ? 'desc' : 'asc'
        this.go(this.wanted, { sort, order: this.view.sort === sort ? turned : usualOrder(sort), skip: 0 })
      },
      ariaSort(sort: Sort) {
        if (this.view.sort !== sort) return null
        return this.view.order === 'asc' ? 'ascending' : 'descending'
      },
      /** From the one choice that a phone has instead of headers: `price desc`. */
      sortTo(choice: string) {
        const [sort, order] = choice.split(' ') as [Sort, View['order']]
        this.go(this.wanted, { sort, order, skip: 0 })
      },
      get sortChoice() {
        return `${this.view.sort} ${this.view.order}`
      },

      get isNothingYet() {
        return this.list.data?.total === 0 && !isFiltered(this.found)
      },
      get isNoMatch() {
        return this.list.data?.total === 0 && isFiltered(this.found)
      },
      get hasRows() {
        return this.rows.length > 0
      },
      get isOld() {
        return this.list.isLoading && this.list.data !== null
      },

      add() {
        ask({ id: 'new', from: 'page' })
      },
      open(id: string, event: MouseEvent) {
        // A new tab is the browser's business.
        if (event.ctrlKey || event.metaKey || event.shiftKey) return
        event.preventDefault()
        ask({ id, from: 'page' })
      },
      duplicate(id: string) {
        ask({ id: 'new', copyOf: id, from: 'page' })
      },
      addressOf(id: string) {
        return purchaseLink(id)
      },
      exportAddress(format: 'csv' | 'json') {
        return exportUrl(ORIGIN, format, this.found)
      },
      async remove({ id, version, name }: PurchaseRow) {
        const question = { title: t('inventory.delete_title', { name }), text: t('inventory.delete_text') }
        if (!(await confirm({ ...question, action: t('common.delete'), isDangerous: true }))) return
        try {
          await api.purchases.delete.mutate({ id, version })
          await this.take({ kind: 'deleted', id, name })
        } catch (error) {
          toastFailure(explain(error).text)
          await this.list.load()
        }
      },

      /** What became of a purchase: its row changes where it stands; what comes or goes changes the list. */
      async take(change: Parameters<Parameters<typeof onSaved>[0]>[0]) {
        if (change.kind === 'closed') return this.focusRow(change.id)
        const { data } = this.list
        if (change.kind === 'changed' && data) {
          this.list.data = { ...data, items: data.items.map((item) => keepNewer(item, change.purchase)) }
          if (change.isOver) this.focusRow(change.purchase.id)
          return
        }
        const index = this.rows.findIndex(({ id }) => id === ('id' in change ? change.id : ''))
        await this.list.load()
        // Once for the rows, and once for the table, which is shown after the first of them.
        await this.$nextTick()
        await this.$nextTick()
        if (change.kind === 'deleted') {
          toast(t('inventory.deleted', { name: change.name }))
          this.focusRow(this.rows[Math.min(Math.max(index, 0), this.rows.length - 1)]?.id)
        } else if (change.kind === 'created' && change.isOver) this.focusRow(change.purchase.id)
      },
      focusRow(id: string | undefined) {
        const row = id === undefined ? null : document.querySelector<HTMLElement>(`[data-row="${id}"] a`)
        ;(row ?? document.getElementById('add-purchase'))?.focus()
      },
    }
  })
}

function keepNewer(item: Purchase, changed: Purchase): Purchase {
  return item.id === changed.id ? changed : item
}
