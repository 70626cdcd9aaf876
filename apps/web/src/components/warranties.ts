import type { Warranty, WarrantyFilter, WarrantyList, WarrantySummary } from '@spends/client'
import { readAddress, writeAddress } from '../lib/address.ts'
import { announce, toast } from '../lib/announcements.ts'
import { api } from '../lib/api.ts'
import { component } from '../lib/component.ts'
import { confirm } from '../lib/confirm.ts'
import { explain, problemOf, type ShownFailure } from '../lib/failure.ts'
import { count } from '../lib/format.ts'
import { placeInAddress, readPlace } from '../lib/list-place.ts'
import { t, tn } from '../lib/messages.ts'
import { type Pager, pager } from '../lib/pager.ts'
import { resource } from '../lib/resource.ts'
import { readSettings } from '../lib/settings.ts'
import { emptyDraft, toChanges, toDraft } from '../lib/warranty-draft.ts'
import { WARRANTY_TYPES, warrantyState, warrantyTone, warrantyType } from '../lib/warranty-words.ts'

const TABS = ['expiring', 'active', 'expired', 'voided', 'lifetime'] as const
type Tab = (typeof TABS)[number]

type Filter = Extract<WarrantyFilter, object>
type Sort = NonNullable<Filter['sort']>
const SORTS: readonly Sort[] = ['warranty_end', 'warranty_start', 'product_name', 'created_at']

/** What each tab shows; what has ended begins with the latest. */
const FILTERS: Readonly<Record<Tab, Filter>> = {
  expiring: { expiring_soon: true },
  active: { status: 'ACTIVE' },
  expired: { status: 'EXPIRED', order: 'desc' },
  voided: { status: 'VOIDED' },
  lifetime: { warranty_type: 'LIFETIME' },
}

/** How long nobody types before the list is looked up. */
const PAUSE_MS = 250

/** Warranties by how they stand, and what is done with them. */
export function registerWarranties(): void {
  component('warranties', () => {
    let timer: ReturnType<typeof setTimeout> | undefined
    return {
      tabs: TABS,
      tab: 'expiring' as Tab,
      search: '',
      /** Of the search that the shown list answers. */
      found: '',
      sort: 'warranty_end' as Sort,
      order: undefined as 'asc' | 'desc' | undefined,
      pages: undefined as unknown as Pager,
      list: resource<WarrantyList>(async () => ({ items: [], total: 0, skip: 0, limit: 20 })),
      summary: null as WarrantySummary | null,

      editing: null as Warranty | null,
      draft: emptyDraft(),
      failure: null as ShownFailure | null,
      isSaving: false,

      init() {
        this.pages = pager((how) => this.show(how))
        this.list = resource(async (signal) => {
          const search = this.search.trim()
          const [list, summary] = await Promise.all([
            api.warranties.list.query(
              { ...this.filter, search, skip: this.pages.skip, limit: this.pages.limit },
              { signal },
            ),
            api.analytics.warrantySummary.query({}, { signal }),
            readSettings(),
          ])
          this.found = search
          this.summary = summary
          return list
        })
        this.$watch('list.data', () => {
          if (this.list.data) this.pages.take(this.list.data)
        })
        window.addEventListener('popstate', () => this.readState())
        this.readState()
      },

      /* Which ones */

      get filter(): Filter {
        const { order: usual, ...filter } = FILTERS[this.tab]
        const order = this.order ?? (this.sort === 'warranty_end' ? usual : undefined)
        return { ...filter, sort: this.sort, ...(order ? { order } : {}) }
      },
      readState() {
        const address = readAddress()
        this.tab = TABS.find((tab) => tab === address.get('tab')) ?? 'expiring'
        this.search = address.get('search') ?? ''
        this.sort = SORTS.find((sort) => sort === address.get('sort')) ?? 'warranty_end'
        const order = address.get('order')
        this.order = order === 'asc' || order === 'desc' ? order : undefined
        Object.assign(this.pages, readPlace(address))
        void this.list.load()
      },
      async show(how: 'push' | 'replace') {
        const { tab, search, order } = this
        const sort = this.sort === 'warranty_end' ? undefined : this.sort
        writeAddress({ tab, search: search.trim(), sort, order, ...placeInAddress(this.pages) }, how)
        await this.list.load()
        if (this.list.data)
          announce(tn('warranties.found', this.list.data.total, { count: count(this.list.data.total) }))
      },
      choose(tab: Tab) {
        if (this.tab === tab) return
        Object.assign(this, { tab, sort: 'warranty_end', order: undefined })
        this.pages.skip = 0
        void this.show('push')
      },
      find() {
        clearTimeout(timer)
        timer = setTimeout(() => {
          this.pages.skip = 0
          void this.show('replace')
        }, PAUSE_MS)
      },
      clearSearch() {
        this.search = ''
        void this.show('push')
      },
      sortBy(sort: Sort) {
        const isDescending = this.sort === sort && this.direction === 'asc'
        Object.assign(this, { sort, order: isDescending ? 'desc' : 'asc' })
        this.pages.skip = 0
        void this.show('push')
      },
      get direction() {
        return this.filter.order ?? (this.sort === 'created_at' ? 'desc' : 'asc')
      },
      sortOf(sort: Sort) {
        if (this.sort !== sort) return 'none'
        return this.direction === 'asc' ? 'ascending' : 'descending'
      },
      sortMark(sort: Sort) {
        if (this.sort !== sort) return ''
        return this.direction === 'asc' ? '↑' : '↓'
      },

      /* The tabs */

      isTab(tab: Tab) {
        return this.tab === tab
      },
      tabId(tab: Tab) {
        return `tab-${tab}`
      },
      tabLabel(tab: Tab) {
        return t(`warranties.tab_${tab}`)
      },
      hasCount(tab: Tab) {
        return this.summary !== null && tab !== 'lifetime'
      },
      countOf(tab: Tab) {
        if (!this.summary || tab === 'lifetime') return ''
        return count(tab === 'expiring' ? this.summary.expiring_soon : this.summary[tab])
      },
      onTabKey(event: KeyboardEvent) {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
        if (step === undefined) return
        const next = TABS[(TABS.indexOf(this.tab) + step + TABS.length) % TABS.length]
        if (!next) return
        this.choose(next)
        document.getElementById(this.tabId(next))?.focus()
      },

      /* The rows */

      get rows(): readonly Warranty[] {
        return this.list.data?.items ?? []
      },
      get hasRows() {
        return this.rows.length > 0
      },
      get hasNothing() {
        return this.list.data?.total === 0 && this.found === ''
      },
      get findsNothing() {
        return this.list.data?.total === 0 && this.found !== ''
      },
      get emptyTitle() {
        return t(`warranties.none_${this.tab}`)
      },
      rowId({ id }: Warranty) {
        return `warranty-${id}`
      },
      purchaseOf({ purchase_id }: Warranty) {
        return `/inventory?id=${purchase_id}`
      },
      typeLabel({ warranty_type }: Warranty) {
        return warrantyType(warranty_type)
      },
      stateOf: warrantyState,
      toneOf: warrantyTone,
      editLabel({ purchase }: Warranty) {
        return t('warranties.edit', { name: purchase.product_name })
      },
      voidLabel({ purchase }: Warranty) {
        return t('warranties.void', { name: purchase.product_name })
      },
      canVoid({ status }: Warranty) {
        return status === 'ACTIVE'
      },

      /* What is done with one */

      get types() {
        return WARRANTY_TYPES.map((value) => ({ value, label: warrantyType(value) }))
      },
      get formTitle() {
        return this.editing ? this.editLabel(this.editing) : ''
      },
      get isStale() {
        return this.failure?.code === 'PRECONDITION_FAILED'
      },
      get formFailure() {
        if (this.isStale) return t('warranties.stale')
        return this.failure && this.failure.fields.length === 0 ? this.failure.text : ''
      },
      problem(field: string) {
        return problemOf(this.failure, field)
      },
      isWrong(field: string) {
        return this.problem(field) !== ''
      },
      edit(warranty: Warranty) {
        this.editing = warranty
        this.draft = toDraft(warranty)
        this.failure = null
        this.dialog().showModal()
      },
      dialog() {
        return this.$refs.form as HTMLDialogElement
      },
      async leave() {
        const before = this.editing && JSON.stringify(toDraft(this.editing))
        const isChanged = before !== JSON.stringify(this.draft)
        const question = { title: t('common.leave'), action: t('common.leave_yes'), isDangerous: true }
        if (isChanged && !(await confirm(question))) return
        this.dialog().close()
      },
      async save() {
        if (!this.editing || this.isSaving) return
        this.isSaving = true
        this.failure = null
        try {
          const saved = await api.warranties.update.mutate(toChanges(this.editing, this.draft))
          this.dialog().close()
          toast(t('warranties.saved', { name: saved.purchase.product_name }))
          await this.list.load()
          await this.$nextTick()
          document.getElementById(this.rowId(saved))?.focus()
        } catch (error) {
          this.failure = explain(error)
          document.getElementById(`warranty-${this.failure.fields[0]?.path}`)?.focus()
        } finally {
          this.isSaving = false
        }
      },
      /** Gives up what was written for what somebody else has saved. */
      async takeTheirs() {
        const current = await this.readCurrent()
        if (!current) return
        this.draft = toDraft(current)
        this.failure = null
        // The button that had the focus is gone.
        document.getElementById('warranty-type')?.focus()
      },
      async overwrite() {
        if (await this.readCurrent()) await this.save()
      },
      async readCurrent() {
        if (!this.editing) return undefined
        try {
          const current = await api.warranties.get.query({ id: this.editing.id })
          this.editing = current
          return current
        } catch (error) {
          this.failure = explain(error)
          return undefined
        }
      },
      async voidIt(warranty: Warranty) {
        const title = this.voidLabel(warranty)
        if (
          !(await confirm({
            title,
            text: t('warranties.void_why'),
            action: t('warranties.void_yes'),
            isDangerous: true,
          }))
        )
          return
        await this.setStatus(warranty, 'VOIDED')
      },
      async setStatus({ id, version, purchase }: Warranty, status: 'VOIDED' | 'ACTIVE') {
        try {
          const saved = await api.warranties.update.mutate({ id, version, status })
          const undo = { label: t('common.undo'), run: () => void this.setStatus(saved, 'ACTIVE') }
          if (status === 'VOIDED') toast(t('warranties.voided', { name: purchase.product_name }), undo)
          else toast(t('warranties.unvoided', { name: purchase.product_name }))
        } catch (error) {
          this.list.failure = explain(error)
          return
        }
        await this.list.load()
      },
    }
  })
}
