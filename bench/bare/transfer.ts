/*
 * The least that moves all purchases: out of a file as CSV by one query, and into another one by prepared inserts.
 *
 *     node bare/transfer.ts FILE INSTANT PORT
 *
 * GET  /api/export/csv   the purchases of FILE, in the words of the product
 * PUT  /                 reads all rows of FILE, so that it is not part of the next one's cost
 * POST /PATH             inserts them into the file /PATH, which has the tables, but no rows of purchases
 */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import Database from 'better-sqlite3'
import { formatMinorUnits } from './answers.ts'
import { INSERTED } from './statements.ts'

const [, , file = '', instant = '', port] = process.argv
const today = instant.slice(0, 10)
const LINES_AT_ONCE = 250

const source = open(file)
let loaded: readonly Load[] = []

const server = createServer(async ({ method, url = '' }, response) => {
  if (method === 'GET' && url === '/api/export/csv') await writeLines(response)
  else if (method === 'PUT') loaded = Object.entries(INSERTED).map(load)
  else if (method === 'POST') insertAll(decodeURI(url))
  response.end()
})
server.listen(Number(port), '127.0.0.1')
process.on('SIGTERM', () => process.exit())

/** With the settings of the product. */
function open(path: string): Database.Database {
  const db = new Database(path)
  for (const setting of [
    'journal_mode = WAL',
    'wal_autocheckpoint = 4000',
    'synchronous = FULL',
    'foreign_keys = ON',
    'cache_size = -16000',
    'temp_store = MEMORY',
  ]) {
    db.pragma(setting)
  }
  return db
}

interface Load {
  insert: string
  rows: unknown[][]
}

function load([table, columns]: [string, readonly string[]]): Load {
  const names = columns.join(', ')
  return {
    insert: `insert into ${table} (${names}) values (${columns.map(() => '?').join(', ')})`,
    rows: source.prepare<[], unknown[]>(`select ${names} from ${table} order by rowid`).raw().all(),
  }
}

function insertAll(path: string): void {
  const db = open(path)
  const inserts = loaded.map(({ insert, rows }) => ({ statement: db.prepare<unknown[]>(insert), rows }))
  db.transaction(() => {
    for (const { statement, rows } of inserts) for (const row of rows) statement.run(...row)
  }).immediate()
  db.close()
}

const COLUMNS = `
  p.id, p.product_name, p.price, p.quantity, p.currency_code, r.name as retailer, b.name as brand, p.status,
  p.purchase_date, p.notes, p.model_number, p.serial_number, p.order_number, p.link, p.return_by, p.return_policy,
  p.tax_deductible, (select group_concat(tag, ';' order by position) from purchase_tags where purchase_id = p.id) as tags,
  w.warranty_start, w.warranty_end, w.warranty_type, w.voided_at, w.provider, w.notes as w_notes, p.created_at, p.updated_at`

const SELECT = `
  select ${COLUMNS} from purchases p
  left join retailers r on r.id = p.retailer_id
  left join brands b on b.id = p.brand_id
  left join warranties w on w.purchase_id = p.id
  order by p.id`

const HEADER =
  'id,product_name,price,quantity,currency_code,retailer,brand,status,purchase_date,notes,model_number,serial_number,order_number,link,return_by,return_policy,tax_deductible,tags,warranty_start,warranty_end,warranty_type,warranty_status,warranty_provider,warranty_notes,created_at,updated_at'

type Line = Record<string, string | null> & { price: number; quantity: number; currency_code: string }

async function writeLines(response: ServerResponse): Promise<void> {
  let lines = `${HEADER}\r\n`
  let waiting = 0
  for (const row of source.prepare<[], Line>(SELECT).iterate()) {
    lines += toLine(row)
    waiting += 1
    if (waiting < LINES_AT_ONCE) continue
    if (!response.write(lines)) await once(response, 'drain')
    lines = ''
    waiting = 0
  }
  response.write(lines)
}

function toLine(row: Line): string {
  const price = formatMinorUnits(row.price, row.currency_code === 'JPY' ? 0 : 2)
  const cells = [row.id, quoted(row.product_name), price, row.quantity, row.currency_code, quoted(row.retailer)]
  const texts = [row.brand, row.status, row.purchase_date, row.notes, row.model_number, row.serial_number]
  const others = [row.order_number, row.link, row.return_by, row.return_policy]
  const isDeductible = Boolean(row.tax_deductible)
  const warranty = [row.warranty_start, row.warranty_end, row.warranty_type, statusOf(row), row.provider, row.w_notes]
  return `${cells.join()},${texts.map(quoted).join()},${others.map(quoted).join()},${isDeductible},${quoted(row.tags)},${warranty
    .map(quoted)
    .join()},${row.created_at},${row.updated_at}\r\n`
}

function statusOf({ warranty_start, warranty_end, voided_at }: Line): string | null {
  if (warranty_start === null) return null
  if (voided_at !== null) return 'VOIDED'
  return warranty_end !== null && warranty_end !== undefined && warranty_end < today ? 'EXPIRED' : 'ACTIVE'
}

function quoted(cell: string | null | undefined): string {
  if (cell === null || cell === undefined) return ''
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
