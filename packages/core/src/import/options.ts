import { z } from 'zod'
import { Amount, CalendarDate, CurrencyCode, Id } from '../fields.ts'
import { IMPORT_SOURCES } from './item.ts'

/** The fields of ours that a column of a file can be read as. */
export const IMPORT_FIELDS = [
  'id',
  'product_name',
  'price',
  'quantity',
  'currency_code',
  'retailer',
  'brand',
  'status',
  'purchase_date',
  'notes',
  'model_number',
  'serial_number',
  'order_number',
  'link',
  'return_by',
  'return_policy',
  'tax_deductible',
  'tags',
  'warranty_start',
  'warranty_end',
  'warranty_type',
  'warranty_status',
  'warranty_provider',
  'warranty_notes',
  'created_at',
  'updated_at',
] as const
export type ImportField = (typeof IMPORT_FIELDS)[number]

/** Our field -> the name of their column. */
export const ImportColumns = z
  .partialRecord(z.enum(IMPORT_FIELDS), z.string().min(1).max(1000))
  .meta({ id: 'ImportColumns', examples: [{ product_name: 'Artikel', price: 'Preis', purchase_date: 'Datum' }] })
export type ImportColumns = z.infer<typeof ImportColumns>

/** As `ImportColumns`; null: no column is read as that field, whatever one is called. */
export const GivenColumns = z
  .partialRecord(z.enum(IMPORT_FIELDS), z.string().min(1).max(1000).nullable())
  .meta({ id: 'GivenColumns', examples: [{ product_name: 'Artikel', price: 'Preis', notes: null }] })
export type GivenColumns = z.infer<typeof GivenColumns>

/** How a file is read, where it does not tell by itself. */
export const readingShape = {
  date_format: z
    .enum(['YMD', 'DMY', 'MDY'])
    .optional()
    .meta({ description: 'The order in dates of digits, where the column does not tell.' }),
  decimal: z
    .enum(['.', ','])
    .optional()
    .meta({ description: 'What separates decimals, where the column does not tell.' }),
  currency_code: CurrencyCode.optional().meta({
    description: 'For rows that name none. Default: the base currency of Settings.',
  }),
  columns: GivenColumns.optional().meta({
    description: 'Our field -> their column, instead of what was proposed; null: none is read as it.',
  }),
  default_price: Amount.optional().meta({ description: 'For rows without a price.' }),
  default_purchase_date: CalendarDate.optional().meta({ description: 'For rows without a date.' }),
}
export const ReadingOptions = z.strictObject(readingShape)
export type ReadingOptions = z.output<typeof ReadingOptions>

export const optionsShape = {
  duplicates: z.enum(['skip', 'update', 'create']).default('skip').meta({
    description:
      'What happens to a row that is there already: nothing, its values are brought in, or one more is made.',
  }),
  dry_run: z.boolean().default(false).meta({ description: 'Only says what would happen.' }),
  on_error: z.enum(['skip', 'abort']).default('skip').meta({
    description: 'Whether a wrong row is left out, or nothing is imported then.',
  }),
  ...readingShape,
}
export const ImportOptions = z.strictObject(optionsShape).meta({ id: 'ImportOptions' })
export type ImportOptions = z.output<typeof ImportOptions>

/** What the job of an import is asked to do. */
export const ImportParams = z.object({ file_id: Id, options: ImportOptions })
export type ImportParams = z.output<typeof ImportParams>

/** What an import did, or (`dry_run`) would do. */
export const ImportReport = z
  .object({
    job_id: z.string().meta({ format: 'uuid' }),
    filename: z.string().meta({ description: 'As it was sent.' }),
    source: z.enum(IMPORT_SOURCES).meta({ description: 'What the file was taken for.' }),
    dry_run: z.boolean(),
    duplicates: z.enum(['skip', 'update', 'create']),
    rows: z.int().meta({ description: 'Purchases in the file.' }),
    created: z.int(),
    updated: z.int(),
    skipped: z.int(),
    failed: z.int(),
    classes: z
      .object({
        new: z.int(),
        identical: z.int(),
        changed: z.int(),
        probable_duplicate: z.int(),
        error: z.int(),
      })
      .meta({ description: 'What each row was recognised as; what was done about it depends on `duplicates`.' }),
    retailers_created: z.int(),
    brands_created: z.int(),
    errors: z
      .array(
        z.object({
          row: z.int().meta({ description: 'The line in the file, the header is 1; in JSON the place in its list.' }),
          column: z.string().nullable(),
          value: z.string().nullable(),
          message: z.string(),
        }),
      )
      .meta({ description: 'The first 1,000; all of them are in errors.csv.' }),
    error_count: z.int(),
    warnings: z.array(z.object({ row: z.int().optional(), message: z.string() })),
    undone_at: z
      .string()
      .nullable()
      .meta({ format: 'date-time', description: 'When the import was taken back; null where it was not.' }),
  })
  .meta({ id: 'ImportReport' })
export type ImportReport = z.infer<typeof ImportReport>
