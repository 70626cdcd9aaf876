import { count } from './format.ts'
import { t } from './messages.ts'

/** Where a list stands. The partial `pager` shows it. */
export interface Pager {
  skip: number
  limit: number
  total: number
  readonly range: string
  readonly isFirst: boolean
  readonly isLast: boolean
  next(): void
  previous(): void
  resize(limit: number | string): void
}

/** @param onMove is called when another page is wanted; reads `skip` and `limit` */
export function pager(onMove: () => void): Pager {
  return {
    skip: 0,
    limit: 20,
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
      onMove()
    },
    previous() {
      this.skip = Math.max(0, this.skip - this.limit)
      onMove()
    },
    resize(limit) {
      this.limit = Number(limit)
      this.skip = 0
      onMove()
    },
  }
}
