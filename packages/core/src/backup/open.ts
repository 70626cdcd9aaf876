import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../errors.ts'
import { isPredecessorZip } from '../import/zip.ts'
import { refusedEntry } from '../zip/directory.ts'
import { CHUNK, ZipReader } from '../zip/reader.ts'
import { decryptFile, isEncrypted } from './encrypt.ts'
import { MANIFEST, MAX_ENTRIES, type Manifest, type ManifestEntry, readManifest } from './manifest.ts'
import type { NameTemporary } from './temporary.ts'

/** A backup whose directory and manifest are in order; what they say of the bytes shows when those are read. */
export interface OpenBackup {
  zip: ZipReader
  manifest: Manifest
}

/**
 * Opens a backup for as long as `use` takes. An encrypted one is decrypted into a temporary file first.
 * @throws AppError as `readManifest` and `decryptFile`; BAD_REQUEST where the file is no zip
 */
export async function withBackup<T>(
  path: string,
  { passphrase, temporary }: { passphrase?: string | undefined; temporary: NameTemporary },
  use: (backup: OpenBackup) => Promise<T>,
): Promise<T> {
  let plain = path
  if (await isEncrypted(path)) {
    plain = temporary('zip')
    await pipeline(decryptFile(path, passphrase), createWriteStream(plain, { flags: 'wx', mode: 0o600 }))
  }
  const backup = await openPlain(plain).catch(async (error: unknown) => {
    throw error instanceof AppError && (await isPredecessorZip(plain)) ? ofPredecessor() : error
  })
  try {
    return await use(backup)
  } finally {
    await backup.zip.close()
  }
}

async function openPlain(path: string): Promise<OpenBackup> {
  const zip = await ZipReader.open(path, { maxEntries: MAX_ENTRIES })
  try {
    return { zip, manifest: await readManifest(zip) }
  } catch (error) {
    await zip.close()
    throw error
  }
}

function ofPredecessor(): AppError {
  return new AppError('BAD_REQUEST', 'This is a backup of the predecessor. Import it: it cannot be restored.')
}

/**
 * The bytes of an entry.
 * @param into as for `ZipReader.read`
 * @throws AppError BAD_REQUEST naming it, at the end, where they are not those of the manifest
 */
export async function* readEntry(
  { zip }: OpenBackup,
  { name, sha256 }: ManifestEntry,
  into?: Buffer,
): AsyncGenerator<Buffer> {
  const entry = zip.entries.get(name)
  if (!entry) throw refusedEntry(name, `is missing: "${MANIFEST}" lists it`)
  const hash = createHash('sha256')
  for await (const chunk of zip.read(entry, into)) {
    hash.update(chunk)
    yield chunk
  }
  if (hash.digest('hex') !== sha256) throw refusedEntry(name, `has another SHA-256 than "${MANIFEST}" says`)
}

/**
 * Reads every byte of a backup.
 * @param onBytes is told how many were read since it was told last
 * @throws AppError BAD_REQUEST naming the entry that is not what the manifest says
 */
export async function readEverything(backup: OpenBackup, onBytes: (bytes: number) => Promise<void>): Promise<void> {
  const into = Buffer.allocUnsafe(CHUNK)
  for (const entry of backup.manifest.entries) {
    for await (const chunk of readEntry(backup, entry, into)) await onBytes(chunk.length)
  }
}

/** Bytes of all entries. */
export function totalSize({ entries }: Manifest): number {
  return entries.reduce((sum, { size }) => sum + size, 0)
}
