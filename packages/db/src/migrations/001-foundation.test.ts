import { type Insertable, sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import type { Db } from '../connect.ts'
import { isForeignKeyViolation, isUniqueViolation } from '../errors.ts'
import type { Schema } from '../schema.ts'
import { attachment, brand, purchase, retailer, sampleRows, warranty } from '../testing/sample-rows.ts'
import { describeEachEngine } from '../testing.ts'

const otherId = '01890a5d-ac96-774b-bcce-b302099a80ff'

async function insert(db: Db, table: keyof Schema, row: Record<string, unknown>): Promise<void> {
  await db
    .insertInto(table)
    .values(row as Insertable<Schema[keyof Schema]>)
    .execute()
}

async function fill(db: Db): Promise<void> {
  for (const [table, row] of sampleRows) await insert(db, table, row)
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable('was accepted'),
    (error) => error,
  )
}

describeEachEngine('the tables', ({ name, openDatabase }) => {
  it('hand every value back as it went in', async () => {
    const { db } = await openDatabase()
    await fill(db)
    for (const [table, row] of sampleRows) {
      const columns = Object.keys(row).map((column) => sql.ref(column))
      const { rows } = await sql`select ${sql.join(columns)} from ${sql.table(table)}`.execute(db)
      expect(rows, table).toEqual([row])
    }
  })

  it('hand over counts as numbers and booleans as booleans, whatever the query around them', async () => {
    const { db } = await openDatabase()
    await fill(db)
    const row = await db
      .with('listed', (cte) => cte.selectFrom('purchases').select(['id', 'tax_deductible as deductible']))
      .selectFrom('listed')
      .leftJoin('attachments', (join) => join.onRef('attachments.purchase_id', '=', 'listed.id').on('size', '<', 0))
      .select((eb) => ['deductible', 'available', eb.fn.countAll<number>().over().as('count')])
      .execute()
    expect(row).toEqual([{ deductible: true, available: null, count: 1 }])
    const returned = await db.updateTable('attachments').set({ available: true }).returning('available').execute()
    expect(returned).toEqual([{ available: true }])
    expect(await db.selectFrom('attachments').select('id').where('available', '=', true).execute()).toHaveLength(1)
  })

  it('order keys by code points', async () => {
    const { db } = await openDatabase()
    const keys = ['Z', 'a', 'z', 'ä', '🏊']
    for (const [index, key] of keys.entries()) {
      const id = `01890a5d-ac96-774b-bcce-b302099a80a${index}`
      await insert(db, 'brands', { ...brand, id, name_key: key, sort_key: key })
    }
    const rows = await db.selectFrom('brands').select('sort_key').orderBy('sort_key').execute()
    expect(rows.map(({ sort_key }) => sort_key)).toEqual(keys)
  })

  const refused: [table: keyof Schema, change: Record<string, unknown>][] = [
    ['retailers', { name: '' }],
    ['retailers', { id: 'not-a-uuid' }],
    ['purchases', { product_name: '' }],
    ['purchases', { product_name: null }],
    ['purchases', { price: -1 }],
    ['purchases', { price: 10_000_000_000 }],
    ['purchases', { price_key: -1 }],
    ['purchases', { quantity: 0 }],
    ['purchases', { version: 0 }],
    ['purchases', { currency_code: 'eur' }],
    ['purchases', { currency_code: 'EURO' }],
    ['purchases', { status: 'LOST' }],
    ['purchases', { purchase_date: '2025-02-30' }],
    ['purchases', { return_by: 'soon' }],
    ['purchases', { created_at: 'yesterday-ish' }],
    ['purchases', { tax_deductible: null }],
    ['purchase_tags', { position: -1 }],
    ['purchase_tags', { tag: '' }],
    ['warranties', { warranty_type: 'ETERNAL' }],
    ['warranties', { warranty_end: null }],
    ['warranties', { warranty_end: '2024-02-28' }],
    ['attachments', { kind: 'SONG' }],
    ['attachments', { size: -1 }],
    ['attachments', { sha256: 'ABCDEF'.repeat(11) }],
    ['jobs', { status: 'LATE' }],
    ['settings', { id: 2 }],
    ['settings', { date_format: 'DYM' }],
    ['settings', { week_start: 'FRIDAY' }],
    ['settings', { expiring_soon_days: -1 }],
  ]
  it.each(refused)('refuse in %s %j', async (table, change) => {
    const { db } = await openDatabase()
    for (const [earlier, row] of sampleRows) {
      if (earlier === table) break
      await insert(db, earlier, row)
    }
    const row = sampleRows.find(([candidate]) => candidate === table)?.[1]
    const error = await rejection(insert(db, table, { ...row, ...change }))
    expect(isUniqueViolation(error) || isForeignKeyViolation(error)).toBe(false)
    await insert(db, table, { ...row })
  })

  if (name === 'sqlite') {
    it.each([
      ['purchases', { id: purchase.id.toUpperCase() }],
      ['purchases', { purchase_date: '2025-1-1' }],
      ['purchases', { created_at: '2025-03-01 12:30:59' }],
      ['purchases', { tax_deductible: 2 }],
      ['purchases', { price: 19.99 }],
    ] as const)("refuse in %s what the server's types would refuse or change: %j", async (table, change) => {
      const { db } = await openDatabase()
      await insert(db, 'retailers', retailer)
      await insert(db, 'brands', brand)
      await rejection(insert(db, table, { ...purchase, ...change }))
    })
  }

  it('let a lifetime warranty have no end', async () => {
    const { db } = await openDatabase()
    await fill(db)
    await db.updateTable('warranties').set({ warranty_type: 'LIFETIME', warranty_end: null }).execute()
    const rows = await db.selectFrom('warranties').select('warranty_end').execute()
    expect(rows).toEqual([{ warranty_end: null }])
  })

  describe('know their keys:', () => {
    it('a name, a warranty of a purchase and a tag stand once', async () => {
      const { db } = await openDatabase()
      await fill(db)
      const twice: [keyof Schema, Record<string, unknown>][] = [
        ['retailers', { ...retailer, id: otherId }],
        ['brands', { ...brand, id: otherId }],
        ['purchases', purchase],
        ['warranties', { ...warranty, id: otherId }],
        ['purchase_tags', { purchase_id: purchase.id, position: 1, tag: 'TEA', tag_key: 'tea' }],
        ['purchase_tags', { purchase_id: purchase.id, position: 0, tag: 'Pot', tag_key: 'pot' }],
      ]
      for (const [table, row] of twice) {
        expect(isUniqueViolation(await rejection(insert(db, table, row))), table).toBe(true)
      }
    })

    it('nothing points at a row that is not there', async () => {
      const { db } = await openDatabase()
      const lost: [keyof Schema, Record<string, unknown>][] = [
        ['purchases', { ...purchase, brand_id: null }],
        ['purchases', { ...purchase, retailer_id: null }],
        ['warranties', warranty],
        ['attachments', attachment],
      ]
      for (const [table, row] of lost) {
        const error = await rejection(insert(db, table, row))
        expect(isForeignKeyViolation(error), table).toBe(true)
        expect(isUniqueViolation(error), table).toBe(false)
      }
    })

    it('a retailer or brand in use stays', async () => {
      const { db } = await openDatabase()
      await fill(db)
      for (const table of ['retailers', 'brands'] as const) {
        expect(isForeignKeyViolation(await rejection(db.deleteFrom(table).execute())), table).toBe(true)
      }
    })

    it('a purchase takes its tags, warranty and attachments with it', async () => {
      const { db } = await openDatabase()
      await fill(db)
      await db.deleteFrom('purchases').execute()
      for (const table of ['purchase_tags', 'warranties', 'attachments'] as const) {
        expect(await db.selectFrom(table).select(sql`1`.as('one')).execute(), table).toEqual([])
      }
    })
  })
})
