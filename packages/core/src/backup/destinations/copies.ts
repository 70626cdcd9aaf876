import { z } from 'zod'
import { notFound } from '../../errors.ts'
import { OutInstant } from '../../fields.ts'
import { BackupRecord } from '../record.ts'
import { BLOB_LIST, readBlobList } from './blob-list.ts'
import type { BackupDestination } from './destination.ts'
import { asDestinationError } from './explain.ts'

/*
 * A copy is `backups/<filename>` and a record beside it, written last: without one it was never proven. What was
 * encrypted is copied as it is. Of everything else the file holds the rows and the manifest; the files of attachments
 * lie as blobs, and `<filename>.blobs` lists them, one a line.
 */

const BACKUP = /^spends-backup-.*\.zip(\.age)?$/
const RECORD = '.json'
/** A record is far smaller; what is larger is none. */
const MAX_RECORD_BYTES = 1 << 20

/** How long what nobody names is left: a copy may be under way. */
const GRACE_MS = 24 * 60 * 60 * 1000

/** The record of a copy: that of the backup, and what lies at the destination. */
export const BackupCopy = BackupRecord.extend({
  copied_at: OutInstant.meta({ description: 'When it was read back and found to be right.' }),
  kept_size: z.int().meta({ description: 'Bytes of the file at the destination, without blobs.' }),
  kept_sha256: z.string().meta({ description: 'Of that file.' }),
  blobs_sha256: z.string().nullable().meta({ description: 'Of the list of its blobs; null where it needs none.' }),
}).meta({ id: 'BackupCopy' })
export type BackupCopy = z.infer<typeof BackupCopy>

/** The name of the record of a copy. */
export function recordName(filename: string): string {
  return filename + RECORD
}

/** The backups that a destination has, newest first. @throws AppError SERVICE_UNAVAILABLE with a sentence why not */
export async function listCopies(destination: BackupDestination): Promise<BackupCopy[]> {
  return explained(destination, async () => (await readCopies(destination)).copies)
}

/** @throws AppError NOT_FOUND; as `listCopies` */
export async function readCopy(destination: BackupDestination, id: string): Promise<BackupCopy> {
  const copy = (await listCopies(destination)).find((copy) => copy.id === id)
  if (!copy) throw notFound('backup')
  return copy
}

/** Removes a copy; its blobs stay until `pruneCopies`. @throws AppError NOT_FOUND; as `listCopies` */
export async function deleteCopy(destination: BackupDestination, id: string): Promise<void> {
  const { filename } = await readCopy(destination, id)
  await explained(destination, async () => {
    // The record goes first, so that what is left by a crash is no copy any more.
    await destination.remove(recordName(filename))
    await destination.remove(filename)
    await destination.remove(filename + BLOB_LIST)
  })
}

/**
 * Clears away blobs that no copy names, and what copies have left that were cut off. Where it cannot tell what a copy
 * names, all blobs stay.
 * @returns how many blobs went, and their bytes
 * @throws as `listCopies`
 */
export async function pruneCopies(
  destination: BackupDestination,
  { now, graceMs = GRACE_MS }: { now: Date; graceMs?: number },
): Promise<{ blobs: number; bytes: number }> {
  const before = new Date(now.getTime() - graceMs)
  return explained(destination, async () => {
    await destination.check()
    await destination.removeUnfinished(before)
    const { copies, leftovers, isComplete } = await readCopies(destination)
    for (const { name, put_at } of leftovers) if (put_at < before) await destination.remove(name)
    const pruned = { blobs: 0, bytes: 0 }
    const named = isComplete ? await namedBlobs(destination, copies) : undefined
    if (!named) return pruned
    for await (const { sha256, size, put_at } of destination.blobs.list()) {
      if (named.has(sha256) || put_at >= before) continue
      await destination.blobs.remove(sha256)
      pruned.blobs += 1
      pruned.bytes += size
    }
    return pruned
  })
}

/** Runs work on a destination, and turns its failures into sentences. */
export async function explained<T>({ place }: BackupDestination, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw asDestinationError(place, error)
  }
}

interface FoundCopies {
  copies: BackupCopy[]
  /** Files of ours that belong to no record. */
  leftovers: { name: string; put_at: Date }[]
  /** Whether every record could be read. */
  isComplete: boolean
}

async function readCopies(destination: BackupDestination): Promise<FoundCopies> {
  await destination.check()
  const files = new Map<string, Date>()
  for await (const { name, put_at } of destination.list()) files.set(name, put_at)
  const found: FoundCopies = { copies: [], leftovers: [], isComplete: true }
  for (const [name, put_at] of files) {
    const filename = [RECORD, BLOB_LIST].reduce(
      (rest, end) => (rest.endsWith(end) ? rest.slice(0, -end.length) : rest),
      name,
    )
    if (!BACKUP.test(filename)) continue
    if (!files.has(recordName(filename))) found.leftovers.push({ name, put_at })
    if (name !== recordName(filename)) continue
    const copy = await readRecord(destination, name)
    if (copy?.filename === filename && files.has(filename)) found.copies.push(copy)
    else found.isComplete = false
  }
  found.copies.sort((a, b) => (b.created_at + b.id > a.created_at + a.id ? 1 : -1))
  return found
}

async function readRecord(destination: BackupDestination, name: string): Promise<BackupCopy | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of destination.open(name)) {
    size += chunk.length
    if (size > MAX_RECORD_BYTES) return undefined
    chunks.push(chunk)
  }
  try {
    return BackupCopy.safeParse(JSON.parse(Buffer.concat(chunks).toString())).data
  } catch {
    // It proves nothing: what it stands beside is no copy.
    return undefined
  }
}

/** The hashes of all blobs that copies name; undefined when it cannot be told. */
async function namedBlobs(destination: BackupDestination, copies: BackupCopy[]): Promise<Set<string> | undefined> {
  const named = new Set<string>()
  for (const copy of copies) {
    const blobs = await readBlobList(destination, copy)
    if (!blobs) return undefined
    for (const { sha256 } of blobs) named.add(sha256)
  }
  return named
}
