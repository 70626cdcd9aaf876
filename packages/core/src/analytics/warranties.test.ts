import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, expect, it } from 'vitest'
import type { NewPurchase } from '../purchases/shapes.ts'
import { updateSettings } from '../settings.ts'
import { addPurchase, changePurchase, openContext, type TestContext } from '../testing.ts'
import { TimelineQuery } from './shapes.ts'
import { getSummary } from './summary.ts'
import { getWarrantySummary, getWarrantyTimeline } from './warranties.ts'

type Draft = NonNullable<NewPurchase['warranty']>

describeEachEngine('figures of warranties', (engine) => {
  let ctx: TestContext
  beforeEach(async () => {
    ctx = await openContext(engine)
  })

  const ALL = { currency_code: undefined }
  const summary = () => getWarrantySummary(ctx, ALL)
  const timeline = async (query: { months?: number; from?: string; currency_code?: string }) =>
    (await getWarrantyTimeline(ctx, TimelineQuery.parse(query))).map(({ month, active, expired, expiring_soon }) =>
      [month, active, expired, expiring_soon].join(' '),
    )
  const add = (warranty_start: string, warranty_end: string | null, more: Partial<Draft> = {}, currency_code = 'USD') =>
    addPurchase(ctx, { currency_code, warranty: { warranty_start, warranty_end, ...more } })

  it('begin six months before the current one, twelve in a row', async () => {
    const rows = await timeline({})
    expect(rows).toHaveLength(12)
    expect(rows[0]).toBe('2025-09 0 0 0')
    expect(rows.at(-1)).toBe('2026-08 0 0 0')
    ctx.setNow('2026-12-31')
    expect((await timeline({}))[0]).toBe('2026-06 0 0 0')
    ctx.setNow('2024-02-29')
    expect(await timeline({ months: 1 })).toEqual(['2023-08 0 0 0'])
    await updateSettings(ctx, { time_zone: 'Pacific/Auckland' })
    expect(await timeline({ months: 1 })).toEqual(['2023-09 0 0 0'])
  })

  it('count the last day: a warranty that ends today is in force and expires soon', async () => {
    await add('2026-01-10', '2026-03-15')
    expect(await summary()).toEqual({ total: 1, active: 1, expiring_soon: 1, expired: 0, voided: 0 })
    expect(await timeline({ from: '2025-12', months: 5 })).toEqual([
      '2025-12 0 0 0',
      '2026-01 1 0 0',
      '2026-02 1 0 0',
      '2026-03 0 0 1',
      '2026-04 0 0 0',
    ])
    ctx.setNow('2026-03-16')
    expect(await summary()).toEqual({ total: 1, active: 0, expiring_soon: 0, expired: 1, voided: 0 })
    expect(await timeline({ from: '2026-03', months: 1 })).toEqual(['2026-03 0 1 0'])
  })

  it('are in force on the last day of the month in which they end on it', async () => {
    await add('2024-02-29', '2024-02-29')
    await add('2024-02-01', '2024-02-28')
    ctx.setNow('2024-02-29')
    expect(await timeline({ from: '2024-01', months: 3 })).toEqual(['2024-01 0 0 0', '2024-02 1 1 1', '2024-03 0 0 0'])
    expect(await summary()).toMatchObject({ active: 1, expired: 1, expiring_soon: 1 })
  })

  it('change at midnight where the instance is', async () => {
    await add('2026-01-01', '2026-12-31')
    await updateSettings(ctx, { time_zone: 'Pacific/Auckland' })
    ctx.setNow('2026-12-31T10:59:59Z')
    expect(await summary()).toMatchObject({ active: 1, expired: 0 })
    ctx.setNow('2026-12-31T11:00:00Z')
    expect(await summary()).toMatchObject({ active: 0, expired: 1 })
    expect(await timeline({ from: '2026-12', months: 1 })).toEqual(['2026-12 1 1 0'])
  })

  it('with no days before expiring, only the last day is soon', async () => {
    await updateSettings(ctx, { expiring_soon_days: 0 })
    for (const end of ['2026-03-14', '2026-03-15', '2026-03-16']) await add('2026-01-01', end)
    expect(await summary()).toEqual({ total: 3, active: 2, expiring_soon: 1, expired: 1, voided: 0 })
    await updateSettings(ctx, { expiring_soon_days: 3650 })
    await add('2026-01-01', '2036-03-12')
    await add('2026-01-01', '2036-03-13')
    expect(await summary()).toMatchObject({ active: 4, expiring_soon: 3 })
  })

  it('are active for ever where a lifetime has no end', async () => {
    await add('2026-02-01', null, { warranty_type: 'LIFETIME' })
    await add('0001-01-01', '9999-12-31')
    expect(await summary()).toEqual({ total: 2, active: 2, expiring_soon: 0, expired: 0, voided: 0 })
    expect(await timeline({ from: '2026-01', months: 2 })).toEqual(['2026-01 1 0 0', '2026-02 2 0 0'])
    expect(await timeline({ from: '2999-12', months: 120 })).toHaveLength(120)
    expect((await timeline({ from: '2999-12', months: 120 })).at(-1)).toBe('3009-11 2 0 0')
  })

  it('count voided ones as voided, and nowhere else', async () => {
    const ended = await add('2026-01-01', '2026-02-01', { status: 'VOIDED' })
    await add('2026-01-01', '2026-03-20', { status: 'VOIDED' })
    await add('2026-01-01', null, { warranty_type: 'LIFETIME', status: 'VOIDED' })
    expect(await summary()).toEqual({ total: 3, active: 0, expiring_soon: 0, expired: 0, voided: 3 })
    expect(await timeline({ from: '2026-01', months: 3 })).toEqual(['2026-01 0 0 0', '2026-02 0 0 0', '2026-03 0 0 0'])
    await changePurchase(ctx, { id: ended.id, warranty: { warranty_end: '2026-03-31', status: 'ACTIVE' } })
    expect(await summary()).toEqual({ total: 3, active: 1, expiring_soon: 1, expired: 0, voided: 2 })
    await changePurchase(ctx, { id: ended.id, warranty: null })
    expect(await summary()).toEqual({ total: 2, active: 0, expiring_soon: 0, expired: 0, voided: 2 })
  })

  it('count every warranty, or those of one currency; never by dates of purchase', async () => {
    await add('2026-01-01', '2026-04-01')
    await add('2026-01-01', '2026-02-01', {}, 'EUR')
    await add('2026-01-01', '2026-05-01', { status: 'VOIDED' }, 'EUR')
    expect(await summary()).toEqual({ total: 3, active: 1, expiring_soon: 1, expired: 1, voided: 1 })
    const inEuro = { total: 2, active: 0, expiring_soon: 0, expired: 1, voided: 1 }
    expect(await getWarrantySummary(ctx, { currency_code: 'EUR' })).toEqual(inEuro)
    expect(await timeline({ from: '2026-02', months: 1, currency_code: 'USD' })).toEqual(['2026-02 1 0 0'])
    const long = { date_from: '1990-01-01', date_to: '1990-12-31' }
    const counts = { active_warranties: 1, expiring_warranties: 1, expired_warranties: 1, voided_warranties: 1 }
    expect(await getSummary(ctx, { ...long, currency_code: undefined })).toMatchObject({ purchase_count: 0, ...counts })
    const inUsd = { active_warranties: 1, expiring_warranties: 1, expired_warranties: 0, voided_warranties: 0 }
    expect(await getSummary(ctx, { ...long, currency_code: 'USD' })).toMatchObject(inUsd)
  })
})
