import { z } from 'zod'
import { Attachment } from '../attachments/shapes.ts'
import {
  Amount,
  CalendarDate,
  CurrencyCode,
  Id,
  listOf,
  OptionalHttpUrl,
  OutAmount,
  OutCurrencyCode,
  OutDate,
  OutId,
  OutInstant,
  oneOrMany,
  optionalText,
  page,
  ReadOnly,
  requiredText,
  Search,
  SortOrder,
  Version,
} from '../fields.ts'
import { foldCase } from '../text.ts'
import { NewPurchaseWarranty, PurchaseWarranty, PurchaseWarrantyChanges } from '../warranties/shapes.ts'

export const PurchaseStatus = z.enum(['ORDERED', 'RECEIVED'])

const Named = z.object({ id: OutId, name: z.string() })

/** A purchase as lists give it. */
export const Purchase = z
  .object({
    id: OutId,
    product_name: z.string().meta({ examples: ['Desk lamp'] }),
    price: OutAmount,
    quantity: z.int(),
    total: OutAmount.meta({ description: 'Price times quantity.' }),
    currency_code: OutCurrencyCode,
    retailer_id: OutId.nullable(),
    brand_id: OutId.nullable(),
    status: PurchaseStatus,
    purchase_date: OutDate,
    notes: z.string().nullable(),
    model_number: z.string().nullable(),
    serial_number: z.string().nullable(),
    order_number: z.string().nullable(),
    link: z.string().nullable().meta({ format: 'uri' }),
    return_by: OutDate.nullable(),
    return_policy: z.string().nullable(),
    tax_deductible: z.boolean(),
    tags: z.array(z.string()),
    version: z.int(),
    created_at: OutInstant,
    updated_at: OutInstant,
    retailer: Named.nullable(),
    brand: Named.nullable(),
    warranty: PurchaseWarranty.nullable(),
  })
  .meta({ id: 'Purchase' })
export type Purchase = z.infer<typeof Purchase>

export const PurchaseList = listOf(Purchase).meta({ id: 'PurchaseList' })

/** A purchase as the single read gives it. */
export const PurchaseDetails = z
  .object({ ...Purchase.shape, attachments: z.array(Attachment) })
  .meta({ id: 'PurchaseDetails' })
export type PurchaseDetails = z.infer<typeof PurchaseDetails>

const Tag = requiredText(50)
  .refine((tag) => !tag.includes(';'), 'must not contain ";"')
  .meta({ minLength: 1, maxLength: 50, examples: ['home office'] })

export const Tags = z
  .array(Tag)
  .max(50)
  .check((payload) => {
    const seen = new Set<string>()
    for (const [index, tag] of payload.value.entries()) {
      const key = foldCase(tag)
      if (seen.has(key)) {
        payload.issues.push({ code: 'custom', message: 'stands in the list already', path: [index], input: tag })
      }
      seen.add(key)
    }
  })
  .meta({ maxItems: 50, examples: [['home office']] })

const ShortText = optionalText(255)
const Quantity = z.int().min(1).max(1_000_000)
const ProductName = requiredText(255).meta({ minLength: 1, maxLength: 255, examples: ['Desk lamp'] })
const Notes = optionalText(10_000, { lineBreaks: true })

const optional = {
  retailer_id: Id.nullish(),
  brand_id: Id.nullish(),
  notes: Notes,
  model_number: ShortText,
  serial_number: ShortText,
  order_number: ShortText,
  link: OptionalHttpUrl,
  return_by: CalendarDate.nullish(),
  return_policy: ShortText,
}

export const NewPurchase = z
  .strictObject({
    product_name: ProductName,
    price: Amount,
    quantity: Quantity.default(1),
    currency_code: CurrencyCode.optional().meta({ description: 'Default: the base currency of Settings.' }),
    status: PurchaseStatus.default('RECEIVED'),
    purchase_date: CalendarDate,
    ...optional,
    tax_deductible: z.boolean().default(false),
    tags: Tags.default([]),
    warranty: NewPurchaseWarranty.nullish(),
  })
  .meta({ id: 'NewPurchase' })
export type NewPurchase = z.input<typeof NewPurchase>

/** Only the fields sent change; `null` clears, and `warranty: null` removes the warranty. */
export const PurchaseChanges = z
  .strictObject({
    id: Id,
    version: Version.optional(),
    product_name: ProductName.optional(),
    price: Amount.optional(),
    quantity: Quantity.optional(),
    currency_code: CurrencyCode.optional(),
    status: PurchaseStatus.optional(),
    purchase_date: CalendarDate.optional(),
    ...optional,
    tax_deductible: z.boolean().optional(),
    tags: Tags.optional(),
    warranty: PurchaseWarrantyChanges.nullish(),
    total: ReadOnly,
    created_at: ReadOnly,
    updated_at: ReadOnly,
    retailer: ReadOnly,
    brand: ReadOnly,
    attachments: ReadOnly,
  })
  .meta({ id: 'PurchaseChanges' })
export type PurchaseChanges = z.input<typeof PurchaseChanges>

/** What a caller may say of a purchase, on whatever way in. Undefined: not said. */
export type PurchaseDraft = Partial<Omit<z.output<typeof PurchaseChanges>, 'id' | 'version'>>

export const PurchaseFilter = z.strictObject({
  ...page,
  id: oneOrMany(Id).optional().meta({ description: 'These purchases, of those that match the rest.' }),
  status: oneOrMany(PurchaseStatus).optional(),
  retailer_id: oneOrMany(Id).optional(),
  brand_id: oneOrMany(Id).optional(),
  currency_code: oneOrMany(CurrencyCode).optional(),
  tag: oneOrMany(Tag).optional(),
  search: Search.optional(),
  date_from: CalendarDate.optional().meta({ description: 'First purchase date.' }),
  date_to: CalendarDate.optional().meta({ description: 'Last purchase date.' }),
  price_from: Amount.optional().meta({ description: 'Lowest price, in the currency of each purchase.' }),
  price_to: Amount.optional().meta({ description: 'Highest price, in the currency of each purchase.' }),
  return_from: CalendarDate.optional().meta({ description: 'First last day of a return window.' }),
  return_to: CalendarDate.optional().meta({ description: 'Last last day of a return window.' }),
  tax_deductible: z.boolean().optional(),
  has_warranty: z.boolean().optional(),
  has_retailer: z.boolean().optional(),
  has_brand: z.boolean().optional(),
  sort: z
    .enum(['purchase_date', 'product_name', 'price', 'created_at', 'retailer', 'brand', 'status'])
    .default('purchase_date'),
  order: SortOrder.optional().meta({ description: 'Default: desc for dates and price, asc for names.' }),
})
export type PurchaseFilter = z.input<typeof PurchaseFilter>

/** Which purchases, where all of them are wanted in the order of their ids. */
export const PurchaseSelection = PurchaseFilter.omit({ skip: true, limit: true, sort: true, order: true })
export type PurchaseSelection = z.input<typeof PurchaseSelection>

export const PurchaseById = z.strictObject({ id: Id })
export const PurchaseRemoval = z.strictObject({ id: Id, version: Version.optional() })
