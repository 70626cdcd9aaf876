import { describeEachEngine } from '@spends/db/testing'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { createBrand } from '../brands.ts'
import { addDays } from '../calendar.ts'
import { newId } from '../context.ts'
import { keysOf } from '../directory.ts'
import { createRetailer, listRetailers, updateRetailer } from '../retailers.ts'
import { addPurchase, openContext, type TestContext } from '../testing.ts'
import { cutRange, getBrandShares, getRetailerShares } from './shares.ts'
import { someDays } from './testing/history.ts'

const USD = { currency_code: 'USD', date_from: undefined, date_to: undefined }

describe('a range cut into whole months and days', () => {
  const ends = fc.constantFrom('0001-01-01', '0001-01-02', '0001-01-31', '9999-12-01', '9999-12-02', '9999-12-31')
  const any = fc.oneof({ weight: 4, arbitrary: someDays() }, ends)

  it('covers each of its days once, and no other', () => {
    const spans = fc.oneof(fc.nat({ max: 70 }), fc.nat({ max: 1000 }))
    const near = fc
      .record({ from: someDays().filter((day) => day < '9000'), span: spans })
      .map(({ from, span }) => [from, addDays(from, span)])
    const far = fc.tuple(any, any).map((days) => days.sort())
    const open = fc.constantFrom('both', 'both', 'from', 'to')
    fc.assert(
      fc.property(fc.oneof(near, far), open, fc.array(any), ([first = '', last = ''], open, others) => {
        const from = open === 'to' ? undefined : first
        const to = open === 'from' ? undefined : last
        const { months, days } = cutRange(from, to)
        const asked = [first, last, ...others].flatMap((day) => around(day))
        for (const day of asked) {
          const month = day.slice(0, 7)
          // As the database compares.
          const inMonths = months && (months.from ?? '') <= month && month <= (months.to ?? '~') ? 1 : 0
          const inDays = days.filter((part) => part.from <= day && day <= part.to).length
          expect(`${day}: ${inMonths + inDays}`).toBe(`${day}: ${(from ?? '') <= day && day <= (to ?? '~') ? 1 : 0}`)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('needs no days where both ends are ends of months', () => {
    expect(cutRange('2026-01-01', '2026-02-28').days).toEqual([])
    expect(cutRange('2024-02-01', '2024-02-29').days).toEqual([])
    expect(cutRange('2026-01-01', undefined).days).toEqual([])
    expect(cutRange(undefined, '2026-12-31').days).toEqual([])
  })
})

/** Days beside a day, as far as there are any. */
function around(day: string): string[] {
  const near = [-32, -31, -28, -1, 0, 1, 28, 31, 32].map((days) => Date.parse(day) + days * 86_400_000)
  return near
    .filter((time) => time >= Date.parse('0001-01-01') && time <= Date.parse('9999-12-31'))
    .map((time) => new Date(time).toISOString().slice(0, 10))
}

describeEachEngine('shares', (engine) => {
  let ctx: TestContext
  beforeEach(async () => {
    ctx = await openContext(engine)
  })

  it('are empty where nothing was bought', async () => {
    await addPurchase(ctx, { currency_code: 'EUR' })
    expect(await getRetailerShares(ctx, USD)).toEqual([])
    expect(await getBrandShares(ctx, { ...USD, date_from: '2026-01-15' })).toEqual([])
  })

  it('stand by money, then count, then name, with nothing named null', async () => {
    const [b, a, rich, umlaut] = [
      await createRetailer(ctx, { name: 'bakery' }),
      await createRetailer(ctx, { name: 'Aquarium' }),
      await createRetailer(ctx, { name: 'Zoo' }),
      await createRetailer(ctx, { name: 'Äpfel' }),
    ]
    for (const { id } of [b, a, umlaut]) await addPurchase(ctx, { retailer_id: id, price: '10' })
    await addPurchase(ctx, { price: '10' })
    await addPurchase(ctx, { retailer_id: rich.id, price: '5', quantity: 4 })
    for (const price of ['4', '6']) await addPurchase(ctx, { brand_id: (await createBrand(ctx, { name: price })).id })
    const shares = await getRetailerShares(ctx, USD)
    expect(shares.map(({ retailer_name, count, total_spent }) => [retailer_name, count, total_spent])).toEqual([
      [null, 3, '30.00'],
      ['Zoo', 1, '20.00'],
      ['Äpfel', 1, '10.00'],
      ['Aquarium', 1, '10.00'],
      ['bakery', 1, '10.00'],
    ])
    expect(shares.map(({ percentage }) => percentage)).toEqual([42.86, 14.29, 14.29, 14.28, 14.28])
    expect(shares[0]).toEqual({
      retailer_id: null,
      retailer_name: null,
      count: 3,
      percentage: 42.86,
      total_spent: '30.00',
    })
  })

  it('order names as lists do, in every alphabet', async () => {
    // By code points the first of these is the smaller one, by JavaScript's halves of pairs the second.
    for (const name of ['\uFA0E', '\u{1F3CA}']) {
      await addPurchase(ctx, { retailer_id: (await createRetailer(ctx, { name })).id })
    }
    const { items } = await listRetailers(ctx, { skip: 0 })
    const listed = items.filter(({ purchase_count }) => purchase_count > 0).map(({ name }) => name)
    const shares = await getRetailerShares(ctx, USD)
    expect(shares.map(({ retailer_name }) => retailer_name)).toEqual(listed)
  })

  it('name a retailer as it is called now', async () => {
    const { id } = await createRetailer(ctx, { name: 'Old' })
    await addPurchase(ctx, { retailer_id: id })
    await updateRetailer(ctx, { id, name: 'New' })
    expect(await getRetailerShares(ctx, USD)).toMatchObject([{ retailer_id: id, retailer_name: 'New' }])
  })

  it('count only the days asked for, to the end of time', async () => {
    for (const purchase_date of ['2026-01-31', '2026-02-01', '2026-03-01', '9999-12-30']) {
      await addPurchase(ctx, { purchase_date })
    }
    const counts = async (date_from: string | undefined, date_to: string | undefined) =>
      (await getBrandShares(ctx, { ...USD, date_from, date_to })).map(({ count }) => count)
    expect(await counts('2026-01-31', '2026-02-28')).toEqual([2])
    expect(await counts('2026-02-02', undefined)).toEqual([2])
    expect(await counts(undefined, '2026-02-01')).toEqual([2])
    expect(await counts('9999-12-31', undefined)).toEqual([])
    expect(await counts('9999-12-15', '9999-12-31')).toEqual([1])
    expect(await counts('9999-12-02', undefined)).toEqual([1])
  })

  it('name each of many retailers', async () => {
    const rows = Array.from({ length: 600 }, (_, index) => ({
      id: newId(),
      name: `Shop ${index}`,
      url: null,
      created_at: '2026-01-01T00:00:00Z',
      updated_at: '2026-01-01T00:00:00Z',
      ...keysOf(`Shop ${index}`),
    }))
    await ctx.db.insertInto('retailers').values(rows).execute()
    await ctx.db
      .insertInto('statistics')
      .values(
        rows.map(({ id }, index) => ({
          kind: 'retailer' as const,
          key: id,
          currency_code: 'USD',
          period: '',
          row_count: 1,
          item_count: 1,
          amount: BigInt(1000 - index),
        })),
      )
      .execute()
    const shares = await getRetailerShares(ctx, USD)
    expect(shares.map(({ retailer_name }) => retailer_name)).toEqual(rows.map(({ name }) => name))
  })
})
