import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { columnsOf, type Db, insertRows, isDiskFull, isUnavailable, type Row, streamRows } from '@spends/db'
import { refusedEntry } from '../zip/directory.ts'
import { BACKUP_TABLES, type BackupTable, dataName } from './tables.ts'

/** Rows read or written in one go. */
export const BATCH = 256
/** The longest row is a purchase with long notes, twice; this is far beyond it. */
const MAX_LINE = 4 * 1024 ** 2

/** A table as this database has it. */
export interface TableInDatabase extends BackupTable {
  /** Of its rows in a backup, in the order of their names. */
  columns: readonly string[]
}

/** The tables of a backup that this database has, at whatever schema it is. */
export async function tablesOf(db: Db): Promise<TableInDatabase[]> {
  const tables: TableInDatabase[] = []
  for (const table of BACKUP_TABLES) {
    const columns = await columnsOf(db, table.name)
    if (columns.length === 0) continue
    tables.push({ ...table, columns: columns.filter((column) => !table.without?.includes(column)) })
  }
  return tables
}

/** The rows of a table as lines of JSON: the same rows are the same bytes, on every engine. */
export async function* writeLines(db: Db, { name, ...table }: TableInDatabase): AsyncGenerator<Buffer> {
  for await (const rows of streamRows(db, name, { ...table, size: BATCH })) {
    yield toLines(rows)
    // Every batch may have been there at once: others have their turn here.
    await setImmediate()
  }
}

/** As `writeLines`, for rows with the columns of their table in order. */
export function toLines(rows: readonly Row[]): Buffer {
  return Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
}

/** The SHA-256 of the lines of a table, and how many there are. */
export async function hashTable(db: Db, table: TableInDatabase): Promise<{ sha256: string; rows: number }> {
  const hash = createHash('sha256')
  let rows = 0
  for await (const lines of writeLines(db, table)) {
    hash.update(lines)
    for (let at = lines.indexOf(10); at >= 0; at = lines.indexOf(10, at + 1)) rows += 1
  }
  return { sha256: hash.digest('hex'), rows }
}

/**
 * Puts the rows of a backup into an empty table.
 * @param onRows is told how many rows were put since it was told last
 * @throws AppError BAD_REQUEST naming the entry, and the line that is no row of this table
 */
export async function loadLines(
  db: Db,
  table: TableInDatabase,
  bytes: AsyncIterable<Buffer>,
  onRows: (rows: number) => Promise<void>,
): Promise<void> {
  let first = 1
  for await (const lines of batches(readLines(bytes, table.name))) {
    const rows = lines.map((line, index) => parseRow(line, table, first + index))
    try {
      await insertRows(db, table.name, rows)
    } catch (error) {
      // Anything but the machine giving out is about the rows.
      if (isDiskFull(error) || isUnavailable(error)) throw error
      throw refusedEntry(dataName(table.name), `has a row that cannot be, in line ${first} or soon after`)
    }
    first += rows.length
    await onRows(rows.length)
    await setImmediate()
  }
}

function parseRow(line: string, { name, columns }: TableInDatabase, number: number): Row {
  const row = parseObject(line)
  const given = row ? Object.keys(row) : []
  if (!row || given.length !== columns.length || !columns.every((column) => isValue(row[column]))) {
    throw refusedEntry(dataName(name), `has no row of this table in line ${number}`)
  }
  return row
}

function parseObject(line: string): Row | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Row) : undefined
  } catch {
    // Whoever asked says which line it is.
    return undefined
  }
}

function isValue(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value)
}

/**
 * Lines without their ends; every line has one.
 * @throws AppError BAD_REQUEST naming the entry of the table
 */
export async function* readLines(bytes: AsyncIterable<Buffer>, table: string): AsyncGenerator<string> {
  let begun: Buffer[] = []
  let length = 0
  for await (const chunk of bytes) {
    let from = 0
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      begun.push(chunk.subarray(from, at))
      yield Buffer.concat(begun).toString()
      begun = []
      length = 0
      from = at + 1
    }
    length += chunk.length - from
    if (length > MAX_LINE) throw refusedEntry(dataName(table), `has a line of more than ${MAX_LINE} bytes`)
    begun.push(chunk.subarray(from))
  }
  if (length > 0) throw refusedEntry(dataName(table), 'breaks off in a line')
}

async function* batches(lines: AsyncIterable<string>): AsyncGenerator<string[]> {
  let batch: string[] = []
  for await (const line of lines) {
    batch.push(line)
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
