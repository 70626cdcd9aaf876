import { describeEachEngine } from '@spends/db/testing'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { addDays } from '../calendar.ts'
import { createRetailer } from '../retailers.ts'
import { updateSettings } from '../settings.ts'
import { addPurchase, openContext, readPages, type TestContext, TODAY } from '../testing.ts'
import { compareKeys, searchKey, sortKey } from '../text.ts'
import { listExpiringWarranties, listWarranties } from './read.ts'
import { ExpiringFilter, type Warranty, WarrantyFilter, WarrantyType } from './shapes.ts'

const SORTS = ['warranty_end', 'warranty_start', 'product_name', 'created_at'] as const
type Sort = (typeof SORTS)[number]

const keyOf: Record<Sort, (warranty: Warranty) => string | null> = {
  warranty_end: (warranty) => warranty.warranty_end,
  warranty_start: (warranty) => warranty.warranty_start,
  product_name: (warranty) => sortKey(warranty.purchase.product_name),
  created_at: (warranty) => warranty.created_at,
}

/** The contract's order: ties by id in the same direction, those that never end last in both. */
function inOrder(warranties: readonly Warranty[], sort: Sort, order: 'asc' | 'desc'): Warranty[] {
  const sign = order === 'asc' ? 1 : -1
  return [...warranties].sort((left, right) => {
    const [a, b] = [keyOf[sort](left), keyOf[sort](right)]
    if (a === null || b === null) return a === b ? sign * compareKeys(left.id, right.id) : a === null ? 1 : -1
    return sign * (compareKeys(a, b) || compareKeys(left.id, right.id))
  })
}

const idsOf = (warranties: readonly Warranty[]) => warranties.map(({ id }) => id)

describeEachEngine('the list of warranties', (engine) => {
  const COUNT = 60
  let ctx: TestContext
  let all: Warranty[]

  beforeAll(async () => {
    ctx = await openContext(engine)
    const shape = fc.record({
      product_name: fc.constantFrom('Lampe', 'LAMPE', 'Läufer', 'zebra', '100% wool', 'ёлка'),
      start: fc.constantFrom(-400, -30, -1, 0),
      length: fc.option(fc.constantFrom(0, 1, 29, 30, 31, 32, 60, 400, 800)),
      type: fc.constantFrom('LIMITED', 'EXTENDED', 'LIFETIME', 'MANUFACTURER', 'RETAILER', 'OTHER'),
      voided: fc.boolean(),
      provider: fc.option(fc.constantFrom('Läden AG', '50%')),
      notes: fc.option(fc.constantFrom('call ИВАН', 'zebra crossing')),
      now: fc.constantFrom('2026-03-01', '2026-03-02'),
    })
    // The same warranties on each engine and in each run, so that what fails here fails again.
    for (const drawn of fc.sample(shape, { numRuns: COUNT, seed: 20_260_315 })) {
      const { product_name, start, length, type, voided, provider, notes, now } = drawn
      const warranty_start = addDays(TODAY, start)
      ctx.setNow(now)
      await addPurchase(ctx, {
        product_name,
        warranty: {
          warranty_start,
          warranty_end: length === null ? null : addDays(warranty_start, length),
          warranty_type: length === null ? 'LIFETIME' : type,
          ...(voided ? { status: 'VOIDED' } : {}),
          provider,
          notes,
        },
      })
    }
    await addPurchase(ctx, { product_name: 'Lampe without a warranty' })
    ctx.setNow(TODAY)
    all = await list({})
    expect(all).toHaveLength(COUNT)
  })

  function list(filter: WarrantyFilter, limit?: number): Promise<Warranty[]> {
    return readPages((page) => listWarranties(ctx, WarrantyFilter.parse({ ...filter, ...page })), limit)
  }

  describe.each(SORTS)('by %s', (sort) => {
    it.each(['asc', 'desc'] as const)('%s is in the order of the contract, whatever the pages', async (order) => {
      const expected = inOrder(all, sort, order)
      for (const limit of [1, 7, 59, 60, 100]) {
        expect(idsOf(await list({ sort, order }, limit))).toEqual(idsOf(expected))
      }
    })

    it('rises by default, unless by when it was made', async () => {
      expect(await list({ sort })).toEqual(inOrder(all, sort, sort === 'created_at' ? 'desc' : 'asc'))
    })
  })

  it('gives the 20 that end soonest when nothing is asked, and says how many there are', async () => {
    const expected = { items: inOrder(all, 'warranty_end', 'asc').slice(0, 20), total: COUNT, skip: 0, limit: 20 }
    expect(await listWarranties(ctx, WarrantyFilter.parse({}))).toEqual(expected)
  })

  const isSoon = ({ status, days_left }: Warranty, days: number) =>
    status === 'ACTIVE' && days_left !== null && days_left <= days

  it('keeps what each filter and all together allow, and nothing else', async () => {
    const searches = ['lampe', 'LÄ', '0%', 'иван', 'ZEBRA', '_', 'ag', 'wool']
    const filters = fc.record(
      {
        status: fc.oneof(
          fc.constantFrom('ACTIVE', 'EXPIRED', 'VOIDED'),
          fc.subarray(['ACTIVE', 'EXPIRED', 'VOIDED'] as const, { minLength: 1 }),
        ),
        warranty_type: fc.oneof(
          fc.constantFrom(...WarrantyType.options),
          fc.subarray([...WarrantyType.options], { minLength: 1 }),
        ),
        expiring_soon: fc.boolean(),
        search: fc.constantFrom(...searches),
      },
      { requiredKeys: [], noNullPrototype: true },
    )
    const found = new Set<number>()
    await fc.assert(
      fc.asyncProperty(filters, async (drawn) => {
        const filter = WarrantyFilter.parse({ ...drawn, limit: 100 })
        const needle = searchKey(filter.search ?? '')
        const expected = inOrder(all, 'warranty_end', 'asc').filter(
          (warranty) =>
            (filter.status?.includes(warranty.status) ?? true) &&
            (filter.warranty_type?.includes(warranty.warranty_type) ?? true) &&
            (filter.expiring_soon === undefined || isSoon(warranty, 30) === filter.expiring_soon) &&
            [warranty.purchase.product_name, warranty.provider, warranty.notes].some(
              (text) => text !== null && searchKey(text).includes(needle),
            ),
        )
        const { items, total } = await listWarranties(ctx, filter)
        expect([idsOf(items), total]).toEqual([idsOf(expected), expected.length])
        found.add(total)
      }),
      { numRuns: 80 },
    )
    expect(found.size).toBeGreaterThan(3)
  })

  it('does not match a text that begins in the provider and ends in the notes', async () => {
    expect(await list({ search: 'agcall' })).toEqual([])
    expect(await list({ search: '50%zebra' })).toEqual([])
  })

  it('is searched by the retailer of the purchase too', async () => {
    const other = await openContext(engine)
    const retailer_id = (await createRetailer(other, { name: 'Kaffeehaus' })).id
    const warranty = { warranty_start: TODAY, warranty_end: TODAY }
    const { id } = await addPurchase(other, { retailer_id, warranty })
    await addPurchase(other, { warranty })
    const { items } = await listWarranties(other, WarrantyFilter.parse({ search: 'KAFFEE' }))
    expect(items.map(({ purchase_id }) => purchase_id)).toEqual([id])
  })

  it.each([0, 1, 29, 30, 31, 3650])('expiring within %i days begins with today, soonest first', async (days) => {
    const expected = inOrder(all, 'warranty_end', 'asc').filter((warranty) => isSoon(warranty, days))
    for (const limit of [2, 100]) {
      const listed = await readPages(
        (page) => listExpiringWarranties(ctx, ExpiringFilter.parse({ days, ...page })),
        limit,
      )
      expect(idsOf(listed)).toEqual(idsOf(expected))
    }
    const page = await listExpiringWarranties(ctx, ExpiringFilter.parse({ days, skip: 1, limit: 1 }))
    expect(page).toEqual({ items: expected.slice(1, 2), total: expected.length, skip: 1, limit: 1 })
  })

  it('counts as soon what Settings say', async () => {
    const expected = (days: number) => idsOf(inOrder(all, 'warranty_end', 'asc').filter((one) => isSoon(one, days)))
    for (const days of [0, 400, 30]) {
      await updateSettings(ctx, { expiring_soon_days: days })
      const { items } = await listExpiringWarranties(ctx, ExpiringFilter.parse({ limit: 100 }))
      expect(idsOf(items)).toEqual(expected(days))
      expect(idsOf(await list({ expiring_soon: true }))).toEqual(expected(days))
    }
  })
})

describe('the filters of warranties', () => {
  it.each([{ days: -1 }, { days: 3651 }, { days: 1.5 }, { days: '30' }, { limit: 101 }, { sort: 'id' }])(
    'refuse %j where the expiring ones are asked for',
    (filter) => {
      expect(ExpiringFilter.safeParse(filter).success).toBe(false)
    },
  )

  it.each([
    { status: 'GONE' },
    { status: [] },
    { warranty_type: 'X' },
    { sort: 'price' },
    { limit: 0 },
    { colour: 'red' },
  ])('refuse %j', (filter) => {
    expect(WarrantyFilter.safeParse(filter).success).toBe(false)
  })
})
