import { z } from 'zod'
import { Id } from '../fields.ts'
import { PurchaseSelection, PurchaseStatus, Tags } from '../purchases/shapes.ts'
import { foldCase } from '../text.ts'

/** Which purchases: those named, or all that match. */
const which = {
  ids: z
    .array(Id)
    .min(1)
    .max(100)
    .optional()
    .meta({ description: 'These purchases; each must be there.', minItems: 1, maxItems: 100 }),
  filter: PurchaseSelection.optional().meta({
    description: 'All purchases that match, as in the list, instead of `ids`. An empty filter is every purchase.',
  }),
}

const always = { when: ({ value }: { value: unknown }) => value !== null && typeof value === 'object' }
const one = { ...always, path: ['ids'], message: 'must be given, or filter, and not both' }
function saysWhich({ ids, filter }: { ids?: unknown; filter?: unknown }) {
  return (ids === undefined) !== (filter === undefined)
}

export const PurchasesChange = z
  .strictObject({
    status: PurchaseStatus.optional(),
    retailer_id: Id.nullish(),
    brand_id: Id.nullish(),
    tax_deductible: z.boolean().optional(),
    add_tags: Tags.optional().meta({ description: 'Put after those that a purchase has.' }),
    remove_tags: Tags.optional().meta({ description: 'Taken away, whatever their case.' }),
  })
  .refine((changes) => Object.values(changes).some((said) => said !== undefined), {
    ...always,
    message: 'must say what to change',
  })
  .refine(
    ({ add_tags, remove_tags }) => {
      const removed = new Set(Array.isArray(remove_tags) ? remove_tags.map(String).map(foldCase) : [])
      return !Array.isArray(add_tags) || !add_tags.some((tag) => removed.has(foldCase(String(tag))))
    },
    { ...always, path: ['remove_tags'], message: 'must not name a tag of add_tags' },
  )
  .meta({ id: 'PurchasesChange' })
export type PurchasesChange = z.output<typeof PurchasesChange>

/** The same change of many purchases. */
export const BulkChange = z
  .strictObject({ ...which, changes: PurchasesChange })
  .refine(saysWhich, one)
  .meta({ id: 'BulkChange' })
export type BulkChange = z.output<typeof BulkChange>

export const BulkDeletion = z.strictObject(which).refine(saysWhich, one).meta({ id: 'BulkDeletion' })
export type BulkDeletion = z.output<typeof BulkDeletion>

export const BulkById = z.strictObject({ job_id: Id })

/** What came of changing or deleting many purchases. */
export const BulkReport = z
  .object({
    job_id: z.string().meta({ format: 'uuid' }),
    matched: z.int().meta({ description: 'Purchases that were meant.' }),
    changed: z.int().meta({ description: 'Those of them that are not as before: the others were so already.' }),
    undone_at: z
      .string()
      .nullable()
      .meta({ format: 'date-time', description: 'When it was undone; null if it was not.' }),
  })
  .meta({ id: 'BulkReport' })
export type BulkReport = z.infer<typeof BulkReport>
