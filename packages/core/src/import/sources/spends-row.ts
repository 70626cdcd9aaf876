import { unescapeFormula } from '../../export/formula.ts'
import type { CellError, PurchaseDraft, PurchaseItem } from '../item.ts'
import { IMPORT_FIELDS, type ImportField } from '../options.ts'
import { fieldOfPath } from '../table-row.ts'
import { shown, splitTags } from '../values.ts'

/**
 * A purchase of our own CSV, whose cells stand in the order of `IMPORT_FIELDS` and are written as the contract says: an
 * empty one is null, and clears.
 */
export function readSpendsRow(row: number, cells: readonly string[]): PurchaseItem {
  const errors: CellError[] = []
  return {
    kind: 'purchase',
    row,
    draft: readDraft(cells, errors),
    errors,
    warnings: [],
    cellOf: (path) => {
      const place = IMPORT_FIELDS.indexOf(fieldOfPath(path) as ImportField)
      return place === -1
        ? { column: null, value: null }
        : { column: IMPORT_FIELDS[place] ?? null, value: shown(cells[place]) }
    },
  }
}

function readDraft(cells: readonly string[], errors: CellError[]): PurchaseDraft {
  // In the order of IMPORT_FIELDS: this is read for each of a million rows.
  const [id, name, price, quantity, currency, retailer, brand, status, date, notes, model, serial, order, link] = cells
  const [returnBy, policy, tax, tags, start, end, type, state, provider, remarks, created, updated] = cells.slice(14)
  const draft: PurchaseDraft = {
    product_name: text(name),
    price: plain(price),
    quantity: numberOf(quantity, errors),
    currency_code: plain(currency),
    retailer: nameOf(retailer),
    brand: nameOf(brand),
    status: plain(status),
    purchase_date: plain(date),
    notes: text(notes),
    model_number: text(model),
    serial_number: text(serial),
    order_number: text(order),
    link: text(link),
    return_by: plain(returnBy),
    return_policy: text(policy),
    tax_deductible: flagOf(tax, errors),
    tags: tags ? splitTags(unescapeFormula(tags), /;/) : [],
    warranty:
      start || end || type || state || provider || remarks
        ? {
            warranty_start: plain(start),
            warranty_end: plain(end),
            warranty_type: plain(type),
            status: plain(state),
            provider: text(provider),
            notes: text(remarks),
          }
        : null,
  }
  if (id) draft.id = id
  if (created) draft.created_at = created
  if (updated) draft.updated_at = updated
  return draft
}

function plain(cell: string | undefined): string | null {
  return cell ? cell : null
}

function text(cell: string | undefined): string | null {
  return cell ? unescapeFormula(cell) : null
}

function nameOf(cell: string | undefined): { name: string } | null {
  return cell ? { name: unescapeFormula(cell) } : null
}

function numberOf(cell: string | undefined, errors: CellError[]): number | null {
  if (!cell) return null
  if (/^\d{1,15}$/.test(cell)) return Number(cell)
  errors.push({ column: 'quantity', value: shown(cell), message: 'must be a whole number' })
  return null
}

function flagOf(cell: string | undefined, errors: CellError[]): boolean | null {
  if (!cell) return null
  if (cell === 'true' || cell === 'false') return cell === 'true'
  errors.push({ column: 'tax_deductible', value: shown(cell), message: 'must be true or false' })
  return null
}
