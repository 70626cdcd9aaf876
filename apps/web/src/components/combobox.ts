import { explain, isAbort } from '../lib/failure.ts'
import { t } from '../lib/messages.ts'

/** Something to choose. */
export interface Option {
  id: string
  name: string
}

export interface ComboboxWays {
  /** Looks up what matches some words; all of it, or the best of it, where there are none. */
  find(words: string, signal: AbortSignal): Promise<readonly Option[]>
  /** Makes what is not there yet. Without it, only what is there can be chosen. */
  create?(name: string): Promise<Option>
  onChoose(option: Option | null): void
  /** Says why a name cannot be taken; empty where it can. */
  refuse?(name: string): string
  /** Backspace in an empty field takes the last choice away. */
  onErase?(): void
  /** After a choice the field is empty again, for the next one. */
  isForMany?: boolean
}

interface Suggestion extends Option {
  /** What it says in the list. */
  label: string
  isNew: boolean
}

/**
 * A field in which something is written or chosen, as ARIA 1.2 wants it. The partial `combobox` shows it. What was
 * written and not chosen is not thrown away: `isOpenQuestion` tells of it.
 */
export interface Combobox {
  words: string
  chosen: Option | null
  suggestions: Suggestion[]
  active: number
  isOpen: boolean
  isCreating: boolean
  problem: string
  /** Nothing to be chosen: the list says so. */
  readonly isFruitless: boolean
  /** Something is written that was not chosen. */
  readonly isOpenQuestion: boolean
  isActive(index: number): boolean
  /** The id of the suggestion that the arrow keys are on. @param list the id of the list */
  activeId(list: string): string | null
  open(): void
  write(): void
  onKey(event: KeyboardEvent): void
  choose(index: number): Promise<void>
  point(index: number): void
  /** Closes the list. */
  leave(): void
  /** Closes the list for somebody who goes on to another field; who wrote a name in full has chosen it. */
  settle(): void
  clear(): void
  /** Shows a choice that was made elsewhere. */
  show(option: Option | null): void
  look(): Promise<void>
  /** Chooses what is written, or shows what it could mean. */
  chooseWritten(): Promise<void>
  take(option: Option): void
}

const PAUSE_MS = 200

/** @param ways where choices come from and go to */
export function combobox({ find, create, onChoose, refuse, onErase, isForMany = false }: ComboboxWays): Combobox {
  let timer: ReturnType<typeof setTimeout> | undefined
  let asking: AbortController | undefined

  const made: Combobox = {
    words: '',
    chosen: null,
    suggestions: [],
    active: -1,
    isOpen: false,
    isCreating: false,
    problem: '',

    get isFruitless() {
      return this.isOpen && this.suggestions.length === 0
    },
    get isOpenQuestion() {
      return this.words.trim() !== '' && this.words.trim() !== (this.chosen?.name ?? '')
    },
    isActive(index) {
      return index === this.active
    },
    activeId(list) {
      return this.isOpen && this.suggestions[this.active] ? `${list}-${this.active}` : null
    },

    open() {
      if (!this.isOpen) void this.look()
    },
    write() {
      this.problem = ''
      // What is still listed was found for other words.
      this.active = -1
      clearTimeout(timer)
      asking?.abort()
      if (this.words.trim() === '' && !isForMany && this.chosen) {
        this.chosen = null
        onChoose(null)
      }
      timer = setTimeout(() => this.look(), PAUSE_MS)
    },
    async look() {
      clearTimeout(timer)
      asking?.abort()
      const own = new AbortController()
      asking = own
      const words = this.words.trim()
      // Who opens the list with a choice in the field wants to see the others too.
      const isChoice = words === this.chosen?.name
      try {
        const found = await find(isChoice ? '' : words, own.signal)
        if (own.signal.aborted) return
        this.suggestions = found.map((option) => ({ ...option, label: option.name, isNew: false }))
        const isThere = found.some(({ name }) => fold(name) === fold(words))
        if (create && words !== '' && !isThere) {
          const label = t('common.combobox_create', { name: words })
          this.suggestions.push({ id: '', name: words, label, isNew: true })
        }
        // Where anything can be added, what was written is what is meant; otherwise the best that was found.
        const meant = isForMany && create ? this.suggestions.findIndex(({ name }) => fold(name) === fold(words)) : 0
        this.active = words === '' || isChoice ? -1 : meant
        this.isOpen = true
      } catch (error) {
        if (own.signal.aborted || isAbort(error)) return
        this.problem = explain(error).text
        this.isOpen = false
      }
    },
    onKey(event) {
      const { length } = this.suggestions
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        event.preventDefault()
        if (!this.isOpen) return void this.look()
        if (length === 0) return
        const from = this.active < 0 && event.key === 'ArrowUp' ? 0 : this.active
        this.active = (from + (event.key === 'ArrowDown' ? 1 : length - 1)) % length
        const list = (event.target as HTMLElement).getAttribute('aria-controls')
        document.getElementById(`${list}-${this.active}`)?.scrollIntoView({ block: 'nearest' })
      } else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
        if (this.isOpen && this.suggestions[this.active]) {
          event.preventDefault()
          void this.choose(this.active)
        } else if (this.isOpenQuestion) {
          event.preventDefault()
          void this.chooseWritten()
        }
      } else if (event.key === ',' && isForMany && create) {
        event.preventDefault()
        void this.chooseWritten()
      } else if (event.key === 'Backspace' && this.words === '') {
        onErase?.()
      } else if (event.key === 'Escape' && this.isOpen) {
        // It only closes the list, not what stands around it.
        event.preventDefault()
        event.stopPropagation()
        this.leave()
      }
    },
    async choose(index) {
      const suggestion = this.suggestions[index]
      if (!suggestion || this.isCreating) return
      this.leave()
      this.problem = refuse?.(suggestion.name) ?? ''
      if (this.problem !== '') return
      if (!suggestion.isNew || !create) return this.take({ id: suggestion.id, name: suggestion.name })
      this.isCreating = true
      try {
        this.take(await create(suggestion.name))
      } catch (error) {
        this.problem = explain(error).text
      } finally {
        this.isCreating = false
      }
    },
    async chooseWritten() {
      const words = this.words.trim()
      if (words === '') return
      if (isForMany && create) {
        // Nothing to look up: who writes on at once means the next one.
        this.problem = refuse?.(words) ?? ''
        if (this.problem === '') this.take(await create(words))
        return
      }
      await this.look()
      const meant = this.suggestions.findIndex(({ name, isNew }) => !isNew && fold(name) === fold(words))
      if (meant >= 0) await this.choose(meant)
    },
    take(option) {
      this.show(isForMany ? null : option)
      onChoose(option)
    },
    settle() {
      const words = fold(this.words.trim())
      const meant = this.suggestions.find(({ name, isNew }) => !isNew && fold(name) === words)
      if (this.isOpenQuestion && meant) this.take({ id: meant.id, name: meant.name })
      else this.leave()
    },
    point(index) {
      this.active = index
    },
    leave() {
      clearTimeout(timer)
      asking?.abort()
      this.isOpen = false
    },
    clear() {
      this.show(null)
      onChoose(null)
    },
    show(option) {
      this.leave()
      this.chosen = option
      this.words = option?.name ?? ''
      this.problem = ''
    },
  }
  return made
}

function fold(text: string): string {
  return text.normalize('NFC').toLocaleLowerCase()
}
