import fc from 'fast-check'
import { createBrand, deleteBrand } from '../../brands.ts'
import { addDays } from '../../calendar.ts'
import { type Context, inTransaction, newId } from '../../context.ts'
import { lockPurchases, type PurchaseRecord } from '../../purchases/record.ts'
import type { NewPurchase, PurchaseChanges } from '../../purchases/shapes.ts'
import { storePurchases } from '../../purchases/store.ts'
import { deletePurchase } from '../../purchases/write.ts'
import { createRetailer, deleteRetailer } from '../../retailers.ts'
import { addPurchase, changePurchase, refusalOf, type TestContext, TODAY } from '../../testing.ts'
import { NewWarranty, WarrantyChanges } from '../../warranties/shapes.ts'
import { createWarranty, deleteWarranty, updateWarranty } from '../../warranties/write.ts'

/*
 * Random lives of a database: few shops, days and names, so that they meet. What a step works on is an index into what
 * is there by then.
 */

/** Fields of a purchase, with its retailer and brand by index; null for none. */
type Said = Omit<NewPurchase, 'retailer_id' | 'brand_id' | 'warranty'> & {
  retailer: number | null
  brand: number | null
  warranty: Record<string, unknown> | null
}

export type Step =
  | { step: 'create'; said: Said }
  | { step: 'change'; at: number; said: Partial<Said> }
  | { step: 'delete'; at: number }
  | { step: 'give warranty'; at: number; warranty: Record<string, unknown> }
  | { step: 'change warranty'; at: number; changes: Record<string, unknown> }
  | { step: 'remove warranty'; at: number }
  | { step: 'hand over'; kind: 'retailers' | 'brands'; from: number; to: number }
  | { step: 'batch'; said: Said[]; deleted: number[]; quantity: number }
  | { step: 'wait'; days: number }

const NAMES = ['Desk lamp', ' DESK LAMP ', 'Straße', 'STRASSE', 'äpfel', 'Apfel', 'иван', 'ИВАН']
const EDGES = [
  '2024-02-28',
  '2024-02-29',
  '2024-03-01',
  '2024-12-30',
  '2024-12-31',
  '2025-12-31',
  '2026-02-28',
  '2026-03-31',
  '2026-04-01',
]
const FAR = ['0001-01-01', '1999-12-31', '9999-12-01', '9999-12-31']

export const CURRENCIES = ['USD', 'JPY', 'KWD'] as const

/** Days near today, at the edges of months and years, and, rarely, at the ends of time. */
export function someDays(): fc.Arbitrary<string> {
  const near = fc.integer({ min: -40, max: 40 }).map((offset) => addDays(TODAY, offset))
  const years = fc.integer({ min: -800, max: 800 }).map((offset) => addDays(TODAY, offset))
  return fc.oneof(
    { weight: 5, arbitrary: near },
    { weight: 3, arbitrary: years },
    { weight: 3, arbitrary: fc.constantFrom(...EDGES) },
    { weight: 2, arbitrary: fc.constantFrom(...FAR) },
  )
}

const index = fc.nat({ max: 1000 })
const plain = { noNullPrototype: true } as const

const warranties = fc
  .record(
    {
      days: fc.tuple(someDays(), someDays()).map((days) => days.sort()),
      warranty_type: fc.constantFrom('LIMITED', 'LIFETIME'),
      endless: fc.boolean(),
      voided: fc.nat({ max: 4 }).map((number) => (number === 0 ? { status: 'VOIDED' } : {})),
    },
    plain,
  )
  .map(({ days: [warranty_start, warranty_end], warranty_type, endless, voided }) => ({
    warranty_start,
    warranty_end: endless && warranty_type === 'LIFETIME' ? null : warranty_end,
    warranty_type,
    ...voided,
  }))

const said: { [field in keyof Said]-?: fc.Arbitrary<Said[field]> } = {
  product_name: fc.constantFrom(...NAMES),
  // Some are too fine for a currency: then nothing may happen.
  price: fc.constantFrom('0', '1', '9', '10', '333', '999999', '2.50', '0.125', '9999999.999', '9999999999'),
  quantity: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constantFrom(1_000_000, 999_983)),
  currency_code: fc.constantFrom('USD', 'USD', ...CURRENCIES),
  status: fc.constantFrom('ORDERED', 'RECEIVED'),
  purchase_date: someDays(),
  retailer: fc.option(index),
  brand: fc.option(index),
  tax_deductible: fc.boolean(),
  notes: fc.option(fc.constantFrom('a', 'b')),
  tags: fc.subarray(['a', 'b']),
  warranty: fc.option(warranties, { freq: 2 }),
  model_number: fc.constant(null),
  serial_number: fc.constant(null),
  order_number: fc.constant(null),
  link: fc.constant(null),
  return_by: fc.constant(null),
  return_policy: fc.constant(null),
}
const purchases = fc.record(said, plain)
const purchaseChanges = fc.record(said, { ...plain, requiredKeys: [] })

const warrantyChanges = fc.oneof(
  fc.constantFrom({ status: 'VOIDED' }, { status: 'ACTIVE' }, { notes: 'seen' }),
  fc.record({ warranty_start: someDays() }, plain),
  fc.record({ warranty_end: fc.option(someDays()), status: fc.constantFrom('VOIDED', 'ACTIVE') }, plain),
  warranties,
)

function steps(): fc.Arbitrary<Step> {
  const kinds = fc.constantFrom('retailers', 'brands')
  const on = <T extends Step['step']>(step: T) => ({ step: fc.constant(step), at: index })
  return fc.oneof(
    { weight: 12, arbitrary: fc.record({ step: fc.constant('create' as const), said: purchases }, plain) },
    { weight: 6, arbitrary: fc.record({ ...on('change' as const), said: purchaseChanges }, plain) },
    { weight: 2, arbitrary: fc.record(on('delete' as const), plain) },
    { weight: 2, arbitrary: fc.record({ ...on('give warranty' as const), warranty: warranties }, plain) },
    { weight: 3, arbitrary: fc.record({ ...on('change warranty' as const), changes: warrantyChanges }, plain) },
    { weight: 1, arbitrary: fc.record(on('remove warranty' as const), plain) },
    {
      weight: 1,
      arbitrary: fc.record({ step: fc.constant('hand over' as const), kind: kinds, from: index, to: index }, plain),
    },
    {
      weight: 1,
      arbitrary: fc.record(
        {
          step: fc.constant('batch' as const),
          said: fc.array(purchases, { maxLength: 5 }),
          deleted: fc.array(index, { maxLength: 3 }),
          quantity: fc.integer({ min: 1, max: 9 }),
        },
        plain,
      ),
    },
    {
      weight: 1,
      arbitrary: fc.record({ step: fc.constant('wait' as const), days: fc.integer({ min: 1, max: 60 }) }, plain),
    },
  )
}

export function histories(): fc.Arbitrary<Step[]> {
  return fc.array(steps(), { minLength: 5, maxLength: 40, size: 'max' })
}

/** Lives through a history, each step as a caller would do it. A step that is refused changes nothing. */
export async function live(ctx: TestContext, history: readonly Step[]): Promise<void> {
  const shops = {
    retailers: [await shop(ctx, 'retailers'), await shop(ctx, 'retailers')],
    brands: [await shop(ctx, 'brands'), await shop(ctx, 'brands')],
  }
  let day = TODAY
  for (const step of history) {
    if (step.step === 'wait') {
      day = addDays(day, step.days)
      ctx.setNow(day)
    } else {
      const refusal = await refusalOf(take(ctx, step, shops))
      if (refusal && refusal.code !== 'UNPROCESSABLE_CONTENT' && refusal.code !== 'CONFLICT') {
        throw new Error(`${JSON.stringify(step)} was refused with ${refusal.code}`)
      }
    }
  }
}

async function shop(ctx: Context, kind: 'retailers' | 'brands'): Promise<string> {
  const name = `Shop ${newId()}`
  return (await (kind === 'retailers' ? createRetailer(ctx, { name }) : createBrand(ctx, { name }))).id
}

type Shops = Record<'retailers' | 'brands', string[]>

async function take(ctx: TestContext, step: Exclude<Step, { step: 'wait' }>, shops: Shops): Promise<void> {
  const input = ({ retailer, brand, ...rest }: Partial<Said>) => ({
    ...rest,
    ...(retailer === undefined ? {} : { retailer_id: retailer === null ? null : pick(shops.retailers, retailer) }),
    ...(brand === undefined ? {} : { brand_id: brand === null ? null : pick(shops.brands, brand) }),
  })
  if (step.step === 'create') {
    await addPurchase(ctx, input(step.said) as NewPurchase)
    return
  }
  if (step.step === 'hand over') {
    const ids = shops[step.kind]
    const [from, to] = [pick(ids, step.from) ?? '', pick(ids, step.to) ?? '']
    const remove = step.kind === 'retailers' ? deleteRetailer : deleteBrand
    await remove(ctx, { id: from, reassign_to: to })
    ids.splice(ids.indexOf(from), 1, await shop(ctx, step.kind))
    return
  }
  const rows = await ctx.db.selectFrom('purchases').select('id').orderBy('id').execute()
  const ids = rows.map(({ id }) => id)
  if (step.step === 'batch') return batch(ctx, step, ids, (said) => input(said) as NewPurchase)
  const id = pick(ids, step.at)
  if (id === undefined) return
  const warranty = await ctx.db.selectFrom('warranties').select('id').where('purchase_id', '=', id).executeTakeFirst()
  if (step.step === 'change') await changePurchase(ctx, { id, ...input(step.said) } as PurchaseChanges)
  if (step.step === 'delete') await deletePurchase(ctx, { id })
  if (step.step === 'give warranty') {
    await createWarranty(ctx, NewWarranty.parse({ purchase_id: id, ...step.warranty }))
  }
  if (step.step === 'change warranty' && warranty) {
    await updateWarranty(ctx, WarrantyChanges.parse({ id: warranty.id, ...step.changes }))
  }
  if (step.step === 'remove warranty' && warranty) await deleteWarranty(ctx, warranty)
}

/** Creates, changes and deletes in one call, as an import does. */
async function batch(
  ctx: TestContext,
  { said, deleted, quantity }: Step & { step: 'batch' },
  ids: readonly string[],
  input: (said: Said) => NewPurchase,
): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const templates: PurchaseRecord[] = []
    for (const one of said) {
      const { id } = await addPurchase(tx, input(one))
      templates.push(...(await lockPurchases(tx.db, [id])))
    }
    const gone = new Set(deleted.map((at) => pick(ids, at)))
    const changes = (await lockPurchases(tx.db, ids)).map((before) => ({
      before,
      after: gone.has(before.row.id) ? null : { ...before, row: { ...before.row, quantity } },
    }))
    const copies = templates.map(({ row, tags, warranty }) => {
      const id = newId()
      return {
        before: null,
        after: {
          row: { ...row, id },
          tags,
          warranty: warranty && { ...warranty, id: newId(), purchase_id: id },
        },
      }
    })
    await storePurchases(tx, [...copies, ...changes], '2026-01-01T00:00:00Z')
  })
}

function pick(ids: readonly string[], at: number): string | undefined {
  return ids[at % ids.length]
}
