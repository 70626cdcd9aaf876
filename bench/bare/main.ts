/*
 * The least that can answer like the product: SQL by hand behind a bare Hono app. It checks nothing that the database
 * does not check itself, so it is the limit that the product's own cost is held against. It reads the kept figures,
 * but keeps nothing up to date at a write but rows and indexes.
 *
 *     node bare/main.ts DATABASE INSTANT PORT
 *
 * DATABASE is a file, read by prepared statements of better-sqlite3, or a `postgres://` address, queried by a pool of pg.
 */
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { formatSummary } from './answers.ts'
import { openFile } from './file.ts'
import { openPool } from './pool.ts'
import type { NewPurchase, Search } from './store.ts'

const [, , database = '', instant = '', port] = process.argv
const now = new Date(instant)
const store = await (database.startsWith('postgres:') ? openPool(database, now) : openFile(database, now))

const app = new Hono()

app.get('/api/purchases', async (c) => {
  const skip = Number(c.req.query('skip') ?? 0)
  const limit = Number(c.req.query('limit') ?? 20)
  return json({ items: await store.list(limit, skip), total: await store.count(), skip, limit })
})

/** By a plain scan: no index of texts, and nothing known beforehand. */
app.get('/scan', async (c) => json({ ...(await store.scan(c.req.query() as unknown as Search)), skip: 0, limit: 20 }))

app.get('/api/purchases/:id', async (c) => {
  const purchase = await store.get(c.req.param('id'))
  return purchase ? json(purchase) : c.notFound()
})

app.post('/api/purchases', async (c) => json(await store.create((await c.req.json()) as NewPurchase), 201))

app.get('/api/analytics/summary', async () => json(formatSummary('USD', await store.summary('USD'))))

const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(port) })
process.on('SIGTERM', async () => {
  server.close()
  await store.close()
  process.exit()
})

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
}
