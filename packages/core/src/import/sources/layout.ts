import type { DateOrder } from '../dates.ts'
import type { ImportSourceName, PurchaseDraft } from '../item.ts'
import type { DecimalMark } from '../numbers.ts'
import type { ImportColumns, ImportField } from '../options.ts'

/** What a known format of CSV is. */
export interface Layout {
  source: ImportSourceName
  /** Our fields -> their columns, or undefined when the header is not of this format. */
  columnsOf(header: readonly string[]): ImportColumns | undefined
  /** What cells say that say nothing, beside the usual `-` and `N/A`. */
  nothing?: RegExp
  /** How its programs write where a whole column can be read in two ways, if each row has this value there. */
  usual?: { decimal?: DecimalMark; date_format?: DateOrder; where?: { column: string; value: string } }
  /** What goes beyond one cell for one field. */
  finish?(draft: PurchaseDraft, row: LayoutRow): void
}

/** A row of a file while it becomes a purchase. */
export interface LayoutRow {
  readonly header: readonly string[]
  /** The trimmed text of a cell by their name of the column, in any case; undefined where there is none. */
  cell(column: string): string | undefined
  /** Notes that the cell of that column can't be read. */
  refuse(column: string, message: string): void
  warn(message: string): void
  /** Warns of this at the first row only. */
  warnOnce(message: string): void
  /** Leaves the row out: it is no purchase. */
  skip(message: string): void
}

/** The form in which names of columns are compared where case does not count. */
export function columnKey(name: string): string {
  return name.trim().toLowerCase()
}

/** Whether the header has all of these columns, in any case and order. */
export function hasColumns(header: readonly string[], names: readonly string[]): boolean {
  const keys = new Set(header.map(columnKey))
  return names.every((name) => keys.has(columnKey(name)))
}

/** The columns of the header that stand for our fields. @param names theirs, the first that is there counts */
export function pickColumns(
  header: readonly string[],
  names: Partial<Record<ImportField, readonly string[]>>,
): ImportColumns {
  const byKey = new Map(header.map((name) => [columnKey(name), name]))
  const columns: ImportColumns = {}
  for (const [field, candidates] of Object.entries(names)) {
    const found = candidates.map((name) => byKey.get(columnKey(name))).find((name) => name !== undefined)
    if (found !== undefined) columns[field as ImportField] = found
  }
  return columns
}

/** Adds lines to the notes, which may be empty. */
export function addNotes(draft: PurchaseDraft, lines: readonly (string | undefined)[]): void {
  const said = [draft.notes, ...lines].filter((line) => line !== undefined && line !== null && line !== '')
  if (said.length > 0) draft.notes = said.join('\n')
}
