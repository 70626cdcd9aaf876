import { describeEachEngine } from '@spends/db/testing'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { BrandChanges, createBrand, deleteBrand, getBrand, listBrands, NewBrand, updateBrand } from './brands.ts'
import { inTransaction, newId } from './context.ts'
import { EntryFilter, EntryRemoval } from './directory.ts'
import { getPurchase, listPurchases } from './purchases/read.ts'
import { PurchaseFilter } from './purchases/shapes.ts'
import { deletePurchase } from './purchases/write.ts'
import {
  createRetailer,
  deleteRetailer,
  getRetailer,
  listRetailers,
  NewRetailer,
  RetailerChanges,
  updateRetailer,
} from './retailers.ts'
import { addPurchase, dump, openContext, readPages, refusalOf, type TestContext, TODAY } from './testing.ts'

const directories = [
  {
    table: 'retailers',
    column: 'retailer_id',
    shapes: { New: NewRetailer, Changes: RetailerChanges },
    verbs: {
      list: listRetailers,
      get: getRetailer,
      create: createRetailer,
      update: updateRetailer,
      remove: deleteRetailer,
    },
  },
  {
    table: 'brands',
    column: 'brand_id',
    shapes: { New: NewBrand, Changes: BrandChanges },
    verbs: { list: listBrands, get: getBrand, create: createBrand, update: updateBrand, remove: deleteBrand },
  },
] as const

const CONFLICT = { code: 'CONFLICT', paths: [] }

describeEachEngine('a directory', (engine) => {
  describe.each(directories)('of $table', ({ table, column, shapes, verbs }) => {
    let ctx: TestContext
    beforeAll(async () => {
      ctx = await openContext(engine)
    })
    beforeEach(async () => {
      ctx.setNow(TODAY)
      for (const { id } of await ctx.db.selectFrom('purchases').select('id').execute())
        await deletePurchase(ctx, { id })
      await ctx.db.deleteFrom(table).execute()
    })

    const add = (name: string, url?: string | null) => verbs.create(ctx, shapes.New.parse({ name, url }))
    const change = (input: BrandChanges) => verbs.update(ctx, shapes.Changes.parse(input))
    const list = (filter: object = {}) => verbs.list(ctx, EntryFilter.parse(filter))
    const use = (id: string | null) => addPurchase(ctx, { [column]: id })
    const names = async (filter: object = {}) => (await list(filter)).items.map(({ name }) => name)

    it('keeps what is added', async () => {
      const added = await add(' Zum  Bäcker ', 'https://baecker.example/a?b=c')
      const stamp = `${TODAY}T12:00:00Z`
      expect(added).toEqual({
        id: expect.any(String),
        name: 'Zum  Bäcker',
        url: 'https://baecker.example/a?b=c',
        created_at: stamp,
        updated_at: stamp,
      })
      expect(await verbs.get(ctx, added)).toEqual(added)
      expect(await list()).toEqual({ items: [{ ...added, purchase_count: 0 }], total: 1, skip: 0, limit: null })
    })

    it.each([
      ['Bäcker', 'BÄCKER'],
      ['Bäcker', 'Ba\u0308cker'],
      ['Bäcker', '\u00a0 bäcker\u3000'],
      ['Иван', 'иВАН'],
      ['ΟΔΟΣ', 'οδος'],
      ['Straße', 'STRASSE'],
      ['İpek', 'ipek'],
    ])('takes %j and %j for the same name', async (first, second) => {
      await add(first)
      const other = await add('Other')
      const before = await dump(ctx)
      expect(await refusalOf(add(second))).toEqual(CONFLICT)
      expect(await refusalOf(change({ id: other.id, name: second, url: 'https://a.example' }))).toEqual(CONFLICT)
      expect(await dump(ctx)).toEqual(before)
    })

    it('takes names with other accents or inner spaces for different ones', async () => {
      for (const name of ['Backer', 'Bäcker', 'Back er', 'Back  er', 'Back-er']) await add(name)
      expect((await list()).total).toBe(5)
    })

    it('renames to the same name in another case', async () => {
      const { id } = await add('bäcker')
      expect(await change({ id, name: 'BÄCKER' })).toMatchObject({ name: 'BÄCKER' })
      expect(await change({ id, name: 'Ba\u0308cker' })).toMatchObject({ name: 'Bäcker' })
      expect(await refusalOf(add('bäcker'))).toEqual(CONFLICT)
    })

    it('frees the old name when it renames or deletes', async () => {
      const { id } = await add('First')
      await change({ id, name: 'Second' })
      const again = await add('FIRST')
      await verbs.remove(ctx, { id: again.id })
      expect(await add('first')).toMatchObject({ name: 'first' })
    })

    it('changes only what is sent, and touches nothing that stays', async () => {
      const added = await add('Name', 'https://a.example')
      ctx.setNow('2026-04-01')
      expect(await change({ id: added.id })).toEqual(added)
      expect(await change({ id: added.id, name: ' Name', url: 'https://a.example' })).toEqual(added)
      const stamp = { updated_at: '2026-04-01T12:00:00Z' }
      expect(await change({ id: added.id, url: null })).toEqual({ ...added, url: null, ...stamp })
      expect(await change({ id: added.id, name: 'New' })).toEqual({ ...added, name: 'New', url: null, ...stamp })
      expect(await verbs.get(ctx, added)).toEqual({ ...added, name: 'New', url: null, ...stamp })
    })

    it('accepts read-only fields as they are stored and names those that differ', async () => {
      const { id } = await add('Name')
      await use(id)
      const [stored] = (await list()).items
      expect(await change({ ...stored, id, name: 'New' })).toMatchObject({ name: 'New' })
      const before = await dump(ctx)
      const wrong = { created_at: null, updated_at: 'x', purchase_count: 0 }
      expect(await refusalOf(change({ id, name: 'Newer', ...wrong }))).toEqual({
        code: 'UNPROCESSABLE_CONTENT',
        paths: ['created_at', 'updated_at', 'purchase_count'],
      })
      expect(await dump(ctx)).toEqual(before)
    })

    it('is whole unless a limit is given, in the order of names, and says how many there are', async () => {
      const sorted = Array.from({ length: 120 }, (_, index) => `n${String(index).padStart(3, '0')}`)
      for (const name of [...sorted].reverse()) await add(name)
      expect(await list()).toMatchObject({ total: 120, skip: 0, limit: null })
      expect(await names()).toEqual(sorted)
      expect(await names({ skip: 118 })).toEqual(sorted.slice(118))
      expect(await list({ skip: 10, limit: 7 })).toMatchObject({ total: 120, skip: 10, limit: 7 })
      expect(await names({ skip: 10, limit: 7 })).toEqual(sorted.slice(10, 17))
    })

    it('orders names without regard to case and accents, and finds them', async () => {
      for (const name of ['zebra', 'Öl', 'apfel', 'Äpfel', 'ОКНО', 'Oz', '50%']) await add(name)
      expect(await names()).toEqual(['50%', 'apfel', 'Äpfel', 'Öl', 'Oz', 'zebra', 'ОКНО'])
      expect(await names({ search: 'ÄP' })).toEqual(['Äpfel'])
      expect(await names({ search: 'окн' })).toEqual(['ОКНО'])
      expect(await names({ search: '%' })).toEqual(['50%'])
      expect(await list({ search: 'P', limit: 1 })).toMatchObject({ items: [{ name: 'apfel' }], total: 2 })
      expect(await names({ search: ' ' })).toHaveLength(7)
    })

    it('counts the purchases of each', async () => {
      const [a, b] = [await add('A'), await add('B')]
      for (const id of [a.id, a.id, null]) await use(id)
      const counts = (await list()).items.map(({ id, purchase_count }) => [id, purchase_count])
      expect(counts).toEqual([
        [a.id, 2],
        [b.id, 0],
      ])
    })

    it('does not delete what is in use, and says by how many', async () => {
      const { id } = await add('Used')
      const first = await use(id)
      await expect(verbs.remove(ctx, { id })).rejects.toMatchObject({ code: 'CONFLICT', message: /^1 purchase uses/ })
      await use(id)
      const before = await dump(ctx)
      await expect(verbs.remove(ctx, { id })).rejects.toMatchObject({ code: 'CONFLICT', message: /^2 purchases use/ })
      expect(await dump(ctx)).toEqual(before)
      expect(await getPurchase(ctx, first)).toMatchObject({ [column]: id })
    })

    it('moves every purchase before it deletes, however many there are', async () => {
      const [from, to] = [await add('From'), await add('To')]
      const stays = await use(to.id)
      const moving = await inTransaction(ctx, async (tx) => {
        const purchases = []
        for (let count = 0; count < 210; count += 1) purchases.push(await addPurchase(tx, { [column]: from.id }))
        return purchases
      })

      ctx.setNow('2026-04-01')
      await verbs.remove(ctx, EntryRemoval.parse({ id: from.id, reassign_to: to.id.toUpperCase() }))
      expect((await list()).items).toMatchObject([{ id: to.id, purchase_count: 211 }])
      const moved = await readPages((page) =>
        listPurchases(ctx, PurchaseFilter.parse({ sort: 'created_at', order: 'asc', [column]: to.id, ...page })),
      )
      const word = table === 'retailers' ? 'retailer' : 'brand'
      const change = {
        [column]: to.id,
        [word]: { id: to.id, name: 'To' },
        version: 2,
        updated_at: '2026-04-01T12:00:00Z',
      }
      expect(moved.slice(1)).toEqual(moving.map(({ attachments: _, ...purchase }) => ({ ...purchase, ...change })))
      expect(await getPurchase(ctx, stays)).toEqual(stays)
    })

    it('refuses to move purchases to itself or to nothing', async () => {
      const { id } = await add('Used')
      await use(id)
      const before = await dump(ctx)
      for (const reassign_to of [id, newId()]) {
        const refused = await refusalOf(verbs.remove(ctx, { id, reassign_to }))
        expect(refused).toEqual({ code: 'UNPROCESSABLE_CONTENT', paths: ['reassign_to'] })
      }
      expect(await dump(ctx)).toEqual(before)
    })

    it('says what is not there', async () => {
      const id = newId()
      const other = await add('Other')
      const nothing = { code: 'NOT_FOUND', paths: [] }
      expect(await refusalOf(verbs.get(ctx, { id }))).toEqual(nothing)
      expect(await refusalOf(change({ id, name: 'X' }))).toEqual(nothing)
      expect(await refusalOf(verbs.remove(ctx, { id, reassign_to: other.id }))).toEqual(nothing)
    })

    it('gives a name to exactly one of many who ask at once', async () => {
      const spellings = Array.from({ length: 12 }, (_, index) => (index % 2 ? 'Bäcker' : 'BA\u0308CKER'))
      const outcomes = await Promise.all(spellings.map((name) => refusalOf(add(name))))
      expect(outcomes.filter((outcome) => outcome === undefined)).toHaveLength(1)
      expect(outcomes.filter((outcome) => outcome !== undefined)).toEqual(Array(11).fill(CONFLICT))
      expect((await list()).total).toBe(1)
    })
  })
})

describe.each(directories)('the shapes of $table', ({ shapes }) => {
  it.each([
    { name: '' },
    { name: ' \t ' },
    { name: 'a\u0000' },
    { name: 'x'.repeat(256) },
    { name: null },
    {},
    { name: 'A', url: 'shop.example' },
    { name: 'A', url: 'javascript:alert(1)' },
    { name: 'A', url: `https://shop.example/${'x'.repeat(2000)}` },
    { name: 'A', id: newId() },
  ])('refuse %j', (input) => {
    expect(shapes.New.safeParse(input).success).toBe(false)
  })

  it('refuse to change a name to null', () => {
    expect(shapes.Changes.safeParse({ id: newId(), name: null }).success).toBe(false)
    expect(shapes.Changes.safeParse({ id: newId(), url: null }).success).toBe(true)
  })
})
