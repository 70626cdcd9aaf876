import type { Spending, WarrantyTimeline } from '@spends/client'
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  type ChartConfiguration,
  LinearScale,
  LineController,
  LineElement,
  type Plugin,
  PointElement,
  Tooltip,
} from 'chart.js'
import { count, money, month } from './format.ts'
import { t } from './messages.ts'
import { lastDayOf, monthOf } from './months.ts'
import { settings } from './settings.ts'

/*
 * The charts of the dashboard. Only what they use of Chart.js is in here, and pages load this file when they have
 * something to draw.
 */

Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
)

type Config = ChartConfiguration<'bar' | 'line', number[], string | string[]>
type Scale = NonNullable<NonNullable<Config['options']>['scales']>[string]

/** A chart that stands, until it is taken away. */
export interface DrawnChart {
  destroy(): void
}

/** Draws what was spent and how many items were bought, month by month. @param onMonth is called with a chosen month */
export function drawSpending(
  canvas: HTMLCanvasElement,
  rows: Spending,
  currency: string,
  onMonth: (month: string) => void,
): DrawnChart {
  const colour = readColours()
  return new Chart<'bar' | 'line', number[], string | string[]>(canvas, {
    data: {
      labels: rows.map((row, index) => monthLabel(row.month, index === 0)),
      datasets: [
        {
          type: 'line',
          data: rows.map(({ item_count }) => item_count),
          yAxisID: 'right',
          ...line(colour('--chart-second'), colour('--surface')),
        },
        {
          type: 'bar',
          // Floats only decide how high a bar is drawn; what is read are the amounts themselves.
          data: rows.map(({ total_amount }) => Number(total_amount)),
          yAxisID: 'left',
          ...bars(colour('--chart-first')),
        },
      ],
    },
    options: {
      ...common(colour),
      onClick: (_, elements) => {
        const row = rows[elements[0]?.index ?? -1]
        if (row) onMonth(row.month)
      },
      scales: {
        x: months(colour),
        left: { ...axis(colour, 'left'), ticks: { ...ticks(colour), callback: (value) => moneyTick(value, currency) } },
        right: countAxis(colour, 'right'),
      },
      plugins: tooltips(colour, (index) => {
        const row = rows[index]
        return row
          ? [
              month(row.month, 'long'),
              `${t('dashboard.spent')}: ${money(row.total_amount, currency)}`,
              `${t('dashboard.items')}: ${count(row.item_count)}`,
            ]
          : []
      }),
    },
  })
}

/** Draws how many warranties ended and will end in each month, and how many are in force; the past apart from the future. */
export function drawTimeline(canvas: HTMLCanvasElement, rows: WarrantyTimeline, today: string): DrawnChart {
  const colour = readColours()
  const current = rows.findIndex((row) => row.month === monthOf(today))
  return new Chart<'bar' | 'line', number[], string | string[]>(canvas, {
    data: {
      labels: rows.map((row, index) => monthLabel(row.month, index === 0)),
      datasets: [
        {
          type: 'line',
          data: rows.map(({ active }) => active),
          yAxisID: 'right',
          ...line(colour('--chart-third'), colour('--surface')),
          // What is to come is only a prospect.
          segment: {
            borderDash: ({ p0DataIndex }) => (current >= 0 && p0DataIndex >= current - 1 ? [5, 4] : undefined),
          },
        },
        {
          type: 'bar',
          data: rows.map(({ expired }) => expired),
          yAxisID: 'left',
          stack: 'ends',
          ...bars(colour('--chart-past')),
        },
        {
          type: 'bar',
          data: rows.map(({ expiring_soon }) => expiring_soon),
          yAxisID: 'left',
          stack: 'ends',
          ...bars(colour('--chart-second')),
        },
      ],
    },
    options: {
      ...common(colour),
      scales: { x: months(colour), left: countAxis(colour, 'left'), right: countAxis(colour, 'right') },
      plugins: tooltips(colour, (index) => {
        const row = rows[index]
        return row
          ? [
              month(row.month, 'long'),
              `${t('dashboard.expired_legend')}: ${count(row.expired)}`,
              `${t('dashboard.ending_legend')}: ${count(row.expiring_soon)}`,
              `${t('dashboard.in_force')}: ${count(row.active)}`,
            ]
          : []
      }),
    },
    plugins: current < 0 ? [] : [markToday(current, dayPart(today), colour)],
  })
}

/** How much of its month a day has left behind, 0 to 1. */
function dayPart(day: string): number {
  return (Number(day.slice(8)) - 0.5) / Number(lastDayOf(monthOf(day)).slice(8))
}

/** A line for today, and a shade over what is past. */
function markToday(index: number, part: number, colour: Colours): Plugin<'bar' | 'line'> {
  const placeOf = (chart: Chart) => {
    const { x } = chart.scales
    if (!x) return undefined
    const width = x.width / Math.max(1, x.ticks.length)
    return x.getPixelForValue(index) - width / 2 + width * part
  }
  return {
    id: 'today',
    beforeDatasetsDraw(chart) {
      const place = placeOf(chart as Chart)
      if (place === undefined) return
      const { ctx, chartArea } = chart
      ctx.save()
      ctx.fillStyle = colour('--chart-shade')
      ctx.fillRect(chartArea.left, chartArea.top, place - chartArea.left, chartArea.height)
      ctx.restore()
    },
    afterDatasetsDraw(chart) {
      const place = placeOf(chart as Chart)
      if (place === undefined) return
      const { ctx, chartArea } = chart
      ctx.save()
      ctx.strokeStyle = colour('--accent')
      ctx.lineWidth = 1.5
      ctx.setLineDash([4, 3])
      ctx.beginPath()
      ctx.moveTo(place, chartArea.top)
      ctx.lineTo(place, chartArea.bottom)
      ctx.stroke()
      ctx.fillStyle = colour('--accent-text')
      ctx.font = `600 12px ${fontFamily()}`
      ctx.textAlign = 'center'
      ctx.fillText(t('dashboard.today'), place, chartArea.top - 6)
      ctx.restore()
    },
  }
}

type Colours = (name: string) => string

/** The colours of the theme in force. */
function readColours(): Colours {
  const style = getComputedStyle(document.documentElement)
  return (name) => style.getPropertyValue(name).trim()
}

function fontFamily(): string {
  return getComputedStyle(document.body).fontFamily
}

function common(colour: Colours) {
  return {
    responsive: true,
    maintainAspectRatio: false,
    animation: false as const,
    interaction: { mode: 'index' as const, intersect: false },
    layout: { padding: { top: 20 } },
    font: { family: fontFamily(), size: 12 },
    color: colour('--muted'),
  }
}

function bars(fill: string) {
  return { backgroundColor: fill, borderRadius: 4, maxBarThickness: 36, categoryPercentage: 0.7, order: 2 }
}

function line(stroke: string, surface: string) {
  return {
    borderColor: stroke,
    backgroundColor: surface,
    borderWidth: 2,
    pointRadius: 3.5,
    pointBorderWidth: 2,
    // Never drawn above or below what was counted.
    cubicInterpolationMode: 'monotone' as const,
    order: 1,
  }
}

function ticks(colour: Colours) {
  return { color: colour('--muted'), font: { family: fontFamily(), size: 12 }, maxTicksLimit: 6 }
}

function months(colour: Colours): Scale {
  return {
    grid: { display: false },
    border: { color: colour('--line') },
    ticks: { ...ticks(colour), maxTicksLimit: 12, maxRotation: 0, autoSkipPadding: 0 },
  }
}

function axis(colour: Colours, position: 'left' | 'right') {
  return {
    position,
    beginAtZero: true,
    border: { display: false },
    // One grid is enough.
    grid: { display: position === 'left', color: colour('--line') },
  }
}

function countAxis(colour: Colours, position: 'left' | 'right'): Scale {
  return {
    ...axis(colour, position),
    suggestedMax: 4,
    ticks: { ...ticks(colour), precision: 0, callback: (value) => count(Number(value)) },
  }
}

/** An amount as short as an axis needs it: `$1.2K`. */
function moneyTick(value: number | string, currency: string): string {
  const { locale } = settings()
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    notation: 'compact',
    minimumFractionDigits: 0,
    maximumFractionDigits: 1,
  }).format(Number(value))
}

/** The name of a month; the first one and each January say the year, too. */
function monthLabel(value: string, isFirst: boolean): string | string[] {
  const name = new Intl.DateTimeFormat(settings().locale, { month: 'short', timeZone: 'UTC' }).format(
    new Date(`${value}-01`),
  )
  return isFirst || value.endsWith('-01') ? [name, value.slice(0, 4)] : name
}

/** @param say the title and the lines for one month */
function tooltips(colour: Colours, say: (index: number) => string[]) {
  return {
    tooltip: {
      displayColors: false,
      backgroundColor: colour('--surface-2'),
      borderColor: colour('--line'),
      borderWidth: 1,
      titleColor: colour('--bs-body-color'),
      bodyColor: colour('--bs-body-color'),
      titleFont: { family: fontFamily() },
      bodyFont: { family: fontFamily() },
      padding: 10,
      filter: (_: unknown, position: number) => position === 0,
      callbacks: {
        title: (items: readonly { dataIndex: number }[]) => say(items[0]?.dataIndex ?? -1)[0] ?? '',
        label: ({ dataIndex }: { dataIndex: number }) => say(dataIndex).slice(1),
      },
    },
  }
}
