import type { Purchase } from '@spends/client'
import { count, date, money } from './format.ts'
import { t } from './messages.ts'
import { warrantyState, warrantyTone } from './warranty-words.ts'

/** A purchase as a row shows it: every text is ready, because a hundred rows are drawn at once. */
export interface PurchaseRow {
  id: string
  version: number
  name: string
  brand: string
  retailer: string
  price: string
  /** What all of them cost, where it is not one. */
  priceHint: string
  quantity: string
  total: string
  status: string
  statusTone: string
  bought: string
  warranty: string
  warrantyTone: string
  warrantyEnd: string
  returnBy: string
  tags: string[]
  taxDeductible: string
  model: string
  serial: string
  order: string
  duplicateLabel: string
  deleteLabel: string
}

/** Makes a row of a purchase. */
export function toRow(purchase: Purchase): PurchaseRow {
  const { id, version, warranty, currency_code, price, total, quantity } = purchase
  return {
    id,
    version,
    name: purchase.product_name,
    brand: purchase.brand?.name ?? '',
    retailer: purchase.retailer?.name ?? '',
    price: money(price, currency_code),
    priceHint: quantity === 1 ? '' : `× ${count(quantity)} = ${money(total, currency_code)}`,
    quantity: count(quantity),
    total: money(total, currency_code),
    status: t(purchase.status === 'ORDERED' ? 'common.status_ORDERED' : 'common.status_RECEIVED'),
    statusTone: purchase.status === 'ORDERED' ? 'chip-info' : 'chip-good',
    bought: date(purchase.purchase_date),
    warranty: warranty ? warrantyState(warranty) : '',
    warrantyTone: warranty ? warrantyTone(warranty) : '',
    warrantyEnd: warranty?.warranty_end ? date(warranty.warranty_end) : '',
    returnBy: purchase.return_by ? date(purchase.return_by) : '',
    tags: purchase.tags,
    taxDeductible: purchase.tax_deductible ? t('inventory.yes') : '',
    model: purchase.model_number ?? '',
    serial: purchase.serial_number ?? '',
    order: purchase.order_number ?? '',
    duplicateLabel: t('inventory.duplicate_of', { name: purchase.product_name }),
    deleteLabel: t('inventory.delete_of', { name: purchase.product_name }),
  }
}
