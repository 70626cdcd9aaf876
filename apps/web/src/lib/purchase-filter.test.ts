import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Filter, isFiltered, readFilter, readView, toAddress, usualOrder, without } from './purchase-filter.ts'

/** What `writeAddress` makes of it. */
function toQuery(state: ReturnType<typeof toAddress>): URLSearchParams {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(state)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one) query.append(name, one)
  }
  return query
}

const words = fc
  .string({ minLength: 1 })
  .map((text) => text.trim())
  .filter((text) => text !== '')
const filters: fc.Arbitrary<Filter> = fc.record(
  {
    status: fc.subarray<'ORDERED' | 'RECEIVED'>(['ORDERED', 'RECEIVED'], { minLength: 1 }),
    retailer_id: fc.uniqueArray(fc.uuid(), { minLength: 1 }),
    tag: fc.uniqueArray(words, { minLength: 1 }),
    search: words,
    price_from: words,
    has_warranty: fc.boolean(),
    tax_deductible: fc.boolean(),
  },
  { requiredKeys: [] },
)

describe('the state of a list in its address', () => {
  test('is read as it was written', () => {
    const views = fc.record({
      sort: fc.constantFrom('purchase_date', 'product_name', 'price', 'retailer'),
      order: fc.constantFrom('asc', 'desc'),
      skip: fc.nat(),
      limit: fc.constantFrom(20, 50, 100),
    })
    fc.assert(
      fc.property(filters, views, (filter, view) => {
        const query = toQuery(toAddress(filter, view))
        expect(readFilter(query)).toEqual(filter)
        expect(readView(query)).toEqual(view)
      }),
    )
  })

  test('is nothing for the list as it is at first', () => {
    expect(toQuery(toAddress({}, readView(new URLSearchParams()))).size).toBe(0)
  })

  test('passes over what no list can mean', () => {
    const query = new URLSearchParams('status=LOST&sort=colour&order=up&skip=-3&limit=7&has_warranty=maybe&search=%20')
    expect(readFilter(query)).toEqual({})
    expect(readView(query)).toEqual({ sort: 'purchase_date', order: 'desc', skip: 0, limit: 20 })
  })
})

describe('a filter', () => {
  test('loses one value, or the last one with its name', () => {
    const filter: Filter = { status: ['ORDERED', 'RECEIVED'], tag: ['home'], search: 'lamp' }
    expect(without(filter, 'status', 'ORDERED')).toEqual({ status: ['RECEIVED'], tag: ['home'], search: 'lamp' })
    expect(without(filter, 'tag', 'home')).toEqual({ status: ['ORDERED', 'RECEIVED'], search: 'lamp' })
    expect(without(filter, 'search')).toEqual({ status: ['ORDERED', 'RECEIVED'], tag: ['home'] })
  })

  test('that says nothing filters nothing, and one that says no does', () => {
    expect(isFiltered({})).toBe(false)
    expect(isFiltered({ has_warranty: false })).toBe(true)
  })
})

test('dates and prices begin with the greatest, names with A', () => {
  expect(usualOrder('price')).toBe('desc')
  expect(usualOrder('retailer')).toBe('asc')
})
