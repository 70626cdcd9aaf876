import type { Call } from './load.ts'
import * as requests from './requests.ts'
import { DASHBOARD, get, LIST_20, NEEDLES, type Sample, SUMMARY, searchFor, trpcQuery } from './requests.ts'

type MakeCall = (number: number, sample: Sample) => Call

export interface Target {
  atLeast?: number
  atMost?: number
}

/** The same work asked of the product and of a bare handler. */
export interface PairRow {
  name: string
  ours: MakeCall
  bare: MakeCall
  /** How many of the first answers have to be equal. */
  compared: number
  /** What of our answer, and of the bare one, is compared; all of it if not said. */
  oursCompared?: (body: unknown) => unknown
  bareCompared?: (body: unknown) => unknown
  /** Of bare / ours, the share of the limit's speed. */
  target?: Target
}

/** Rows that write come last: they change what the lists hold. */
export const PAIR_ROWS: readonly PairRow[] = [
  { name: 'REST get one', ours: requests.getOne, bare: requests.getOne, compared: 100 },
  { name: 'REST list 20 + total', ours: () => LIST_20, bare: () => LIST_20, compared: 1, target: { atLeast: 0.6 } },
  { name: 'REST summary', ours: () => SUMMARY, bare: () => SUMMARY, compared: 1 },
  {
    name: 'tRPC get one',
    ours: requests.trpcGetOne,
    bare: requests.getOne,
    compared: 100,
    oursCompared: trpcData,
  },
  {
    name: 'tRPC list 20 + total',
    ours: () => trpcQuery('purchases.list', { limit: 20 }),
    bare: () => LIST_20,
    compared: 1,
    oursCompared: trpcData,
    target: { atLeast: 0.4 },
  },
  {
    name: 'REST create, all derived',
    ours: requests.create,
    bare: requests.create,
    compared: 60,
    oursCompared: withoutIds,
    bareCompared: withoutIds,
    target: { atLeast: 0.6 },
  },
  {
    name: 'tRPC create, all derived',
    ours: requests.trpcCreate,
    bare: requests.create,
    compared: 60,
    oursCompared: (body) => withoutIds(trpcData(body)),
    bareCompared: withoutIds,
  },
]

/** Of the hot rows, those that are measured over PostgreSQL too. All of them have the same target there. */
export const SERVER_ROWS: readonly PairRow[] = PAIR_ROWS.filter(({ name }) => name.startsWith('REST')).map((row) => ({
  ...row,
  target: { atLeast: 0.6 },
}))

const IN_A_QUARTER = '&date_from=2026-01-01&date_to=2026-03-31'

/** Our search beside a plain scan with the same filters. */
export const SEARCH_ROWS: readonly PairRow[] = [
  scanRow('no hit', NEEDLES.none),
  scanRow('rare word', NEEDLES.rare),
  scanRow('many hits', NEEDLES.many),
  scanRow('many hits, and a retailer', NEEDLES.named),
  scanRow('two characters, many hits', NEEDLES.short),
  scanRow('two characters, no hit', 'zq'),
  scanRow('many hits, of a retailer', NEEDLES.many, ofRetailer),
  scanRow('rare word, of a retailer', NEEDLES.rare, ofRetailer),
  scanRow('many hits, in a quarter', NEEDLES.many, () => IN_A_QUARTER),
  scanRow('rare word, in a quarter', NEEDLES.rare, () => IN_A_QUARTER),
]

function scanRow(name: string, text: string, filter: (number: number, sample: Sample) => string = () => ''): PairRow {
  return {
    name: `search: ${name}`,
    ours: (number, sample) => searchFor(text, filter(number, sample)),
    bare: (number, sample) => get(`/scan?search=${encodeURIComponent(text)}${filter(number, sample)}`),
    compared: 3,
    target: { atLeast: 1 },
  }
}

function ofRetailer(number: number, { retailers }: Sample): string {
  return `&retailer_id=${requests.pick(retailers, number)}`
}

/** One request to the product over databases of different sizes. */
export interface GrowthRow {
  name: string
  call: MakeCall
  /** Of the cost over the largest database, in units of that over the smallest. */
  target?: Target
}

export const GROWTH_ROWS: readonly GrowthRow[] = [
  { name: 'get one', call: requests.getOne },
  { name: 'list 20 + total', call: () => LIST_20, target: { atMost: 1.5 } },
  ...Object.entries(DASHBOARD).map(([name, call]) => ({ name, call: () => call, target: { atMost: 2 } })),
  { name: 'search: no hit', call: () => searchFor(NEEDLES.none), target: { atMost: 3 } },
  { name: 'search: many hits', call: () => searchFor(NEEDLES.many), target: { atMost: 8 } },
  {
    name: 'search: many hits, and a retailer',
    call: () => searchFor(NEEDLES.named),
    target: { atMost: 8 },
  },
  { name: 'search: rare word', call: () => searchFor(NEEDLES.rare) },
]

function trpcData(body: unknown): unknown {
  return (body as [{ result: { data: unknown } }])[0].result.data
}

/** Each server makes ids of its own. */
function withoutIds(body: unknown): unknown {
  const { id: _, warranty, ...purchase } = body as { id: string; warranty: Record<string, unknown> | null }
  return { ...purchase, warranty: warranty && { ...warranty, id: null, purchase_id: null } }
}
