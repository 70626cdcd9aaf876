import { describeEachEngine } from '@spends/db/testing'
import { beforeAll, expect, it } from 'vitest'
import { stillMeant } from './bulk/select.ts'
import type { Context } from './context.ts'
import { getPurchase, listPurchases, listRecentPurchases } from './purchases/read.ts'
import { PurchaseFilter } from './purchases/shapes.ts'
import { plansOf } from './testing/plans.ts'
import { addPurchase, openContext, type TestContext } from './testing.ts'
import { getWarranty, listExpiringWarranties, listRecentWarranties, listWarranties } from './warranties/read.ts'
import { ExpiringFilter, WarrantyFilter } from './warranties/shapes.ts'

interface Ids {
  purchase: string
  warranty: string
  retailer: string
  brand: string
}

const purchases = (filter: PurchaseFilter) => (ctx: Context) => listPurchases(ctx, PurchaseFilter.parse(filter))
const warranties = (filter: WarrantyFilter) => (ctx: Context) => listWarranties(ctx, WarrantyFilter.parse(filter))

/** What most people wait for, and the index that makes it quick whatever the number of purchases. */
const QUERIES: [name: string, index: string | RegExp, query: (ctx: Context, ids: Ids) => Promise<unknown>][] = [
  ['the list', 'purchases_purchase_date_id_idx', purchases({})],
  ['the list by name', 'purchases_sort_key_id_idx', purchases({ sort: 'product_name' })],
  ['the list by price', 'purchases_price_key_id_idx', purchases({ sort: 'price' })],
  ['the list by creation', 'purchases_created_at_id_idx', purchases({ sort: 'created_at' })],
  ['the list of a status', 'purchases_status_purchase_date_id_idx', purchases({ status: 'ORDERED' })],
  [
    'the list of a retailer',
    'purchases_retailer_id_purchase_date_id_idx',
    (ctx, { retailer }) => purchases({ retailer_id: retailer })(ctx),
  ],
  [
    'the list of a brand',
    'purchases_brand_id_purchase_date_id_idx',
    (ctx, { brand }) => purchases({ brand_id: brand })(ctx),
  ],
  ['the list of a currency', 'purchases_currency_code_purchase_date_id_idx', purchases({ currency_code: 'EUR' })],
  ['the list of a tag', /purchase_tags_tag_key_(purchase_id|tag)_idx/, purchases({ tag: 'office' })],
  [
    'which of some purchases still have a tag',
    /purchase_id=\? AND tag_key=\?|Index Cond: .*purchase_id/,
    (ctx, { purchase }) => stillMeant(ctx, [purchase], { filter: { tag: ['office'] } }),
  ],
  ['the list of some days', 'purchases_purchase_date_id_idx', purchases({ date_from: '2026-01-01' })],
  ['the list of closing return windows', 'purchases_return_by_id_idx', purchases({ return_from: '2026-03-15' })],
  ['the list of what taxes know', 'purchases_tax_deductible_idx', purchases({ tax_deductible: true })],
  [
    'the list of no retailer',
    'purchases_retailer_id_purchase_date_id_idx',
    purchases({ has_retailer: false, return_to: '2026-03-20', sort: 'price' }),
  ],
  ['a search', /purchase_search VIRTUAL TABLE|purchases_search_idx/, purchases({ search: 'lamp' })],
  [
    'a purchase',
    /purchases_id_key|sqlite_autoindex_purchases_1/,
    (ctx, { purchase }) => getPurchase(ctx, { id: purchase }),
  ],
  ['the latest purchases', 'purchases_purchase_date_id_idx', (ctx) => listRecentPurchases(ctx, { limit: 10 })],
  ['the warranties', 'warranties_warranty_end_id_idx', warranties({})],
  ['the warranties of a type', 'warranties_warranty_type_warranty_end_id_idx', warranties({ warranty_type: 'OTHER' })],
  [
    'the warranties that end soon',
    'warranties_warranty_end_id_idx',
    (ctx) => listExpiringWarranties(ctx, ExpiringFilter.parse({})),
  ],
  ['the latest warranties', 'warranties_created_at_id_idx', (ctx) => listRecentWarranties(ctx, { limit: 10 })],
  [
    'a warranty',
    /warranties_pkey|sqlite_autoindex_warranties_1/,
    (ctx, { warranty }) => getWarranty(ctx, { id: warranty }),
  ],
]

describeEachEngine('an index finds', (engine) => {
  let ctx: TestContext
  let ids: Ids
  beforeAll(async () => {
    ctx = await openContext(engine)
    const warranty = { warranty_start: '2026-01-01', warranty_end: '2026-03-20', warranty_type: 'OTHER' } as const
    const purchase = await addPurchase(ctx, {
      status: 'ORDERED',
      tags: ['Office'],
      currency_code: 'EUR',
      tax_deductible: true,
      return_by: '2026-03-20',
      warranty,
    })
    ids = {
      purchase: purchase.id,
      warranty: purchase.warranty?.id ?? '',
      retailer: '00000000-0000-7000-8000-100000000001',
      brand: '00000000-0000-7000-8000-200000000001',
    }
    await addPurchase(ctx, { retailer_id: ids.retailer, brand_id: ids.brand })
  })

  it.each(QUERIES)('%s', async (_, index, query) => {
    const plans = await plansOf(ctx, engine.name, (recorded) => query(recorded, ids))
    expect(plans.join('\n')).toMatch(index)
    // Nothing that grows with the purchases is read from end to end.
    const whole = /^SCAN (p|w|purchases|warranties)$|Seq Scan on (purchases|warranties|statistics)/
    expect(plans.filter((line) => whole.test(line.trim()))).toEqual([])
  })
})
