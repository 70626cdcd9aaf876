import { z } from 'zod'
import {
  CalendarDate,
  Id,
  listOf,
  OutDate,
  OutId,
  OutInstant,
  oneOrMany,
  optionalText,
  page,
  ReadOnly,
  Search,
  SortOrder,
  Version,
} from '../fields.ts'
import { WARRANTY_STATUSES } from '../warranty-status.ts'

export const WarrantyType = z.enum(['LIMITED', 'EXTENDED', 'LIFETIME', 'MANUFACTURER', 'RETAILER', 'OTHER'])
export const WarrantyStatus = z.enum(WARRANTY_STATUSES)

/** The warranty of a purchase, as reading the purchase gives it. */
export const PurchaseWarranty = z
  .object({
    id: OutId,
    purchase_id: OutId,
    warranty_start: OutDate,
    warranty_end: OutDate.nullable().meta({ description: 'Null: never ends.' }),
    warranty_type: WarrantyType,
    status: WarrantyStatus.meta({
      description: 'Derived from the dates and the current day. The last day is covered.',
    }),
    days_left: z.int().nullable().meta({ description: '0 on the last day, negative once ended, null without an end.' }),
    provider: z.string().nullable(),
    notes: z.string().nullable(),
    version: z.int(),
    created_at: OutInstant,
    updated_at: OutInstant,
  })
  .meta({ id: 'PurchaseWarranty' })
export type PurchaseWarranty = z.infer<typeof PurchaseWarranty>

export const Warranty = z
  .object({
    ...PurchaseWarranty.shape,
    purchase: z.object({ id: OutId, product_name: z.string(), purchase_date: OutDate }),
  })
  .meta({ id: 'Warranty' })
export type Warranty = z.infer<typeof Warranty>

export const WarrantyList = listOf(Warranty).meta({ id: 'WarrantyList' })

const Status = WarrantyStatus.meta({
  description: 'VOIDED voids, ACTIVE takes that back. EXPIRED follows from the dates and cannot be written.',
})

const details = {
  warranty_start: CalendarDate,
  warranty_end: CalendarDate.nullish().meta({ description: 'Only LIFETIME may leave it out.' }),
  warranty_type: WarrantyType.default('LIMITED'),
  status: Status.optional(),
  provider: optionalText(255),
  notes: optionalText(10_000, { lineBreaks: true }),
}

/** The warranty of a purchase that is being made. */
export const NewPurchaseWarranty = z.strictObject(details).meta({ id: 'NewPurchaseWarranty' })
export const NewWarranty = z.strictObject({ purchase_id: Id, ...details }).meta({ id: 'NewWarranty' })
export type NewWarranty = z.input<typeof NewWarranty>

const changes = {
  version: Version.optional(),
  warranty_start: CalendarDate.optional(),
  warranty_end: details.warranty_end,
  warranty_type: WarrantyType.optional(),
  status: Status.optional(),
  provider: details.provider,
  notes: details.notes,
  purchase_id: ReadOnly,
  days_left: ReadOnly,
  created_at: ReadOnly,
  updated_at: ReadOnly,
}

/** Changes of the warranty inside its purchase; makes it where there is none. */
export const PurchaseWarrantyChanges = z
  .strictObject({ id: ReadOnly, ...changes })
  .meta({ id: 'PurchaseWarrantyChanges' })
/** Only the fields sent change; `null` clears. */
export const WarrantyChanges = z
  .strictObject({ id: Id, ...changes, purchase: ReadOnly })
  .meta({ id: 'WarrantyChanges' })
export type WarrantyChanges = z.input<typeof WarrantyChanges>

/** What a caller may say of a warranty, on whatever way in. Undefined: not said. */
export type WarrantyDraft = Partial<z.output<typeof PurchaseWarrantyChanges>>

export const WarrantyFilter = z.strictObject({
  ...page,
  status: oneOrMany(WarrantyStatus).optional(),
  warranty_type: oneOrMany(WarrantyType).optional(),
  expiring_soon: z.boolean().optional().meta({ description: 'ACTIVE and ends within the days set in Settings.' }),
  search: Search.optional(),
  sort: z.enum(['warranty_end', 'warranty_start', 'product_name', 'created_at']).default('warranty_end'),
  order: SortOrder.optional().meta({ description: 'Default: desc for created_at, asc for the others.' }),
})
export type WarrantyFilter = z.input<typeof WarrantyFilter>

export const ExpiringFilter = z.strictObject({
  ...page,
  days: z.int().min(0).max(3650).optional().meta({ description: 'Default: the days set in Settings.' }),
})

export const WarrantyById = z.strictObject({ id: Id })
export const WarrantyRemoval = z.strictObject({ id: Id, version: Version.optional() })
