import { createReadStream, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { countRows, type Db, engineOf, migrationStatus } from '@spends/db'
import { inSnapshot } from '../context.ts'
import { AppError } from '../errors.ts'
import { growsTooMuch } from '../zip/directory.ts'
import type { ZipWriter } from '../zip/writer.ts'
import { MAX_ENTRIES, type Manifest, type ManifestEntry } from './manifest.ts'
import { readLines, tablesOf, writeLines } from './rows.ts'
import { dataName } from './tables.ts'
import type { WriteOptions } from './write.ts'
import type { Loss } from './write-files.ts'

/** So many rows may have 4 GiB or more together: the longest has less than 64 KiB. */
const MANY_ROWS = 2 ** 16
/** Lost files that are named one by one. */
const MAX_NAMED = 100

/** What the database said at one moment. */
interface Snapshot extends Pick<Manifest, 'schema_version' | 'engine' | 'revision' | 'row_counts'> {
  /** Of all tables but the attachments. */
  rows: ManifestEntry[]
  /** SHA-256 -> size of the files that attachments name. */
  wanted: Map<string, number>
}

/**
 * Adds the rows of all tables, as they are at one moment, to a backup; those of attachments go into a file instead.
 * @param waiting the path of that file
 */
export async function writeRows(
  zip: ZipWriter,
  { ctx, work }: Pick<WriteOptions, 'ctx' | 'work'>,
  waiting: string,
): Promise<Snapshot> {
  await work.progress('snapshot', 0, 1)
  await work.step('open snapshot')
  return inSnapshot(ctx, async ({ db }) => {
    const tables = await tablesOf(db)
    const row_counts: Record<string, number> = {}
    for (const { name } of tables) row_counts[name] = await countRows(db, name)
    const facts = { ...(await factsOf(db)), engine: engineOf(db), row_counts, wanted: await wantedFiles(db) }
    const total = Object.values(row_counts).reduce((sum, count) => sum + count, 0)
    const rows: ManifestEntry[] = []
    let done = 0
    for (const table of tables) {
      const { name } = table
      const count = row_counts[name] ?? 0
      await work.progress('rows', done, total)
      await work.step(`write ${name}`)
      if (name === 'attachments') await pipeline(writeLines(db, table), createWriteStream(waiting, { flags: 'wx' }))
      else rows.push(await addRows(zip, { name, count, lines: () => writeLines(db, table) }))
      done += count
    }
    await work.progress('rows', total, total)
    return { ...facts, rows }
  })
}

async function addRows(
  zip: ZipWriter,
  { name, count, lines }: { name: string; count: number; lines: () => AsyncIterable<Buffer> },
): Promise<ManifestEntry> {
  const large = count >= MANY_ROWS
  let added = await zip.add(dataName(name), lines(), { deflate: true, large })
  if (growsTooMuch(added)) {
    // A reader would take it for a trap.
    zip.dropLast()
    added = await zip.add(dataName(name), lines(), { large })
  }
  return { name: added.name, size: added.size, sha256: added.sha256 }
}

/** What became of the attachments: their rows in the backup, and the files that are missing in it. */
interface WrittenAttachments extends Pick<Manifest, 'missing_files' | 'warnings'> {
  entry: ManifestEntry
}

/** Adds the rows of attachments that wait in a file; those whose bytes were lost say so. */
export async function writeAttachments(
  zip: ZipWriter,
  {
    waiting,
    lost,
    count,
    work,
  }: { waiting: string; lost: ReadonlyMap<string, Loss>; count: number } & Pick<WriteOptions, 'work'>,
): Promise<WrittenAttachments> {
  await work.step('add attachments')
  const named = new Map<string, string>()
  const lines = () => {
    const bytes: AsyncIterable<Buffer> = createReadStream(waiting)
    return lost.size === 0 ? bytes : markLost(bytes, lost, named)
  }
  const entry = await addRows(zip, { name: 'attachments', count, lines })
  return { entry, missing_files: lost.size, warnings: warningsOf(lost, named) }
}

/** @param named is given a name for each lost file, as people know it */
async function* markLost(
  bytes: AsyncIterable<Buffer>,
  lost: ReadonlyMap<string, Loss>,
  named: Map<string, string>,
): AsyncGenerator<Buffer> {
  for await (const line of readLines(bytes, 'attachments')) {
    const row: { sha256: string; filename: string; available: boolean } = JSON.parse(line)
    if (lost.has(row.sha256)) {
      if (named.size < MAX_NAMED) named.set(row.sha256, row.filename)
      row.available = false
    }
    yield Buffer.from(`${JSON.stringify(row)}\n`)
  }
}

function warningsOf(lost: ReadonlyMap<string, Loss>, named: ReadonlyMap<string, string>): string[] {
  const warnings = [...named].map(([sha256, name]) =>
    lost.get(sha256) === 'altered'
      ? `The bytes of "${name}" are not those that were stored, and are not in the backup (${sha256}).`
      : `The bytes of "${name}" are lost, and not in the backup (${sha256}).`,
  )
  const more = lost.size - named.size
  return more > 0 ? [...warnings, `The bytes of ${more} more files are not in the backup.`] : warnings
}

async function factsOf(db: Db): Promise<{ schema_version: string; revision: number }> {
  const { migrations } = await migrationStatus(db)
  const last = migrations.findLast(({ applied_at }) => applied_at !== null)
  if (!last) throw new Error('The database was never migrated')
  const settings = await db.selectFrom('settings').select('revision').executeTakeFirst()
  return { schema_version: last.name, revision: settings?.revision ?? 0 }
}

/** @throws AppError UNPROCESSABLE_CONTENT when there are more than a backup holds */
async function wantedFiles(db: Db): Promise<Map<string, number>> {
  const wanted = new Map<string, number>()
  const query = db
    .selectFrom('attachments')
    .select(['sha256', (eb) => eb.fn.max('size').as('size')])
    .where('available', '=', true)
    .groupBy('sha256')
    .orderBy('sha256')
  for await (const { sha256, size } of query.stream(1000)) wanted.set(sha256, size)
  // Some entries are not files.
  if (wanted.size > MAX_ENTRIES - 100) {
    throw new AppError(
      'UNPROCESSABLE_CONTENT',
      `A backup holds at most ${MAX_ENTRIES - 100} files, not ${wanted.size}.`,
    )
  }
  return wanted
}
