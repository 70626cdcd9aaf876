import { instantOf, unfloated } from '../values.ts'
import { hasColumns, type Layout, pickColumns } from './layout.ts'

/** The CSV of the predecessor: retailer and brand by their id only, the price printed from a float. */
export const PREDECESSOR_CSV: Layout = {
  source: 'PREDECESSOR_CSV',
  usual: { decimal: '.' },
  columnsOf(header) {
    if (!hasColumns(header, ['product_name', 'price', 'purchase_date', 'retailer_id', 'retailer_order_number'])) {
      return undefined
    }
    return pickColumns(header, {
      id: ['id'],
      product_name: ['product_name'],
      price: ['price'],
      quantity: ['quantity'],
      currency_code: ['currency_code'],
      retailer: ['retailer_id'],
      brand: ['brand_id'],
      status: ['status'],
      purchase_date: ['purchase_date'],
      notes: ['notes'],
      model_number: ['model_number'],
      serial_number: ['serial_number'],
      order_number: ['retailer_order_number'],
      link: ['link'],
      return_by: ['return_deadline'],
      return_policy: ['return_policy'],
      tax_deductible: ['tax_deductible'],
      tags: ['tags'],
      created_at: ['created_at'],
      updated_at: ['updated_at'],
    })
  },
  finish(draft, row) {
    if (draft.price) draft.price = unfloated(draft.price)
    for (const key of ['retailer', 'brand'] as const) {
      const id = row.cell(`${key}_id`)
      if (id) draft[key] = { id }
    }
    for (const key of ['created_at', 'updated_at'] as const) {
      const instant = instantOf(row.cell(key) ?? '')
      if (instant) draft[key] = instant
      else delete draft[key]
    }
  },
}
