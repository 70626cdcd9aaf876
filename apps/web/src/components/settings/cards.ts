import type { Settings } from '@spends/client'
import { announce, toast } from '../../lib/announcements.ts'
import { api } from '../../lib/api.ts'
import { component } from '../../lib/component.ts'
import { explain, type ShownFailure } from '../../lib/failure.ts'
import { t } from '../../lib/messages.ts'
import { resource } from '../../lib/resource.ts'
import { keepSettings, readSettings } from '../../lib/settings.ts'
import { summaryOf } from './fields.ts'

type CardName = Settings['dashboard_cards'][number]

const CARDS = [
  'total_spent',
  'item_count',
  'avg_price',
  'active_warranties',
  'expiring_warranties',
  'expired_warranties',
  'tax_deductible',
] as const satisfies CardName[]

interface Card {
  name: CardName
  text: string
  shown: boolean
}

/** Which figures stand at the top of the dashboard, and their order. */
export function registerCards(): void {
  component('dashboardCards', () => ({
    stored: resource(readSettings),
    cards: [] as Card[],
    failure: null as ShownFailure | null,
    isSaving: false,

    init() {
      this.$watch('stored.data', () => this.fill())
      void this.stored.load()
    },
    fill() {
      const shown = this.stored.data?.dashboard_cards ?? []
      const hidden = CARDS.filter((name) => !shown.includes(name))
      this.cards = [...shown, ...hidden].map((name) => ({
        name,
        text: t(`settings.card_${name}`),
        shown: shown.includes(name),
      }))
    },
    moveLabel({ text }: Card, by: number) {
      return by < 0 ? t('settings.card_up', { card: text }) : t('settings.card_down', { card: text })
    },
    isLast(index: number) {
      return index === this.cards.length - 1
    },
    /** By one place; the button that was pressed keeps the focus, or hands it to its neighbour at an end. */
    move(index: number, by: number) {
      const [card] = this.cards.splice(index, 1)
      if (!card) return
      const place = index + by
      this.cards.splice(place, 0, card)
      announce(t('settings.card_moved', { card: card.text, place: place + 1, total: this.cards.length }))
      void this.$nextTick(() => {
        const buttons = this.$root.querySelectorAll<HTMLButtonElement>(`[data-card="${card.name}"] button`)
        const [up, down] = buttons
        const wanted = by < 0 ? [up, down] : [down, up]
        wanted.find((button) => button && !button.disabled)?.focus()
      })
    },
    get summary() {
      return summaryOf(this.failure)
    },
    async save() {
      if (this.isSaving) return
      this.isSaving = true
      try {
        const dashboard_cards = this.cards.filter(({ shown }) => shown).map(({ name }) => name)
        this.stored.data = keepSettings(await api.settings.update.mutate({ dashboard_cards }))
        this.failure = null
        toast(t('settings.saved'))
      } catch (error) {
        this.failure = explain(error)
      } finally {
        this.isSaving = false
      }
    },
  }))
}
