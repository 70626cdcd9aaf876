import type { Schema } from '@spends/db'
import type { TestEngine } from '@spends/db/testing'
import fc from 'fast-check'
import { addDays } from './calendar.ts'
import type { Context } from './context.ts'
import { AppError } from './errors.ts'
import { CURRENCY_CODES, formatMinorUnits } from './money.ts'
import { NewPurchase, PurchaseChanges, type PurchaseDetails } from './purchases/shapes.ts'
import { createPurchase, updatePurchase } from './purchases/write.ts'
import { seedDatabase } from './seed.ts'
import { foldCase } from './text.ts'

/** What tests of services stand on: a seeded database with a clock that the test sets, and purchases to put into it. */
export interface TestContext extends Context {
  /** Sets the clock, to a day's noon in UTC or to an instant. */
  setNow(time: string): void
}

/** The day on which tests happen that don't set the clock. */
export const TODAY = '2026-03-15'

/** A fresh seeded database; it lives as long as the engine's `openDatabase` says. */
export async function openContext({ openDatabase }: TestEngine): Promise<TestContext> {
  const { db } = await openDatabase()
  let now = noon(TODAY)
  const ctx = {
    db,
    now: () => now,
    setNow: (time: string) => {
      now = noon(time)
    },
  }
  await seedDatabase(ctx)
  return ctx
}

function noon(time: string): Date {
  return new Date(time.includes('T') ? time : `${time}T12:00:00Z`)
}

/** A new purchase that says something in each of its own fields. */
export const everyField = {
  product_name: 'Espresso machine',
  price: '1249.50',
  quantity: 2,
  currency_code: 'EUR',
  status: 'ORDERED',
  purchase_date: '2026-02-28',
  notes: 'with\nmilk\tfrother',
  model_number: 'M-1',
  serial_number: 'S-1',
  order_number: 'O-1',
  link: 'https://shop.example/espresso?x=1',
  return_by: '2026-03-30',
  return_policy: '30 days',
  tax_deductible: true,
  tags: ['Kitchen', 'büro', '中'],
} as const satisfies Partial<NewPurchase>

/** Creates a purchase as a caller would: through its schema, here with the least it needs. */
export async function addPurchase(ctx: Context, input: Partial<NewPurchase> = {}): Promise<PurchaseDetails> {
  const least = { product_name: 'Desk lamp', price: '10', purchase_date: '2026-01-31' }
  return createPurchase(ctx, NewPurchase.parse({ ...least, ...input }))
}

/** Changes a purchase as a caller would: through its schema. */
export async function changePurchase(ctx: Context, input: PurchaseChanges): Promise<PurchaseDetails> {
  return updatePurchase(ctx, PurchaseChanges.parse(input))
}

/** How a service refused: its code and the wrong fields, or `undefined` for work that was done. Bugs pass through. */
export async function refusalOf(work: Promise<unknown>): Promise<{ code: string; paths: string[] } | undefined> {
  try {
    await work
    return undefined
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { code: error.code, paths: error.errors?.map(({ path }) => path) ?? [] }
  }
}

/** Every row of every table that services write, but not how often they did. */
export async function dump({ db }: Context): Promise<Record<string, unknown[]>> {
  const tables = ['settings', 'retailers', 'brands', 'purchases', 'warranties', 'attachments'] as const
  const dumped: [keyof Schema, unknown[]][] = []
  for (const table of tables) dumped.push([table, await db.selectFrom(table).selectAll().orderBy('id').execute()])
  const tags = db.selectFrom('purchase_tags').selectAll().orderBy('purchase_id').orderBy('position')
  const settings = dumped.flatMap(([table, rows]) => (table === 'settings' ? rows : [])) as { revision?: number }[]
  for (const row of settings) delete row.revision
  return Object.fromEntries([...dumped, ['purchase_tags', await tags.execute()]])
}

/** The whole of a list, put together from its pages. */
export async function readPages<T>(
  readPage: (page: { skip: number; limit: number }) => Promise<{ items: T[]; total: number }>,
  limit = 100,
): Promise<T[]> {
  const items: T[] = []
  for (;;) {
    const page = await readPage({ skip: items.length, limit })
    items.push(...page.items)
    if (page.items.length === 0) return items
  }
}

/** Texts of many alphabets, with marks, wildcards, quotes and outer spaces. */
function texts(constraints: fc.StringConstraints = {}): fc.Arbitrary<string> {
  const letters = ['a', 'B', 'z', 'ß', 'Ä', 'e\u0301', 'И', 'и', 'Σ', 'ς', 'İ', 'ı', '中', '🏊', 'ﬁ']
  const signs = [' ', '%', '_', '*', '"', "'", '\\', ',', '0', '\u3000', '='] as const
  return fc.string({ unit: fc.constantFrom(...letters, ...signs), maxLength: 20, ...constraints })
}

/** Days of a few centuries; most near `TODAY`, so that they meet. */
export function days(): fc.Arbitrary<string> {
  const near = fc.integer({ min: -5, max: 5 })
  const far = fc.integer({ min: -40_000, max: 40_000 })
  return fc.oneof({ weight: 3, arbitrary: near }, far).map((offset) => addDays(TODAY, offset))
}

/** A price with exactly the digits of its currency. */
export function amounts(currencies: readonly string[] = CURRENCY_CODES) {
  return fc
    .record({ currency_code: fc.constantFrom(...currencies), minor: fc.integer({ min: 0, max: 9_999_999_999 }) })
    .map(({ currency_code, minor }) => ({ currency_code, price: formatMinorUnits(minor, currency_code) }))
}

const plain = { noNullPrototype: true } as const

/** A new warranty in any state it can have on `TODAY`. */
function newWarranties() {
  const said = { provider: fc.option(texts()), notes: fc.option(texts()) }
  const span = fc.record({ a: days(), b: days() }).map(({ a, b }) => (a < b ? [a, b] : [b, a]) as [string, string])
  const types = fc.constantFrom('LIMITED', 'EXTENDED', 'LIFETIME', 'MANUFACTURER', 'RETAILER', 'OTHER')
  const voided = fc.constantFrom({}, { status: 'VOIDED' } as const)
  const limited = fc
    .record({ span, warranty_type: types, voided, ...said }, plain)
    .map(({ span: [warranty_start, warranty_end], voided, ...rest }) => ({
      ...rest,
      ...voided,
      warranty_start,
      warranty_end,
    }))
  const endless = fc
    .record({ warranty_start: days(), voided, ...said }, plain)
    .map(({ voided, ...rest }) => ({ ...rest, ...voided, warranty_type: 'LIFETIME' as const }))
  return fc.oneof({ weight: 3, arbitrary: limited }, endless)
}

/** A new purchase with any of its fields. @param ids of retailers and brands to choose from */
export function newPurchases(ids: { retailers: readonly string[]; brands: readonly string[] }) {
  const required = texts({ minLength: 1 }).filter((text) => text.trim() !== '')
  const short = fc.option(texts())
  return fc
    .record(
      {
        product_name: required,
        amount: amounts(),
        quantity: fc.integer({ min: 1, max: 1_000_000 }),
        purchase_date: days(),
        status: fc.constantFrom('ORDERED', 'RECEIVED'),
        retailer_id: fc.option(fc.constantFrom(...ids.retailers)),
        brand_id: fc.option(fc.constantFrom(...ids.brands)),
        notes: fc.option(texts().map((text) => `${text}\n\t${text}`)),
        model_number: short,
        serial_number: short,
        order_number: short,
        link: fc.option(fc.webUrl()),
        return_by: fc.option(days()),
        return_policy: short,
        tax_deductible: fc.boolean(),
        tags: fc.uniqueArray(required, { maxLength: 5, selector: (tag) => foldCase(tag.trim()) }),
        warranty: fc.option(newWarranties()),
      },
      plain,
    )
    .map(({ amount, ...rest }): NewPurchase => ({ ...rest, ...amount }))
}
