import { describeEachEngine } from '@spends/db/testing'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { addDays } from './calendar.ts'
import { inTransaction, newId } from './context.ts'
import { addPurchase, days, dump, openContext, readPages, type TestContext, TODAY } from './testing.ts'
import { listExpiringWarranties, listWarranties } from './warranties/read.ts'
import { ExpiringFilter, WarrantyFilter } from './warranties/shapes.ts'
import { daysLeft, endsWithin, hasWarrantyStatus, WARRANTY_STATUSES, warrantyStatus } from './warranty-status.ts'

const INSTANT = '2020-01-01T00:00:00Z'

interface Coverage {
  warranty_end: string | null
  voided_at: string | null
}

describe('the status of a warranty', () => {
  it.each([
    [{ warranty_end: '2026-03-15', voided_at: null }, 'ACTIVE', 0],
    [{ warranty_end: '2026-03-16', voided_at: null }, 'ACTIVE', 1],
    [{ warranty_end: '2026-03-14', voided_at: null }, 'EXPIRED', -1],
    [{ warranty_end: null, voided_at: null }, 'ACTIVE', null],
    [{ warranty_end: null, voided_at: INSTANT }, 'VOIDED', null],
    [{ warranty_end: '2020-01-01', voided_at: INSTANT }, 'VOIDED', -2265],
    [{ warranty_end: '2027-03-15', voided_at: INSTANT }, 'VOIDED', 365],
  ])('of %j is %s, with %j days left', (coverage, status, left) => {
    expect(warrantyStatus(coverage, TODAY)).toBe(status)
    expect(daysLeft(coverage, TODAY)).toBe(left)
  })
})

describeEachEngine('warranty status in SQL', (engine) => {
  const BATCH = 60
  let ctx: TestContext
  let purchaseIds: string[]
  beforeAll(async () => {
    ctx = await openContext(engine)
    purchaseIds = await inTransaction(ctx, async (tx) => {
      const ids = []
      for (let count = 0; count < BATCH; count += 1) ids.push((await addPurchase(tx)).id)
      return ids
    })
  })

  const coverages = fc.array(
    fc.record(
      { warranty_end: fc.option(days()), voided_at: fc.option(fc.constant(INSTANT)) },
      { noNullPrototype: true },
    ),
    { minLength: 1, maxLength: BATCH },
  )

  /** Replaces all warranties. @returns them with their ids */
  async function store(batch: readonly Coverage[]) {
    const rows = batch.map((coverage, index) => ({
      ...coverage,
      id: newId(),
      purchase_id: purchaseIds[index] ?? '',
      warranty_start: '1800-01-01',
      warranty_type: 'LIFETIME' as const,
      provider: null,
      notes: null,
      version: 1,
      created_at: INSTANT,
      updated_at: INSTANT,
      search_text: '',
    }))
    await ctx.db.deleteFrom('warranties').execute()
    await ctx.db.insertInto('warranties').values(rows).execute()
    return rows
  }

  const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id).sort()

  function selectWhere(condition: ReturnType<typeof endsWithin>) {
    return ctx.db.selectFrom('warranties as w').select('w.id').where(condition).execute()
  }

  it('is the status in TypeScript, for any dates and any today', async () => {
    const todays = fc.array(days(), { minLength: 3, maxLength: 3 })
    const statuses = fc.subarray([...WARRANTY_STATUSES], { minLength: 1 })
    await fc.assert(
      fc.asyncProperty(coverages, todays, statuses, async (batch, todays, mixed) => {
        const rows = await store(batch)
        // Every end is a today worth asking about: the last day is covered, the next one is not.
        const ends = rows.flatMap(({ warranty_end }) => (warranty_end ? [warranty_end, addDays(warranty_end, 1)] : []))
        for (const today of [...todays, ...ends.slice(0, 4)]) {
          for (const asked of [...WARRANTY_STATUSES.map((status) => [status]), mixed]) {
            const expected = rows.filter((row) => asked.includes(warrantyStatus(row, today)))
            expect(idsOf(await selectWhere(hasWarrantyStatus(asked, today)))).toEqual(idsOf(expected))
          }
        }
      }),
      { numRuns: 25 },
    )
  })

  it('says who ends within a span as TypeScript does', async () => {
    const spans = fc.array(fc.tuple(days(), fc.integer({ min: 0, max: 3650 })), { minLength: 5, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(coverages, spans, async (batch, spans) => {
        const rows = await store(batch)
        for (const [today, length] of spans) {
          const expected = rows.filter((row) => {
            const left = daysLeft(row, today)
            return warrantyStatus(row, today) === 'ACTIVE' && left !== null && left <= length
          })
          expect(idsOf(await selectWhere(endsWithin(today, addDays(today, length))))).toEqual(idsOf(expected))
        }
      }),
      { numRuns: 25 },
    )
  })

  it('is the one that lists filter by and show, on whatever day, without a write', async () => {
    await fc.assert(
      fc.asyncProperty(coverages, days(), async (batch, today) => {
        const rows = await store(batch)
        const before = await dump(ctx)
        ctx.setNow(today)
        for (const status of WARRANTY_STATUSES) {
          const listed = await readPages((page) => listWarranties(ctx, WarrantyFilter.parse({ ...page, status })))
          expect(idsOf(listed)).toEqual(idsOf(rows.filter((row) => warrantyStatus(row, today) === status)))
          for (const warranty of listed) expect(warranty.status).toBe(status)
        }
        const soon = await readPages((page) => listExpiringWarranties(ctx, ExpiringFilter.parse(page)))
        const flagged = await readPages((page) =>
          listWarranties(ctx, WarrantyFilter.parse({ ...page, expiring_soon: true })),
        )
        const others = await readPages((page) =>
          listWarranties(ctx, WarrantyFilter.parse({ ...page, expiring_soon: false })),
        )
        const expected = rows.filter((row) => {
          const left = daysLeft(row, today)
          return warrantyStatus(row, today) === 'ACTIVE' && left !== null && left <= 30
        })
        expect(idsOf(soon)).toEqual(idsOf(expected))
        expect(flagged).toEqual(soon)
        expect(idsOf([...flagged, ...others])).toEqual(idsOf(rows))
        expect(await dump(ctx)).toEqual(before)
      }),
      { numRuns: 15 },
    )
  })
})
