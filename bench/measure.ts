import { type Call, sendAll } from './load.ts'
import type { Server } from './server.ts'

/** One of the parties that take turns: a server, and the request of each number, from 0 on, to it. */
export interface Side {
  server: Server
  call: (number: number) => Call
}

export interface Measured {
  /** Microseconds of CPU for one request, for each side: medians of the rounds. */
  costs: readonly number[]
  /** What the first side costs, in units of the last one: the median of the rounds' own ratios. */
  ratio: number
  /** Between which the middle half of the rounds' ratios lie. */
  quartiles: readonly [lower: number, upper: number]
}

/** How much CPU a turn should take: long enough to be counted well, short enough that all sides meet the same noise. */
const TURN_US = 60_000
const REQUESTS = { least: 8, most: 400 }
const WARM_UP_MS = 1_000
const WARM_UP_TURNS = 2
/** A row that takes longer ends early, but not before that many rounds. */
const PATIENCE_MS = 10_000
const LEAST_ROUNDS = 5

/** Measures what the same request costs the sides. They take turns, so that whatever else the machine does meets all. */
export async function measure(sides: readonly Side[], rounds: number): Promise<Measured> {
  const turns: Turn[] = []
  for (const side of sides) turns.push(await warmUp(side))
  const measured: number[][] = []
  const begin = performance.now()
  while (measured.length < rounds && (measured.length < LEAST_ROUNDS || performance.now() - begin < PATIENCE_MS)) {
    const costs: number[] = []
    for (const turn of turns) costs.push(await turn())
    measured.push(costs)
  }
  return summarise(measured)
}

/** @param measured what each round cost each side */
export function summarise(measured: readonly (readonly number[])[]): Measured {
  const ratios = measured.map((costs) => at(costs, 0) / at(costs, costs.length - 1))
  return {
    costs: (measured[0] ?? []).map((_, index) => median(measured.map((costs) => at(costs, index)))),
    ratio: median(ratios),
    quartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
  }
}

/** Sends some requests. @returns the CPU time of one, in microseconds */
type Turn = () => Promise<number>

/** Lets the side run until its code is compiled, and finds out how many requests make a turn. */
async function warmUp({ server, call }: Side): Promise<Turn> {
  let sent = 0
  let requests = REQUESTS.least
  const turn = async () => {
    const calls = Array.from({ length: requests }, (_, index) => call(sent + index))
    sent += requests
    const before = await server.cpuTime()
    await sendAll(server.url, calls)
    return ((await server.cpuTime()) - before) / requests
  }
  const begin = performance.now()
  for (let turns = 0; turns < WARM_UP_TURNS || performance.now() - begin < WARM_UP_MS; turns += 1) {
    const cost = await turn()
    requests = Math.min(Math.max(Math.round(TURN_US / cost), REQUESTS.least), REQUESTS.most)
  }
  return turn
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The value that the given share of the values does not exceed, interpolated. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const position = (sorted.length - 1) * share
  const [lower, upper] = [at(sorted, Math.floor(position)), at(sorted, Math.ceil(position))]
  return lower + (upper - lower) * (position % 1)
}

function at(values: readonly number[], index: number): number {
  const value = values[index]
  if (value === undefined) throw new Error('there is no such value')
  return value
}
