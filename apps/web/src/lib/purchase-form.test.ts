import type { Purchase } from '@spends/client'
import { describe, expect, test } from 'vitest'
import {
  blankForm,
  copyOf,
  differingFields,
  findProblems,
  formOf,
  readQuantity,
  rebase,
  toChanges,
  toNewPurchase,
} from './purchase-form.ts'

const LAMP: Purchase = {
  id: '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071',
  product_name: 'Lamp',
  price: '1299.90',
  quantity: 2,
  total: '2599.80',
  currency_code: 'EUR',
  retailer_id: '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6072',
  brand_id: null,
  status: 'RECEIVED',
  purchase_date: '2026-03-01',
  notes: null,
  model_number: null,
  serial_number: 'S1',
  order_number: 'O1',
  link: null,
  return_by: '2026-03-15',
  return_policy: null,
  tax_deductible: false,
  tags: ['home'],
  version: 3,
  created_at: '2026-03-01T00:00:00Z',
  updated_at: '2026-03-01T00:00:00Z',
  retailer: { id: '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6072', name: 'Shop' },
  brand: null,
  warranty: {
    id: '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6073',
    purchase_id: '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071',
    warranty_start: '2026-03-01',
    warranty_end: '2028-03-01',
    warranty_type: 'LIMITED',
    status: 'ACTIVE',
    days_left: 700,
    provider: null,
    notes: null,
    version: 5,
    created_at: '2026-03-01T00:00:00Z',
    updated_at: '2026-03-01T00:00:00Z',
  },
}
const DE = 'de-DE'
const blank = () => blankForm({ today: '2026-03-15', currency: 'EUR' })

describe('a new purchase', () => {
  test('needs a name, a price and a day, and nothing else', () => {
    expect(findProblems({ ...blank(), purchase_date: '' }, ['price'], DE)).toEqual([
      { path: 'product_name', problem: 'name' },
      { path: 'price', problem: 'price', reason: 'empty' },
      { path: 'purchase_date', problem: 'date' },
    ])
    const form = { ...blank(), product_name: 'Lamp', price: '1.299,90' }
    expect(findProblems(form, ['price'], DE)).toEqual([])
    const sent = toNewPurchase(form, DE)
    expect(sent).toMatchObject({
      product_name: 'Lamp',
      price: '1299.90',
      currency_code: 'EUR',
      quantity: 1,
      notes: null,
    })
    expect(sent).not.toHaveProperty('warranty')
  })

  test('has the warranty that was asked for', () => {
    const form = { ...blank(), has_warranty: true, warranty_type: 'LIFETIME' as const, warranty_start: '2026-03-15' }
    expect(toNewPurchase(form, DE).warranty).toEqual({
      warranty_type: 'LIFETIME',
      warranty_start: '2026-03-15',
      warranty_end: null,
      provider: null,
      notes: null,
    })
    expect(findProblems({ ...form, warranty_start: '' }, [], DE)).toContainEqual({
      path: 'warranty.warranty_start',
      problem: 'warranty_start',
    })
  })

  test('that is a copy has nothing of what belongs to the first one', () => {
    const copy = copyOf(formOf(LAMP, DE), '2026-03-15')
    expect(copy).toMatchObject({ product_name: 'Lamp', price: '1299,90', purchase_date: '2026-03-15', tags: ['home'] })
    expect(copy).toMatchObject({ serial_number: '', order_number: '', return_by: '', has_warranty: false })
  })
})

describe('a changed purchase', () => {
  const before = formOf(LAMP, DE)

  test('sends what was changed, with the version that was seen', () => {
    expect(differingFields(before, formOf(LAMP, DE))).toEqual([])
    const form = { ...before, notes: 'by the window', retailer: null, quantity: '3' }
    const fields = differingFields(form, before)
    expect(toChanges(form, fields, LAMP, DE)).toEqual({
      id: LAMP.id,
      version: 3,
      notes: 'by the window',
      retailer_id: null,
      quantity: 3,
    })
  })

  test('sends the price with another currency, read anew', () => {
    const form = { ...before, currency_code: 'JPY', price: '1.300' }
    expect(toChanges(form, differingFields(form, before), LAMP, DE)).toMatchObject({
      price: '1300',
      currency_code: 'JPY',
    })
    expect(findProblems({ ...form, price: '1299,90' }, ['currency_code'], DE)).toEqual([
      { path: 'price', problem: 'price', reason: 'digits' },
    ])
  })

  test('changes its warranty, voids it, or loses it', () => {
    const longer = { ...before, warranty_end: '2029-03-01' }
    expect(toChanges(longer, ['warranty_end'], LAMP, DE).warranty).toMatchObject({
      warranty_end: '2029-03-01',
      version: 5,
    })
    expect(toChanges(longer, ['warranty_end'], LAMP, DE).warranty).not.toHaveProperty('status')
    const voided = { ...before, warranty_voided: true }
    expect(toChanges(voided, ['warranty_voided'], LAMP, DE).warranty).toMatchObject({ status: 'VOIDED' })
    const none = { ...before, has_warranty: false }
    expect(toChanges(none, ['has_warranty'], LAMP, DE).warranty).toBeNull()
  })

  test('goes upon what others changed meanwhile, and keeps theirs elsewhere', () => {
    const mine = { ...before, notes: 'mine', tags: ['mine'] }
    const theirs = { ...before, notes: 'theirs', product_name: 'Floor lamp' }
    const merged = rebase(mine, before, theirs)
    expect(merged).toEqual({ ...theirs, notes: 'mine', tags: ['mine'] })
    expect(differingFields(merged, theirs)).toEqual(['tags', 'notes'])
  })
})

test('a quantity is a whole number from 1', () => {
  const read = (quantity: string) => readQuantity({ ...blank(), quantity })
  expect(['1', ' 12 ', '1000000'].map(read)).toEqual([1, 12, 1_000_000])
  expect(['', '0', '-1', '1.5', '1,5', 'two', '1e3'].map(read)).toEqual(Array(7).fill(undefined))
})
