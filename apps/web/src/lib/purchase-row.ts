import type { Purchase } from '@spends/client'
import { count, date, daysLeft, money } from './format.ts'
import { t } from './messages.ts'

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

const WARRANTY_TONES = { ACTIVE: 'chip-good', EXPIRED: '', VOIDED: 'chip-bad' } as const

/** Makes a row of a purchase. @param soon days within which an end is near */
export function toRow(purchase: Purchase, soon: number): PurchaseRow {
  const { id, version, warranty, currency_code, price, total, quantity } = purchase
  const isNear = warranty?.status === 'ACTIVE' && warranty.days_left !== null && warranty.days_left <= soon
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
    warranty: warranty ? describeWarranty(warranty) : '',
    warrantyTone: warranty ? (isNear ? 'chip-warn' : WARRANTY_TONES[warranty.status]) : '',
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

function describeWarranty({ status, days_left }: NonNullable<Purchase['warranty']>): string {
  if (status === 'VOIDED') return t('common.warranty_VOIDED')
  return daysLeft(days_left)
}
