import { encodeForm } from './attachments.ts'
import type { BackupList, RestorePlan } from './types.ts'
import { ask, postFile } from './upload.ts'

/*
 * An instance whose database is damaged does nothing but restore. There is no database for jobs or procedures then: it
 * answers these few requests over REST, at the addresses of the whole instance, and `client` gets SERVICE_UNAVAILABLE.
 */

/** What is to be restored: a backup of the list, or the file of one. */
export type RescueSource = { backup_id: string } | { file: Blob }

export interface RescueOptions {
  /** What the backup is encrypted with. The instance knows none: it stood in the database. */
  passphrase?: string
}

/** What a rescue did. */
export interface RescueReport {
  created_at: string
  row_counts: Readonly<Record<string, number>>
  /** Where the damaged file is now. */
  aside: string | null
}

/** What is wrong with the database, in words that continue a sentence; undefined where the instance is a whole one. */
export async function findRescueReason(url: string): Promise<string | undefined> {
  return (await ask<{ reason?: string }>(url, '/healthz', {})).reason
}

/** The backups that an instance whose database is damaged has. @param url where it runs, as for `createClient` */
export async function listRescueBackups(url: string): Promise<BackupList> {
  return ask<BackupList>(url, '/api/backup/list?limit=100', {})
}

/** Says what `rescue` would bring back; `now` is null everywhere. */
export async function planRescue(url: string, source: RescueSource, options: RescueOptions = {}): Promise<RestorePlan> {
  return send<RestorePlan>(url, '/api/backup/restore?dry_run=true', source, options)
}

/**
 * Restores a backup in the place of a damaged database, which is kept aside. The answer comes when that is done; the
 * whole instance starts after it, at the same address.
 */
export async function rescue(url: string, source: RescueSource, options: RescueOptions = {}): Promise<RescueReport> {
  return send<RescueReport>(url, '/api/backup/restore', source, options)
}

function send<T>(url: string, path: string, source: RescueSource, { passphrase }: RescueOptions): Promise<T> {
  const fields = passphrase === undefined ? {} : { passphrase }
  if ('file' in source) {
    const body = encodeForm(fields, source.file, 'backup')
    return postFile<T>(url, path, body, { headers: { 'Content-Type': body.type } })
  }
  const body = JSON.stringify({ backup_id: source.backup_id, ...fields })
  return ask<T>(url, path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })
}
