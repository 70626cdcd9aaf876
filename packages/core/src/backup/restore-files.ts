import type { BlobStore } from '../files.ts'
import { refusedEntry } from '../zip/directory.ts'
import { CHUNK } from '../zip/reader.ts'
import type { Manifest, ManifestEntry } from './manifest.ts'
import { type OpenBackup, readEntry } from './open.ts'
import type { RestoreStage } from './restore.ts'
import { uploadHash } from './tables.ts'
import { hashBytes } from './temporary.ts'
import type { Work } from './work.ts'

/** The entries that hold files of attachments. */
export function uploadsOf({ entries }: Manifest): ManifestEntry[] {
  return entries.filter(({ name }) => uploadHash(name) !== undefined)
}

/**
 * Puts the files of a backup into the store, where they harm nobody before rows name them. What is there already is
 * read: bytes that were altered are put anew.
 * @returns how many were put
 */
export async function storeFiles(backup: OpenBackup, files: BlobStore, work: Work<RestoreStage>): Promise<number> {
  const uploads = uploadsOf(backup.manifest)
  const total = uploads.reduce((sum, { size }) => sum + size, 0)
  const into = Buffer.allocUnsafe(CHUNK)
  let [done, added] = [0, 0]
  for (const entry of uploads) {
    await work.progress('files', done, total)
    await work.step('look for file')
    if (!(await isIntact(files, entry, into))) {
      await work.step('store file')
      await store(backup, files, entry, into)
      added += 1
    }
    done += entry.size
  }
  await work.progress('files', total, total)
  return added
}

/**
 * Puts the files of a backup that have gone since `storeFiles` found them: a sweep of the server beside which a program
 * of its own restores may take what no row names yet. From the rows on, it leaves them alone.
 */
export async function storeSwept(backup: OpenBackup, files: BlobStore): Promise<void> {
  const into = Buffer.allocUnsafe(CHUNK)
  for (const entry of uploadsOf(backup.manifest)) {
    if (!(await files.has(entry.sha256))) await store(backup, files, entry, into)
  }
}

async function store(backup: OpenBackup, files: BlobStore, entry: ManifestEntry, into: Buffer): Promise<void> {
  const { sha256 } = await files.put(readEntry(backup, entry, into))
  if (sha256 !== entry.sha256) throw refusedEntry(entry.name, 'was stored as something else')
}

async function isIntact(files: BlobStore, { sha256 }: ManifestEntry, into: Buffer): Promise<boolean> {
  if (!(await files.has(sha256))) return false
  const blob = await files.openBlob(sha256)
  return (await hashBytes(blob.read(into)).finally(blob.close)) === sha256
}
