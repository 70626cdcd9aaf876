import type { NewPurchase, Purchase, PurchaseChanges, WarrantyChanges } from '@spends/client'
import { digitsOf, parseAmount, writeAmount } from './amount.ts'

type WarrantyType = NonNullable<WarrantyChanges['warranty_type']>

/** A retailer or a brand, as a form holds it. */
interface Named {
  id: string
  name: string
}

/** A purchase as it stands in the fields of its form: texts as they were written, days as `YYYY-MM-DD` or empty. */
export interface PurchaseForm {
  product_name: string
  price: string
  currency_code: string
  quantity: string
  purchase_date: string
  status: Purchase['status']
  retailer: Named | null
  brand: Named | null
  order_number: string
  tax_deductible: boolean
  model_number: string
  serial_number: string
  link: string
  tags: string[]
  return_by: string
  return_policy: string
  has_warranty: boolean
  warranty_type: WarrantyType
  warranty_start: string
  warranty_end: string
  warranty_provider: string
  warranty_notes: string
  warranty_voided: boolean
  notes: string
}
export type FormField = keyof PurchaseForm

/** What is wrong with a field, by the path that the API gives it. */
export type FormProblem = { path: string; problem: 'name' | 'date' | 'quantity' | 'warranty_start' } | PriceProblem
interface PriceProblem {
  path: 'price'
  problem: 'price'
  /** Why the amount is none. */
  reason: NonNullable<ReturnType<typeof parseAmount>['problem']>
}

/** A form for a purchase that is not there yet. */
export function blankForm({ today, currency }: { today: string; currency: string }): PurchaseForm {
  return {
    product_name: '',
    price: '',
    currency_code: currency,
    quantity: '1',
    purchase_date: today,
    status: 'RECEIVED',
    retailer: null,
    brand: null,
    order_number: '',
    tax_deductible: false,
    model_number: '',
    serial_number: '',
    link: '',
    tags: [],
    return_by: '',
    return_policy: '',
    has_warranty: false,
    warranty_type: 'LIMITED',
    warranty_start: '',
    warranty_end: '',
    warranty_provider: '',
    warranty_notes: '',
    warranty_voided: false,
    notes: '',
  }
}

/** The form of a purchase. @param locale decides how its price is written */
export function formOf(purchase: Purchase, locale: string): PurchaseForm {
  const { warranty } = purchase
  return {
    product_name: purchase.product_name,
    price: writeAmount(purchase.price, locale),
    currency_code: purchase.currency_code,
    quantity: String(purchase.quantity),
    purchase_date: purchase.purchase_date,
    status: purchase.status,
    retailer: purchase.retailer,
    brand: purchase.brand,
    order_number: purchase.order_number ?? '',
    tax_deductible: purchase.tax_deductible,
    model_number: purchase.model_number ?? '',
    serial_number: purchase.serial_number ?? '',
    link: purchase.link ?? '',
    tags: [...purchase.tags],
    return_by: purchase.return_by ?? '',
    return_policy: purchase.return_policy ?? '',
    has_warranty: warranty !== null,
    warranty_type: warranty?.warranty_type ?? 'LIMITED',
    warranty_start: warranty?.warranty_start ?? '',
    warranty_end: warranty?.warranty_end ?? '',
    warranty_provider: warranty?.provider ?? '',
    warranty_notes: warranty?.notes ?? '',
    warranty_voided: warranty?.status === 'VOIDED',
    notes: purchase.notes ?? '',
  }
}

/** What a copy begins with: the same thing bought again today, so without what belongs to the one that was. */
export function copyOf(form: PurchaseForm, today: string): PurchaseForm {
  return {
    ...form,
    purchase_date: today,
    serial_number: '',
    order_number: '',
    return_by: '',
    has_warranty: false,
    warranty_start: '',
    warranty_end: '',
    warranty_notes: '',
    warranty_voided: false,
  }
}

/** The amount that a form's price was understood as. */
export function readPrice({ price, currency_code }: PurchaseForm, locale: string): ReturnType<typeof parseAmount> {
  return parseAmount(price, locale, digitsOf(currency_code))
}

/** The quantity, undefined where none is written that can be. */
export function readQuantity({ quantity }: PurchaseForm): number | undefined {
  const text = quantity.trim()
  const value = Number(text)
  return /^\d+$/.test(text) && value >= 1 && Number.isSafeInteger(value) ? value : undefined
}

/** Says what is missing or unclear before anything is sent; the API has the last word on the rest. */
export function findProblems(form: PurchaseForm, fields: readonly FormField[], locale: string): FormProblem[] {
  const problems: FormProblem[] = []
  if (form.product_name.trim() === '') problems.push({ path: 'product_name', problem: 'name' })
  // A price that nobody touched is one that the instance gave.
  if (fields.includes('price') || fields.includes('currency_code')) {
    const { problem: reason } = readPrice(form, locale)
    if (reason) problems.push({ path: 'price', problem: 'price', reason })
  }
  if (readQuantity(form) === undefined) problems.push({ path: 'quantity', problem: 'quantity' })
  if (form.purchase_date === '') problems.push({ path: 'purchase_date', problem: 'date' })
  if (form.has_warranty && form.warranty_start === '') {
    problems.push({ path: 'warranty.warranty_start', problem: 'warranty_start' })
  }
  return problems
}

/** The fields in which two forms differ. */
export function differingFields(form: PurchaseForm, other: PurchaseForm): FormField[] {
  return (Object.keys(form) as FormField[]).filter(
    (field) => JSON.stringify(form[field]) !== JSON.stringify(other[field]),
  )
}

/** One form with what was changed in it, upon what became of the other meanwhile. */
export function rebase(mine: PurchaseForm, before: PurchaseForm, now: PurchaseForm): PurchaseForm {
  const changed = differingFields(mine, before)
  return { ...now, ...Object.fromEntries(changed.map((field) => [field, mine[field]])) }
}

/** A form as the API takes a new purchase. It has no problems. */
export function toNewPurchase(form: PurchaseForm, locale: string): NewPurchase {
  const { warranty, ...fields } = toFields(form, locale)
  return { ...fields, ...(form.has_warranty ? { warranty } : {}) }
}

/**
 * What changes in a purchase. It has no problems.
 * @param fields those that were changed
 * @param stored the purchase as it was when the form was filled, whose version is sent
 */
export function toChanges(
  form: PurchaseForm,
  fields: readonly FormField[],
  stored: Purchase,
  locale: string,
): PurchaseChanges {
  const { warranty, ...values } = toFields(form, locale)
  const changes: PurchaseChanges = { id: stored.id, version: stored.version }
  for (const field of fields) {
    if (field === 'retailer') changes.retailer_id = values.retailer_id
    else if (field === 'brand') changes.brand_id = values.brand_id
    else if (!isOfWarranty(field)) Object.assign(changes, { [field]: values[field] })
  }
  // An amount means little without its currency.
  if (fields.includes('currency_code')) changes.price = values.price
  if (fields.some(isOfWarranty)) {
    const voids = fields.includes('warranty_voided')
    const status = form.warranty_voided ? ('VOIDED' as const) : ('ACTIVE' as const)
    const version = stored.warranty ? { version: stored.warranty.version } : {}
    changes.warranty = form.has_warranty ? { ...warranty, ...version, ...(voids ? { status } : {}) } : null
  }
  return changes
}

type WarrantyField = Extract<FormField, `${string}warranty${string}`>

function isOfWarranty(field: FormField): field is WarrantyField {
  return field.includes('warranty')
}

function toFields(form: PurchaseForm, locale: string) {
  const textOf = (text: string) => (text.trim() === '' ? null : text)
  return {
    product_name: form.product_name,
    price: readPrice(form, locale).amount ?? '',
    currency_code: form.currency_code,
    quantity: readQuantity(form) ?? 1,
    purchase_date: form.purchase_date,
    status: form.status,
    retailer_id: form.retailer?.id ?? null,
    brand_id: form.brand?.id ?? null,
    order_number: textOf(form.order_number),
    tax_deductible: form.tax_deductible,
    model_number: textOf(form.model_number),
    serial_number: textOf(form.serial_number),
    link: textOf(form.link),
    tags: [...form.tags],
    return_by: form.return_by || null,
    return_policy: textOf(form.return_policy),
    notes: textOf(form.notes),
    warranty: {
      warranty_type: form.warranty_type,
      warranty_start: form.warranty_start,
      warranty_end: form.warranty_end || null,
      provider: textOf(form.warranty_provider),
      notes: textOf(form.warranty_notes),
    },
  }
}
