import { createBrand, listBrands } from '../brands.ts'
import { toInstant } from '../calendar.ts'
import { type Context, inTransaction } from '../context.ts'
import { AppError } from '../errors.ts'
import type { PurchaseRecord } from '../purchases/record.ts'
import { type PurchaseChange, storePurchases } from '../purchases/store.ts'
import { createRetailer, listRetailers } from '../retailers.ts'
import { type Random, seededRandom } from './random.ts'
import { CURRENCIES, NAMES, NOTES, PROVIDERS, TAGS } from './words.ts'

const DAY_MS = 86_400_000
const SPAN_MS = 5 * 365 * DAY_MS
const RETAILERS = 40
const BRANDS = 120
const PURCHASES_IN_A_TRANSACTION = 10_000
const WARRANTY_TYPES = ['LIMITED', 'EXTENDED', 'MANUFACTURER', 'RETAILER', 'OTHER'] as const

export interface DemoOptions {
  purchases: number
  /** The same seed, number and clock give the same purchases, ids included. */
  seed?: number
  /** Told after each transaction how many purchases are there. */
  onProgress?: (recorded: number) => void
}

/**
 * Fills a seeded database that has no purchases: of the five years before now, in several currencies and alphabets, most
 * with a warranty, written as the services would have. Only the ids of retailers and brands that an instance does not
 * begin with are new each time.
 * @throws AppError CONFLICT when there are purchases
 */
export async function generatePurchases(
  ctx: Context,
  { purchases, seed = 1, onProgress = () => {} }: DemoOptions,
): Promise<void> {
  if (await ctx.db.selectFrom('purchases').select('id').limit(1).executeTakeFirst()) {
    throw new AppError('CONFLICT', 'There are purchases already. Demonstration data goes into an empty database only.')
  }
  const directories = { retailers: await fillRetailers(ctx), brands: await fillBrands(ctx) }
  const now = ctx.now()
  const random = seededRandom(seed)
  for (let first = 0; first < purchases; first += PURCHASES_IN_A_TRANSACTION) {
    const count = Math.min(PURCHASES_IN_A_TRANSACTION, purchases - first)
    // Made before the transaction, which may run twice.
    const changes = Array.from({ length: count }, (_, index): PurchaseChange => {
      const time = now.getTime() - SPAN_MS + Math.floor(((first + index) / purchases) * SPAN_MS)
      return { before: null, after: makePurchase(time, directories, random) }
    })
    await inTransaction(ctx, (tx) => storePurchases(tx, changes, toInstant(now)))
    onProgress(first + count)
  }
}

interface Directories {
  retailers: readonly string[]
  brands: readonly string[]
}

async function fillRetailers(ctx: Context): Promise<string[]> {
  const { total } = await listRetailers(ctx, { skip: 0 })
  for (let number = total + 1; number <= RETAILERS; number += 1) await createRetailer(ctx, { name: `Store ${number}` })
  return (await listRetailers(ctx, { skip: 0 })).items.map(({ id }) => id)
}

async function fillBrands(ctx: Context): Promise<string[]> {
  const { total } = await listBrands(ctx, { skip: 0 })
  for (let number = total + 1; number <= BRANDS; number += 1) await createBrand(ctx, { name: `Maker ${number}` })
  return (await listBrands(ctx, { skip: 0 })).items.map(({ id }) => id)
}

/** @param time when it is recorded, in milliseconds; it was bought up to three weeks before. */
function makePurchase(time: number, { retailers, brands }: Directories, random: Random): PurchaseRecord {
  const id = uuidAt(time, random)
  const purchase_date = day(time - random.below(21) * DAY_MS)
  const { first, second } = random.pick(NAMES)
  const created_at = toInstant(new Date(time))
  return {
    row: {
      id,
      product_name: `${random.pick(first)} ${random.pick(second)} ${1 + random.below(60)}`,
      price: 100 + random.below(10 ** (3 + random.below(4))),
      quantity: random.happens(0.8) ? 1 : 2 + random.below(5),
      currency_code: random.pick(CURRENCIES),
      retailer_id: random.happens(0.95) ? random.pick(retailers) : null,
      brand_id: random.happens(0.9) ? random.pick(brands) : null,
      status: random.happens(0.97) ? 'RECEIVED' : 'ORDERED',
      purchase_date,
      notes: random.happens(0.2) ? random.pick(NOTES) : null,
      model_number: random.happens(0.4) ? `M-${random.below(100_000)}` : null,
      serial_number: random.happens(0.3) ? `SN${random.below(1_000_000_000)}` : null,
      order_number: random.happens(0.5) ? `${100 + random.below(900)}-${random.below(10_000_000)}` : null,
      link: random.happens(0.1) ? `https://shop.example/item/${random.below(1_000_000)}` : null,
      return_by: random.happens(0.3) ? day(time + 30 * DAY_MS) : null,
      return_policy: random.happens(0.1) ? '30 days, unopened' : null,
      tax_deductible: random.happens(0.15),
      version: 1,
      created_at,
      updated_at: created_at,
    },
    tags: random.happens(0.3) ? someTags(random) : [],
    warranty: random.happens(0.6) ? makeWarranty(id, purchase_date, time, random) : null,
  }
}

function someTags(random: Random): string[] {
  return [...new Set(Array.from({ length: 1 + random.below(3) }, () => random.pick(TAGS)))]
}

function makeWarranty(purchase_id: string, start: string, time: number, random: Random): PurchaseRecord['warranty'] {
  const isForLife = random.happens(0.03)
  const created_at = toInstant(new Date(time))
  return {
    id: uuidAt(time, random),
    purchase_id,
    warranty_start: start,
    warranty_end: isForLife ? null : day(Date.parse(start) + 365 * (1 + random.below(5)) * DAY_MS),
    warranty_type: isForLife ? 'LIFETIME' : random.pick(WARRANTY_TYPES),
    voided_at: random.happens(0.02) ? created_at : null,
    provider: random.happens(0.5) ? random.pick(PROVIDERS) : null,
    notes: random.happens(0.1) ? random.pick(NOTES) : null,
    version: 1,
    created_at,
    updated_at: created_at,
  }
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}

/** A UUIDv7 of that moment. */
function uuidAt(time: number, random: Random): string {
  const clock = time.toString(16).padStart(12, '0')
  const rest = Array.from({ length: 4 }, () => random.below(0x10000).toString(16).padStart(4, '0'))
  const [a = '', b = '', c = '', d = ''] = rest
  return `${clock.slice(0, 8)}-${clock.slice(8)}-7${a.slice(1)}-8${b.slice(1)}-${c}${d}${random.below(0x10000).toString(16).padStart(4, '0')}`
}
