import { component } from '../lib/component.ts'
import { browserMemory } from '../lib/memory.ts'
import { t } from '../lib/messages.ts'

const THEMES = ['auto', 'light', 'dark'] as const
type Theme = (typeof THEMES)[number]

const THEME_LABELS = { auto: 'common.theme_auto', light: 'common.theme_light', dark: 'common.theme_dark' } as const

/** What stands around every page: theme, sidebar, and the way to the palette. */
export function registerShell(): void {
  component('shell', () => ({
    theme: readTheme(),

    init() {
      const system = matchMedia('(prefers-color-scheme: dark)')
      system.addEventListener('change', () => applyTheme(this.theme))
      window.addEventListener('spends:next-theme', () => this.nextTheme())
      window.addEventListener('keydown', (event) => {
        if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
          event.preventDefault()
          this.openPalette()
        }
      })
    },

    get themeLabel() {
      return t(THEME_LABELS[this.theme])
    },
    get searchKeys() {
      return /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘K' : 'Ctrl+K'
    },
    isTheme(theme: Theme) {
      return this.theme === theme
    },
    nextTheme() {
      this.theme = THEMES[(THEMES.indexOf(this.theme) + 1) % THEMES.length] ?? 'auto'
      browserMemory.set('theme', this.theme)
      applyTheme(this.theme)
    },
    toggleSidebar() {
      const { dataset } = document.documentElement
      if (dataset.sidebar === 'narrow') delete dataset.sidebar
      else dataset.sidebar = 'narrow'
      browserMemory.set('sidebar', dataset.sidebar ?? 'wide')
    },
    openPalette() {
      window.dispatchEvent(new Event('spends:palette'))
    },
    /** Phones often can't. */
    get canFillScreen() {
      return document.fullscreenEnabled
    },
    async toggleFullScreen() {
      if (document.fullscreenElement) await document.exitFullscreen()
      else await document.documentElement.requestFullscreen()
    },
  }))
}

function readTheme(): Theme {
  const kept = browserMemory.get('theme')
  return THEMES.find((theme) => theme === kept) ?? 'auto'
}

/** As theme.js does before the first paint. */
function applyTheme(theme: Theme): void {
  const dark = theme === 'dark' || (theme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.bsTheme = dark ? 'dark' : 'light'
}
