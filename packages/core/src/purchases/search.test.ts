import { describeEachEngine } from '@spends/db/testing'
import { beforeAll, expect, it } from 'vitest'
import { BrandChanges, createBrand, updateBrand } from '../brands.ts'
import { createRetailer, RetailerChanges, updateRetailer } from '../retailers.ts'
import { addPurchase, changePurchase, openContext, type TestContext } from '../testing.ts'
import { listWarranties } from '../warranties/read.ts'
import { WarrantyFilter } from '../warranties/shapes.ts'
import { listPurchases } from './read.ts'
import { type NewPurchase, PurchaseFilter } from './shapes.ts'

const warranty = { warranty_start: '2026-01-01', warranty_end: '2027-01-01' }

describeEachEngine('searching purchases', (engine) => {
  let ctx: TestContext
  beforeAll(async () => {
    ctx = await openContext(engine)
  })

  async function find(search: string): Promise<string[]> {
    const { items } = await listPurchases(ctx, PurchaseFilter.parse({ search, limit: 100 }))
    return items.map(({ id }) => id)
  }

  /** The same over the warranties of the purchases, which are searched by the purchase's texts too. */
  async function findByWarranty(search: string): Promise<string[]> {
    const { items } = await listWarranties(ctx, WarrantyFilter.parse({ search, limit: 100 }))
    return items.map(({ purchase_id }) => purchase_id)
  }

  const fields: [field: string, put: (text: string) => Promise<Partial<NewPurchase>>][] = [
    ['product_name', async (product_name) => ({ product_name })],
    ['notes', async (text) => ({ notes: `first line\n${text}` })],
    ['model_number', async (model_number) => ({ model_number })],
    ['serial_number', async (serial_number) => ({ serial_number })],
    ['order_number', async (order_number) => ({ order_number })],
    ['a tag', async (text) => ({ tags: ['first', text] })],
    ['retailer', async (name) => ({ retailer_id: (await createRetailer(ctx, { name })).id })],
    ['brand', async (name) => ({ brand_id: (await createBrand(ctx, { name })).id })],
  ]

  it.each(fields)('looks into %s, in any case and alphabet', async (field, put) => {
    const mark = field.replaceAll(' ', '')
    const text = `${mark} Äpfel ИВАН όΛΟΣ İstanbul ＷＩＤＥ cafe\u0301 ՀԱՅ 中文`
    const { id } = await addPurchase(ctx, { ...(await put(text)), warranty })
    const parts = ['äPFEL', 'иван', 'Όλος', 'istanbul', 'wide', 'CAFÉ', 'հայ', '文']
    for (const search of [...parts, text, text.toUpperCase(), text.toLowerCase()]) {
      expect(await find(search)).toContain(id)
      expect(await findByWarranty(search)).toContain(id)
    }
    expect(await find(mark.toUpperCase())).toEqual([id])
    expect(await find(`${mark}x`)).toEqual([])
  })

  it.each([
    ['100% wool', '0%', ['%%', '0%w', '100_']],
    ['snake_case', 'e_c', ['e__c', 'snakexcase', '_s']],
    ['5 * 3', '* 3', ['**', '5*']],
    ['19" rack', '"', ['""']],
    ["o'neill", "o'n", ["''", "o''n"]],
    ['c:\\temp', ':\\t', ['\\\\', '\\:']],
    ['[a-z]?', '[a-z]?', ['[a-b]', '??']],
    ["'; drop table purchases; --", "'; drop", ["';drop"]],
  ])('takes the signs of %s literally', async (product_name, hit, misses) => {
    const { id } = await addPurchase(ctx, { product_name })
    expect(await find(hit)).toContain(id)
    for (const miss of misses) expect(await find(miss)).not.toContain(id)
  })

  it('finds everything for nothing but spaces', async () => {
    const { total } = await listPurchases(ctx, PurchaseFilter.parse({}))
    for (const search of ['', '   ', '\u3000']) {
      expect((await listPurchases(ctx, PurchaseFilter.parse({ search }))).total).toBe(total)
    }
  })

  it('matches no text that only two fields together hold', async () => {
    const parts = {
      product_name: 'aaxx',
      notes: 'bbxx',
      model_number: 'ccxx',
      serial_number: 'ddxx',
      order_number: 'eexx',
    }
    const { id } = await addPurchase(ctx, { ...parts, tags: ['ffxx', 'ggxx'] })
    for (const second of ['bb', 'cc', 'dd', 'ee', 'ff', 'gg']) {
      for (const between of ['', ' ', ';', ',', '_', '%']) expect(await find(`xx${between}${second}`)).toEqual([])
    }
    // Nor can a search hold what stands between them.
    expect(PurchaseFilter.safeParse({ search: 'xx\u001fbb' }).success).toBe(false)
    expect(await find('ccxx')).toEqual([id])
  })

  it('does not look into what is not searched', async () => {
    await addPurchase(ctx, { link: 'https://hidden.example', return_policy: 'hidden' })
    expect(await find('hidden')).toEqual([])
  })

  it('finds the new texts of a purchase and forgets the old ones', async () => {
    const { id } = await addPurchase(ctx, { product_name: 'Oldname', notes: 'oldnotes', tags: ['oldtag'] })
    await changePurchase(ctx, { id, product_name: 'Newname', notes: null, tags: ['newtag'] })
    for (const search of ['newname', 'newtag']) expect(await find(search)).toEqual([id])
    for (const search of ['oldname', 'oldnotes', 'oldtag']) expect(await find(search)).toEqual([])
  })

  it('finds a renamed retailer or brand by its new name at once', async () => {
    const retailer = await createRetailer(ctx, { name: 'Before Shop' })
    const brand = await createBrand(ctx, { name: 'Before Make' })
    const { id } = await addPurchase(ctx, { retailer_id: retailer.id, brand_id: brand.id })
    expect(await find('before')).toEqual([id])
    await updateRetailer(ctx, RetailerChanges.parse({ id: retailer.id, name: 'After Shop' }))
    expect(await find('after shop')).toEqual([id])
    expect(await find('before shop')).toEqual([])
    await updateBrand(ctx, BrandChanges.parse({ id: brand.id, name: 'After Make' }))
    expect(await find('AFTER MAKE')).toEqual([id])
    expect(await find('before')).toEqual([])
  })
})
