/**
 * A purchase from beginning to end with the typed client: the story of story.sh, in TypeScript, for Node.js 22.18 or
 * newer.
 *
 *     npm start                          # in another terminal; it builds the client as `pnpm build` does
 *     node examples/story.ts [URL]       # of the instance; http://localhost:8000 unless given
 *
 * While you change the client itself, run its sources without a build: node --conditions=@spends/source examples/story.ts
 */
import { createClient, getFailure, type NewPurchase } from '@spends/client'

const client = createClient({ url: process.argv[2] ?? 'http://localhost:8000' })
/** Names are unique, so that the story can be told more than once. */
const stamp = crypto.randomUUID().slice(0, 8)

// Both calls leave in one request.
const [retailer, brand] = await Promise.all([
  client.retailers.create.mutate({ name: `Corner Shop ${stamp}` }),
  client.brands.create.mutate({ name: `Lumen ${stamp}` }),
])

const lamp: NewPurchase = {
  product_name: `Desk lamp ${stamp}`,
  price: '49.90',
  currency_code: 'EUR',
  purchase_date: '2026-01-31',
  retailer_id: retailer.id,
  brand_id: brand.id,
  tags: ['home office'],
  warranty: { warranty_start: '2026-01-31', warranty_end: '2029-01-31' },
}
const bought = await client.purchases.create.mutate(lamp)
say(`bought ${bought.product_name} for ${bought.total} ${bought.currency_code}`)

const found = await client.purchases.list.query({ search: `LUMEN ${stamp}` })
say(`found ${found.total} by its brand; its warranty is ${found.items[0]?.warranty?.status}`)

const { id, version } = bought
const cheaper = await client.purchases.update.mutate({ id, version, price: '44.90' })
say(`the price is ${cheaper.price} in version ${cheaper.version}`)

// Whoever still holds the old version is told so, and nothing is overwritten.
try {
  await client.purchases.update.mutate({ id, version, price: '1.00' })
  throw new Error('a stale version was accepted')
} catch (error) {
  const failure = getFailure(error)
  if (failure?.code !== 'PRECONDITION_FAILED') throw error
  say(failure.detail)
}

// The same for a wrong value: every wrong field is named.
try {
  await client.purchases.create.mutate({ ...lamp, price: '49.901', purchase_date: '2026-02-30' })
  throw new Error('wrong values were accepted')
} catch (error) {
  const failure = getFailure(error)
  if (failure?.code !== 'UNPROCESSABLE_CONTENT') throw error
  for (const { path, message } of failure.errors ?? []) say(`${path} ${message}`)
}

await client.purchases.delete.mutate({ id })
await Promise.all([client.retailers.delete.mutate({ id: retailer.id }), client.brands.delete.mutate({ id: brand.id })])
say('The story is told.')

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
