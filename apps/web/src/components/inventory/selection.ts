import type { PurchaseList } from '@spends/client'
import { count } from '../../lib/format.ts'
import { t, tn } from '../../lib/messages.ts'

/** Which purchases of the list are meant: some of this page, or all that match. */
export interface Selection {
  ids: string[]
  isEverything: boolean
  offered: string[]
  total: number
  readonly size: number
  readonly isEmpty: boolean
  readonly isWholePage: boolean
  /** There is more than this page to be meant. */
  readonly canGrow: boolean
  readonly label: string
  readonly growLabel: string
  /** Takes the rows there are to choose from; what is no longer there is not meant any more. */
  offer(page: PurchaseList): void
  has(id: string): boolean
  toggle(id: string): void
  togglePage(): void
  grow(): void
  clear(): void
}

/** Nothing is meant at first. */
export function selection(): Selection {
  return {
    ids: [],
    isEverything: false,
    offered: [],
    total: 0,
    get size() {
      return this.isEverything ? this.total : this.ids.length
    },
    get isEmpty() {
      return this.ids.length === 0
    },
    get isWholePage() {
      return this.offered.length > 0 && this.ids.length === this.offered.length
    },
    get canGrow() {
      return this.isWholePage && !this.isEverything && this.total > this.offered.length
    },
    get label() {
      return tn('inventory.selected', this.size)
    },
    get growLabel() {
      return t('inventory.select_all', { total: count(this.total) })
    },
    offer({ items, total }) {
      this.offered = items.map(({ id }) => id)
      this.total = total
      this.ids = this.ids.filter((id) => this.offered.includes(id))
      this.isEverything &&= this.isWholePage
    },
    has(id) {
      return this.ids.includes(id)
    },
    toggle(id) {
      this.isEverything = false
      this.ids = this.has(id) ? this.ids.filter((one) => one !== id) : [...this.ids, id]
    },
    togglePage() {
      this.isEverything = false
      this.ids = this.isWholePage ? [] : [...this.offered]
    },
    grow() {
      this.isEverything = true
    },
    clear() {
      this.ids = []
      this.isEverything = false
    },
  }
}
