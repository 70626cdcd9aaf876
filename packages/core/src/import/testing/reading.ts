import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Context } from '../../context.ts'
import type { ImportItem, ImportReader, PurchaseItem } from '../item.ts'
import { type ImportFile, openImport } from '../open.ts'
import type { ReadingOptions } from '../options.ts'

/** A folder that goes with the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'spends-import-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A file to import with this content. */
export async function fileOf(content: string | Buffer, kind: ImportFile['kind'] = 'CSV'): Promise<ImportFile> {
  const path = join(await temporaryFolder(), 'file')
  await writeFile(path, content)
  return { path, kind, filename: `file.${kind.toLowerCase()}` }
}

export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of source) items.push(item)
  return items
}

export interface ReadFile {
  reader: ImportReader
  items: ImportItem[]
  purchases: PurchaseItem[]
  /** Of the file and of what belongs to no row of it. */
  warnings: string[]
}

/** A file of this content, opened and read to its end. */
export async function readContent(
  ctx: Context,
  content: string | Buffer,
  kind: ImportFile['kind'] = 'CSV',
  options: ReadingOptions = {},
): Promise<ReadFile> {
  const reader = await openImport(ctx, await fileOf(content, kind), options)
  const all = (await collect(reader.read(() => undefined))).flat()
  return {
    reader,
    items: all,
    purchases: all.filter((item) => item.kind === 'purchase'),
    warnings: [...reader.warnings, ...all.flatMap((item) => (item.kind === 'warning' ? [item.message] : []))],
  }
}

/** A CSV of these lines of cells. */
export function csv(...lines: (readonly string[])[]): string {
  const cell = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  return lines.map((cells) => `${cells.map(cell).join(',')}\r\n`).join('')
}
