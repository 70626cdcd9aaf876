import { type Db, jsonList } from '@spends/db'
import { formatMinorUnits, formatTotal } from '../money.ts'
import { toPurchaseWarranty, type WarrantyRecord } from '../warranties/rules.ts'
import { PURCHASE_COLUMNS } from './record.ts'
import type { Purchase } from './shapes.ts'

type PurchasesQuery = ReturnType<typeof fromPurchases>

/** A query of the purchases, as `p`. */
export function fromPurchases(db: Db) {
  return db.selectFrom('purchases as p')
}

/** Each purchase with its retailer, brand, warranty and tags, in one row. */
export function withRelations(db: Db, query: PurchasesQuery) {
  return query
    .leftJoin('retailers as r', 'r.id', 'p.retailer_id')
    .leftJoin('brands as b', 'b.id', 'p.brand_id')
    .leftJoin('warranties as w', 'w.purchase_id', 'p.id')
    .select(PURCHASE_COLUMNS.map((column) => `p.${column}` as const))
    .select([
      'r.name as retailer_name',
      'b.name as brand_name',
      'w.id as w_id',
      'w.warranty_start as w_warranty_start',
      'w.warranty_end as w_warranty_end',
      'w.warranty_type as w_warranty_type',
      'w.voided_at as w_voided_at',
      'w.provider as w_provider',
      'w.notes as w_notes',
      'w.version as w_version',
      'w.created_at as w_created_at',
      'w.updated_at as w_updated_at',
    ])
    .select((eb) =>
      eb
        .selectFrom('purchase_tags as t')
        .select(jsonList(db, 't.tag', 't.position').as('tags'))
        .whereRef('t.purchase_id', '=', 'p.id')
        .$asScalar()
        .$notNull()
        .as('tags'),
    )
}
export type JoinedRow = Awaited<ReturnType<ReturnType<typeof withRelations>['execute']>>[number]

/** A purchase as lists give it, on a day. */
export function toPurchase(row: JoinedRow, today: string): Purchase {
  const { id, currency_code, retailer_id, brand_id } = row
  return {
    id,
    product_name: row.product_name,
    price: formatMinorUnits(row.price, currency_code),
    quantity: row.quantity,
    total: formatTotal(row.price, row.quantity, currency_code),
    currency_code,
    retailer_id,
    brand_id,
    status: row.status,
    purchase_date: row.purchase_date,
    notes: row.notes,
    model_number: row.model_number,
    serial_number: row.serial_number,
    order_number: row.order_number,
    link: row.link,
    return_by: row.return_by,
    return_policy: row.return_policy,
    tax_deductible: row.tax_deductible,
    tags: toTags(row),
    version: row.version,
    created_at: row.created_at,
    updated_at: row.updated_at,
    retailer: toNamed(retailer_id, row.retailer_name),
    brand: toNamed(brand_id, row.brand_name),
    warranty: toJoinedWarranty(row, today),
  }
}

/** The purchase's tags, in their order. */
export function toTags({ tags }: JoinedRow): string[] {
  // Most have none.
  return tags === '[]' ? [] : JSON.parse(tags)
}

function toNamed(id: string | null, name: string | null): Purchase['retailer'] {
  return id === null || name === null ? null : { id, name }
}

/** The warranty in the row. A left join gives all of the warranty's columns or none; the id tells which. */
function toJoinedWarranty(row: JoinedRow, today: string): Purchase['warranty'] {
  if (row.w_id === null) return null
  const warranty = {
    id: row.w_id,
    purchase_id: row.id,
    warranty_start: row.w_warranty_start,
    warranty_end: row.w_warranty_end,
    warranty_type: row.w_warranty_type,
    voided_at: row.w_voided_at,
    provider: row.w_provider,
    notes: row.w_notes,
    version: row.w_version,
    created_at: row.w_created_at,
    updated_at: row.w_updated_at,
  } as WarrantyRecord
  return toPurchaseWarranty(warranty, today)
}
