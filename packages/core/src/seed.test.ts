import { connectDatabase } from '@spends/db'
import { describeEachEngine } from '@spends/db/testing'
import { expect, it } from 'vitest'
import { deleteBrand, listBrands } from './brands.ts'
import type { Context } from './context.ts'
import { deleteRetailer, listRetailers } from './retailers.ts'
import { seedDatabase } from './seed.ts'
import { updateSettings } from './settings.ts'
import { dump } from './testing.ts'

const now = () => new Date('2026-03-15T12:00:00Z')

describeEachEngine('seeding', ({ openDatabase, createDatabaseUrl }) => {
  const open = async (): Promise<Context> => ({ db: (await openDatabase()).db, now })
  const everything = { skip: 0 }

  it('fills an empty database once, and changes nothing later', async () => {
    const ctx = await open()
    expect(await seedDatabase(ctx)).toBe(true)
    const before = await dump(ctx)
    expect(await seedDatabase({ ...ctx, now: () => new Date('2027-01-01') })).toBe(false)
    expect(await dump(ctx)).toEqual(before)
  })

  it('gives the same entries the same ids in every database', async () => {
    const [one, other] = [await open(), await open()]
    await seedDatabase(one)
    await seedDatabase(other)
    const seeded = await dump(one)
    expect(seeded).toEqual(await dump(other))
    const { items: retailers } = await listRetailers(one, everything)
    const { items: brands } = await listBrands(one, everything)
    expect(retailers.find(({ name }) => name === 'IKEA')?.id).toBe('00000000-0000-7000-8000-100000000010')
    expect(brands.find(({ name }) => name === 'IKEA')?.id).toBe('00000000-0000-7000-8000-200000000010')
    const ids = [...retailers, ...brands].map(({ id }) => id)
    expect(new Set(ids).size).toBe(retailers.length + brands.length)
    expect(retailers.length).toBeGreaterThan(10)
  })

  it('happens once also when several instances start at the same moment', async () => {
    const url = await createDatabaseUrl()
    const handles = Array.from({ length: 4 }, () => connectDatabase({ url, dataDir: '', pool: { max: 2 } }))
    try {
      const calls = handles.flatMap(({ db }) => [seedDatabase({ db, now }), seedDatabase({ db, now })])
      const filled = await Promise.all(calls)
      expect(filled.filter(Boolean)).toHaveLength(1)
      const alone = await open()
      await seedDatabase(alone)
      const [handle] = handles
      if (handle) expect(await dump({ db: handle.db, now })).toEqual(await dump(alone))
    } finally {
      await Promise.all(handles.map((handle) => handle.close()))
    }
  })

  it('does not bring back what was deleted, nor undo what was set', async () => {
    const ctx = await open()
    await seedDatabase(ctx)
    for (const { id } of (await listRetailers(ctx, everything)).items) await deleteRetailer(ctx, { id })
    const [brand] = (await listBrands(ctx, everything)).items
    await deleteBrand(ctx, { id: brand?.id ?? '' })
    await updateSettings(ctx, { base_currency: 'EUR', dashboard_cards: [] })
    const before = await dump(ctx)
    expect(await seedDatabase(ctx)).toBe(false)
    expect(await dump(ctx)).toEqual(before)
  })
})
