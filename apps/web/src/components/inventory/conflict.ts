import { date, money } from '../../lib/format.ts'
import { type MessageKey, t } from '../../lib/messages.ts'
import { differingFields, type FormField, type PurchaseForm, readPrice } from '../../lib/purchase-form.ts'
import { settings } from '../../lib/settings.ts'
import { warrantyType } from '../../lib/warranty-words.ts'

/** A field that was changed here, and stands otherwise there. */
export interface Difference {
  field: FormField
  label: string
  mine: string
  theirs: string
}

const LABELS: Readonly<Record<FormField, MessageKey>> = {
  product_name: 'inventory.product_name',
  price: 'inventory.price',
  currency_code: 'inventory.currency',
  quantity: 'inventory.quantity',
  purchase_date: 'inventory.purchase_date',
  status: 'inventory.status',
  retailer: 'inventory.retailer',
  brand: 'inventory.brand',
  order_number: 'inventory.order_number',
  tax_deductible: 'inventory.tax_deductible',
  model_number: 'inventory.model_number',
  serial_number: 'inventory.serial_number',
  link: 'inventory.link',
  tags: 'inventory.tags',
  return_by: 'inventory.return_by',
  return_policy: 'inventory.return_policy',
  has_warranty: 'inventory.warranty',
  warranty_type: 'inventory.warranty_type',
  warranty_start: 'inventory.warranty_start',
  warranty_end: 'inventory.warranty_end',
  warranty_provider: 'inventory.warranty_provider',
  warranty_notes: 'inventory.warranty_notes',
  warranty_voided: 'inventory.warranty_voided',
  notes: 'inventory.notes',
}

/** What would be written over: fields changed here that are not the same there now. */
export function compare(mine: PurchaseForm, before: PurchaseForm, theirs: PurchaseForm): Difference[] {
  const changed = differingFields(mine, before)
  return differingFields(mine, theirs)
    .filter((field) => changed.includes(field))
    .map((field) => ({ field, label: t(LABELS[field]), mine: show(mine, field), theirs: show(theirs, field) }))
}

function show(form: PurchaseForm, field: FormField): string {
  const value = form[field]
  if (field === 'price') return money(readPrice(form, settings().locale).amount ?? '0', form.currency_code)
  if (field === 'status') return t(`common.status_${form.status}`)
  if (field === 'warranty_type') return warrantyType(form.warranty_type)
  if (typeof value === 'boolean') return t(value ? 'inventory.yes' : 'inventory.no')
  if (value === null || value === '') return '–'
  if (Array.isArray(value)) return value.join(', ') || '–'
  if (typeof value === 'object') return value.name
  return field.endsWith('_date') || field.endsWith('_start') || field.endsWith('_end') || field === 'return_by'
    ? date(value)
    : value
}
