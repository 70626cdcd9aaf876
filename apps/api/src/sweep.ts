import { join } from 'node:path'
import { type BlobStore, type Context, type JobFolders, sweepBackups, sweepFiles, sweepImportFiles } from '@spends/core'
import type { Logger } from 'pino'

const INTERVAL_MS = 60 * 60 * 1000
/** No backup takes longer to be made or sent. */
const UNFINISHED_BACKUP_MS = 24 * 60 * 60 * 1000

export interface Swept {
  /** The bytes of attachments. */
  files: BlobStore
  folders: JobFolders
  log: Logger
}

/**
 * Clears away what nobody needs any more, now and every hour.
 * @returns stops it, and waits for a sweep that is under way; the process does not live on for it
 */
export function startSweeping(ctx: Context, { files, folders, log }: Swept): () => Promise<void> {
  const stopping = new AbortController()
  const sweep = () =>
    Promise.all([
      sweepImportFiles(ctx, folders.imports).catch((error: unknown) => {
        log.warn({ err: error }, 'could not sweep files to import; the next try is in an hour')
      }),
      ...[folders.backups, join(folders.backups, 'tmp')].map((folder) =>
        sweepBackups(folder, { olderThanMs: UNFINISHED_BACKUP_MS }).catch((error: unknown) => {
          log.warn({ err: error }, 'could not sweep unfinished backups; the next try is in an hour')
        }),
      ),
      sweepFiles(ctx, files, { signal: stopping.signal }).then(
        ({ removed, bytes }) => {
          if (removed > 0) log.info({ removed, bytes }, 'removed files that belong to nothing any more')
        },
        (error: unknown) => {
          log.warn({ err: error }, 'could not sweep the files of purchases; the next try is in an hour')
        },
      ),
    ])
  let last = sweep()
  const timer = setInterval(() => {
    last = sweep()
  }, INTERVAL_MS).unref()
  return async () => {
    clearInterval(timer)
    stopping.abort()
    await last
  }
}
