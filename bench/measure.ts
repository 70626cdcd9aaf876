import { deepStrictEqual } from 'node:assert/strict'
import { type Call, send, sendAll } from './load.ts'
import type { Row, Sample } from './rows.ts'
import type { Server } from './server.ts'

export interface Servers {
  ours: Server
  bare: Server
}

export interface Figures {
  name: string
  /** Microseconds of the server's CPU for one request: the median of the rounds. */
  ours: number
  bare: number
  /** bare / ours, the share of the limit's speed: the median of the rounds. */
  ratio: number
  /** Between which half of the rounds' ratios lie. */
  quartiles: readonly [lower: number, upper: number]
}

const WARM_UP_ROUNDS = 8
const COMPARED_ANSWERS = 200

/**
 * Measures a row: the servers take turns, so that whatever else the machine does meets both.
 * @throws AssertionError when the servers do not answer the same
 */
export async function measureRow(row: Row, servers: Servers, sample: Sample, rounds: number): Promise<Figures> {
  await compareAnswers(row, servers, sample)
  const pairs: { ours: number; bare: number }[] = []
  for (let round = 0; round < WARM_UP_ROUNDS + rounds; round += 1) {
    const first = COMPARED_ANSWERS + round * row.requests
    const calls = (make: Row['ours']) => Array.from({ length: row.requests }, (_, index) => make(first + index, sample))
    pairs.push({
      ours: await cpuPerRequest(servers.ours, calls(row.ours)),
      bare: await cpuPerRequest(servers.bare, calls(row.bare)),
    })
  }
  const counted = pairs.slice(WARM_UP_ROUNDS)
  const ratios = counted.map(({ ours, bare }) => bare / ours)
  return {
    name: row.name,
    ours: median(counted.map(({ ours }) => ours)),
    bare: median(counted.map(({ bare }) => bare)),
    ratio: median(ratios),
    quartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
  }
}

async function compareAnswers({ ours, bare, answer }: Row, servers: Servers, sample: Sample): Promise<void> {
  for (let number = 0; number < COMPARED_ANSWERS; number += 1) {
    const [ourBody, bareBody] = await Promise.all([
      readJson(servers.ours, ours(number, sample)),
      readJson(servers.bare, bare(number, sample)),
    ])
    deepStrictEqual(answer.ours(ourBody), answer.bare(bareBody))
  }
}

async function readJson({ url }: Server, call: Call): Promise<unknown> {
  return JSON.parse(await send(url, call))
}

async function cpuPerRequest(server: Server, calls: readonly Call[]): Promise<number> {
  const before = await server.cpuTime()
  await sendAll(server.url, calls)
  return ((await server.cpuTime()) - before) / calls.length
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The value that the given share of the values does not exceed, interpolated. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const position = (sorted.length - 1) * share
  const [lower, upper] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]]
  if (lower === undefined || upper === undefined) throw new Error('there is no quantile of nothing')
  return lower + (upper - lower) * (position % 1)
}
