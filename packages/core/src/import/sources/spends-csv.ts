import type { PurchaseDraft } from '../item.ts'
import { IMPORT_FIELDS, type ImportColumns } from '../options.ts'
import type { Layout } from './layout.ts'

const CLEARED = [
  'notes',
  'retailer',
  'brand',
  'model_number',
  'serial_number',
  'order_number',
  'link',
  'return_by',
  'return_policy',
] as const satisfies (keyof PurchaseDraft)[]

const WARRANTY = ['warranty_start', 'warranty_end', 'warranty_type', 'warranty_provider', 'warranty_notes']

/**
 * Our own CSV: exactly our header, in our order. As we wrote it, `readSpendsRow` reads it; what is here is for one that a
 * spreadsheet has saved again in its own way to write dates and numbers. An empty cell clears, there and here.
 */
export const SPENDS_CSV: Layout = {
  source: 'SPENDS_CSV',
  columnsOf(header) {
    const same =
      header.length === IMPORT_FIELDS.length && IMPORT_FIELDS.every((field, index) => field === header[index])
    return same ? (Object.fromEntries(IMPORT_FIELDS.map((field) => [field, field])) as ImportColumns) : undefined
  },
  finish(draft, row) {
    for (const field of CLEARED) if (row.cell(field) === undefined) draft[field] = null
    draft.tags ??= []
    if (WARRANTY.every((field) => row.cell(field) === undefined)) draft.warranty = null
  },
}
