import type { Brand, BrandList, Retailer, RetailerList } from '@spends/client'
import { readAddress, writeAddress } from '../lib/address.ts'
import { announce, toast, toastFailure } from '../lib/announcements.ts'
import { api } from '../lib/api.ts'
import { component } from '../lib/component.ts'
import { confirm } from '../lib/confirm.ts'
import { explain, problemOf, type ShownFailure } from '../lib/failure.ts'
import { count } from '../lib/format.ts'
import { t, tn } from '../lib/messages.ts'
import { resource } from '../lib/resource.ts'
import { readSettings } from '../lib/settings.ts'

type Entry = (RetailerList | BrandList)['items'][number]

/** How long nobody types before the list is looked up. */
const PAUSE_MS = 250

/** Retailers or brands: the list, and adding, renaming and deleting in it. */
export function registerDirectory(kind: 'retailers' | 'brands'): void {
  const calls = kind === 'retailers' ? api.retailers : api.brands
  const filterName = kind === 'retailers' ? 'retailer_id' : 'brand_id'

  component('directory', () => {
    let timer: ReturnType<typeof setTimeout> | undefined
    return {
      search: '',
      list: resource<RetailerList | BrandList>(async () => ({ items: [], total: 0, skip: 0, limit: null })),
      /** Of the search that the shown list answers. */
      found: '',
      draft: { id: '', name: '', url: '' },
      /** The draft as it was when its form opened. */
      before: '',
      failure: null as ShownFailure | null,
      isSaving: false,
      /** What is to go, while its dialog is open. */
      leaving: null as Entry | null,
      others: [] as (Retailer | Brand)[],
      target: '',

      init() {
        this.list = resource(async (signal) => {
          const search = this.search.trim()
          const [list] = await Promise.all([calls.list.query({ search }, { signal }), readSettings()])
          this.found = search
          return list
        })
        window.addEventListener('popstate', () => this.follow())
        this.follow()
      },
      /** Shows what the address asks for. */
      follow() {
        clearTimeout(timer)
        this.search = readAddress().get('search') ?? ''
        void this.list.load()
      },

      get entries(): readonly Entry[] {
        return this.list.data?.items ?? []
      },
      get hasEntries() {
        return this.entries.length > 0
      },
      get hasNothing() {
        return this.list.data?.total === 0 && this.found === ''
      },
      get findsNothing() {
        return this.list.data?.total === 0 && this.found !== ''
      },
      get summary() {
        return this.list.data ? tn(`${kind}.total`, this.list.data.total, { count: count(this.list.data.total) }) : ''
      },
      find() {
        clearTimeout(timer)
        timer = setTimeout(() => this.show('replace'), PAUSE_MS)
      },
      clearSearch() {
        this.search = ''
        void this.show('push')
      },
      async show(how: 'push' | 'replace') {
        clearTimeout(timer)
        writeAddress({ search: this.search.trim() }, how)
        await this.list.load()
        announce(this.summary)
      },

      rowId({ id }: Entry) {
        return `entry-${id}`
      },
      host({ url }: Entry) {
        return url ? new URL(url).host : ''
      },
      purchasesOf({ id }: Entry) {
        return `/inventory?${filterName}=${id}`
      },
      purchasesLabel({ name, purchase_count }: Entry) {
        return tn(`${kind}.purchases_of`, purchase_count, { name })
      },
      editLabel({ name }: Entry) {
        return t(`${kind}.edit`, { name })
      },
      deleteLabel({ name }: Entry) {
        return t(`${kind}.delete`, { name })
      },

      get formTitle() {
        return this.draft.id === '' ? t(`${kind}.add`) : t(`${kind}.edit_title`)
      },
      get formFailure() {
        return this.failure && this.failure.fields.length === 0 ? this.failure.text : ''
      },
      problem(field: string) {
        return problemOf(this.failure, field)
      },
      isWrong(field: string) {
        return this.problem(field) !== ''
      },
      add() {
        this.open({ id: '', name: this.findsNothing ? this.search.trim() : '', url: '' })
      },
      edit({ id, name, url }: Entry) {
        this.open({ id, name, url: url ?? '' })
      },
      open(draft: { id: string; name: string; url: string }) {
        this.draft = draft
        this.before = JSON.stringify(draft)
        this.failure = null
        dialogOf(this.$refs.form).showModal()
      },
      async leave() {
        const isChanged = JSON.stringify(this.draft) !== this.before
        const question = { title: t('common.leave'), action: t('common.leave_yes'), isDangerous: true }
        if (!isChanged || (await confirm(question))) this.close()
      },
      close() {
        dialogOf(this.$refs.form).close()
      },
      async save() {
        if (this.isSaving) return
        this.isSaving = true
        this.failure = null
        const { id, name } = this.draft
        const fields = { name, url: this.draft.url.trim() || null }
        try {
          const saved = await (id === '' ? calls.create.mutate(fields) : calls.update.mutate({ id, ...fields }))
          this.close()
          toast(t(id === '' ? `${kind}.added` : `${kind}.saved`, { name: saved.name }))
          await this.list.load()
          await this.focus(saved.id)
        } catch (error) {
          this.failure = explain(error)
          const wrong = this.isWrong('url') && !this.isWrong('name') ? 'directory-url' : 'directory-name'
          document.getElementById(wrong)?.focus()
        } finally {
          this.isSaving = false
        }
      },
      /** Where the work goes on after a dialog. */
      async focus(id: string) {
        await this.$nextTick()
        document.getElementById(`entry-${id}`)?.focus()
      },

      get removalTitle() {
        return this.leaving ? t(`${kind}.delete`, { name: this.leaving.name }) : ''
      },
      get removalText() {
        return this.leaving ? tn(`${kind}.in_use`, this.leaving.purchase_count, { name: this.leaving.name }) : ''
      },
      async remove(entry: Entry) {
        if (entry.purchase_count > 0) return this.offerMove(entry, dialogOf(this.$refs.removal))
        const title = t(`${kind}.delete`, { name: entry.name })
        const yes = await confirm({ title, text: t(`${kind}.unused`), action: t('common.delete'), isDangerous: true })
        if (yes) await this.removeNow(entry)
      },
      async offerMove(entry: Entry, dialog: HTMLDialogElement) {
        this.failure = null
        this.target = ''
        this.leaving = entry
        try {
          const { items } = await calls.list.query({})
          this.others = items.filter(({ id }) => id !== entry.id)
        } catch (error) {
          this.others = []
          this.failure = explain(error)
        }
        dialog.showModal()
      },
      async removeUsed() {
        if (this.leaving && this.target) await this.removeNow(this.leaving, this.target)
      },
      async removeNow(entry: Entry, target?: string) {
        // Once the row is gone, nothing is found from its button any more.
        const dialog = dialogOf(this.$refs.removal)
        const index = this.entries.findIndex(({ id }) => id === entry.id)
        try {
          await calls.delete.mutate({ id: entry.id, ...(target ? { reassign_to: target } : {}) })
          dialog.close()
          toast(t(`${kind}.deleted`, { name: entry.name }))
          await this.list.load()
          const next = this.entries[Math.min(index, this.entries.length - 1)]
          if (next) await this.focus(next.id)
        } catch (error) {
          const failure = explain(error)
          await this.list.load()
          const current = this.entries.find(({ id }) => id === entry.id)
          // Somebody has put a purchase there since: then there is something to choose.
          if (current && current.purchase_count > 0 && !dialog.open) await this.offerMove(current, dialog)
          if (dialog.open) this.failure = failure
          else toastFailure(failure.text)
        }
      },
    }
  })
}

function dialogOf(element: HTMLElement | undefined): HTMLDialogElement {
  return element as HTMLDialogElement
}
