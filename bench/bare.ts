/*
 * The least that can answer like the product: SQL by hand, statements prepared once, a bare Hono app. It checks
 * nothing that the database does not check itself, so it is the limit that the product's own cost is held against.
 *
 *     node bench/bare.ts DATABASE_FILE INSTANT PORT
 */
import { serve } from '@hono/node-server'
import { foldCase, joinSearchKeys, newId, sortKey } from '@spends/core'
import Database from 'better-sqlite3'
import { Hono } from 'hono'

const [, , file, instant = '', port] = process.argv
const db = new Database(file)
for (const setting of [
  'journal_mode = WAL',
  'synchronous = FULL',
  'foreign_keys = ON',
  'cache_size = -16000',
  'mmap_size = 268435456',
  'temp_store = MEMORY',
]) {
  db.pragma(setting)
}

const now = new Date(instant)
const timeZone = db.prepare('select time_zone from settings').pluck().get() as string
const dayFormat = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })

const selectPurchases = `
  select p.id, p.product_name, p.price, p.quantity, p.currency_code, p.retailer_id, p.brand_id, p.status,
    p.purchase_date, p.notes, p.model_number, p.serial_number, p.order_number, p.link, p.return_by, p.return_policy,
    p.tax_deductible, p.version, p.created_at, p.updated_at, r.name as retailer_name, b.name as brand_name,
    (select json_group_array(tag order by position) from purchase_tags where purchase_id = p.id) as tags,
    w.id as w_id, w.warranty_start, w.warranty_end, w.warranty_type, w.voided_at, w.provider, w.notes as w_notes,
    w.version as w_version, w.created_at as w_created_at, w.updated_at as w_updated_at
  from purchases p
  left join retailers r on r.id = p.retailer_id
  left join brands b on b.id = p.brand_id
  left join warranties w on w.purchase_id = p.id`
const selectOne = db.prepare<[string], Row>(`${selectPurchases} where p.id = ?`)
const selectPage = db.prepare<[number, number], Row>(
  `${selectPurchases} order by p.purchase_date desc, p.id desc limit ? offset ?`,
)
const countPurchases = db.prepare<[], number>('select count(*) from purchases').pluck()
const selectAttachments = db.prepare<[string], { available: number }>(
  'select * from attachments where purchase_id = ? order by id',
)
const insertPurchase = insertInto('purchases', [
  'id, product_name, price, quantity, currency_code, retailer_id, brand_id, status, purchase_date, notes, model_number',
  'serial_number, order_number, link, return_by, return_policy, tax_deductible, version, created_at, updated_at',
  'sort_key, price_key, search_text',
])
const insertTag = insertInto('purchase_tags', ['purchase_id, position, tag, tag_key'])
const insertWarranty = insertInto('warranties', [
  'id, purchase_id, warranty_start, warranty_end, warranty_type, voided_at, provider, notes, version, created_at',
  'updated_at, search_text',
])

interface Row {
  [column: string]: string | number | null
  id: string
  price: number
  quantity: number
  currency_code: string
  tags: string
}

interface NewPurchase {
  [field: string]: unknown
  product_name: string
  price: string
  currency_code: string
  tags?: string[]
  warranty?: { [field: string]: unknown; provider?: string; notes?: string }
}

const app = new Hono()

app.get('/api/purchases', (c) => {
  const skip = Number(c.req.query('skip') ?? 0)
  const limit = Number(c.req.query('limit') ?? 20)
  const today = dayFormat.format(now)
  const items = selectPage.all(limit, skip).map((row) => toPurchase(row, today))
  return json({ items, total: countPurchases.get(), skip, limit })
})

app.get('/api/purchases/:id', (c) => {
  const purchase = readOne(c.req.param('id'))
  return purchase ? json(purchase) : c.notFound()
})

app.post('/api/purchases', async (c) => json(readOne(create(await c.req.json())), 201))

const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(port) })
process.on('SIGTERM', () => {
  server.close()
  db.close()
  process.exit()
})

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
}

function readOne(id: string) {
  const row = selectOne.get(id)
  if (!row) return undefined
  const attachments = selectAttachments.all(id).map((kept) => ({ ...kept, available: kept.available === 1 }))
  return { ...toPurchase(row, dayFormat.format(now)), attachments }
}

/** Ends in one commit, as durable as the product's. @returns the id */
const create = db.transaction(({ warranty, tags = [], ...purchase }: NewPurchase): string => {
  const id = newId()
  const time = `${now.toISOString().slice(0, 19)}Z`
  const stamp = { version: 1, created_at: time, updated_at: time }
  const digits = digitsOf(purchase.currency_code)
  const price = toMinorUnits(purchase.price, digits)
  const { product_name, notes, model_number, serial_number, order_number } = purchase as Record<string, string>
  insertPurchase.run({
    ...{ id, quantity: 1, retailer_id: null, brand_id: null, status: 'RECEIVED', notes: null, model_number: null },
    ...{ serial_number: null, order_number: null, link: null, return_by: null, return_policy: null },
    ...purchase,
    ...stamp,
    price,
    tax_deductible: Number(purchase.tax_deductible ?? 0),
    sort_key: sortKey(purchase.product_name),
    price_key: price * 10 ** (4 - digits),
    search_text: joinSearchKeys(
      [product_name, notes, model_number, serial_number, order_number, ...tags].map((text) => text ?? null),
    ),
  })
  for (const [position, tag] of tags.entries()) {
    insertTag.run({ purchase_id: id, position, tag, tag_key: foldCase(tag) })
  }
  if (warranty) {
    insertWarranty.run({
      ...{ id: newId(), purchase_id: id, warranty_end: null, warranty_type: 'LIMITED', voided_at: null },
      ...{ provider: null, notes: null },
      ...warranty,
      ...stamp,
      search_text: joinSearchKeys([warranty.provider ?? null, warranty.notes ?? null]),
    })
  }
  return id
}).immediate

function insertInto(table: string, columnLines: string[]) {
  const columns = columnLines.join(', ').split(', ')
  const values = columns.map((column) => `@${column}`).join(', ')
  return db.prepare<[Record<string, unknown>]>(`insert into ${table} (${columns.join(', ')}) values (${values})`)
}

function toPurchase(row: Row, today: string) {
  const { id, price, quantity, currency_code, retailer_id, retailer_name, brand_id, brand_name } = row
  const digits = digitsOf(currency_code)
  const total = price * quantity
  return {
    id,
    product_name: row.product_name,
    price: formatMinorUnits(price, digits),
    quantity,
    total: formatMinorUnits(Number.isSafeInteger(total) ? total : BigInt(price) * BigInt(quantity), digits),
    currency_code,
    retailer_id,
    brand_id,
    status: row.status,
    purchase_date: row.purchase_date,
    notes: row.notes,
    model_number: row.model_number,
    serial_number: row.serial_number,
    order_number: row.order_number,
    link: row.link,
    return_by: row.return_by,
    return_policy: row.return_policy,
    tax_deductible: row.tax_deductible === 1,
    tags: row.tags === '[]' ? [] : JSON.parse(row.tags),
    version: row.version,
    created_at: row.created_at,
    updated_at: row.updated_at,
    retailer: retailer_id === null ? null : { id: retailer_id, name: retailer_name },
    brand: brand_id === null ? null : { id: brand_id, name: brand_name },
    warranty: row.w_id === null ? null : toWarranty(row, today),
  }
}

function toWarranty(row: Row, today: string) {
  const { warranty_end } = row
  const hasEnded = typeof warranty_end === 'string' && warranty_end < today
  return {
    id: row.w_id,
    purchase_id: row.id,
    warranty_start: row.warranty_start,
    warranty_end,
    warranty_type: row.warranty_type,
    status: row.voided_at !== null ? 'VOIDED' : hasEnded ? 'EXPIRED' : 'ACTIVE',
    days_left: typeof warranty_end === 'string' ? (Date.parse(warranty_end) - Date.parse(today)) / 86_400_000 : null,
    provider: row.provider,
    notes: row.w_notes,
    version: row.w_version,
    created_at: row.w_created_at,
    updated_at: row.w_updated_at,
  }
}

/** Digits after the point, for the currencies of the benchmark. */
function digitsOf(currency: string): number {
  return currency === 'JPY' ? 0 : 2
}

function toMinorUnits(amount: string, digits: number): number {
  const [whole = '', fraction = ''] = amount.split('.')
  return Number(whole + fraction.padEnd(digits, '0'))
}

function formatMinorUnits(minor: number | bigint, digits: number): string {
  const text = String(minor)
  if (digits === 0) return text
  const padded = text.padStart(digits + 1, '0')
  return `${padded.slice(0, -digits)}.${padded.slice(-digits)}`
}
