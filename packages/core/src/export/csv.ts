import { type Context, streamSnapshot } from '../context.ts'
import { IMPORT_FIELDS } from '../import/options.ts'
import { formatMinorUnits } from '../money.ts'
import { type JoinedRow, toTags } from '../purchases/joined.ts'
import { getToday } from '../settings.ts'
import { warrantyStatus } from '../warranty-status.ts'
import { escapeFormula } from './formula.ts'
import { readPurchases, type Selection } from './pages.ts'

/**
 * The selected purchases as CSV (RFC 4180, CRLF) as they are at one moment: a header, then one a row with its retailer's
 * and brand's name and its warranty, by id. It comes in parts of some hundred rows and is never whole in memory.
 * A cell is empty for null, and never a formula: `unescapeFormula` gives back the text.
 */
export function exportCsv(ctx: Context, selection: Selection): AsyncGenerator<string> {
  return streamSnapshot(ctx, async function* (tx) {
    const today = await getToday(tx)
    yield `${IMPORT_FIELDS.join()}\r\n`
    for await (const rows of readPurchases(tx, selection)) {
      let lines = ''
      for (const row of rows) lines += toLine(row, today)
      yield lines
    }
  })
}

/** The cells in the order of the header. Only what people write can hold a character that needs quotes. */
function toLine(row: JoinedRow, today: string): string {
  const purchase = `${row.id},${toCell(row.product_name)},${formatMinorUnits(row.price, row.currency_code)},${row.quantity},${
    row.currency_code
  },${toCell(row.retailer_name)},${toCell(row.brand_name)},${row.status},${row.purchase_date},${toCell(row.notes)},${toCell(
    row.model_number,
  )},${toCell(row.serial_number)},${toCell(row.order_number)},${toCell(row.link)},${row.return_by ?? ''},${toCell(
    row.return_policy,
  )},${row.tax_deductible},${toCell(toTags(row).join(';'))}`
  return `${purchase},${warrantyCells(row, today)},${row.created_at},${row.updated_at}\r\n`
}

function warrantyCells(row: JoinedRow, today: string): string {
  if (row.w_id === null) return ',,,,,'
  const { w_warranty_end: warranty_end, w_voided_at: voided_at } = row
  const status = warrantyStatus({ warranty_end, voided_at }, today)
  const [provider, notes] = [toCell(row.w_provider), toCell(row.w_notes)]
  return `${row.w_warranty_start},${warranty_end ?? ''},${row.w_warranty_type},${status},${provider},${notes}`
}

/** A text as a cell: no formula, and in quotes where it needs them. */
export function toCell(value: string | null): string {
  if (value === null) return ''
  const cell = escapeFormula(value)
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
