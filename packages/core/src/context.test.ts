import { describeEachEngine } from '@spends/db/testing'
import { expect, it } from 'vitest'
import { inTransaction, newId } from './context.ts'
import { createRetailer, getRetailer, updateRetailer } from './retailers.ts'
import { openContext } from './testing.ts'

describeEachEngine('a transaction', (engine) => {
  it('joins the one that is open, and takes everything back with it', async () => {
    const ctx = await openContext(engine)
    const { id } = await createRetailer(ctx, { name: 'Before' })
    const work = inTransaction(ctx, async (tx) => {
      await updateRetailer(tx, { id, name: 'After' })
      throw new Error('changed my mind')
    })
    await expect(work).rejects.toThrow('changed my mind')
    expect((await getRetailer(ctx, { id })).name).toBe('Before')
  })

  it('is tried again when two block each other', async () => {
    const ctx = await openContext(engine)
    const one = await createRetailer(ctx, { name: 'One' })
    const two = await createRetailer(ctx, { name: 'Two' })
    const begun = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const
    let attempts = 0

    // Each changes its own row first, and waits until the other has done so where that is possible.
    const crossing = (index: 0 | 1, first: string, second: string) =>
      inTransaction(ctx, async (tx) => {
        attempts++
        await tx.db.updateTable('retailers').set({ url: 'https://a.example' }).where('id', '=', first).execute()
        begun[index].resolve()
        if (engine.name === 'postgres') await begun[(1 - index) as 0 | 1].promise
        await tx.db.updateTable('retailers').set({ url: 'https://b.example' }).where('id', '=', second).execute()
      })
    await Promise.all([crossing(0, one.id, two.id), crossing(1, two.id, one.id)])
    expect(attempts).toBe(engine.name === 'postgres' ? 3 : 2)
  })
})

it('ids are UUIDs of version 7, each larger than the one before', () => {
  const ids = Array.from({ length: 5000 }, newId)
  expect(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(true)
  expect([...ids].sort()).toEqual(ids)
  expect(new Set(ids).size).toBe(ids.length)
})
