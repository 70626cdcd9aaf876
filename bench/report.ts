import { cpus, totalmem } from 'node:os'
import { CONNECTIONS } from './load.ts'
import type { Figures } from './measure.ts'
import type { StartTimes } from './start-time.ts'

export interface Results {
  purchases: number
  rounds: number
  /** How long the generated database took, in milliseconds. */
  generated: number
  start: StartTimes
  rows: readonly Figures[]
}

/** A table as Markdown has it, aligned so that it reads well on a terminal too. */
export function formatRows(rows: readonly Figures[]): string {
  const table = [
    ['row', 'ours, µs', 'bare, µs', 'bare / ours', 'half of the rounds'],
    ...rows.map(({ name, ours, bare, ratio, quartiles: [lower, upper] }) => [
      name,
      ours.toFixed(0),
      bare.toFixed(0),
      ratio.toFixed(2),
      `${lower.toFixed(2)} to ${upper.toFixed(2)}`,
    ]),
  ]
  const width = (column: number) => Math.max(...table.map((cells) => cells[column]?.length ?? 0))
  const [heading = [], ...body] = table.map(([name = '', ...figures]) => [
    name.padEnd(width(0)),
    ...figures.map((figure, index) => figure.padStart(width(index + 1))),
  ])
  const rule = heading.map(({ length }, column) => (column === 0 ? '-'.repeat(length) : `${'-'.repeat(length - 1)}:`))
  return [heading, rule, ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

export function formatStart({ cold, warm }: StartTimes): string {
  return [
    `- ${cold.toFixed(0)} ms without a database: it is made, migrated and seeded`,
    `- ${warm.toFixed(0)} ms on the generated database`,
  ].join('\n')
}

/** The whole results.md. */
export function formatResults({ purchases, rounds, generated, start, rows }: Results): string {
  const memory = Math.round(totalmem() / 2 ** 30)
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${memory} GiB of memory, Node ${process.version}`
  return `# Bench results

\`pnpm bench\` wrote this on ${new Date().toISOString().slice(0, 10)}: ${machine}.

CPU time of the server process (user and system, all threads) for one request, against a bare Hono handler with
hand-written prepared statements that answers the same JSON from a copy of the same database of ${purchases.toLocaleString('en')} purchases.
It checks little and keeps nothing but rows and indexes: what the product derives at a write, it leaves out.
A third process sends the requests over ${CONNECTIONS} kept connections, to the one server and the other in turns, and the answers are
compared first. The figures are medians of ${rounds} rounds after a warm-up; \`bare / ours\` is the share of the limit's
speed, and the last column holds its middle half.

${formatRows(rows)}

Start, from the birth of the process to its first list of purchases (wall time, medians):

${formatStart(start)}

The database was generated through the product's own write path in ${(generated / 1000).toFixed(1)} s.
`
}
