import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, expect, it } from 'vitest'
import { EntryFilter } from '../directory.ts'
import { plansOf } from '../testing/plans.ts'
import { addPurchase, changePurchase, openContext, type TestContext } from '../testing.ts'
import { listTags } from './tags.ts'
import { deletePurchase } from './write.ts'

describeEachEngine('the tags of purchases', (engine) => {
  let ctx: TestContext
  beforeEach(async () => {
    ctx = await openContext(engine)
  })
  const list = (filter: EntryFilter = {}) => listTags(ctx, EntryFilter.parse(filter))

  it('are none where no purchase has any', async () => {
    await addPurchase(ctx)
    expect(await list()).toEqual({ items: [], total: 0, skip: 0, limit: null })
  })

  it('are each there once whatever their case, as they are written most often', async () => {
    await addPurchase(ctx, { tags: ['büro', 'Home'] })
    await addPurchase(ctx, { tags: ['Büro'] })
    await addPurchase(ctx, { tags: ['BU\u0308RO', 'home'] })
    await addPurchase(ctx, { tags: ['Büro', 'ΣΑΣ'] })
    await addPurchase(ctx, { tags: ['σας'] })
    expect((await list()).items).toEqual([
      { tag: 'Büro', purchase_count: 4 },
      // Written both ways as often.
      { tag: 'Home', purchase_count: 2 },
      { tag: 'ΣΑΣ', purchase_count: 2 },
    ])
  })

  it('come by how many purchases have them, then by name', async () => {
    for (const tags of [['zoo', 'äther', 'Beta'], ['zoo', 'Alpha'], ['beta']]) await addPurchase(ctx, { tags })
    expect((await list()).items.map(({ tag }) => tag)).toEqual(['Beta', 'zoo', 'Alpha', 'äther'])
  })

  it('are searched anywhere in them, and given in pages', async () => {
    await addPurchase(ctx, { tags: ['Home office', 'OFFICE', 'garden', '100%'] })
    expect(await list({ search: 'oFFic', limit: 1 })).toEqual({
      items: [{ tag: 'Home office', purchase_count: 1 }],
      total: 2,
      skip: 0,
      limit: 1,
    })
    expect((await list({ search: 'office', skip: 1 })).items.map(({ tag }) => tag)).toEqual(['OFFICE'])
    expect((await list({ search: '%' })).items.map(({ tag }) => tag)).toEqual(['100%'])
  })

  it('go with the last purchase that has them', async () => {
    const { id } = await addPurchase(ctx, { tags: ['once'] })
    const other = await addPurchase(ctx, { tags: ['twice', 'Once'] })
    await changePurchase(ctx, { id: other.id, tags: ['twice'] })
    await deletePurchase(ctx, { id })
    expect((await list()).items).toEqual([{ tag: 'twice', purchase_count: 1 }])
  })

  it('are counted in an index alone', async () => {
    await addPurchase(ctx, { tags: ['once'] })
    const plans = await plansOf(ctx, engine.name, (recorded) => listTags(recorded, EntryFilter.parse({})))
    expect(plans.join('\n')).toMatch('purchase_tags_tag_key_tag_idx')
  })
})
