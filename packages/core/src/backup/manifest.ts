import { createHash } from 'node:crypto'
import { SCHEMA_VERSIONS } from '@spends/db'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { damagedZip, refusedEntry } from '../zip/directory.ts'
import type { ZipReader } from '../zip/reader.ts'
import { BACKUP_TABLES, dataName, uploadHash } from './tables.ts'

export const MANIFEST = 'manifest.json'
const FORMAT = 'spends-tracker-backup'
const FORMAT_VERSION = 1
/** More would take more memory than a small machine has to spare. */
export const MAX_ENTRIES = 250_000

export const BackupTrigger = z.enum(['MANUAL', 'SCHEDULED', 'RESTORE_POINT'])
export type BackupTrigger = z.infer<typeof BackupTrigger>

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const Count = z.int().min(0)

const ManifestEntry = z.strictObject({ name: z.string().max(200), size: Count, sha256: Sha256 })
export type ManifestEntry = z.infer<typeof ManifestEntry>

const Manifest = z.strictObject({
  format: z.literal(FORMAT),
  format_version: z.literal(FORMAT_VERSION),
  /** The last migration of the database it is from. */
  schema_version: z.string(),
  app_version: z.string().max(100),
  engine: z.string().max(100),
  created_at: z.iso.datetime(),
  trigger: BackupTrigger,
  /** Of the settings: what replaces this data must not take it for the same. */
  revision: Count,
  row_counts: z.record(z.string(), Count),
  /** Attachments whose bytes were lost when it was made; they are marked in its rows. */
  missing_files: Count,
  warnings: z.array(z.string().max(2000)).max(200),
  /** Equal for equal rows and files, see `contentHash`. */
  content_hash: Sha256,
  /** Everything else in the zip. */
  entries: z.array(ManifestEntry),
})
/** What a backup says of itself: all that is in it, with hashes. */
export type Manifest = z.infer<typeof Manifest>

/** A manifest as it is written, without what follows from the rest. */
export function newManifest(facts: Omit<Manifest, 'format' | 'format_version' | 'content_hash'>): Manifest {
  return { format: FORMAT, format_version: FORMAT_VERSION, ...facts, content_hash: contentHash(facts.entries) }
}

/** SHA-256 over the lines `<sha256> <name>` of all entries, ordered by name. */
function contentHash(entries: readonly ManifestEntry[]): string {
  const lines = entries.map(({ name, sha256 }) => `${sha256} ${name}\n`)
  lines.sort((a, b) => (a.slice(65) < b.slice(65) ? -1 : 1))
  return createHash('sha256').update(lines.join('')).digest('hex')
}

/**
 * Reads the manifest of a zip, and checks that the zip holds what it lists and nothing else.
 * @throws AppError BAD_REQUEST naming the entry; UNPROCESSABLE_CONTENT naming the version when it is a newer one
 */
export async function readManifest(zip: ZipReader): Promise<Manifest> {
  const entry = zip.entries.get(MANIFEST)
  if (!entry) throw damagedZip(`it has no "${MANIFEST}", so it is no backup`)
  // A backup lists each entry in less than that.
  if (entry.size > 65_536 + zip.entries.size * 256) throw refusedEntry(MANIFEST, 'is larger than its list can be')
  const chunks: Buffer[] = []
  for await (const chunk of zip.read(entry)) chunks.push(chunk)
  const manifest = parseManifest(Buffer.concat(chunks).toString())
  checkNames(manifest)
  checkEntries(zip, manifest)
  if (manifest.content_hash !== contentHash(manifest.entries)) throw refusedEntry(MANIFEST, 'has a wrong content hash')
  return manifest
}

const Versions = z.object({ format: z.literal(FORMAT), format_version: z.int(), schema_version: z.string().max(100) })

function parseManifest(text: string): Manifest {
  const json = parseJson(text)
  const versions = Versions.safeParse(json)
  if (!versions.success) throw refusedEntry(MANIFEST, 'is not the list of a backup')
  const { format_version, schema_version } = versions.data
  if (format_version > FORMAT_VERSION) throw newer(`format ${format_version}`)
  if (!SCHEMA_VERSIONS.includes(schema_version)) throw newer(`schema ${schema_version}`)
  const manifest = Manifest.safeParse(json)
  if (manifest.success) return manifest.data
  const place = manifest.error.issues[0]?.path.join('.')
  throw refusedEntry(MANIFEST, `is not the list of a backup: look at "${place}"`)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw refusedEntry(MANIFEST, 'is no JSON')
  }
}

function newer(what: string): AppError {
  return new AppError(
    'UNPROCESSABLE_CONTENT',
    `The backup is of ${what}, which this version does not know. Restore it with the version that made it, or a newer one.`,
  )
}

function checkNames({ entries, row_counts }: Manifest): void {
  const tables = new Set<string>()
  for (const { name, sha256 } of entries) {
    const hash = uploadHash(name)
    if (hash !== undefined && hash !== sha256) throw refusedEntry(name, 'has another SHA-256 than its name says')
    if (hash !== undefined) continue
    const table = BACKUP_TABLES.find((table) => dataName(table.name) === name)
    if (!table) throw refusedEntry(name, 'has no place in a backup')
    tables.add(table.name)
  }
  const counted = Object.keys(row_counts)
  if (counted.length !== tables.size || counted.some((table) => !tables.has(table))) {
    throw refusedEntry(MANIFEST, 'counts the rows of other tables than it lists')
  }
}

function checkEntries(zip: ZipReader, { entries }: Manifest): void {
  const listed = new Set([MANIFEST])
  for (const { name, size } of entries) {
    if (listed.has(name)) throw refusedEntry(name, 'is listed twice')
    listed.add(name)
    const entry = zip.entries.get(name)
    if (!entry) throw refusedEntry(name, `is missing: "${MANIFEST}" lists it`)
    if (entry.size !== size) throw refusedEntry(name, `has another size than "${MANIFEST}" says`)
  }
  for (const name of zip.entries.keys()) {
    if (!listed.has(name)) throw refusedEntry(name, `is not listed in "${MANIFEST}"`)
  }
}
