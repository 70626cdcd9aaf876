import { exportUrl } from '@spends/client'
import { api, ORIGIN } from '../lib/api.ts'
import { component } from '../lib/component.ts'
import { explain, isAbort } from '../lib/failure.ts'
import { money } from '../lib/format.ts'
import { purchaseLink } from '../lib/links.ts'
import { t } from '../lib/messages.ts'
import { readSettings } from '../lib/settings.ts'

interface Entry {
  id: string
  text: string
  hint: string
  /** Where it leads, or what it does. */
  to: string | (() => void)
}

/** How long nobody types before purchases are looked up. */
const PAUSE_MS = 200
const PURCHASES_SHOWN = 8

/** Ctrl+K: pages, actions and purchases by a few letters. */
export function registerPalette(): void {
  component('palette', () => {
    const commands = listCommands()
    let timer: ReturnType<typeof setTimeout> | undefined
    let asking: AbortController | undefined
    return {
      words: '',
      purchases: [] as Entry[],
      active: 0,
      failure: '',
      /** What was typed last has no answer yet. */
      isPending: false,
      /** Enter was pressed before the answer came: what it finds first is meant. */
      isDecided: false,

      init() {
        window.addEventListener('spends:palette', () => this.open())
      },
      open() {
        const dialog = this.$root as HTMLDialogElement
        if (dialog.open) return
        this.words = ''
        this.purchases = []
        this.active = 0
        this.failure = ''
        this.isPending = false
        dialog.showModal()
        dialog.querySelector('input')?.focus()
      },
      close() {
        ;(this.$root as HTMLDialogElement).close()
      },
      closed() {
        clearTimeout(timer)
        asking?.abort()
      },
      closeOutside(event: MouseEvent) {
        if (event.target === this.$root) this.close()
      },

      get entries(): Entry[] {
        const words = this.words.trim().toLocaleLowerCase()
        const matches = ({ text }: Entry) => text.toLocaleLowerCase().includes(words)
        // Of purchases that answer what was typed before, none may be chosen by mistake.
        return [...commands.filter(matches), ...(this.isPending ? this.purchases.filter(matches) : this.purchases)]
      },
      get isEmpty() {
        return this.entries.length === 0 && this.failure === '' && !this.isPending
      },
      get activeId() {
        return this.entries[this.active]?.id ?? ''
      },
      isActive(index: number) {
        return index === this.active
      },
      point(index: number) {
        this.active = index
      },
      choose(index: number) {
        const entry = this.entries[index]
        if (!entry) return
        this.close()
        if (typeof entry.to === 'string') location.assign(entry.to)
        else entry.to()
      },
      onKey(event: KeyboardEvent) {
        const { length } = this.entries
        if (event.key === 'ArrowDown') this.active = length === 0 ? 0 : (this.active + 1) % length
        else if (event.key === 'ArrowUp') this.active = length === 0 ? 0 : (this.active + length - 1) % length
        else if (event.key === 'Enter') this.decide()
        else return
        event.preventDefault()
        document.getElementById(this.activeId)?.scrollIntoView({ block: 'nearest' })
      },
      decide() {
        if (this.isPending && this.entries.length === 0) this.isDecided = true
        else this.choose(this.active)
      },
      search() {
        this.active = 0
        this.failure = ''
        this.isDecided = false
        clearTimeout(timer)
        asking?.abort()
        const search = this.words.trim()
        this.isPending = search !== ''
        if (!this.isPending) {
          this.purchases = []
          return
        }
        timer = setTimeout(() => this.find(search), PAUSE_MS)
      },
      async find(search: string) {
        asking = new AbortController()
        const { signal } = asking
        try {
          const [{ items }] = await Promise.all([
            api.purchases.list.query({ search, limit: PURCHASES_SHOWN }, { signal }),
            readSettings(),
          ])
          if (signal.aborted) return
          this.isPending = false
          this.purchases = items.map(({ id, product_name, price, currency_code, brand }) => ({
            id: `purchase-${id}`,
            text: product_name,
            hint: [brand?.name, money(price, currency_code)].filter(Boolean).join(' · '),
            to: purchaseLink(id),
          }))
          if (this.isDecided) this.choose(0)
        } catch (error) {
          if (isAbort(error)) return
          this.isPending = false
          this.purchases = []
          this.failure = explain(error).text
        }
      },
    }
  })
}

function listCommands(): Entry[] {
  const page = t('common.palette_page')
  const action = t('common.palette_action')
  const pages = [
    ['/', t('common.dashboard')],
    ['/inventory', t('common.inventory')],
    ['/warranties', t('common.warranties')],
    ['/retailers', t('common.retailers')],
    ['/brands', t('common.brands')],
    ['/import', t('common.import')],
    ['/settings', t('common.settings')],
    ['/settings#data', t('common.data')],
    ['/docs', t('common.api_docs')],
  ] as const
  const actions: [string, Entry['to']][] = [
    [t('common.action_add_purchase'), '/inventory?id=new'],
    [t('common.action_backup'), '/settings#data'],
    [t('common.action_export_csv'), exportUrl(ORIGIN, 'csv')],
    [t('common.action_export_json'), exportUrl(ORIGIN, 'json')],
    [t('common.action_theme'), () => window.dispatchEvent(new Event('spends:next-theme'))],
  ]
  return [
    ...actions.map(([text, to], index) => ({ id: `action-${index}`, text, hint: action, to })),
    ...pages.map(([to, text], index) => ({ id: `page-${index}`, text, hint: page, to })),
  ]
}
