import type { BlobStore } from '../../files.ts'

/** Another place for backups: a folder on another disk, or a bucket. Nothing is changed but below `blobs` and `backups`. */
export interface BackupDestination {
  /** Where it is, as people write it. */
  readonly place: string
  /** Files of attachments, each content once for all backups: `blobs/ab/cd/<sha256>`. */
  readonly blobs: BlobStore
  /** Resolves when it is there. @throws what `asDestinationError` knows */
  check(): Promise<void>
  /** Keeps a local file for good as `backups/<name>`: whole or not at all, in the place of what had that name. */
  put(name: string, path: string): Promise<void>
  /** The bytes of `backups/<name>`. @throws AppError GONE when it is not there */
  open(name: string): AsyncIterable<Uint8Array>
  /** What lies in `backups`, ordered by name; unfinished files are not in it. */
  list(): AsyncIterable<KeptFile>
  /** Nothing happens when it is not there. */
  remove(name: string): Promise<void>
  /** Clears away what was cut off, and began before that. */
  removeUnfinished(before: Date): Promise<void>
}

/** A file in `backups`. */
interface KeptFile {
  name: string
  /** Bytes. */
  size: number
  put_at: Date
}
