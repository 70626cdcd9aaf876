import type { Purchase, PurchaseDetails } from '@spends/client'
import { toast, toastFailure } from '../../lib/announcements.ts'
import { api } from '../../lib/api.ts'
import { component } from '../../lib/component.ts'
import { confirm } from '../../lib/confirm.ts'
import { explain, type ShownFailure } from '../../lib/failure.ts'
import { moment, today } from '../../lib/format.ts'
import { t, tn } from '../../lib/messages.ts'
import { blankForm, copyOf, type FormField, formOf, rebase, toChanges, toNewPurchase } from '../../lib/purchase-form.ts'
import { readSettings, settings } from '../../lib/settings.ts'
import { compare, type Difference } from './conflict.ts'
import { draft } from './draft.ts'
import { type DrawerRequest, onAsked, readId, tell, writeId } from './drawer-events.ts'
import { files } from './files.ts'
import { pathsOf, readableProblems } from './problems.ts'

/** `gone`: it is not there; `lost`: it was, and was deleted while it was changed here. */
type State = 'shut' | 'loading' | 'ready' | 'saving' | 'conflict' | 'failed' | 'gone' | 'lost'

/** One purchase in a drawer: shown, changed, made. */
export function registerPurchaseDrawer(): void {
  component('purchaseDrawer', () => {
    // Not by $root: the button that was pressed may be gone by then, and knows no root any more.
    let dialog: HTMLDialogElement
    return {
      state: 'shut' as State,
      id: '',
      /** It was put into the address here, so Back takes it away. */
      isPushed: false,
      stored: null as PurchaseDetails | null,
      draft: draft(),
      theirs: null as PurchaseDetails | null,
      differences: [] as Difference[],
      failure: null as ShownFailure | null,
      request: { id: '', from: 'address' } as DrawerRequest,
      files: files(),

      init() {
        dialog = this.$root as HTMLDialogElement
        onAsked((request) => this.answer(request))
        window.addEventListener('beforeunload', (event) => {
          if (this.isDirty) event.preventDefault()
        })
        // The list may have asked before anybody heard.
        void this.answer({ id: readId(), from: 'address' })
      },

      /** Shows what the address or the page asks for; asks first where something would be lost. */
      async answer(request: DrawerRequest) {
        if (request.id === this.id && request.from === 'address') return
        if (!(await this.mayLeave())) {
          if (request.from === 'address') writeId(this.id, 'push')
          return
        }
        if (request.id === '') return this.shut()
        if (request.from === 'page') {
          writeId(request.id, 'push')
          this.isPushed = true
        }
        await this.read(request)
      },
      async read(request: DrawerRequest) {
        this.request = request
        this.id = request.id
        this.state = 'loading'
        this.failure = null
        if (!dialog.open) dialog.showModal()
        const source = request.id === 'new' ? request.copyOf : request.id
        try {
          const [purchase] = await Promise.all([
            source === undefined ? null : api.purchases.get.query({ id: source }),
            readSettings(),
          ])
          if (this.id !== request.id) return
          this.fill(purchase)
          await this.$nextTick()
          dialog.querySelector<HTMLElement>(request.id === 'new' ? '#product_name' : 'h2')?.focus()
        } catch (error) {
          if (this.id !== request.id) return
          this.failure = explain(error)
          const isGone = this.failure.code === 'NOT_FOUND' || this.failure.code === 'UNPROCESSABLE_CONTENT'
          this.state = isGone ? 'gone' : 'failed'
        }
      },
      readAgain() {
        return this.read(this.request)
      },
      /** @param purchase null for a new one */
      fill(purchase: PurchaseDetails | null) {
        const { locale, base_currency } = settings()
        const isNew = this.id === 'new'
        const blank = blankForm({ today: today(), currency: base_currency })
        this.stored = isNew ? null : purchase
        this.draft.begin(
          purchase && !isNew ? formOf(purchase, locale) : blank,
          purchase && isNew ? copyOf(formOf(purchase, locale), today()) : undefined,
        )
        this.files.show(isNew ? '' : this.id, isNew ? [] : (purchase?.attachments ?? []))
        Object.assign(this, { state: 'ready', failure: null, theirs: null, differences: [] })
      },

      get title() {
        if (this.id === 'new') return t('inventory.drawer_new')
        return this.stored?.product_name ?? t('inventory.drawer_loading')
      },
      get hasForm() {
        return this.state === 'ready' || this.state === 'saving' || this.state === 'conflict' || this.state === 'lost'
      },
      get isNew() {
        return this.id === 'new'
      },
      get isSaving() {
        return this.state === 'saving'
      },
      is(state: State) {
        return this.state === state
      },
      get changed(): FormField[] {
        return this.isNew ? (Object.keys(this.draft.values) as FormField[]) : this.draft.changed
      },
      get isDirty() {
        return this.hasForm && (this.draft.isDirty || this.files.hasWaiting)
      },
      get added() {
        return this.stored ? t('inventory.created_at', { when: moment(this.stored.created_at) }) : ''
      },
      /** What is wrong and has no field here. */
      get otherProblems() {
        return Object.entries(this.draft.problems)
          .filter(([path]) => !pathsOf(dialog).includes(path))
          .map(([path, text]) => `${path}: ${text}`)
      },

      onKey(event: KeyboardEvent) {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
          event.preventDefault()
          void this.save()
        } else if (event.key === 'Escape' && !event.defaultPrevented) {
          event.preventDefault()
          void this.close()
        }
      },
      jump(section: string) {
        const target = dialog.querySelector<HTMLElement>(`#${section}`)
        target?.scrollIntoView({ block: 'start' })
        target?.focus({ preventScroll: true })
      },

      /** @param goOn begins another one afterwards */
      async save(goOn = false) {
        if (this.state !== 'ready') return
        if (!(await this.draft.check(this.changed))) return this.focusProblem()
        this.state = 'saving'
        this.failure = null
        try {
          const saved = await this.write()
          await this.sendFiles(saved)
          if (this.files.failed > 0) return this.stay(saved)
          toast(t('inventory.saved', { name: saved.product_name }))
          if (goOn) this.addAnother(saved)
          else this.finish(saved)
        } catch (error) {
          await this.refuse(error)
        }
      },
      async write(): Promise<PurchaseDetails> {
        const { stored, changed, draft } = this
        const { locale } = settings()
        if (!stored) return api.purchases.create.mutate(toNewPurchase(draft.values, locale))
        if (changed.length === 0) return stored
        return api.purchases.update.mutate(toChanges(draft.values, changed, stored, locale))
      },
      /** Files that waited for the purchase follow it. */
      async sendFiles({ id }: Purchase) {
        this.files.purchaseId = id
        await this.files.send()
      },
      /** The purchase is saved, and some of its files are not: they stay to be tried again. */
      stay(saved: PurchaseDetails) {
        const kind = this.isNew ? 'created' : 'changed'
        this.id = saved.id
        writeId(saved.id, 'replace')
        this.stored = saved
        this.draft.begin(formOf(saved, settings().locale))
        this.state = 'ready'
        tell({ kind, purchase: saved, isOver: false })
        toastFailure(tn('inventory.files_failed', this.files.failed))
        this.jump('section-files')
      },
      finish(saved: PurchaseDetails) {
        const kind = this.isNew ? 'created' : 'changed'
        this.shut()
        tell({ kind, purchase: saved, isOver: true })
      },
      addAnother(saved: PurchaseDetails) {
        tell({ kind: 'created', purchase: saved, isOver: false })
        this.fill(null)
        // What is entered in a row often comes from one receipt.
        const { purchase_date, currency_code } = saved
        this.draft.begin({ ...this.draft.before, purchase_date, currency_code })
        dialog.querySelector<HTMLElement>('#product_name')?.focus()
      },
      async refuse(error: unknown) {
        this.failure = explain(error)
        const { code, fields } = this.failure
        this.state = code === 'NOT_FOUND' ? 'lost' : 'ready'
        if (code === 'PRECONDITION_FAILED') await this.compareWithTheirs()
        else if (fields.length > 0) {
          // Each stands at its field.
          this.failure = { ...this.failure, text: t('common.failed_fields') }
          this.draft.showProblems(readableProblems(fields, this.draft.values))
          await this.focusProblem()
        }
      },
      async focusProblem() {
        await this.$nextTick()
        const wrong = pathsOf(dialog).find((path) => this.draft.problem(path) !== '')
        const field = wrong && dialog.querySelector<HTMLElement>(`[data-path="${wrong}"]`)
        const target = field || dialog.querySelector<HTMLElement>('.drawer-problems')
        target?.focus()
      },

      async compareWithTheirs() {
        if (!this.stored) return
        try {
          this.theirs = await api.purchases.get.query({ id: this.stored.id })
          const now = formOf(this.theirs, settings().locale)
          this.differences = compare(this.draft.values, this.draft.before, now)
          this.state = 'conflict'
          await this.$nextTick()
          dialog.querySelector<HTMLElement>('.conflict')?.focus()
        } catch (error) {
          await this.refuse(error)
        }
      },
      takeTheirs() {
        const { theirs } = this
        if (!theirs) return
        this.fill(theirs)
        tell({ kind: 'changed', purchase: theirs, isOver: false })
        dialog.querySelector<HTMLElement>('h2')?.focus()
      },
      async overwrite() {
        const { theirs } = this
        if (!theirs) return
        const now = formOf(theirs, settings().locale)
        this.draft.begin(now, rebase(this.draft.values, this.draft.before, now))
        this.stored = theirs
        this.state = 'ready'
        dialog.querySelector<HTMLElement>('h2')?.focus()
        await this.save()
      },
      keepAsNew() {
        const mine = this.draft.values
        this.id = 'new'
        writeId('new', 'replace')
        this.fill(null)
        this.draft.begin(this.draft.before, mine)
        dialog.querySelector<HTMLElement>('#product_name')?.focus()
      },

      async remove() {
        const { stored } = this
        if (!stored) return
        const name = stored.product_name
        const question = { title: t('inventory.delete_title', { name }), text: t('inventory.delete_text') }
        if (!(await confirm({ ...question, action: t('common.delete'), isDangerous: true }))) return
        try {
          await api.purchases.delete.mutate({ id: stored.id, version: stored.version })
          this.shut()
          tell({ kind: 'deleted', id: stored.id, name })
        } catch (error) {
          await this.refuse(error)
        }
      },
      async duplicate() {
        const { stored } = this
        if (!stored || !(await this.mayLeave())) return
        writeId('new', 'replace')
        await this.read({ id: 'new', copyOf: stored.id, from: 'page' })
      },
      async close() {
        if (this.isSaving || !(await this.mayLeave())) return
        const { id } = this
        this.shut()
        tell({ kind: 'closed', id })
      },
      async mayLeave(): Promise<boolean> {
        if (!this.isDirty) return true
        const question = { title: t('inventory.leave_title'), text: t('inventory.leave_text') }
        return confirm({ ...question, action: t('inventory.leave_yes'), isDangerous: true })
      },
      shut() {
        this.state = 'shut'
        const { isPushed, id } = this
        Object.assign(this, { id: '', isPushed: false, stored: null, theirs: null, failure: null })
        this.files.show('', [])
        if (dialog.open) dialog.close()
        // Back leads to what was before the list, not to the drawer again.
        if (id !== '' && readId() !== '') isPushed ? history.back() : writeId('', 'replace')
      },
      /** Browsers close a dialog themselves when they are asked twice. */
      closed() {
        if (this.state !== 'shut') dialog.showModal()
      },
    }
  })
}
