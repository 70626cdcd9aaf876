import type { ImportDetection } from '@spends/client'
import type { MessageKey } from './messages.ts'

/** A field of ours that a column of a file can be read as. */
export type ImportField = keyof ImportDetection['columns']
/** Our field -> their column. */
export type ImportColumns = ImportDetection['columns']
export type SampleRow = ImportDetection['sample'][number]

/** Every field with its name, in the order in which people look for them. */
export const FIELD_LABELS = {
  product_name: 'import.field_product_name',
  price: 'import.field_price',
  purchase_date: 'import.field_purchase_date',
  currency_code: 'import.field_currency_code',
  quantity: 'import.field_quantity',
  retailer: 'import.field_retailer',
  brand: 'import.field_brand',
  status: 'import.field_status',
  notes: 'import.field_notes',
  tags: 'import.field_tags',
  order_number: 'import.field_order_number',
  model_number: 'import.field_model_number',
  serial_number: 'import.field_serial_number',
  link: 'import.field_link',
  tax_deductible: 'import.field_tax_deductible',
  return_by: 'import.field_return_by',
  return_policy: 'import.field_return_policy',
  warranty_end: 'import.field_warranty_end',
  warranty_start: 'import.field_warranty_start',
  warranty_type: 'import.field_warranty_type',
  warranty_status: 'import.field_warranty_status',
  warranty_provider: 'import.field_warranty_provider',
  warranty_notes: 'import.field_warranty_notes',
  id: 'import.field_id',
  created_at: 'import.field_created_at',
  updated_at: 'import.field_updated_at',
} as const satisfies Record<ImportField, MessageKey>

export const IMPORT_FIELDS = Object.keys(FIELD_LABELS) as readonly ImportField[]

/** What a purchase cannot do without. */
export const REQUIRED_FIELDS = ['product_name', 'price', 'purchase_date'] as const satisfies readonly ImportField[]

/** A column of the file, and what it is read as; empty: it is left out. */
export interface MappedColumn {
  column: string
  examples: readonly string[]
  field: ImportField | ''
}

/** How the columns of a file are read. */
export function toMapping({ header, columns }: Pick<ImportDetection, 'header' | 'columns'>): MappedColumn[] {
  const fields = new Map(Object.entries(columns).map(([field, column]) => [column, field as ImportField]))
  return header.map(({ column, examples }) => ({ column, examples, field: fields.get(column) ?? '' }))
}

/** The fields that two columns claim. */
export function findClaimedTwice(mapping: readonly MappedColumn[]): ImportField[] {
  const fields = mapping.flatMap(({ field }) => (field === '' ? [] : [field]))
  return [...new Set(fields.filter((field, index) => fields.indexOf(field) < index))]
}

/** As the API takes it. */
export function toColumns(mapping: readonly MappedColumn[]): ImportColumns {
  return Object.fromEntries(mapping.flatMap(({ column, field }) => (field === '' ? [] : [[field, column]])))
}

/** The whole mapping, said so that nothing is proposed beside it: what is not in it is left out. */
export function toWholeColumns(columns: ImportColumns): Record<ImportField, string | null> {
  return Object.fromEntries(IMPORT_FIELDS.map((field) => [field, columns[field] ?? null])) as Record<
    ImportField,
    string | null
  >
}
