import { encodeForm } from './attachments.ts'
import type { Backup, Job, RestorePlan } from './types.ts'
import { postFile, type UploadOptions } from './upload.ts'

export interface RestoreUploadOptions extends Omit<UploadOptions, 'filename'> {
  /** What the backup is encrypted with, where that is not the passphrase of the instance. */
  passphrase?: string
}

/**
 * Restores a backup that is sent: a `File` of a page, or what `openAsBlob` of `node:fs` gives, is read as it is sent. It
 * is looked through before the answer, which is the job; that one replaces all data of the instance, and its result
 * names the restore point. A backup that is refused rejects with an error that `getFailure` reads.
 * @param url where the instance runs, as for `createClient`
 */
export async function restoreFile(url: string, file: Blob, options: RestoreUploadOptions = {}): Promise<Job> {
  return sendBackup<Job>(url, '/api/backup/restore', file, options)
}

/** Says what `restoreFile` would change. */
export async function planRestoreFile(
  url: string,
  file: Blob,
  options: RestoreUploadOptions = {},
): Promise<RestorePlan> {
  return sendBackup<RestorePlan>(url, '/api/backup/restore?dry_run=true', file, options)
}

function sendBackup<T>(
  url: string,
  path: string,
  file: Blob,
  { passphrase, headers = {}, ...sending }: RestoreUploadOptions,
): Promise<T> {
  const body = encodeForm(passphrase === undefined ? {} : { passphrase }, file, 'backup')
  return postFile<T>(url, path, body, { ...sending, headers: { ...headers, 'Content-Type': body.type } })
}

/**
 * The address of a backup, for a link or `fetch`; the instance names the file.
 * @param url where the instance runs, as for `createClient`
 */
export function backupUrl(url: string, { id }: Pick<Backup, 'id'>): string {
  return `${url.replace(/\/+$/, '')}/api/backup/${encodeURIComponent(id)}/download`
}
