import { describeEachEngine } from '@spends/db/testing'
import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestRequest } from '../testing.ts'

const RUNS = { numRuns: 60 }
/** Each look at the clock is a second later, so that a needless change shows in `updated_at`. */
const START = Date.parse('2026-03-15T01:00:00Z')

const text = (maxLength: number) =>
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength })
    .filter((value) => !/\p{Cc}/u.test(value) && value.trim() !== '')
const date = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((day) => day.toISOString().slice(0, 10))
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value)
const url = maybe(fc.webUrl({ validSchemes: ['http', 'https'], withQueryParameters: true }))
const DIGITS = { USD: 2, JPY: 0, KWD: 3, CLF: 4 }

const price = fc.constantFrom<keyof typeof DIGITS>('USD', 'JPY', 'KWD', 'CLF').chain((currency_code) =>
  fc.bigInt({ min: 0n, max: 9_999_999_999n }).map((minor) => {
    const digits = DIGITS[currency_code]
    const padded = String(minor).padStart(digits + 1, '0')
    const point = padded.length - digits
    return { currency_code, price: digits === 0 ? padded : `${padded.slice(0, point)}.${padded.slice(point)}` }
  }),
)

const warranty = fc
  .record({
    days: fc.tuple(date, date),
    warranty_type: fc.constantFrom('LIMITED', 'EXTENDED', 'MANUFACTURER', 'RETAILER', 'OTHER', 'LIFETIME'),
    status: fc.constantFrom({}, {}, { status: 'VOIDED' }),
    endless: fc.boolean(),
    provider: maybe(text(20)),
    notes: maybe(text(40)),
  })
  .map(({ days, status, endless, ...rest }) => {
    const [warranty_start, warranty_end] = days.sort()
    return {
      ...rest,
      ...status,
      warranty_start,
      warranty_end: endless && rest.warranty_type === 'LIFETIME' ? null : warranty_end,
    }
  })

const purchase = fc
  .record({
    priced: price,
    product_name: text(60),
    quantity: fc.integer({ min: 1, max: 1_000_000 }),
    status: fc.constantFrom('ORDERED', 'RECEIVED'),
    purchase_date: date,
    notes: maybe(text(60).map((note) => `${note}\n\t${note}`)),
    model_number: maybe(text(20)),
    serial_number: maybe(text(20)),
    order_number: maybe(text(20)),
    link: url,
    return_by: maybe(date),
    return_policy: maybe(text(20)),
    tax_deductible: fc.boolean(),
    tags: fc.uniqueArray(
      fc.stringMatching(/^[a-z0-9 äжΩ]{1,12}$/).filter((tag) => tag.trim() !== ''),
      {
        maxLength: 5,
        selector: (tag) => tag.trim().toLowerCase(),
      },
    ),
    warranty: maybe(warranty),
    linked: fc.boolean(),
  })
  .map(({ priced, ...rest }) => ({ ...priced, ...rest }))

describeEachEngine('laws of the API', ({ openDatabase }) => {
  let server: TestApp
  let shop: string
  let brand: string
  beforeAll(async () => {
    let tick = 0
    server = await startTestApp(await openDatabase(), { now: () => new Date(START + 1000 * tick++) })
    shop = (await ask('/api/retailers?search=ikea')).body.items[0].id
    brand = (await ask('/api/brands?search=sony')).body.items[0].id
  })

  async function ask(path: string, init: TestRequest = {}) {
    const response = await server.request(path, init)
    const answer = await response.text()
    return { status: response.status, etag: response.headers.get('ETag'), text: answer, body: JSON.parse(answer) }
  }

  async function make(path: string, json: object): Promise<{ id: string; warranty?: { id: string } | null }> {
    const { status, body } = await ask(path, { json })
    expect({ status, errors: body.errors }).toEqual({ status: 201, errors: undefined })
    return body
  }

  /** What reading gave is sent back byte for byte, and nothing changes. */
  async function expectPutOfGetToChangeNothing(path: string) {
    const before = await ask(path)
    // A weak tag is for reading only.
    const etag = before.etag?.startsWith('W/') ? null : before.etag
    const headers = { 'Content-Type': 'application/json', ...(etag ? { 'If-Match': etag } : {}) }
    const put = await ask(path, { method: 'PUT', body: before.text, headers })
    expect(put).toEqual({ ...before, etag })
    expect(await ask(path)).toEqual(before)
  }

  it('PUT of what GET gave changes no purchase, and no warranty', async () => {
    const run = async ({ linked, ...fields }: { linked: boolean }) => {
      const made = await make('/api/purchases', {
        ...fields,
        ...(linked ? { retailer_id: shop, brand_id: brand } : {}),
      })
      await expectPutOfGetToChangeNothing(`/api/purchases/${made.id}`)
      if (made.warranty) await expectPutOfGetToChangeNothing(`/api/warranties/${made.warranty.id}`)
    }
    await fc.assert(fc.asyncProperty(purchase, run), RUNS)
  })

  it.each(['retailers', 'brands'])('PUT of what GET gave changes none of the %s', async (path) => {
    let count = 0
    const run = async (entry: { name: string; url: string | null }) => {
      count += 1
      const { id } = await make(`/api/${path}`, { ...entry, name: `${entry.name} ${path} ${count}` })
      await expectPutOfGetToChangeNothing(`/api/${path}/${id}`)
      const search = encodeURIComponent(`${path} ${count}`)
      const listed = (await ask(`/api/${path}?search=${search}`)).body.items.find(
        (item: { id: string }) => item.id === id,
      )
      const put = await ask(`/api/${path}/${id}`, { method: 'PUT', json: listed })
      expect({ ...put.body, purchase_count: 0 }).toEqual(listed)
    }
    await fc.assert(fc.asyncProperty(fc.record({ name: text(60), url }), run), RUNS)
  })

  it('PUT of what GET gave changes no settings', async () => {
    const settings = fc.record(
      {
        base_currency: fc.constantFrom('USD', 'JPY', 'EUR'),
        locale: fc.constantFrom('en-US', 'de-DE', 'ja', 'zh-Hant-TW'),
        time_zone: fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'America/St_Johns'),
        date_format: fc.constantFrom('YMD', 'DMY', 'MDY'),
        week_start: fc.constantFrom('MONDAY', 'SATURDAY', 'SUNDAY'),
        expiring_soon_days: fc.integer({ min: 0, max: 3650 }),
        dashboard_cards: fc.subarray(['total_spent', 'item_count', 'avg_price', 'tax_deductible'], { minLength: 0 }),
      },
      { requiredKeys: [] },
    )
    const run = async (changes: object) => {
      const before = (await ask('/api/settings')).body
      const put = await ask('/api/settings', { method: 'PUT', json: changes })
      expect([put.status, put.body]).toEqual([200, { ...before, ...changes }])
      await expectPutOfGetToChangeNothing('/api/settings')
    }
    await fc.assert(fc.asyncProperty(settings, run), RUNS)
  })

  it('pages put together are the whole', async () => {
    const lists = [
      ...['purchase_date', 'product_name', 'price', 'created_at', 'retailer', 'brand', 'status'].map(
        (sort) => `purchases?sort=${sort}`,
      ),
      'purchases?has_warranty=true&status=ORDERED&status=RECEIVED&sort=status',
      'purchases?search=a',
      ...['warranty_end', 'warranty_start', 'product_name', 'created_at'].map((sort) => `warranties?sort=${sort}`),
      'warranties/expiring?days=3650',
      'retailers?',
      'brands?search=a',
    ]
    const run = async (list: string, order: string, limit: number) => {
      const ordered = /sort/.test(list) ? `${list}&order=${order}` : list
      const pages = []
      for (let skip = 0; ; skip += limit) {
        const { body } = await ask(`/api/${ordered}&limit=${limit}&skip=${skip}`)
        expect(body).toMatchObject({ skip, limit })
        pages.push(body)
        if (body.items.length < limit) break
      }
      const items = pages.flatMap((page) => page.items)
      expect(new Set(pages.map(({ total }) => total))).toEqual(new Set([items.length]))
      expect(new Set(items.map(({ id }) => id)).size).toBe(items.length)
      const whole = (await ask(`/api/${ordered}&limit=100`)).body.items
      expect(items.slice(0, 100)).toEqual(whole)
    }
    const limit = fc.integer({ min: 3, max: 40 })
    await fc.assert(fc.asyncProperty(fc.constantFrom(...lists), fc.constantFrom('asc', 'desc'), limit, run), {
      numRuns: 40,
    })
  })
})
