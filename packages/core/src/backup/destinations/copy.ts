import { writeFile } from 'node:fs/promises'
import { toInstant } from '../../calendar.ts'
import { AppError } from '../../errors.ts'
import { DEFLATED } from '../../zip/layout.ts'
import { ZipWriter } from '../../zip/writer.ts'
import { backupPath } from '../folder.ts'
import { type OpenBackup, readEntry, withBackup } from '../open.ts'
import type { BackupRecord } from '../record.ts'
import { uploadsOf } from '../restore-files.ts'
import { uploadHash } from '../tables.ts'
import { hashBytes, hashFile, type NameTemporary, withTemporary } from '../temporary.ts'
import { startWork, type Work, type WorkOptions } from '../work.ts'
import { BLOB_LIST, formatBlobList } from './blob-list.ts'
import { type BackupCopy, explained, listCopies, recordName } from './copies.ts'
import type { BackupDestination } from './destination.ts'

export interface CopyBackupOptions extends WorkOptions<'copy'> {
  destination: BackupDestination
  /** Where the backup is. */
  folder: string
  /** Of a proven backup there. */
  record: BackupRecord
  now: Date
  /** A folder for temporary files; made if it is not there. */
  scratch: string
}

/**
 * Copies a backup of the local folder. Blobs that lie there already are not sent again; whatever is sent is read back
 * and hashed. Only then is the copy listed, and whatever fails before leaves it unlisted. One at a time copies to a
 * destination: that is up to the caller.
 * @throws AppError SERVICE_UNAVAILABLE with a sentence about the destination; CONFLICT when another instance uses it;
 *   BAD_REQUEST when the local backup is damaged
 */
export async function copyBackup(options: CopyBackupOptions): Promise<BackupCopy> {
  const { destination, folder, record, now } = options
  const work = startWork(options)
  const path = backupPath(folder, record)
  await work.step('look at destination')
  await refuseOthers(destination, record)
  return withTemporary(options.scratch, (temporary) =>
    explained(destination, async () => {
      const kept = record.encrypted
        ? await copyWhole(destination, { path, record, work })
        : await withBackup(path, { temporary }, (backup) => copyParts(destination, { backup, record, temporary, work }))
      const copy: BackupCopy = { ...record, copied_at: toInstant(now), ...kept }
      await writeFile(temporary('record'), `${JSON.stringify(copy, null, 2)}\n`)
      await work.step('send record')
      await send(destination, recordName(record.filename), temporary('record'))
      return copy
    }),
  )
}

/** Two instances in one place would clear away each other's blobs, and replace backups of the same second. */
async function refuseOthers(destination: BackupDestination, { id, filename }: BackupRecord): Promise<void> {
  const other = (await listCopies(destination)).find((copy) => copy.filename === filename && copy.id !== id)
  if (!other) return
  throw new AppError(
    'CONFLICT',
    `${destination.place} has another backup named ${filename}. Give each instance a place of its own.`,
  )
}

type Kept = Pick<BackupCopy, 'kept_size' | 'kept_sha256' | 'blobs_sha256'>

async function copyWhole(
  destination: BackupDestination,
  { path, record, work }: { path: string; record: BackupRecord; work: Work<'copy'> },
): Promise<Kept> {
  await work.progress('copy', 0, record.size)
  await work.step('send backup')
  const kept_sha256 = await send(destination, record.filename, path)
  if (kept_sha256 !== record.sha256) throw new AppError('BAD_REQUEST', `The file ${record.filename} is damaged.`)
  await work.progress('copy', record.size, record.size)
  return { kept_size: record.size, kept_sha256, blobs_sha256: null }
}

interface Parts {
  backup: OpenBackup
  record: BackupRecord
  temporary: NameTemporary
  work: Work<'copy'>
}

async function copyParts(destination: BackupDestination, parts: Parts): Promise<Kept> {
  const { backup, record, temporary, work } = parts
  await sendBlobs(destination, parts)
  const list = temporary('blobs')
  await writeFile(list, formatBlobList(uploadsOf(backup.manifest)))
  await work.step('send list')
  const blobs_sha256 = await send(destination, record.filename + BLOB_LIST, list)
  await work.step('write rows')
  const rows = temporary('rows')
  const kept_size = await writeRest(backup, rows)
  await work.step('send rows')
  const kept_sha256 = await send(destination, record.filename, rows)
  return { kept_size, kept_sha256, blobs_sha256 }
}

/** Sends the blobs that are not there, or have another size than they should. */
async function sendBlobs(destination: BackupDestination, { backup, work }: Parts): Promise<void> {
  const uploads = uploadsOf(backup.manifest)
  const missing = new Map(uploads.map((entry) => [entry.sha256, entry]))
  await work.step('list blobs')
  for await (const { sha256, size } of destination.blobs.list()) {
    if (missing.get(sha256)?.size === size) missing.delete(sha256)
  }
  const total = [...missing.values()].reduce((sum, { size }) => sum + size, 0)
  let done = 0
  for (const entry of missing.values()) {
    const { sha256, size } = entry
    await work.progress('copy', done, total)
    await work.step('send blob')
    await destination.blobs.put(readEntry(backup, entry))
    await work.step('read blob')
    if ((await hashBytes(await destination.blobs.open(sha256))) !== sha256) throw notKept(destination, sha256)
    done += size
  }
  await work.progress('copy', total, total)
}

/** Writes everything but the files of attachments into a zip of its own. @returns its size */
async function writeRest({ zip }: OpenBackup, path: string): Promise<number> {
  const writer = await ZipWriter.create(path)
  try {
    for (const entry of zip.entries.values()) {
      if (uploadHash(entry.name) !== undefined) continue
      const { name, method, large } = entry
      await writer.add(name, zip.read(entry), { deflate: method === DEFLATED, large })
    }
    return await writer.finish()
  } finally {
    await writer.close()
  }
}

/** @returns the SHA-256 of the file, which what was read back has as well */
async function send(destination: BackupDestination, name: string, path: string): Promise<string> {
  await destination.put(name, path)
  const sha256 = await hashFile(path)
  if ((await hashBytes(destination.open(name))) !== sha256) throw notKept(destination, name)
  return sha256
}

function notKept({ place }: BackupDestination, name: string): AppError {
  return new AppError('SERVICE_UNAVAILABLE', `${place} gave other bytes for ${name} than it was sent.`)
}
