import { addMonths, lastDayOf, monthOf } from '../../analytics/months.ts'
import { addDays } from '../../calendar.ts'
import { parseBoolean } from '../booleans.ts'
import type { PurchaseDraft } from '../item.ts'
import { splitTags } from '../values.ts'
import { hasColumns, type Layout, type LayoutRow, pickColumns } from './layout.ts'

const DURATION = ['WarrantyDurationYears', 'WarrantyDurationMonths', 'WarrantyDurationDays'] as const

/** The CSV of Warracker: a warranty lasts a time from the purchase, or for life. It knows no currency. */
export const WARRACKER: Layout = {
  source: 'WARRACKER',
  usual: { decimal: '.' },
  columnsOf(header) {
    if (!hasColumns(header, ['ProductName', 'PurchaseDate', 'IsLifetime'])) return undefined
    return pickColumns(header, {
      product_name: ['ProductName'],
      price: ['PurchasePrice'],
      purchase_date: ['PurchaseDate'],
      retailer: ['Vendor'],
      brand: ['Brand', 'Manufacturer'],
      notes: ['Notes', 'Description'],
      model_number: ['ModelNumber'],
      serial_number: ['SerialNumber'],
      link: ['ProductURL'],
      tags: ['Tags'],
      warranty_end: ['ExpirationDate'],
      warranty_type: ['WarrantyType'],
      warranty_status: ['Status'],
    })
  },
  finish(draft, row) {
    const tags = row.cell('Tags')
    if (tags) draft.tags = splitTags(tags, /[,;]/)

    const lifetime = parseBoolean(row.cell('IsLifetime') ?? '')
    if (lifetime.error !== undefined) row.refuse('IsLifetime', lifetime.error)
    const status = /^void/i.test(row.cell('Status') ?? '') ? { status: 'VOIDED' } : {}
    const start = draft.purchase_date
    const type = draft.warranty?.warranty_type ? { warranty_type: draft.warranty.warranty_type } : {}
    if (lifetime.value === true) {
      draft.warranty = { warranty_type: 'LIFETIME', warranty_end: null, ...status }
    } else {
      const end = endAfter(draft, row) ?? draft.warranty?.warranty_end
      if (!end) {
        delete draft.warranty
        return
      }
      draft.warranty = { warranty_end: end, ...type, ...status }
    }
    if (start) draft.warranty.warranty_start = start
  },
}

/** The last day of a warranty that is given as a time from the purchase. */
function endAfter({ purchase_date }: PurchaseDraft, row: LayoutRow): string | undefined {
  const [years = 0, months = 0, days = 0] = DURATION.map((column) => {
    const text = row.cell(column) ?? '0'
    if (/^\d{1,4}(\.0+)?$/.test(text)) return Number(text)
    row.refuse(column, 'must be a whole number')
    return 0
  })
  if (!purchase_date || years + months + days === 0) return undefined
  if (Number(purchase_date.slice(0, 4)) + years + months / 12 + days / 365 > 9990) {
    row.refuse(DURATION[0], 'leads beyond the year 9990')
    return undefined
  }
  return addDays(addToMonth(purchase_date, years * 12 + months), days)
}

/** The same day so many months later, or the last day of that month: 31 January and a month is 28 February. */
function addToMonth(date: string, months: number): string {
  const month = addMonths(monthOf(date), months)
  const sameDay = `${month}${date.slice(7)}`
  const lastDay = lastDayOf(month)
  return sameDay < lastDay ? sameDay : lastDay
}
