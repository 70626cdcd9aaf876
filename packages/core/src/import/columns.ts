import { hash } from 'node:crypto'
import { toInstant } from '../calendar.ts'
import type { Context } from '../context.ts'
import { raiseRevision } from '../revision.ts'
import { COLUMN_NAMES, TOTALS } from './column-names.ts'
import { IMPORT_FIELDS, ImportColumns, type ImportField } from './options.ts'

/** The form in which names of columns are compared: `PurchasePrice`, `purchase_price` and `Purchase price:` are one. */
export function nameKey(name: string): string {
  return name
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/** A currency in a name (`Price (EUR)`, `Preis in €`) says nothing of the field. */
const UNIT = / (in )?(eur|usd|gbp|chf|euro|dollar)$| in$/

interface Match {
  field: ImportField
  column: string
  score: number
}

/**
 * Which column seems to be which field, by their names. Each column is used once; a field that no name tells is left
 * out.
 */
export function proposeColumns(header: readonly string[]): ImportColumns {
  const matches: Match[] = []
  for (const column of header) {
    const key = nameKey(column).replace(UNIT, '')
    if (key === '' || key.length > 100) continue
    for (const field of IMPORT_FIELDS) {
      const score = likeness(key, field)
      if (score > 0) matches.push({ field, column, score })
    }
  }
  // The sort is stable: what stands first in the file wins among equals.
  matches.sort((a, b) => b.score - a.score)
  const columns: ImportColumns = {}
  const used = new Set<string>()
  for (const { field, column } of matches) {
    if (columns[field] !== undefined || used.has(column)) continue
    columns[field] = column
    used.add(column)
  }
  // What was paid for all pieces is the price of one only where there is one.
  if (columns.price === undefined && columns.quantity === undefined) {
    const total = header.find((column) => !used.has(column) && TOTALS.includes(nameKey(column).replace(UNIT, '')))
    if (total !== undefined) columns.price = total
  }
  return columns
}

/** 0 for no likeness; a name we know by heart before a word in a longer one before a slip of the pen. */
function likeness(key: string, field: ImportField): number {
  const { names, words = [], not = [] } = COLUMN_NAMES[field]
  if (key === field.replaceAll('_', ' ')) return 2000
  const known = names.indexOf(key)
  if (known !== -1) return 1000 - known
  const found = key.split(' ')
  if (found.some((word) => not.includes(word))) return 0
  if (words.some((word) => found.includes(word))) return 500 - key.length
  const slip = names.some((name) => name.length >= 5 && isSlip(key, name))
  return slip ? 100 : 0
}

/** Whether one letter is wrong, missing, too many, or swapped with its neighbour. */
function isSlip(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false
  let start = 0
  while (start < a.length && a[start] === b[start]) start += 1
  let end = 0
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)]
  if (left.length <= 1 && right.length <= 1) return true
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0]
}

/** Files with the same columns in the same order have one key. */
function headerKey(header: readonly string[]): string {
  const joined = header.map(nameKey).join('\n')
  return hash('sha256', joined, 'hex')
}

/** Keeps how the columns of a header were read, for the next file that has it. */
export async function rememberColumns(tx: Context, header: readonly string[], columns: ImportColumns): Promise<void> {
  const row = { columns: JSON.stringify(columns), updated_at: toInstant(tx.now()) }
  await tx.db
    .insertInto('import_mappings')
    .values({ header: headerKey(header), ...row })
    .onConflict((conflict) => conflict.column('header').doUpdateSet(row))
    .execute()
  // Nobody reads it in an answer, but a backup has it: what comes after one is not to be taken for kept.
  await raiseRevision(tx)
}

/** How the columns of this header were read the last time, or undefined. */
export async function recallColumns(ctx: Context, header: readonly string[]): Promise<ImportColumns | undefined> {
  const row = await ctx.db
    .selectFrom('import_mappings')
    .select('columns')
    .where('header', '=', headerKey(header))
    .executeTakeFirst()
  const parsed = row && ImportColumns.safeParse(JSON.parse(row.columns))
  if (!parsed?.success) return undefined
  // Names are compared without case, and only those that are there exactly can be read.
  const isThere = Object.values(parsed.data).every((name) => header.includes(name))
  return isThere ? parsed.data : undefined
}
