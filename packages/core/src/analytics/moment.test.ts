import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, expect, it } from 'vitest'
import { deletePurchase } from '../purchases/write.ts'
import { addPurchase, changePurchase, openContext, type TestContext } from '../testing.ts'
import { getRetailerShares } from './shares.ts'
import { getSummary } from './summary.ts'
import { getWarrantySummary, getWarrantyTimeline } from './warranties.ts'

const ROUNDS = 60
const EVER = { currency_code: undefined, date_from: undefined, date_to: undefined }

describeEachEngine('an answer while others write', (engine) => {
  let ctx: TestContext
  beforeEach(async () => {
    ctx = await openContext(engine)
  })

  /** Reads again and again until the writing is done. */
  async function readWhile<T>(write: () => Promise<void>, read: () => Promise<T>): Promise<T[]> {
    let writing = true
    const written = write().finally(() => {
      writing = false
    })
    const readings: T[] = []
    while (writing) readings.push(await read())
    await written
    return readings
  }

  it('counts warranties at one moment', async () => {
    const warranty = { warranty_start: '2026-01-01', warranty_end: '2026-02-01' } as const
    const write = async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const status = round % 2 === 0 ? ('VOIDED' as const) : undefined
        const { id } = await addPurchase(ctx, { warranty: { ...warranty, status } })
        await deletePurchase(ctx, { id })
      }
    }
    const readings = await readWhile(write, async () => {
      const { active } = await getWarrantySummary(ctx, { currency_code: undefined })
      const [month] = await getWarrantyTimeline(ctx, { months: 1, from: '2026-02', currency_code: undefined })
      return `${active} active, ${month?.active} in force, ${month?.expiring_soon} ending`
    })
    expect([...new Set(readings)]).toEqual(['0 active, 0 in force, 0 ending'])
  })

  it('counts purchases at one moment', async () => {
    const { id } = await addPurchase(ctx, { status: 'ORDERED' })
    const write = async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        await changePurchase(ctx, { id, currency_code: round % 2 === 0 ? 'EUR' : 'USD' })
      }
    }
    const readings = await readWhile(write, async () => {
      const { purchase_count, received, by_currency } = await getSummary(ctx, EVER)
      return `${purchase_count <= 1} ${received} ${by_currency.length}`
    })
    expect([...new Set(readings)]).toEqual(['true 0 1'])
  })

  it('counts a purchase once while it moves between days', async () => {
    const { id } = await addPurchase(ctx, { purchase_date: '2026-01-31' })
    const write = async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        await changePurchase(ctx, { id, purchase_date: round % 2 === 0 ? '2026-02-01' : '2026-01-31' })
      }
    }
    const query = { currency_code: 'USD', date_from: '2026-01-15', date_to: '2026-02-28' }
    const readings = await readWhile(write, async () =>
      (await getRetailerShares(ctx, query)).map(({ count }) => count).join(),
    )
    expect([...new Set(readings)]).toEqual(['1'])
  })
})
