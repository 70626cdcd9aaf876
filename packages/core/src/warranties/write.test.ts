import { describeEachEngine } from '@spends/db/testing'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newId } from '../context.ts'
import { getPurchase } from '../purchases/read.ts'
import { updateSettings } from '../settings.ts'
import { addPurchase, changePurchase, dump, openContext, refusalOf, type TestContext, TODAY } from '../testing.ts'
import { getWarranty } from './read.ts'
import { NewWarranty, type Warranty, WarrantyChanges } from './shapes.ts'
import { checkNewWarranty, checkWarrantyChanges, createWarranty, deleteWarranty, updateWarranty } from './write.ts'

const NOW = `${TODAY}T12:00:00Z`
const NOWHERE = newId()
const unprocessable = (...paths: string[]) => ({ code: 'UNPROCESSABLE_CONTENT', paths })

describeEachEngine('warranties', (engine) => {
  let ctx: TestContext
  let purchaseId: string
  beforeAll(async () => {
    ctx = await openContext(engine)
  })
  beforeEach(async () => {
    ctx.setNow(TODAY)
    purchaseId = (await addPurchase(ctx, { product_name: 'Drill' })).id
  })

  const dates = { warranty_start: '2026-01-01', warranty_end: '2027-01-01' }

  function add(input: object = {}): Promise<Warranty> {
    return createWarranty(ctx, NewWarranty.parse({ purchase_id: purchaseId, ...dates, ...input }))
  }
  function change(input: WarrantyChanges): Promise<Warranty> {
    return updateWarranty(ctx, WarrantyChanges.parse(input))
  }

  describe('being made', () => {
    it('have defaults, and belong to their purchase', async () => {
      const made = await add()
      expect(made).toEqual({
        id: expect.any(String),
        purchase_id: purchaseId,
        ...dates,
        warranty_type: 'LIMITED',
        status: 'ACTIVE',
        days_left: 292,
        provider: null,
        notes: null,
        version: 1,
        created_at: NOW,
        updated_at: NOW,
        purchase: { id: purchaseId, product_name: 'Drill', purchase_date: '2026-01-31' },
      })
      expect(await getWarranty(ctx, made)).toEqual(made)
      const { purchase: _, ...nested } = made
      expect(await getPurchase(ctx, { id: purchaseId })).toMatchObject({ warranty: nested, version: 1 })
    })

    it('are at most one for a purchase', async () => {
      await add()
      const before = await dump(ctx)
      expect(await refusalOf(add())).toEqual({ code: 'CONFLICT', paths: [] })
      expect(await dump(ctx)).toEqual(before)
    })

    it.each<[string, object, string[]]>([
      ['that end before they start', { warranty_start: '2026-01-02', warranty_end: '2026-01-01' }, ['warranty_end']],
      ['of a limited type without an end', { warranty_end: null }, ['warranty_end']],
      ['of any other type without an end', { warranty_end: undefined, warranty_type: 'OTHER' }, ['warranty_end']],
      [
        'for life that end before they start',
        { warranty_type: 'LIFETIME', warranty_end: '2025-01-01' },
        ['warranty_end'],
      ],
      ['that are said to be expired', { status: 'EXPIRED' }, ['status']],
      ['said to be active though they have ended', { warranty_end: '2026-03-14', status: 'ACTIVE' }, ['status']],
      ['of no purchase', { purchase_id: NOWHERE }, ['purchase_id']],
      [
        'with all of that',
        { purchase_id: NOWHERE, warranty_end: null, status: 'EXPIRED' },
        ['purchase_id', 'warranty_end', 'status'],
      ],
    ])('refuses ones %s', async (_, input, paths) => {
      const before = await dump(ctx)
      expect(await refusalOf(add(input))).toEqual(unprocessable(...paths))
      expect(await dump(ctx)).toEqual(before)
    })

    it('may last one day, never end, have ended already, or be void from the start', async () => {
      const make = async (input: object) => {
        purchaseId = (await addPurchase(ctx)).id
        return add(input)
      }
      expect(await make({ warranty_start: TODAY, warranty_end: TODAY })).toMatchObject({
        status: 'ACTIVE',
        days_left: 0,
      })
      expect(await make({ warranty_end: null, warranty_type: 'LIFETIME' })).toMatchObject({
        status: 'ACTIVE',
        days_left: null,
      })
      expect(await make({ warranty_type: 'LIFETIME' })).toMatchObject(dates)
      expect(await make({ warranty_end: '2026-03-14' })).toMatchObject({ status: 'EXPIRED', days_left: -1 })
      expect(await make({ status: 'VOIDED' })).toMatchObject({ status: 'VOIDED', days_left: 292 })
    })

    it('names the wrong fields also where others are wrong in form', async () => {
      const paths = async (raw: unknown) => (await checkNewWarranty(ctx, raw)).map(({ path }) => path)
      const raw = { purchase_id: NOWHERE, ...dates, warranty_end: '2025-01-01', provider: 5 }
      expect(await paths(raw)).toEqual(['purchase_id', 'warranty_end'])
      for (const nothing of [undefined, null, 5, 'text', []]) {
        expect(await paths(nothing)).toEqual(['warranty_start', 'warranty_end'])
      }
    })
  })

  describe('being changed', () => {
    it.each<[string, Omit<WarrantyChanges, 'id'>, object?]>([
      ['start', { warranty_start: '2025-12-31' }],
      ['end', { warranty_end: '2026-03-20' }, { days_left: 5 }],
      ['type', { warranty_type: 'EXTENDED' }],
      ['provider', { provider: 'Shield' }],
      ['notes', { notes: 'call\nfirst' }],
      ['type to one without an end', { warranty_type: 'LIFETIME', warranty_end: null }, { days_left: null }],
      ['status to VOIDED', { status: 'VOIDED' }],
    ])('change their %s and nothing else', async (_, changes, derived) => {
      const before = await add({ provider: 'Maker', notes: 'x' })
      ctx.setNow(`${TODAY}T13:00:00Z`)
      const after = await change({ id: before.id, ...changes })
      expect(after).toEqual({ ...before, ...changes, ...derived, version: 2, updated_at: `${TODAY}T13:00:00Z` })
      expect(await getWarranty(ctx, before)).toEqual(after)
      expect(await getPurchase(ctx, { id: purchaseId })).toMatchObject({ version: 1, updated_at: NOW })
    })

    it('are cleared by null and by an empty text', async () => {
      const { id } = await add({ provider: 'Maker', notes: 'x' })
      expect(await change({ id, provider: null, notes: ' ' })).toMatchObject({ provider: null, notes: null })
    })

    it('keep their version where nothing changes', async () => {
      const { id, ...made } = await add({ status: 'VOIDED' })
      await change({ id })
      await change({ id, ...dates, status: 'VOIDED', provider: null })
      expect(await getWarranty(ctx, { id })).toEqual({ id, ...made })
    })

    it('are voided, and taken back', async () => {
      const { id } = await add()
      expect(await change({ id, status: 'VOIDED' })).toMatchObject({ status: 'VOIDED', version: 2 })
      expect(await change({ id, status: 'ACTIVE', version: 2 })).toMatchObject({ status: 'ACTIVE', version: 3 })
      expect(await change({ id, status: 'ACTIVE' })).toMatchObject({ status: 'ACTIVE', version: 3 })
    })

    it('cannot be taken back once they have ended, unless their end moves too', async () => {
      const { id } = await add({ status: 'VOIDED' })
      ctx.setNow('2027-01-01')
      expect(await change({ id, status: 'ACTIVE' })).toMatchObject({ status: 'ACTIVE', days_left: 0 })
      await change({ id, status: 'VOIDED' })
      ctx.setNow('2027-01-02')
      const before = await dump(ctx)
      expect(await refusalOf(change({ id, status: 'ACTIVE' }))).toEqual(unprocessable('status'))
      expect(await dump(ctx)).toEqual(before)
      expect(await change({ id, status: 'ACTIVE', warranty_end: '2027-01-02' })).toMatchObject({ status: 'ACTIVE' })
    })

    it('become active again by a later end, and stay void', async () => {
      const { id } = await add({ warranty_end: '2026-02-01' })
      expect(await change({ id, status: 'EXPIRED', warranty_end: '2026-04-01' })).toMatchObject({ status: 'ACTIVE' })
      await change({ id, status: 'VOIDED' })
      expect(await change({ id, warranty_end: '2028-01-01' })).toMatchObject({ status: 'VOIDED', days_left: 657 })
    })

    it.each<[string, Omit<WarrantyChanges, 'id'>, string[]]>([
      ['an end before the stored start', { warranty_end: '2025-12-31' }, ['warranty_end']],
      ['a start after the stored end', { warranty_start: '2027-01-02' }, ['warranty_end']],
      ['no end', { warranty_end: null }, ['warranty_end']],
      ['EXPIRED', { status: 'EXPIRED' }, ['status']],
      ['ACTIVE with an end that has passed', { status: 'ACTIVE', warranty_end: '2026-03-14', version: 1 }, []],
      ['another purchase', { purchase_id: NOWHERE }, ['purchase_id']],
      [
        'other read-only fields',
        { days_left: 1, created_at: NOW, updated_at: null, purchase: {} },
        ['days_left', 'updated_at', 'purchase'],
      ],
    ])('refuse %s', async (_, changes, paths) => {
      const { id } = await add()
      const before = await dump(ctx)
      const refused = await refusalOf(change({ id, ...changes }))
      // A status sent back as it was read asks for nothing.
      if (paths.length === 0)
        expect([refused, await getWarranty(ctx, { id })]).toMatchObject([undefined, { status: 'EXPIRED' }])
      else {
        expect(refused).toEqual(unprocessable(...paths))
        expect(await dump(ctx)).toEqual(before)
      }
    })

    it('cannot leave LIFETIME without an end', async () => {
      const { id } = await add({ warranty_type: 'LIFETIME', warranty_end: null })
      expect(await refusalOf(change({ id, warranty_type: 'LIMITED' }))).toEqual(unprocessable('warranty_end'))
      const limited = { warranty_type: 'LIMITED', warranty_end: '2026-06-01' } as const
      expect(await change({ id, ...limited })).toMatchObject(limited)
    })

    it('refuse a stale version and write nothing', async () => {
      const { id } = await add()
      await change({ id, version: 1, notes: 'x' })
      const before = await dump(ctx)
      for (const version of [1, 3]) {
        const stale = { code: 'PRECONDITION_FAILED', paths: [] }
        expect(await refusalOf(change({ id, version, notes: 'y' }))).toEqual(stale)
        expect(await refusalOf(deleteWarranty(ctx, { id, version }))).toEqual(stale)
      }
      expect(await dump(ctx)).toEqual(before)
    })

    it('refuse null where there is no such thing', () => {
      for (const field of ['warranty_start', 'warranty_type', 'status', 'version']) {
        const parsed = WarrantyChanges.safeParse({ id: NOWHERE, [field]: null })
        expect(parsed.error?.issues.map(({ path }) => path)).toEqual([[field]])
      }
    })

    it('name the wrong fields also where others are wrong in form', async () => {
      const { id } = await add()
      const paths = async (raw: unknown) => (await checkWarrantyChanges(ctx, raw)).map(({ path }) => path)
      expect(await paths({ id, warranty_end: '2020-01-01', provider: 5, purchase_id: NOWHERE })).toEqual([
        'purchase_id',
        'warranty_end',
      ])
      for (const nothing of [undefined, null, 5, 'text', [], {}]) expect(await paths(nothing)).toEqual([])
      expect(await refusalOf(paths({ id: NOWHERE, provider: 5 }))).toMatchObject({ code: 'NOT_FOUND' })
    })
  })

  describe('being deleted', () => {
    it('leave their purchase as it is, which may have another one', async () => {
      const before = await dump(ctx)
      const { id } = await add()
      await deleteWarranty(ctx, { id, version: 1 })
      expect(await dump(ctx)).toEqual(before)
      const nothing = { code: 'NOT_FOUND', paths: [] }
      expect(await refusalOf(getWarranty(ctx, { id }))).toEqual(nothing)
      expect(await refusalOf(change({ id, notes: 'x' }))).toEqual(nothing)
      expect(await refusalOf(deleteWarranty(ctx, { id }))).toEqual(nothing)
      expect(await add()).toMatchObject({ version: 1 })
    })
  })

  describe('in their purchase', () => {
    const nested = async () => (await getPurchase(ctx, { id: purchaseId })).warranty

    it('are made, changed, voided, taken back and removed, while the purchase keeps its version', async () => {
      await changePurchase(ctx, { id: purchaseId, warranty: { ...dates, provider: 'Maker' } })
      const made = await nested()
      expect(made).toMatchObject({
        ...dates,
        provider: 'Maker',
        warranty_type: 'LIMITED',
        status: 'ACTIVE',
        version: 1,
      })
      await changePurchase(ctx, { id: purchaseId, warranty: { provider: 'Shield', version: 1 } })
      expect(await nested()).toMatchObject({ id: made?.id, ...dates, provider: 'Shield', version: 2 })
      await changePurchase(ctx, { id: purchaseId, warranty: { status: 'VOIDED' } })
      expect(await nested()).toMatchObject({ status: 'VOIDED', version: 3 })
      await changePurchase(ctx, { id: purchaseId, warranty: { status: 'ACTIVE' } })
      expect(await nested()).toMatchObject({ status: 'ACTIVE', version: 4 })
      await changePurchase(ctx, { id: purchaseId, notes: 'the warranty stays' })
      expect(await nested()).toMatchObject({ id: made?.id, version: 4 })
      expect(await getPurchase(ctx, { id: purchaseId })).toMatchObject({ version: 2 })
      await changePurchase(ctx, { id: purchaseId, warranty: null })
      expect(await nested()).toBeNull()
      await changePurchase(ctx, { id: purchaseId, warranty: null })
      expect(await getPurchase(ctx, { id: purchaseId })).toMatchObject({ version: 2 })
    })

    it('refuse what they refuse elsewhere', async () => {
      const refused = (warranty: object) => refusalOf(changePurchase(ctx, { id: purchaseId, warranty }))
      const before = await dump(ctx)
      expect(await refused({})).toEqual(unprocessable('warranty.warranty_start', 'warranty.warranty_end'))
      expect(await refused({ ...dates, id: NOWHERE, status: 'EXPIRED' })).toEqual(
        unprocessable('warranty.id', 'warranty.status'),
      )
      expect(await dump(ctx)).toEqual(before)
      await changePurchase(ctx, { id: purchaseId, warranty: { ...dates, status: 'VOIDED' } })
      expect(await refused({ warranty_end: '2020-01-01', purchase_id: NOWHERE })).toEqual(
        unprocessable('warranty.purchase_id', 'warranty.warranty_end'),
      )
      ctx.setNow('2028-01-01')
      expect(await refused({ status: 'ACTIVE' })).toEqual(unprocessable('warranty.status'))
    })
  })

  it('move through their states with the clock and the time zone, without a write', async () => {
    const { id } = await add()
    const before = await dump(ctx)
    const state = async (now: string) => {
      ctx.setNow(now)
      const { status, days_left, version } = await getWarranty(ctx, { id })
      expect((await getPurchase(ctx, { id: purchaseId })).warranty).toMatchObject({ status, days_left, version })
      return [status, days_left, version]
    }
    expect(await state('2025-12-01')).toEqual(['ACTIVE', 396, 1])
    expect(await state('2027-01-01T23:59:59Z')).toEqual(['ACTIVE', 0, 1])
    expect(await state('2027-01-02T00:00:00Z')).toEqual(['EXPIRED', -1, 1])
    expect(await dump(ctx)).toEqual(before)

    await updateSettings(ctx, { time_zone: 'Pacific/Kiritimati' })
    expect(await state('2027-01-01T09:59:59Z')).toEqual(['ACTIVE', 0, 1])
    expect(await state('2027-01-01T10:00:00Z')).toEqual(['EXPIRED', -1, 1])
    await updateSettings(ctx, { time_zone: 'Pacific/Pago_Pago' })
    expect(await state('2027-01-02T10:59:59Z')).toEqual(['ACTIVE', 0, 1])
    expect(await state('2027-01-02T11:00:00Z')).toEqual(['EXPIRED', -1, 1])
    await updateSettings(ctx, { time_zone: 'UTC' })
    expect(await dump(ctx)).toEqual(before)
  })
})
