import type { Context } from '../context.ts'
import type { Stoppable } from './decode.ts'
import type { ImportReader } from './item.ts'
import { jsonFile, openJson } from './json.ts'
import type { ReadingOptions } from './options.ts'
import { askFor, openTable } from './table.ts'
import { openPredecessorZip } from './zip.ts'

/** A file to import, on this disk. */
export interface ImportFile {
  path: string
  /** What it was sent as. */
  kind: 'CSV' | 'JSON' | 'ZIP'
  filename: string
}

/**
 * Understands a file and how it is to be read.
 * @throws AppError BAD_REQUEST when it is not of its kind; UNPROCESSABLE_CONTENT naming `date_format`, `decimal` or
 *   `columns` where the file leaves open how it is meant
 * @param reading may watch and stop it, because it may have to read all of the file
 */
export async function openImport(
  ctx: Context,
  file: ImportFile,
  options: ReadingOptions,
  reading: Stoppable = {},
): Promise<ImportReader> {
  if (file.kind === 'ZIP') return openPredecessorZip(file.path)
  if (file.kind === 'JSON') return openJson(await jsonFile(file.path, reading))
  const table = await openTable(ctx, file.path, options, reading)
  if (table.questions.length > 0) throw askFor(table.questions)
  const { source, columns, mapping_from, warnings, read } = table
  return {
    source,
    complete: false,
    size: table.file.size,
    warnings,
    table: { header: table.file.header, columns, mapping_from },
    read,
  }
}
