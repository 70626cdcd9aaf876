import { setTimeout } from 'node:timers/promises'
import { type Call, send } from './load.ts'
import { quantile } from './measure.ts'
import { create, DASHBOARD, get, getOne, LIST_20, NEEDLES, pick, type Sample, searchFor } from './requests.ts'
import type { Server } from './server.ts'

export interface Latencies {
  requests: number
  /** Milliseconds, as the caller waits. */
  p50: number
  p99: number
  longest: number
}

export interface MixedLoad {
  readers: Latencies
  writer: Latencies
  /** What went wrong, in words; empty when nothing did. */
  errors: string[]
}

const READERS = 8
const SECONDS = 20

const LISTS: readonly ((number: number, sample: Sample) => Call)[] = [
  () => LIST_20,
  (number) => get(`/api/purchases?limit=20&skip=${20 * (number % 50)}`),
  () => get('/api/purchases?sort=price&order=asc'),
  (number, { retailers }) => get(`/api/purchases?retailer_id=${pick(retailers, number)}`),
  () => get('/api/warranties/expiring'),
  () => searchFor(NEEDLES.rare),
  getOne,
]

/** Readers of dashboard and lists beside one writer, each asking again as soon as it is answered. */
export async function measureMixedLoad(server: Server, sample: Sample): Promise<MixedLoad> {
  const dashboard = Object.values(DASHBOARD)
  const errors: string[] = []
  const times = { readers: [] as number[], writer: [] as number[] }
  let over = false

  async function work(into: number[], call: (number: number) => Call, first: number): Promise<void> {
    for (let number = first; !over; number += 1) {
      const begin = performance.now()
      try {
        await send(server.url, call(number))
        into.push(performance.now() - begin)
      } catch (error) {
        errors.push(error instanceof Error ? error.message : String(error))
      }
    }
  }

  const read = (number: number) =>
    number % 2 === 0 ? pick(dashboard, number >> 1) : pick(LISTS, number >> 1)(number, sample)
  const workers = [
    ...Array.from({ length: READERS }, (_, index) => work(times.readers, read, index * 7)),
    work(times.writer, (number) => create(number, sample), 0),
  ]
  await setTimeout(SECONDS * 1000)
  over = true
  await Promise.all(workers)
  return { readers: summarise(times.readers), writer: summarise(times.writer), errors }
}

function summarise(times: readonly number[]): Latencies {
  return {
    requests: times.length,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    longest: Math.max(...times),
  }
}
