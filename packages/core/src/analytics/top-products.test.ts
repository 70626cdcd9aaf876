import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, expect, it } from 'vitest'
import { addPurchase, changePurchase, openContext, type TestContext } from '../testing.ts'
import { getTopProducts } from './top-products.ts'

const EVER = { date_from: undefined, date_to: undefined }
const SINCE = { date_from: '2000-01-01', date_to: undefined }

describeEachEngine('top products', (engine) => {
  let ctx: TestContext
  beforeEach(async () => {
    ctx = await openContext(engine)
  })

  // From the kept figures, and from the purchases of a range.
  const both = async (limit = 10, currency_code = 'USD') => {
    const answer = await getTopProducts(ctx, { ...EVER, limit, currency_code })
    expect(await getTopProducts(ctx, { ...SINCE, limit, currency_code })).toEqual(answer)
    return answer
  }

  it.each([
    ['Desk lamp', ' DESK LAMP  '],
    ['STRASSE', 'straße'],
    ['ÄPFEL', 'a\u0308pfel'],
    ['ИВАН', 'иван'],
    ['ΟΔΥΣΣΕΥΣ', 'οδυσσευς'],
    ['İSTANBUL', 'istanbul'],
  ])('take %j and %j for the same, under the later name', async (first, second) => {
    await addPurchase(ctx, { product_name: first, price: '10', quantity: 2 })
    await addPurchase(ctx, { product_name: second, price: '0.05' })
    const [product, ...others] = await both()
    const name = second.trim().normalize('NFC')
    expect(product).toEqual({ product_name: name, count: 3, total_spent: '20.05', avg_price: '6.68' })
    expect(others).toEqual([])
  })

  it.each([
    ['Äpfel', 'Apfel'],
    ['Lamp', 'Lamp 2'],
    ['Ｆilm', 'film'],
  ])('keep %j and %j apart', async (first, second) => {
    await addPurchase(ctx, { product_name: first })
    await addPurchase(ctx, { product_name: second })
    const names = (await both()).map(({ product_name }) => product_name)
    expect(names.sort()).toEqual([first, second].sort())
  })

  it('stand by items, then money', async () => {
    await addPurchase(ctx, { product_name: 'dear', price: '500' })
    await addPurchase(ctx, { product_name: 'many', price: '0', quantity: 3 })
    await addPurchase(ctx, { product_name: 'two', price: '1' })
    await addPurchase(ctx, { product_name: 'Two', price: '1' })
    await addPurchase(ctx, { product_name: 'pair', price: '1.01', quantity: 2 })
    await addPurchase(ctx, { product_name: 'yen', price: '9', quantity: 9, currency_code: 'JPY' })
    const names = async (limit: number) => (await both(limit)).map(({ product_name }) => product_name)
    expect(await names(10)).toEqual(['many', 'pair', 'Two', 'dear'])
    expect(await names(2)).toEqual(['many', 'pair'])
    expect((await both(10, 'JPY')).map(({ product_name }) => product_name)).toEqual(['yen'])
    expect(await both(10, 'EUR')).toEqual([])
  })

  it('stand by money as a number, not as a text', async () => {
    for (const price of ['9', '10', '100', '95']) await addPurchase(ctx, { product_name: `For ${price}`, price })
    const names = (await both()).map(({ product_name }) => product_name)
    expect(names).toEqual(['For 100', 'For 95', 'For 10', 'For 9'])
    expect((await both(1)).map(({ product_name }) => product_name)).toEqual(['For 100'])
  })

  it('are named by a purchase in their currency, however many share a name without accents', async () => {
    await addPurchase(ctx, { product_name: 'ÄPFEL' })
    await addPurchase(ctx, { product_name: 'äpfel', currency_code: 'EUR' })
    for (let count = 0; count < 45; count += 1) await addPurchase(ctx, { product_name: 'Apfel', quantity: 1 })
    expect((await both()).map(({ product_name, count }) => [product_name, count])).toEqual([
      ['Apfel', 45],
      ['ÄPFEL', 1],
    ])
  })

  it('forget a name that no purchase has any more', async () => {
    const { id } = await addPurchase(ctx, { product_name: 'Old' })
    await changePurchase(ctx, { id, product_name: 'New' })
    expect((await both()).map(({ product_name }) => product_name)).toEqual(['New'])
  })
})
