import { type SpawnedServer, spawnServer } from '@spends/api/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createClient, exportUrl, type PurchaseSelection } from './index.ts'

let server: SpawnedServer
beforeAll(async () => {
  server = await spawnServer()
})
afterAll(() => server?.stop())

it('is the plain address where nothing is selected', () => {
  expect(exportUrl('http://localhost:8000', 'csv')).toBe('http://localhost:8000/api/export/csv')
  expect(exportUrl('http://localhost:8000/', 'json', {})).toBe('http://localhost:8000/api/export/json')
})

it('leads to exactly what was selected', async () => {
  const client = createClient({ url: server.url })
  const lamp = { product_name: 'Lamp & shade = 100 % +', price: '10', purchase_date: '2026-01-31' }
  const { id } = await client.purchases.create.mutate({ ...lamp, status: 'ORDERED', tags: ['ä & b', 'c'] })
  await client.purchases.create.mutate({ ...lamp, product_name: 'Chair', tags: ['ä & b'] })

  const selection: PurchaseSelection = {
    search: '& shade = 100 % +',
    status: ['ORDERED', 'RECEIVED'],
    tag: 'ä & b',
    price_from: 9.5,
    has_warranty: false,
  }
  const response = await fetch(exportUrl(server.url, 'json', selection))
  expect(response.status).toBe(200)
  const { purchases } = (await response.json()) as { purchases: { id: string }[] }
  expect(purchases.map((purchase) => purchase.id)).toEqual([id])
})

it('is refused by the compiler for what an export does not take', async () => {
  // @ts-expect-error an export has no pages
  expect((await fetch(exportUrl(server.url, 'csv', { limit: 5 }))).status).toBe(422)
})
