import Database from 'better-sqlite3'
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

const SELECT = selectPurchases('json_group_array(tag order by position)')

/** Every statement is prepared once, but for those of a search, which are once for each combination of filters. */
export function openFile(path: string, now: Date): Store {
  const db = new Database(path)
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
  const selectSettings = db.prepare<[], { time_zone: string; expiring_soon_days: number }>('select * from settings')
  const settings = selectSettings.get()
  if (!settings) throw new Error('the database has no settings')
  const today = () => todayIn(settings.time_zone, now)

  const selectOne = db.prepare<[string], Row>(`${SELECT} where p.id = ?`)
  const selectPage = db.prepare<[number, number], Row>(`${SELECT} ${LATEST_FIRST} limit ? offset ?`)
  const countPurchases = db.prepare<[], number>(COUNT_PURCHASES).pluck()
  const selectAttachments = db.prepare<[string], { available: number }>(
    'select * from attachments where purchase_id = ? order by id',
  )
  const counts = db.prepare<[object], SummaryFigures['counts']>(
    selectCounts(
      ['@currency', '@month', '@firstDay', '@today', '@soon'],
      db.prepare<[], string>(SELECT_CURRENCIES).pluck().all(),
    ),
  )
  const currencies = db.prepare<[], SummaryFigures['currencies'][number]>(CURRENCY_SUMS)
  const insert = {
    purchase: insertInto('purchases'),
    tag: insertInto('purchase_tags'),
    warranty: insertInto('warranties'),
  }
  const scans = new Map<
    string,
    { page: Database.Statement<[object], Row>; count: Database.Statement<[object], number> }
  >()

  function insertInto(table: keyof typeof INSERTED) {
    const columns = INSERTED[table]
    const values = columns.map((column) => `@${column}`).join(', ')
    return db.prepare<[Record<string, unknown>]>(`insert into ${table} (${columns.join(', ')}) values (${values})`)
  }

  function prepareScan(search: Search) {
    const where = [
      `(p.search_text like @pattern escape '\\' or r.search_text like @pattern escape '\\'
        or b.search_text like @pattern escape '\\')`,
      ...(search.retailer_id === undefined ? [] : ['p.retailer_id = @retailer_id']),
      ...(search.date_from === undefined ? [] : ['p.purchase_date >= @date_from']),
      ...(search.date_to === undefined ? [] : ['p.purchase_date <= @date_to']),
    ].join(' and ')
    const found = scans.get(where)
    if (found) return found
    const count = db.prepare<[object], number>(
      `select count(*) from purchases p left join retailers r on r.id = p.retailer_id
       left join brands b on b.id = p.brand_id where ${where}`,
    )
    const scan = {
      page: db.prepare<[object], Row>(`${SELECT} where ${where} ${LATEST_FIRST} limit 20`),
      count: count.pluck() as typeof count,
    }
    scans.set(where, scan)
    return scan
  }

  function get(id: string) {
    const row = selectOne.get(id)
    if (!row) return undefined
    const attachments = selectAttachments.all(id).map((kept) => ({ ...kept, available: kept.available === 1 }))
    return { ...toPurchase(row, today()), attachments }
  }

  const create = db.transaction((purchase: NewPurchase) => {
    const { id, row, tags, warranty } = toRows(purchase, now)
    insert.purchase.run({ ...row, tax_deductible: Number(row.tax_deductible) })
    for (const tag of tags) insert.tag.run(tag)
    if (warranty) insert.warranty.run(warranty)
    return id
  }).immediate

  return {
    list: (limit, skip) => selectPage.all(limit, skip).map((row) => toPurchase(row, today())),
    count: () => countPurchases.get() ?? 0,
    get,
    scan: (search) => {
      const { page, count } = prepareScan(search)
      const parameters = { ...search, pattern: likePattern(search.search) }
      return { items: page.all(parameters).map((row) => toPurchase(row, today())), total: count.get(parameters) ?? 0 }
    },
    create: (purchase) => get(create(purchase)),
    summary: (currency) => {
      const found = counts.get(countsParameters(currency, today(), settings.expiring_soon_days))
      if (!found) throw new Error('a select of sums always has a row')
      return { counts: found, currencies: currencies.all() }
    },
    close: () => void db.close(),
  }
}
