import type { Brand, NewPurchase, NewWarranty, Retailer } from '@spends/client'
import { digitsOf } from './amount.ts'
import { addDays } from './days.ts'
import { sameDayIn } from './months.ts'
import { GOODS, type Good } from './sample-goods.ts'
import { SAMPLE_TAG } from './sample-marks.ts'

/** A purchase as an export names it: as one that is made, but with retailer and brand by their names. */
interface SamplePurchase extends Omit<NewPurchase, 'retailer_id' | 'brand_id' | 'warranty'> {
  retailer: { name: string } | null
  brand: { name: string } | null
  warranty: (Omit<NewWarranty, 'purchase_id'> & Stamps) | null
  created_at: string
  updated_at: string
}

interface Stamps {
  created_at: string
  updated_at: string
}

export interface SampleSurroundings {
  today: string
  now: Date
  currency: string
  /** `de` for German names, else English ones. */
  language: string
  /** What the instance has by now: an empty one takes what a file lists in the place of what it began with. */
  retailers: readonly Retailer[]
  brands: readonly Brand[]
}

/** Sample purchases around today in the format of our own export, without settings: those stay as they are. */
export function makeSample({ retailers, brands, ...around }: SampleSurroundings) {
  return {
    format: 'spends-tracker',
    version: 1,
    exported_at: `${around.now.toISOString().slice(0, 19)}Z`,
    retailers: retailers.map(toEntry),
    brands: brands.map(toEntry),
    purchases: makeSamplePurchases(around),
  }
}

/** The purchases alone. */
export function makeSamplePurchases(
  around: Pick<SampleSurroundings, 'today' | 'now' | 'currency' | 'language'>,
): SamplePurchase[] {
  return GOODS.map((good) => toPurchase(good, around))
}

function toEntry({ id, name, url, created_at, updated_at }: Retailer | Brand) {
  return { id, name, url, created_at, updated_at }
}

function toPurchase(
  good: Good,
  { today, now, currency, language }: Pick<SampleSurroundings, 'today' | 'now' | 'currency' | 'language'>,
): SamplePurchase {
  const bought = addDays(today, -good.ago)
  const stamp = new Date(now.getTime() - good.ago * 86_400_000).toISOString()
  const stamps = { created_at: `${stamp.slice(0, 19)}Z`, updated_at: `${stamp.slice(0, 19)}Z` }
  return {
    product_name: language === 'de' ? good.de : good.en,
    price: inDigits(good.price, digitsOf(currency)),
    quantity: good.quantity ?? 1,
    currency_code: currency,
    retailer: good.retailer === undefined ? null : { name: good.retailer },
    brand: good.brand === undefined ? null : { name: good.brand },
    status: good.isOrdered ? 'ORDERED' : 'RECEIVED',
    purchase_date: bought,
    model_number: good.model ?? null,
    return_by: good.returnIn === undefined ? null : addDays(today, good.returnIn),
    tax_deductible: good.isDeductible ?? false,
    tags: [...(good.tags ?? []), SAMPLE_TAG],
    warranty: toWarranty(good, bought, stamps),
    ...stamps,
  }
}

function toWarranty(good: Good, bought: string, stamps: Stamps): SamplePurchase['warranty'] {
  if (good.covered === undefined) return null
  const isForLife = good.covered === 'LIFETIME'
  return {
    warranty_start: bought,
    warranty_end: good.covered === 'LIFETIME' ? null : sameDayIn(bought, good.covered),
    warranty_type: isForLife ? 'LIFETIME' : (good.type ?? 'LIMITED'),
    ...(good.isVoided ? { status: 'VOIDED' as const } : {}),
    ...stamps,
  }
}

/** A price of two decimals, as a currency with fewer or more of them writes it: where it has none, hundreds cost as much. */
function inDigits(price: string, digits: number): string {
  if (digits === 0) return price.replace('.', '')
  return digits < 2 ? price.slice(0, digits - 2) : price.padEnd(price.length + digits - 2, '0')
}
