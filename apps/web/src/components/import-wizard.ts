import Alpine from '@alpinejs/csp'
import { readAddress, writeAddress } from '../lib/address.ts'
import { component } from '../lib/component.ts'
import {
  IMPORT_STEPS,
  type ImportState,
  type ImportStep,
  NO_IMPORT,
  parseState,
  stepOf,
  toAddress,
} from '../lib/import-state.ts'
import { resource } from '../lib/resource.ts'
import { readSettings } from '../lib/settings.ts'

interface Wizard {
  state: ImportState
  /** Whether somebody went on or back, so that what comes has to be brought to their attention. */
  hasMoved: boolean
  readonly step: ImportStep
  isStep(step: ImportStep): boolean
  /** Whether a step lies behind. */
  isDone(step: ImportStep): boolean
  /** Changes the state and the address. @param how as for `writeAddress` */
  go(change: Partial<ImportState>, how?: 'push' | 'replace'): void
  /** Begins with another file. */
  restart(): void
}

/** Where the import stands, for its steps. */
export function wizard(): Wizard {
  return Alpine.store('wizard') as unknown as Wizard
}

/** The store that knows where the import stands, and the component around its steps. */
export function registerImportWizard(): void {
  Alpine.store('wizard', {
    state: parseState(readAddress()),
    hasMoved: false,
    get step() {
      return stepOf(this.state)
    },
    isStep(step) {
      return this.step === step
    },
    isDone(step) {
      return IMPORT_STEPS.indexOf(step) < IMPORT_STEPS.indexOf(this.step)
    },
    go(change, how = 'push') {
      if (how === 'push') this.hasMoved = true
      this.state = { ...this.state, ...change }
      writeAddress(toAddress(this.state), how)
    },
    restart() {
      this.go(NO_IMPORT)
    },
  } satisfies Wizard)
  window.addEventListener('popstate', () => {
    wizard().hasMoved = true
    wizard().state = parseState(readAddress())
  })

  component('importPage', () => ({
    settings: resource(readSettings),
    init() {
      void this.settings.load()
    },
  }))
}

/** Brings the heading of a step to attention that somebody went to. */
export function focusHeading(root: HTMLElement): void {
  if (wizard().hasMoved) root.querySelector<HTMLElement>('h2')?.focus()
}
