import { component } from '../../lib/component.ts'

const SECTIONS = ['general', 'cards', 'data'] as const
type Section = (typeof SECTIONS)[number]

/** Addresses as people know them: `#dashboard` names the cards of the dashboard. */
const BY_HASH: Readonly<Record<string, Section>> = { '#general': 'general', '#dashboard': 'cards', '#data': 'data' }

/** Which part of the settings is shown: that of the address. */
export function registerSections(): void {
  component('settingsSections', () => ({
    section: sectionOf(location.hash),

    init() {
      window.addEventListener('hashchange', () => {
        this.section = sectionOf(location.hash)
        void this.$nextTick(() => {
          window.scrollTo(0, 0)
          this.$root.querySelector<HTMLElement>(`[data-section="${this.section}"] h2`)?.focus()
        })
      })
    },
    isShown(section: Section) {
      return this.section === section
    },
    currentOf(section: Section) {
      return this.section === section ? 'true' : null
    },
  }))
}

function sectionOf(hash: string): Section {
  return BY_HASH[hash] ?? 'general'
}
