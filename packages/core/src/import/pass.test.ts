import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, expect, it } from 'vitest'
import { createRetailer, listRetailers } from '../retailers.ts'
import { getSettings } from '../settings.ts'
import { verifyStatistics } from '../statistics/rebuild.ts'
import { addPurchase, changePurchase, everyField, openContext, type TestContext } from '../testing.ts'
import { allPurchases, importItems, readerOf, row, rows } from './testing/imports.ts'

const lamp = { product_name: 'Desk lamp', price: '10', purchase_date: '2026-01-31', currency_code: 'EUR' }

describeEachEngine('an import', (engine) => {
  let ctx: TestContext
  beforeEach(async () => {
    ctx = await openContext(engine)
  })

  it('makes purchases with everything the file says', async () => {
    const { tags, ...fields } = everyField
    const report = await importItems(
      ctx,
      rows({
        ...fields,
        tags: [...tags],
        retailer: { name: 'Lampenladen' },
        brand: { name: 'apple' },
        warranty: { warranty_end: '2028-02-28', provider: 'Maker', status: 'VOIDED' },
      }),
    )
    expect(report).toMatchObject({ rows: 1, created: 1, failed: 0, retailers_created: 1, brands_created: 0 })
    expect(await allPurchases(ctx)).toMatchObject([
      {
        ...everyField,
        retailer: { name: 'Lampenladen' },
        brand: { name: 'Apple' },
        warranty: {
          warranty_start: '2026-02-28',
          warranty_end: '2028-02-28',
          warranty_type: 'LIMITED',
          status: 'VOIDED',
          provider: 'Maker',
        },
      },
    ])
    expect(await verifyStatistics(ctx)).toEqual([])
  })

  it('takes the base currency for rows that name none, or the one it was told', async () => {
    const { currency_code: _, ...plain } = lamp
    await importItems(ctx, rows(plain))
    await importItems(ctx, rows(plain), { currency_code: 'CHF' })
    expect((await allPurchases(ctx)).map(({ currency_code }) => currency_code).sort()).toEqual(['CHF', 'USD'])
  })

  it('adds nothing when the same file comes twice', async () => {
    const file = rows(lamp, { ...lamp, product_name: 'Chair', retailer: { name: 'Möbelhaus' } })
    await importItems(ctx, file)
    const before = await allPurchases(ctx)
    const again = await importItems(ctx, file)
    expect(again).toMatchObject({ rows: 2, created: 0, skipped: 2, classes: { identical: 2 }, retailers_created: 0 })
    expect(await allPurchases(ctx)).toEqual(before)
  })

  it('keeps two equal purchases of one file two, however the file is cut', async () => {
    for (const pieces of [1, 2, 5]) {
      const world = await openContext(engine)
      expect(await importItems(world, readerOf(rows(lamp, lamp), {}, pieces))).toMatchObject({ created: 2 })
      // A longer file of the same: one more of them is new.
      const report = await importItems(world, readerOf(rows(lamp, lamp, lamp), {}, pieces))
      expect(report).toMatchObject({ created: 1, skipped: 2 })
      expect(await allPurchases(world)).toHaveLength(3)
    }
  })

  it('never takes a row for one that the same file has made, nor two rows for one stored', async () => {
    // Says nothing of a retailer, so it is like any; far from the others, so that it comes in another transaction.
    const pen = { product_name: 'Pen', price: '1', purchase_date: '2025-01-01', currency_code: 'EUR' }
    const others = Array.from({ length: 900 }, (_, index) => ({ ...lamp, price: String(index + 1) }))
    const file = rows({ ...pen, retailer: { name: 'Shop' } }, ...others, pen)
    expect(await importItems(ctx, file)).toMatchObject({ created: 902, skipped: 0 })
    expect(await importItems(ctx, file)).toMatchObject({ created: 0, skipped: 902 })
    const three = rows({ ...pen, retailer: { name: 'Shop' } }, pen, pen)
    expect(await importItems(ctx, three)).toMatchObject({ created: 1, skipped: 2 })
  })

  it('does not take names for one that differ in more than case', async () => {
    await importItems(ctx, rows({ ...lamp, product_name: 'バス' }, { ...lamp, product_name: 'Resume' }))
    const others = rows(
      { ...lamp, product_name: 'パス' },
      { ...lamp, product_name: 'Résumé' },
      { ...lamp, product_name: 'RESUME' },
    )
    expect(await importItems(ctx, others, { duplicates: 'update' })).toMatchObject({ created: 2, updated: 1 })
  })

  it('does not take purchases for one that differ in day, price, currency or retailer', async () => {
    await importItems(ctx, rows({ ...lamp, retailer: { name: 'A' } }))
    const report = await importItems(
      ctx,
      rows(
        { ...lamp, retailer: { name: 'A' }, purchase_date: '2026-01-30' },
        { ...lamp, retailer: { name: 'A' }, price: '10.01' },
        { ...lamp, retailer: { name: 'A' }, currency_code: 'USD' },
        { ...lamp, retailer: { name: 'B' } },
        { ...lamp, retailer: null },
        { ...lamp, retailer: { name: 'a' }, product_name: 'DESK LAMP', price: '10.00' },
      ),
    )
    expect(report).toMatchObject({ created: 5, skipped: 1 })
  })

  const id = '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071'
  const changed = { ...lamp, id, product_name: 'Floor lamp', price: '12.50' }

  it.each([
    ['skip', { created: 0, updated: 0, skipped: 1 }, ['Desk lamp 10.00']],
    ['update', { created: 0, updated: 1, skipped: 0 }, ['Floor lamp 12.50']],
    ['create', { created: 1, updated: 0, skipped: 0 }, ['Desk lamp 10.00', 'Floor lamp 12.50']],
  ] as const)('finds a purchase by its id, and with duplicates=%s does as told', async (duplicates, counts, names) => {
    await importItems(ctx, rows({ ...lamp, id, notes: 'stays' }))
    const report = await importItems(ctx, rows(changed), { duplicates })
    expect(report).toMatchObject(counts)
    const all = await allPurchases(ctx)
    expect(all.map(({ product_name, price }) => `${product_name} ${price}`).sort()).toEqual(names)
    expect(all.find((purchase) => purchase.id === id)).toMatchObject({
      notes: 'stays',
      version: duplicates === 'update' ? 2 : 1,
    })
    expect(await verifyStatistics(ctx)).toEqual([])
  })

  it('brings values into a probable duplicate, and leaves alone what the file does not speak of', async () => {
    const stored = await addPurchase(ctx, {
      ...everyField,
      warranty: { warranty_start: '2026-03-01', warranty_end: '2027-03-01', provider: 'Maker' },
    })
    const { product_name, price, currency_code, purchase_date } = everyField
    const same = { product_name, price, currency_code, purchase_date }
    const file = rows({ ...same, notes: null, serial_number: 'S-2', warranty: { warranty_end: '2029-03-01' } })
    expect(await importItems(ctx, file)).toMatchObject({ skipped: 1, classes: { probable_duplicate: 1 } })
    expect(await importItems(ctx, file, { duplicates: 'update' })).toMatchObject({ updated: 1 })
    const [purchase] = await allPurchases(ctx)
    expect(purchase).toMatchObject({
      ...everyField,
      id: stored.id,
      notes: null,
      serial_number: 'S-2',
      warranty: {
        id: stored.warranty?.id,
        warranty_start: '2026-03-01',
        warranty_end: '2029-03-01',
        provider: 'Maker',
      },
    })
  })

  it('takes a purchase for the row that names its id, not for another one that is like it', async () => {
    await importItems(ctx, rows({ ...lamp, id }))
    const file = rows({ ...lamp, notes: 'first' }, { ...lamp, id, notes: 'second' })
    const report = await importItems(ctx, file, { duplicates: 'update' })
    expect(report).toMatchObject({ rows: 2, created: 1, updated: 1 })
    const stored = await allPurchases(ctx)
    expect(stored.map(({ notes, version }) => `${notes} ${version}`).sort()).toEqual(['first 1', 'second 2'])
    expect(stored.find(({ notes }) => notes === 'second')?.id).toBe(id)
    expect(await verifyStatistics(ctx)).toEqual([])
  })

  it('leaves out wrong rows, and says what is wrong with each of their values', async () => {
    const report = await importItems(ctx, [
      row(lamp, 2),
      row({ ...lamp, price: '10.001', quantity: 0, link: 'ftp://x' }, 3),
      row({ price: null, purchase_date: null }, 4),
      { ...row(lamp, 5), errors: [{ column: 'Preis', value: 'viel', message: 'is no amount' }] },
      row({ ...lamp, product_name: 'Last', warranty: { warranty_end: '2020-01-01' } }, 6),
      row({ ...lamp, product_name: 'Chair' }, 9),
    ])
    expect(report).toMatchObject({ rows: 6, created: 2, failed: 4, classes: { new: 2, error: 4 } })
    expect(report.errors.map(({ row, column, value }) => [row, column, value])).toEqual([
      [3, 'quantity', '0'],
      [3, 'link', 'ftp://x'],
      [3, 'price', '10.001'],
      [4, 'product_name', null],
      [4, 'price', 'null'],
      [4, 'purchase_date', 'null'],
      [5, 'Preis', 'viel'],
      [6, 'warranty.warranty_end', null],
    ])
    expect(await ctx.db.selectFrom('import_errors').selectAll().execute()).toHaveLength(8)
  })

  it('refuses a second row with the same id', async () => {
    const report = await importItems(ctx, rows({ ...lamp, id }, { ...lamp, id, price: '11' }))
    expect(report).toMatchObject({ created: 1, failed: 1, errors: [{ row: 3, column: 'id' }] })
  })

  it('fills in what it was told for rows without a price or a date, and only for new ones', async () => {
    const { price: _, purchase_date: __, ...bare } = lamp
    const options = { default_price: '0', default_purchase_date: '2020-01-01' }
    await importItems(ctx, rows({ ...bare, id }), options)
    expect(await allPurchases(ctx)).toMatchObject([{ price: '0.00', purchase_date: '2020-01-01' }])
    await changePurchase(ctx, { id, price: '5' })
    await importItems(ctx, rows({ ...bare, id, notes: 'x' }), { ...options, duplicates: 'update' })
    expect(await allPurchases(ctx)).toMatchObject([{ price: '5.00', notes: 'x' }])
  })

  it('says in a dry run what it would do, and does nothing', async () => {
    await importItems(ctx, rows({ ...lamp, id }))
    const before = await allPurchases(ctx)
    const file = rows(
      { ...changed, retailer: { name: 'New shop' } },
      { ...lamp, product_name: 'Chair', retailer: { name: 'new SHOP' }, brand: { name: 'New brand' } },
      { ...lamp, price: '-1' },
    )
    const dry = await importItems(ctx, file, { duplicates: 'update', dry_run: true })
    expect(dry).toMatchObject({
      dry_run: true,
      created: 1,
      updated: 1,
      failed: 1,
      retailers_created: 1,
      brands_created: 1,
    })
    expect(await allPurchases(ctx)).toEqual(before)
    expect((await listRetailers(ctx, { skip: 0, search: 'new shop' })).total).toBe(0)
    const real = await importItems(ctx, file, { duplicates: 'update' })
    const { job_id: _, dry_run: __, ...counted } = real
    expect(dry).toMatchObject(counted)
  })

  it('warns of references that lead nowhere', async () => {
    const shop = await createRetailer(ctx, { name: 'Shop' })
    const report = await importItems(ctx, rows({ ...lamp, retailer: { id: shop.id }, brand: { id } }))
    expect(report).toMatchObject({ created: 1, warnings: [{ row: 2, message: expect.stringContaining(id) }] })
    const [purchase] = await allPurchases(ctx)
    expect(purchase).toMatchObject({ retailer: { name: 'Shop' }, brand: null })
    // And take nothing away in an update.
    const again = rows({ ...lamp, id: purchase?.id ?? '', retailer: { id }, notes: 'new' })
    expect(await importItems(ctx, again, { duplicates: 'update' })).toMatchObject({ updated: 1 })
    expect(await allPurchases(ctx)).toMatchObject([{ retailer: { name: 'Shop' }, notes: 'new' }])
  })

  it('takes all of an export into an instance without purchases, and only there', async () => {
    const entries = [
      { kind: 'settings', row: 1, settings: { base_currency: 'JPY', expiring_soon_days: 7 } },
      { kind: 'retailer', row: 1, entry: { id, name: 'Amazon', url: null, created_at: '2020-01-01T00:00:00Z' } },
    ] as const
    const file = readerOf([...entries, row({ ...lamp, retailer: { id, name: 'Amazon' } })], { complete: true })
    await importItems(ctx, file)
    expect(await getSettings(ctx)).toMatchObject({ base_currency: 'JPY', expiring_soon_days: 7, locale: 'en-US' })
    expect((await listRetailers(ctx, { skip: 0 })).items).toMatchObject([
      { id, name: 'Amazon', url: null, purchase_count: 1, created_at: '2020-01-01T00:00:00Z' },
    ])
    const other = { kind: 'settings', row: 1, settings: { base_currency: 'EUR' } } as const
    const report = await importItems(
      ctx,
      readerOf([other, row({ ...lamp, product_name: 'Chair' })], { complete: true }),
    )
    expect(report).toMatchObject({ created: 1, warnings: [{ message: expect.stringContaining('settings') }] })
    expect(await getSettings(ctx)).toMatchObject({ base_currency: 'JPY' })
  })
})
