import { describeEachEngine } from '@spends/db/testing'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { createBrand } from '../brands.ts'
import { createRetailer } from '../retailers.ts'
import { addPurchase, openContext, readPages, refusalOf, type TestContext } from '../testing.ts'
import { compareKeys, foldCase, searchKey, sortKey } from '../text.ts'
import { listPurchases } from './read.ts'
import { type Purchase, PurchaseFilter } from './shapes.ts'

const SORTS = ['purchase_date', 'product_name', 'price', 'created_at', 'retailer', 'brand', 'status'] as const
type Sort = (typeof SORTS)[number]

/** Few values of each kind, so that there are many ties. */
const NAMES = ['Lampe', 'LAMPE', 'Läufer', 'zebra', 'Ägypten', 'apfel', '100% wool', 'İzmir', 'ёлка', '中文']
const PRICES = [
  { currency_code: 'USD', price: '5' },
  { currency_code: 'USD', price: '500' },
  { currency_code: 'JPY', price: '500' },
  { currency_code: 'KWD', price: '5.001' },
  { currency_code: 'EUR', price: '0' },
  { currency_code: 'EUR', price: '99999999.99' },
]
const DATES = ['2025-12-31', '2026-01-01', '2026-01-02', '2024-02-29']
const TAGS = ['Büro', 'kitchen', 'ΣΑΣ']
const SEARCHES = ['lampe', 'LÄ', '100%', '_', 'izmir', 'ЁЛ', '文', 'acme', 'σας', 'nowhere', '  ', 'a']

/** The value a purchase is sorted by; null stands for none. */
const keyOf: Record<Sort, (purchase: Purchase) => string | number | null> = {
  purchase_date: (purchase) => purchase.purchase_date,
  product_name: (purchase) => sortKey(purchase.product_name),
  price: (purchase) => Number(purchase.price),
  created_at: (purchase) => purchase.created_at,
  retailer: (purchase) => purchase.retailer && sortKey(purchase.retailer.name),
  brand: (purchase) => purchase.brand && sortKey(purchase.brand.name),
  status: (purchase) => purchase.status,
}

/** The contract's order: ties by id in the same direction, nulls last in both. */
function inOrder(purchases: readonly Purchase[], sort: Sort, order: 'asc' | 'desc'): Purchase[] {
  const sign = order === 'asc' ? 1 : -1
  return [...purchases].sort((left, right) => {
    const [a, b] = [keyOf[sort](left), keyOf[sort](right)]
    if ((a === null) !== (b === null)) return a === null ? 1 : -1
    const byKey = typeof a === 'number' && typeof b === 'number' ? a - b : compareKeys(String(a), String(b))
    return sign * (byKey || compareKeys(left.id, right.id))
  })
}

/** The contract's filters, said once more in plain words. */
function matches(purchase: Purchase, filter: ReturnType<typeof PurchaseFilter.parse>): boolean {
  const among = (allowed: readonly string[] | undefined, value: string | null) =>
    allowed === undefined || (value !== null && allowed.includes(value))
  const searched = [
    purchase.product_name,
    purchase.notes,
    purchase.model_number,
    purchase.serial_number,
    purchase.order_number,
    purchase.retailer?.name,
    purchase.brand?.name,
    ...purchase.tags,
  ]
  const needle = searchKey(filter.search ?? '')
  const tags = purchase.tags.map(foldCase)
  return (
    among(filter.id, purchase.id) &&
    among(filter.status, purchase.status) &&
    among(filter.retailer_id, purchase.retailer_id) &&
    among(filter.brand_id, purchase.brand_id) &&
    among(filter.currency_code, purchase.currency_code) &&
    (filter.tag === undefined || filter.tag.some((tag) => tags.includes(foldCase(tag)))) &&
    (filter.date_from === undefined || purchase.purchase_date >= filter.date_from) &&
    (filter.date_to === undefined || purchase.purchase_date <= filter.date_to) &&
    (filter.price_from === undefined || Number(purchase.price) >= Number(filter.price_from)) &&
    (filter.price_to === undefined || Number(purchase.price) <= Number(filter.price_to)) &&
    (filter.return_from === undefined || (purchase.return_by ?? '') >= filter.return_from) &&
    (filter.return_to === undefined || (purchase.return_by ?? '9999') <= filter.return_to) &&
    (filter.tax_deductible === undefined || purchase.tax_deductible === filter.tax_deductible) &&
    (filter.has_warranty === undefined || (purchase.warranty !== null) === filter.has_warranty) &&
    (filter.has_retailer === undefined || (purchase.retailer !== null) === filter.has_retailer) &&
    (filter.has_brand === undefined || (purchase.brand !== null) === filter.has_brand) &&
    (needle === '' || searched.some((text) => text && searchKey(text).includes(needle)))
  )
}

describeEachEngine('the list of purchases', (engine) => {
  const COUNT = 80
  let ctx: TestContext
  let all: Purchase[]
  let retailers: string[]
  let brands: string[]

  beforeAll(async () => {
    ctx = await openContext(engine)
    retailers = []
    brands = []
    for (const name of ['acme', 'Zürich', 'Ångström']) retailers.push((await createRetailer(ctx, { name })).id)
    for (const name of ['Żubr', 'ACME', 'ΣΑΣ']) brands.push((await createBrand(ctx, { name })).id)
    const shape = fc.record({
      product_name: fc.constantFrom(...NAMES),
      amount: fc.constantFrom(...PRICES),
      purchase_date: fc.constantFrom(...DATES),
      status: fc.constantFrom('ORDERED', 'RECEIVED'),
      retailer_id: fc.option(fc.constantFrom(...retailers), { freq: 2 }),
      brand_id: fc.option(fc.constantFrom(...brands), { freq: 2 }),
      tags: fc.subarray(TAGS),
      return_by: fc.option(fc.constantFrom(...DATES), { freq: 2 }),
      tax_deductible: fc.boolean(),
      notes: fc.option(fc.constantFrom(...NAMES, 'a_b')),
      model_number: fc.option(fc.constantFrom('acme-1', 'Lampe 2')),
      serial_number: fc.option(fc.constantFrom('SN_1', 'ΟΔΟΣ')),
      order_number: fc.option(fc.constantFrom('#1', 'ИВАН')),
      warranty: fc.option(fc.constant({ warranty_start: '2026-01-01', warranty_end: '2027-01-01' }), { freq: 1 }),
      now: fc.constantFrom('2026-03-01', '2026-03-02', '2026-03-03'),
    })
    // The same purchases on each engine and in each run, so that what fails here fails again.
    for (const { amount, now, ...rest } of fc.sample(shape, { numRuns: COUNT, seed: 20_260_315 })) {
      ctx.setNow(now)
      await addPurchase(ctx, { ...rest, ...amount })
    }
    all = await list({})
    expect(all).toHaveLength(COUNT)
  })

  function list(filter: PurchaseFilter, limit?: number): Promise<Purchase[]> {
    return readPages((page) => listPurchases(ctx, PurchaseFilter.parse({ ...filter, ...page })), limit)
  }

  describe.each(SORTS)('by %s', (sort) => {
    it.each(['asc', 'desc'] as const)('%s is in the order of the contract, whatever the pages', async (order) => {
      const expected = inOrder(all, sort, order)
      for (const limit of [1, 7, 20, 79, 80, 100]) {
        const listed = await list({ sort, order }, limit)
        expect(listed.map(({ id }) => id)).toEqual(expected.map(({ id }) => id))
        if (limit === 100) expect(listed).toEqual(expected)
      }
    })

    it('falls by default where it is a date or a price, else rises', async () => {
      const order = ['purchase_date', 'created_at', 'price'].includes(sort) ? 'desc' : 'asc'
      expect(await list({ sort })).toEqual(inOrder(all, sort, order))
    })
  })

  it('gives 20 of the latest purchases when nothing is asked, and says how many there are', async () => {
    const expected = { items: inOrder(all, 'purchase_date', 'desc').slice(0, 20), total: COUNT, skip: 0, limit: 20 }
    expect(await listPurchases(ctx, PurchaseFilter.parse({}))).toEqual(expected)
  })

  it('is empty beyond its end', async () => {
    for (const skip of [COUNT, 2 ** 31 - 1]) {
      const page = await listPurchases(ctx, PurchaseFilter.parse({ skip, limit: 5 }))
      expect(page).toEqual({ items: [], total: COUNT, skip, limit: 5 })
    }
  })

  const id = (ids: () => readonly string[]) => fc.integer({ min: 0, max: 2 }).map((index) => () => ids()[index] ?? '')
  const oneOrMore = <T>(values: readonly T[]) =>
    fc.oneof(fc.constantFrom(...values), fc.subarray([...values], { minLength: 1 }))
  const price = fc.constantFrom('0', '5', '5.001', '5.0011', '499.99', '500', '99999999.99')
  const filters = {
    id: fc.uniqueArray(
      id(() => all.map((purchase) => purchase.id)),
      { minLength: 1, maxLength: 9 },
    ),
    status: oneOrMore(['ORDERED', 'RECEIVED'] as const),
    retailer_id: fc.uniqueArray(
      id(() => retailers),
      { minLength: 1, maxLength: 2 },
    ),
    brand_id: fc.uniqueArray(
      id(() => brands),
      { minLength: 1, maxLength: 2 },
    ),
    currency_code: oneOrMore(['USD', 'JPY', 'KWD', 'EUR', 'CHF']),
    tag: oneOrMore(['büro', 'KITCHEN', 'σας', 'none']),
    search: fc.constantFrom(...SEARCHES),
    date_from: fc.constantFrom(...DATES, '2026-01-03'),
    date_to: fc.constantFrom(...DATES, '2020-01-01'),
    price_from: price,
    price_to: fc.oneof(price, price.map(Number)),
    return_from: fc.constantFrom(...DATES),
    return_to: fc.constantFrom(...DATES),
    tax_deductible: fc.boolean(),
    has_warranty: fc.boolean(),
    has_retailer: fc.boolean(),
    has_brand: fc.boolean(),
  }

  async function holds(drawn: { [K in keyof typeof filters]?: unknown }): Promise<void> {
    const known = (ids: unknown) => (Array.isArray(ids) ? ids.map((choose: () => string) => choose()) : undefined)
    const { id, retailer_id, brand_id, ...rest } = drawn
    const filter = PurchaseFilter.parse({
      ...rest,
      id: known(id),
      retailer_id: known(retailer_id),
      brand_id: known(brand_id),
      limit: 100,
    })
    const expected = inOrder(all, 'purchase_date', 'desc').filter((purchase) => matches(purchase, filter))
    const { items, total } = await listPurchases(ctx, filter)
    expect(items.map((purchase) => purchase.id)).toEqual(expected.map((purchase) => purchase.id))
    expect(total).toBe(expected.length)
  }

  it.each(Object.keys(filters) as (keyof typeof filters)[])('keeps what %s allows, and nothing else', async (field) => {
    await fc.assert(
      fc.asyncProperty(filters[field] as fc.Arbitrary<unknown>, (value) => holds({ [field]: value })),
      { numRuns: 15 },
    )
  })

  it('combines filters with AND', async () => {
    const some = fc.record(filters, { requiredKeys: [], noNullPrototype: true })
    await fc.assert(fc.asyncProperty(some, holds), { numRuns: 80 })
  })

  it('counts what matches on every page', async () => {
    const filter = PurchaseFilter.parse({ status: 'ORDERED', skip: 3, limit: 2 })
    const expected = inOrder(all, 'purchase_date', 'desc').filter(({ status }) => status === 'ORDERED')
    const page = await listPurchases(ctx, filter)
    expect(page).toEqual({ items: expected.slice(3, 5), total: expected.length, skip: 3, limit: 2 })
  })

  it('does not bother where an id leads nowhere', async () => {
    const retailer_id = ['019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071']
    expect(await refusalOf(list({ retailer_id }))).toBeUndefined()
    expect(await list({ retailer_id })).toEqual([])
  })
})

describe('the filter of purchases', () => {
  it.each([
    { limit: 0 },
    { limit: 101 },
    { limit: 1.5 },
    { skip: -1 },
    { status: 'LOST' },
    { status: [] },
    { currency_code: 'usd' },
    { retailer_id: 'x' },
    { date_from: '2025-02-30' },
    { price_from: '-1' },
    { has_warranty: 'true' },
    { sort: 'id' },
    { order: 'up' },
    { search: 'a\u0000' },
    { search: 'x'.repeat(256) },
    { colour: 'red' },
  ])('refuses %j', (filter) => {
    expect(PurchaseFilter.safeParse(filter).success).toBe(false)
  })
})
