import { CURRENCIES, TAGS } from '@spends/core/demo/words'
import type { Call } from './load.ts'

/** What the requests can refer to in the database that both servers have a copy of. */
export interface Sample {
  purchases: readonly string[]
  retailers: readonly string[]
  brands: readonly string[]
}

type MakeCall = (number: number, sample: Sample) => Call

/** One line of the table: the same work asked of both servers. */
export interface Row {
  name: string
  /** How many requests are measured together. */
  requests: number
  /** The request of that number, from 0 on, to the product. */
  ours: MakeCall
  /** The same to the bare handler. */
  bare: MakeCall
  /** What of our answer has to equal what of the bare one. */
  answer: { ours: (body: unknown) => unknown; bare: (body: unknown) => unknown }
}

const getOne: MakeCall = (number, sample) => ({ method: 'GET', path: `/api/purchases/${purchaseId(number, sample)}` })
const list20: MakeCall = () => ({ method: 'GET', path: '/api/purchases?limit=20' })
const create: MakeCall = (number, sample) => ({
  method: 'POST',
  path: '/api/purchases',
  body: newPurchase(number, sample),
})

/** Rows that write come last: they change what the lists hold. */
export const ROWS: readonly Row[] = [
  { name: 'REST get one', requests: 300, ours: getOne, bare: getOne, answer: { ours: whole, bare: whole } },
  { name: 'REST list 20 + total', requests: 150, ours: list20, bare: list20, answer: { ours: whole, bare: whole } },
  {
    name: 'tRPC get one',
    requests: 300,
    ours: (number, sample) => trpcQuery('purchases.get', { id: purchaseId(number, sample) }),
    bare: getOne,
    answer: { ours: trpcData, bare: whole },
  },
  {
    name: 'tRPC list 20 + total',
    requests: 150,
    ours: () => trpcQuery('purchases.list', { limit: 20 }),
    bare: list20,
    answer: { ours: trpcData, bare: whole },
  },
  { name: 'REST create', requests: 100, ours: create, bare: create, answer: { ours: withoutIds, bare: withoutIds } },
  {
    name: 'tRPC create',
    requests: 100,
    ours: (number, sample) => ({
      method: 'POST',
      path: '/trpc/purchases.create?batch=1',
      body: { 0: newPurchase(number, sample) },
    }),
    bare: create,
    answer: { ours: (body) => withoutIds(trpcData(body)), bare: withoutIds },
  },
]

/** A query as the typed client sends it: in a batch, here of one. */
function trpcQuery(procedure: string, input: unknown): Call {
  return {
    method: 'GET',
    path: `/trpc/${procedure}?batch=1&input=${encodeURIComponent(JSON.stringify({ 0: input }))}`,
  }
}

function whole(body: unknown): unknown {
  return body
}

function trpcData(body: unknown): unknown {
  return (body as [{ result: { data: unknown } }])[0].result.data
}

/** Each server makes ids of its own. */
function withoutIds(body: unknown): unknown {
  const { id: _, warranty, ...purchase } = body as { id: string; warranty: Record<string, unknown> | null }
  return { ...purchase, warranty: warranty && { ...warranty, id: null, purchase_id: null } }
}

function purchaseId(number: number, { purchases }: Sample): string {
  return pick(purchases, number)
}

function newPurchase(number: number, { retailers, brands }: Sample): Record<string, unknown> {
  const currency_code = pick(CURRENCIES, number)
  return {
    product_name: `Größe ${number % 60} новый Lamp`,
    price: currency_code === 'JPY' ? String(500 + number) : `${500 + number}.90`,
    currency_code,
    retailer_id: pick(retailers, number),
    brand_id: pick(brands, number),
    purchase_date: '2025-03-31',
    notes: number % 5 === 0 ? 'Bought on sale.' : null,
    order_number: `2025-${number}`,
    tags: number % 3 === 0 ? [pick(TAGS, number), 'bench'] : [],
    // Three in five, as in the generated purchases.
    ...(number % 5 < 3
      ? { warranty: { warranty_start: '2025-03-31', warranty_end: '2027-03-31', provider: 'Store Care' } }
      : {}),
  }
}

function pick<T>(choices: readonly T[], number: number): T {
  const chosen = choices[number % choices.length]
  if (chosen === undefined) throw new Error('there is nothing to choose from')
  return chosen
}
