import type { Db } from '@spends/db'
import { hashBlob, setFound } from '../attachments/availability.ts'
import type { Context } from '../context.ts'
import type { BlobStore } from '../files.ts'
import type { ManifestEntry } from './manifest.ts'
import type { RestoreStage } from './restore.ts'
import type { Work } from './work.ts'

/**
 * Has the rows of attachments say which bytes are in the store: those that came with the backup, and of those that were
 * lost when it was made, what has come back since. Only the latter are read.
 * @param db the scratch database with the rows, at today's schema
 */
export async function markAvailability(
  db: Db,
  {
    uploads,
    files,
    now,
    work,
  }: {
    uploads: readonly ManifestEntry[]
    files: BlobStore
    work: Work<RestoreStage>
  } & Pick<Context, 'now'>,
): Promise<void> {
  const stored = new Map(uploads.map(({ sha256, size }) => [sha256, size]))
  const found = new Map<string, number>()
  const lost = new Set<string>()
  const rows = db.selectFrom('attachments').select(['sha256', 'size', 'available']).distinct()
  for await (const { sha256, size, available } of rows.stream(1000)) {
    const known = stored.get(sha256)
    if (known === undefined) lost.add(sha256)
    else if (known !== size || !available) found.set(sha256, known)
  }
  for (const sha256 of lost) {
    await work.step('look for lost file')
    const blob = await hashBlob(files, sha256)
    if (blob?.sha256 === sha256) found.set(sha256, blob.size)
  }
  for (const [sha256, size] of found) await setFound({ db, now }, sha256, size)
}
