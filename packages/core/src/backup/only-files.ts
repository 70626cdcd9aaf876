import type { BlobStore } from '../files.ts'
import { withBackup } from './open.ts'
import type { ReadBackupOptions } from './proof.ts'
import { storeFiles, uploadsOf } from './restore-files.ts'
import { withTemporary } from './temporary.ts'
import { startWork } from './work.ts'

export interface RestoreFilesOptions extends ReadBackupOptions<'files'> {
  files: BlobStore
  /** Of the backup. */
  path: string
}

/**
 * Puts the files of a backup into the store, and changes no row: for files that are lost while the database is not.
 * @returns the hashes of the files, which are all there now, and how many of them were put
 * @throws AppError as `inspectBackup`; what the store and the disk throw
 */
export async function restoreFiles(options: RestoreFilesOptions): Promise<{ files: Set<string>; added: number }> {
  const { files, path, scratch, passphrase } = options
  const work = startWork(options)
  return withTemporary(scratch, (temporary) =>
    withBackup(path, { passphrase, temporary }, async (backup) => ({
      files: new Set(uploadsOf(backup.manifest).map(({ sha256 }) => sha256)),
      added: await storeFiles(backup, files, {
        step: work.step,
        progress: (_, done, total) => work.progress('files', done, total),
      }),
    })),
  )
}
