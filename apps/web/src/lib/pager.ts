import { count } from './format.ts'
import { LIMITS, type ListPlace } from './list-place.ts'
import { t } from './messages.ts'

/** Where a list stands. The partial `pager` shows it. */
export interface Pager extends ListPlace {
  total: number
  readonly range: string
  readonly isFirst: boolean
  readonly isLast: boolean
  next(): void
  previous(): void
  resize(limit: number | string): void
  /** Takes where a page of the list stands that has come. Where nothing is left on it, the last one is asked for. */
  take(page: { items: readonly unknown[]; total: number; skip: number; limit: number }): void
}

/** @param onMove is called when another page is wanted; `replace` where Back shall not lead to the one before */
export function pager(onMove: (how: 'push' | 'replace') => void): Pager {
  return {
    skip: 0,
    limit: LIMITS[0],
    total: 0,
    get range() {
      if (this.total === 0) return ''
      const to = Math.min(this.skip + this.limit, this.total)
      return t('common.range', { from: count(Math.min(this.skip + 1, to)), to: count(to), total: count(this.total) })
    },
    get isFirst() {
      return this.skip === 0
    },
    get isLast() {
      return this.skip + this.limit >= this.total
    },
    next() {
      this.skip += this.limit
      onMove('push')
    },
    previous() {
      this.skip = Math.max(0, this.skip - this.limit)
      onMove('push')
    },
    resize(limit) {
      this.limit = Number(limit)
      this.skip = 0
      onMove('push')
    },
    take({ items, total, skip, limit }) {
      Object.assign(this, { total, skip, limit })
      if (items.length > 0 || skip === 0) return
      this.skip = Math.max(0, Math.floor((total - 1) / limit) * limit)
      onMove('replace')
    },
  }
}
