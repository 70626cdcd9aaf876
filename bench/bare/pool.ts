import pg from 'pg'
import { toPurchase } from './answers.ts'
import {
  COUNT_PURCHASES,
  CURRENCY_SUMS,
  countsParameters,
  INSERTED,
  LATEST_FIRST,
  likePattern,
  SELECT_CURRENCIES,
  selectCounts,
  selectPurchases,
  todayIn,
  toRows,
} from './statements.ts'
import type { NewPurchase, Row, Search, Store, SummaryFigures } from './store.ts'

const SELECT = selectPurchases(`coalesce(json_agg(tag order by position), '[]')::text`)
const SELECT_ONE = `${SELECT} where p.id = $1`
const SELECT_PAGE = `${SELECT} ${LATEST_FIRST} limit $1 offset $2`
const SELECT_ATTACHMENTS = 'select * from attachments where purchase_id = $1 order by id'
const INSERT = {
  purchase: insertInto('purchases'),
  tag: insertInto('purchase_tags'),
  warranty: insertInto('warranties'),
}

const { DATE, INT8, TIMESTAMPTZ } = pg.types.builtins
pg.types.setTypeParser(DATE, (text) => text)
pg.types.setTypeParser(INT8, Number)
pg.types.setTypeParser(TIMESTAMPTZ, (text) => `${text.slice(0, 10)}T${text.slice(11, 19)}Z`)

/** As many connections as the product takes. */
export async function openPool(url: string, now: Date): Promise<Store> {
  const pool = new pg.Pool({ connectionString: url, max: 10, options: '-c TimeZone=UTC -c DateStyle=ISO' })
  const { rows } = await pool.query<{ time_zone: string; expiring_soon_days: number }>('select * from settings')
  const [settings] = rows
  if (!settings) throw new Error('the database has no settings')
  const known = await pool.query<{ currency_code: string }>(SELECT_CURRENCIES)
  const counts = selectCounts(
    ['$1', '$2', '$3', '$4', '$5'],
    known.rows.map(({ currency_code }) => currency_code),
  )
  const today = () => todayIn(settings.time_zone, now)

  async function get(id: string, db: pg.Pool | pg.PoolClient = pool) {
    const { rows } = await db.query<Row>(SELECT_ONE, [id])
    if (!rows[0]) return undefined
    const attachments = await db.query(SELECT_ATTACHMENTS, [id])
    return { ...toPurchase(rows[0], today()), attachments: attachments.rows }
  }

  async function scan(search: Search) {
    const values = [likePattern(search.search)]
    const bind = (value: string) => `$${values.push(value)}`
    const where = [
      '(p.search_text like $1 or r.search_text like $1 or b.search_text like $1)',
      ...(search.retailer_id === undefined ? [] : [`p.retailer_id = ${bind(search.retailer_id)}`]),
      ...(search.date_from === undefined ? [] : [`p.purchase_date >= ${bind(search.date_from)}`]),
      ...(search.date_to === undefined ? [] : [`p.purchase_date <= ${bind(search.date_to)}`]),
    ].join(' and ')
    const count = `select count(*) as total from purchases p left join retailers r on r.id = p.retailer_id
      left join brands b on b.id = p.brand_id where ${where}`
    const page = await pool.query<Row>(`${SELECT} where ${where} ${LATEST_FIRST} limit 20`, values)
    return {
      items: page.rows.map((row) => toPurchase(row, today())),
      total: (await pool.query<{ total: number }>(count, values)).rows[0]?.total ?? 0,
    }
  }

  async function create(purchase: NewPurchase) {
    const { id, row, tags, warranty } = toRows(purchase, now)
    const client = await pool.connect()
    try {
      await client.query('begin')
      await client.query(INSERT.purchase.text, INSERT.purchase.values(row))
      for (const tag of tags) await client.query(INSERT.tag.text, INSERT.tag.values(tag))
      if (warranty) await client.query(INSERT.warranty.text, INSERT.warranty.values(warranty))
      const created = await get(id, client)
      await client.query('commit')
      return created
    } catch (error) {
      await client.query('rollback')
      throw error
    } finally {
      client.release()
    }
  }

  return {
    list: async (limit, skip) => {
      const { rows } = await pool.query<Row>(SELECT_PAGE, [limit, skip])
      return rows.map((row) => toPurchase(row, today()))
    },
    count: async () => (await pool.query<{ total: number }>(COUNT_PURCHASES)).rows[0]?.total ?? 0,
    get,
    scan,
    create,
    summary: async (currency) => {
      const parameters = Object.values(countsParameters(currency, today(), settings.expiring_soon_days))
      const [found, currencies] = await Promise.all([
        pool.query<SummaryFigures['counts']>(counts, parameters),
        pool.query<SummaryFigures['currencies'][number]>(CURRENCY_SUMS),
      ])
      if (!found.rows[0]) throw new Error('a select of sums always has a row')
      return { counts: found.rows[0], currencies: currencies.rows }
    },
    close: () => pool.end(),
  }
}

function insertInto(table: keyof typeof INSERTED) {
  const columns: readonly string[] = INSERTED[table]
  const places = columns.map((_, index) => `$${index + 1}`).join(', ')
  return {
    text: `insert into ${table} (${columns.join(', ')}) values (${places})`,
    values: (row: Record<string, unknown>) => columns.map((column) => row[column]),
  }
}
