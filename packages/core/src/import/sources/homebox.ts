import { parseBoolean } from '../booleans.ts'
import { idFrom } from '../external-id.ts'
import { addNotes, columnKey, hasColumns, type Layout, pickColumns } from './layout.ts'

/** What is kept as a line of the notes: there is no field of ours for it. */
const NOTED = /^hb\.(field\.(?<field>.+)|(?<own>location|asset_id))$/i

/** Newer versions list places among the items. */
const PLACE = /^(https?:\/\/[^/]+)?\/location\//i

const IGNORED = /^hb\.(sold_|archived$)/i

/** The CSV or TSV of Homebox. */
export const HOMEBOX: Layout = {
  source: 'HOMEBOX',
  // A day that was never set, as its language writes it.
  nothing: /^0001-01-01(T00:00:00Z)?$/,
  usual: { decimal: '.' },
  columnsOf(header) {
    if (!hasColumns(header, ['HB.name'])) return undefined
    return pickColumns(header, {
      product_name: ['HB.name'],
      price: ['HB.purchase_price'],
      quantity: ['HB.quantity'],
      retailer: ['HB.purchase_from'],
      brand: ['HB.manufacturer'],
      purchase_date: ['HB.purchase_time', 'HB.purchase_date'],
      notes: ['HB.notes'],
      model_number: ['HB.model_number'],
      serial_number: ['HB.serial_number'],
      tags: ['HB.labels', 'HB.label', 'HB.tags'],
      warranty_end: ['HB.warranty_expires'],
      warranty_notes: ['HB.warranty_details'],
    })
  },
  finish(draft, row) {
    if (PLACE.test(row.cell('HB.url') ?? '')) {
      row.skip('This is a place, no item')
      return
    }
    // It writes 0 where a price was never given: that is no gift.
    if (draft.price === '0') delete draft.price
    const reference = row.cell('HB.import_ref')
    if (reference) draft.id = idFrom('homebox', reference)

    const { notes } = draft
    delete draft.notes
    addNotes(draft, [row.cell('HB.description'), notes ?? undefined])
    for (const column of row.header) {
      const { field, own } = NOTED.exec(column)?.groups ?? {}
      const value = field || own ? row.cell(column) : undefined
      if (value) addNotes(draft, [`${field ?? own}: ${value}`])
      if (IGNORED.test(column) && saysSomething(row.cell(column))) {
        row.warnOnce('That items are archived or sold was left out: there is no field for it')
      }
    }

    const lifetime = row.cell('HB.lifetime_warranty')
    const said = lifetime === undefined ? undefined : parseBoolean(lifetime)
    if (said?.error !== undefined) row.refuse('HB.lifetime_warranty', said.error)
    if (said?.value === true) draft.warranty = { ...draft.warranty, warranty_type: 'LIFETIME', warranty_end: null }
    if (draft.warranty && draft.purchase_date) draft.warranty.warranty_start ??= draft.purchase_date
  },
}

/** Homebox writes `false`, `0` and the zero day where nothing was ever said. */
function saysSomething(cell: string | undefined): boolean {
  return cell !== undefined && !['', 'false', '0', '0.00'].includes(columnKey(cell))
}
