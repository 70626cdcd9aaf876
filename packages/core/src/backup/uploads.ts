import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Context, newId } from '../context.ts'
import type { JobFolders } from '../jobs/handler.ts'
import type { RestoreParams } from './params.ts'
import { PARTIAL } from './temporary.ts'

/*
 * Backups that somebody sent to be restored. They lie among what is needed for a while, and are removed after the
 * restore, or when it is refused; a crash may leave one.
 */

const UPLOAD = `${PARTIAL}.upload`

/** A name for one that is being sent. */
export function newUploadName(): string {
  return newId() + UPLOAD
}

/** Where the bytes are. */
export function uploadPath({ backups }: JobFolders, upload: string): string {
  return join(backups, 'tmp', upload)
}

/**
 * Removes those that no job waits for or works on.
 * @param before by the clock of the machine: what was written to since then may still be arriving
 */
export async function removeUploads(ctx: Context, folders: JobFolders, before: Date): Promise<void> {
  const jobs = await ctx.db
    .selectFrom('jobs')
    .select('params')
    .where('kind', '=', 'RESTORE')
    .where('status', 'in', ['QUEUED', 'RUNNING'])
    .execute()
  const used = new Set(jobs.map(({ params }) => (JSON.parse(params ?? '{}') as Partial<RestoreParams>).upload))
  for (const name of await readdir(join(folders.backups, 'tmp')).catch(unlessMissing([]))) {
    if (!name.endsWith(UPLOAD) || used.has(name)) continue
    const path = uploadPath(folders, name)
    const found = await stat(path).catch(unlessMissing(undefined))
    if (found && found.mtime < before) await rm(path, { force: true })
  }
}

function unlessMissing<T>(otherwise: T) {
  return (error: NodeJS.ErrnoException): T => {
    if (error.code === 'ENOENT') return otherwise
    throw error
  }
}
