import { cpus, totalmem } from 'node:os'
import { CONNECTIONS } from './load.ts'
import type { Measured } from './measure.ts'
import type { Latencies, MixedLoad } from './mixed-load.ts'
import type { PageTimes } from './pages.ts'
import type { Target } from './rows.ts'
import type { Memory } from './server.ts'

export interface Line {
  name: string
  measured: Measured
  target: Target | undefined
}

/** A part of the report; rows that were not asked for leave it empty. */
export interface Section {
  title: string
  text: string
  /** Heading of each column, the first one's is that of the names. */
  columns: readonly string[]
  lines: readonly (readonly string[])[]
}

/** Against a bare handler, or another request to ourselves: the ratio is the share of its speed. */
export function pairSection(title: string, text: string, other: string, lines: readonly Line[]): Section {
  return {
    title,
    text,
    columns: ['row', 'ours, µs', `${other}, µs`, `${other} / ours`, 'half of the rounds', 'target', 'verdict'],
    lines: lines.map((line) => {
      // Ours is measured first, so that the ratio is what ours costs in units of the other.
      const [lower, upper] = line.measured.quartiles
      const measured = { ...line.measured, ratio: 1 / line.measured.ratio, quartiles: [1 / upper, 1 / lower] as const }
      return toCells({ ...line, measured })
    }),
  }
}

/** Ours over databases of different sizes, the largest first: the ratio is how much dearer that is than the smallest. */
export function growthSection(title: string, text: string, sizes: readonly number[], lines: readonly Line[]): Section {
  const [largest = 0, smallest = 0] = [sizes[0], sizes.at(-1)]
  return {
    title,
    text,
    columns: [
      'row',
      ...sizes.map((size) => `${inWords(size)}, µs`),
      `${inWords(largest)} / ${inWords(smallest)}`,
      'half of the rounds',
      'target',
      'verdict',
    ],
    lines: lines.map(toCells),
  }
}

function toCells({ name, measured, target }: Line): string[] {
  const { costs, ratio, quartiles } = measured
  return [
    name,
    ...costs.map((cost) => cost.toFixed(0)),
    ratio.toFixed(2),
    quartiles.map((value) => value.toFixed(2)).join(' to '),
    ...judge(ratio, target),
  ]
}

export function startSection(sizes: readonly number[], [fresh = 0, ...times]: readonly number[]): Section {
  const smallest = times[0] ?? 0
  return {
    title: 'Start',
    text: 'From the birth of the process to its first answer for the dashboard, wall time, medians. The target is the issue\'s: "within the time of a small one", with a tenth for chance.',
    columns: ['database', 'ms', 'of the smallest', 'target', 'verdict'],
    lines: [
      ['none: made, migrated and seeded first', fresh.toFixed(0), '', '', ''],
      ...times.map((time, index) => {
        const ratio = time / smallest
        return [
          `${inWords(sizes[index] ?? 0)} purchases`,
          time.toFixed(0),
          ratio.toFixed(2),
          ...(index === 0 ? ['', ''] : judge(ratio, { atMost: 1.1 })),
        ]
      }),
    ],
  }
}

/** How long a visitor waits, by the sizes of the databases; the ratio is the largest to the smallest. */
export function pagesSection(sizes: readonly number[], times: readonly PageTimes[]): Section {
  const rows = [
    ['first paint, cold', ({ cold }: PageTimes) => cold.painted],
    ['filled dashboard, cold', ({ cold }: PageTimes) => cold.filled],
    ['first paint, warm', ({ warm }: PageTimes) => warm.painted],
    ['filled dashboard, warm', ({ warm }: PageTimes) => warm.filled],
  ] as const
  return {
    title: 'Pages',
    text: 'The dashboard in headless Chromium beside the server, milliseconds from entering the address, medians. Cold: nothing kept in the browser, and a server that has just started. Filled: the last placeholder is gone and the charts are drawn.',
    columns: [
      'row',
      ...sizes.map((size) => `${inWords(size)}, ms`),
      `${inWords(sizes.at(-1) ?? 0)} / ${inWords(sizes[0] ?? 0)}`,
    ],
    lines:
      times.length === 0
        ? []
        : rows.map(([name, read]) => {
            const values = times.map(read)
            return [
              name,
              ...values.map((value) => value.toFixed(0)),
              ((values.at(-1) ?? 0) / (values[0] ?? 0)).toFixed(2),
            ]
          }),
  }
}

export function memorySection(lines: readonly (readonly [purchases: number, memory: Memory])[]): Section {
  return {
    title: 'Memory',
    text: 'Resident memory of the process while lists, searches, dashboard and some writes run, eight at a time. The peak counts mapped pages of the database file, and those once for each connection; "own" and "of files" are what it is made of at the end.',
    columns: ['database', 'peak, MB', 'own, MB', 'of files, MB', 'target', 'verdict'],
    lines: lines.map(([purchases, { peak, own, files }]) => [
      `${inWords(purchases)} purchases`,
      ...[peak, own, files].map((megabytes) => megabytes.toFixed(0)),
      ...judge(peak, { atMost: 300 }),
    ]),
  }
}

/** What the process needed at most while it moved that many purchases. */
export interface Moved {
  name: string
  purchases: number
  peak: number
  target: Target | undefined
  /** What the target is held against, if not the peak itself. */
  ratio?: number
}

export function transferMemorySection(moved: readonly Moved[]): Section {
  return {
    title: 'Memory of import and export',
    text: 'Resident memory of the process at most, from its start to the end of the work, the file sent or received as a stream. An import has a new database to go to.',
    columns: ['work', 'peak, MB', 'of the smaller', 'target', 'verdict'],
    lines: moved.map(({ name, purchases, peak, ratio, target }) => [
      `${name}, ${inWords(purchases)}`,
      peak.toFixed(0),
      ratio?.toFixed(2) ?? '',
      ...judge(ratio ?? peak, target),
    ]),
  }
}

export function mixedSection(lines: readonly (readonly [purchases: number, load: MixedLoad])[]): Section {
  const row = (name: string, { requests, p50, p99, longest }: Latencies) => [
    name,
    String(requests),
    ...[p50, p99, longest].map((time) => time.toFixed(1)),
  ]
  return {
    title: 'Mixed load',
    text: 'Eight readers of dashboard and lists beside one writer, 20 s, each asking again as soon as it is answered: milliseconds that callers wait, on a machine whose cores the caller takes part of.',
    columns: ['who', 'requests', 'p50, ms', 'p99, ms', 'longest, ms', 'errors', 'verdict'],
    lines: lines.flatMap(([purchases, { readers, writer, errors }]) => [
      [...row(`readers, ${inWords(purchases)}`, readers), '', ''],
      [...row(`writer, ${inWords(purchases)}`, writer), String(errors.length), errors.length === 0 ? 'met' : 'missed'],
    ]),
  }
}

/** The target, and whether it is met or by how much it is missed. */
export function judge(ratio: number, target: Target | undefined): [target: string, verdict: string] {
  if (target?.atLeast !== undefined) return [`>= ${target.atLeast}`, verdict(target.atLeast / ratio, 'too slow')]
  if (target?.atMost !== undefined) return [`<= ${target.atMost}`, verdict(ratio / target.atMost, 'too much')]
  return ['', '']
}

/** Two digits of a ratio are all that is shown, so half of the last one is no miss. */
function verdict(excess: number, words: string): string {
  return excess < 1.005 ? 'met' : `missed: ${excess.toFixed(2)} x ${words}`
}

/** A table as Markdown has it, aligned so that it reads well on a terminal too. */
export function formatTable({ columns, lines }: Section): string {
  const width = (column: number) => Math.max(...[columns, ...lines].map((cells) => cells[column]?.length ?? 0))
  const widths = columns.map((_, column) => width(column))
  const isText = (column: number) => column === 0 || column === columns.length - 1
  const aligned = (cells: readonly string[]) =>
    cells.map((cell, column) =>
      isText(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    )
  const rule = widths.map((wide, column) => (isText(column) ? '-'.repeat(wide) : `${'-'.repeat(wide - 1)}:`))
  return [aligned(columns), rule, ...lines.map(aligned)].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** The whole results.md. */
export function formatResults(sections: readonly Section[], rounds: number): string {
  const memory = Math.round(totalmem() / 2 ** 30)
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${memory} GiB of memory, Node ${process.version}`
  const parts = sections.map((section) => `## ${section.title}\n\n${section.text}\n\n${formatTable(section)}\n`)
  return `# Bench results

\`pnpm bench\` wrote this on ${new Date().toISOString().slice(0, 10)}: ${machine}.

Unless it says otherwise, figures are CPU time of the server process (user and system, all threads) for one request. A
third process sends the requests over ${CONNECTIONS} kept connections. The parties of a row take turns of about 60 ms, so that noise
meets all of them; figures are medians of ${rounds} rounds (fewer where a row takes longer than 10 s) after a warm-up, and a
ratio is the median of the rounds' own ratios. Before anything is measured the answers are compared: with those of the
bare handler, and with plain SQL over all rows.

${parts.join('\n')}`
}

export function inWords(purchases: number): string {
  if (purchases % 1_000_000 === 0) return `${purchases / 1_000_000}M`
  return purchases % 1000 === 0 ? `${purchases / 1000}k` : String(purchases)
}
