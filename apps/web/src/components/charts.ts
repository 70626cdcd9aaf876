import type { Spending, WarrantyTimeline } from '@spends/client'
import type { DrawnChart } from '../lib/charts.ts'
import { component, type Magics } from '../lib/component.ts'
import { count, money, month, today } from '../lib/format.ts'
import { inventoryLink } from '../lib/links.ts'
import { t } from '../lib/messages.ts'
import { lastDayOf } from '../lib/months.ts'
import { toMinorUnits } from '../lib/shares.ts'

type Charts = typeof import('../lib/charts.ts')

/** What was spent month by month, and in what. */
export interface SpendingData {
  currency: string
  rows: Spending
}

/** The charts of the dashboard. */
export function registerCharts(): void {
  component('spendingChart', () =>
    chart<SpendingData>(sayWhatIsSpent, (charts, canvas, { rows, currency }) =>
      charts.drawSpending(canvas, rows, currency, (chosen) => location.assign(monthLink(chosen, currency))),
    ),
  )
  component('timelineChart', () =>
    chart<WarrantyTimeline>(sayWhatEnds, (charts, canvas, rows) => charts.drawTimeline(canvas, rows, today())),
  )
}

/** The purchases of a month in a currency. */
export function monthLink(value: string, currency: string): string {
  return inventoryLink({ date_from: `${value}-01`, date_to: lastDayOf(value), currency_code: [currency] })
}

interface ChartState {
  /** What the canvas shows, in words. */
  label: string
  /** The code that draws could not be loaded. */
  isBroken: boolean
  draw(data: unknown): Promise<void>
}

/** A canvas that is drawn anew when its data or the theme change. The code that draws comes when there is something to draw. */
function chart<Data>(
  say: (data: Data) => string,
  drawOn: (charts: Charts, canvas: HTMLCanvasElement, data: Data) => DrawnChart,
) {
  // Outside of what Alpine watches: a chart it has wrapped does not work.
  let drawn: DrawnChart | undefined
  let shown: Data | null = null
  let theme: MutationObserver | undefined
  return {
    label: '',
    isBroken: false,

    init(this: ChartState) {
      theme = new MutationObserver(() => void this.draw(shown))
      theme.observe(document.documentElement, { attributeFilter: ['data-bs-theme'] })
    },
    destroy() {
      theme?.disconnect()
      drawn?.destroy()
    },
    async draw(this: ChartState & Magics, data: Data | null) {
      shown = data
      if (data === null) return
      this.label = say(data)
      const charts = await import('../lib/charts.ts').catch(() => undefined)
      this.isBroken = charts === undefined
      // Meanwhile other data may have come.
      if (!charts || shown !== data) return
      drawn?.destroy()
      const canvas = this.$root.querySelector('canvas')
      if (canvas) drawn = drawOn(charts, canvas, data)
    },
  }
}

function sayWhatIsSpent({ rows, currency }: SpendingData): string {
  const [from, to] = [rows[0]?.month ?? '', rows.at(-1)?.month ?? '']
  const most = rows.reduce((best, row) =>
    toMinorUnits(row.total_amount) > toMinorUnits(best.total_amount) ? row : best,
  )
  const span = { from: month(from, 'long'), to: month(to, 'long') }
  if (toMinorUnits(most.total_amount) === 0n) return t('dashboard.spending_drawn_empty', span)
  return t('dashboard.spending_drawn', {
    ...span,
    most: month(most.month, 'long'),
    amount: money(most.total_amount, currency),
  })
}

function sayWhatEnds(rows: WarrantyTimeline): string {
  const sum = (of: 'expired' | 'expiring_soon') => count(rows.reduce((all, row) => all + row[of], 0))
  return t('dashboard.timeline_drawn', {
    from: month(rows[0]?.month ?? '', 'long'),
    to: month(rows.at(-1)?.month ?? '', 'long'),
    expired: sum('expired'),
    ending: sum('expiring_soon'),
  })
}
