import { z } from 'zod'
import { Id } from '../fields.ts'
import { Passphrase } from './config.ts'
import { BackupTrigger } from './manifest.ts'

/*
 * What the jobs around backups are asked to do. A passphrase stands in it until the job begins, and no longer.
 */

/** Without a passphrase the one of the config counts; null means none. */
const GivenPassphrase = Passphrase.nullish()

export const BackupParams = z.object({ trigger: BackupTrigger, passphrase: GivenPassphrase })
export type BackupParams = z.infer<typeof BackupParams>

export const VerifyParams = z.object({ backup_id: Id, passphrase: GivenPassphrase })
export type VerifyParams = z.infer<typeof VerifyParams>

/** What is known of a backup before it is restored. */
export const RestoreFacts = z.object({
  created_at: z.string(),
  trigger: BackupTrigger,
  app_version: z.string(),
  schema_version: z.string(),
  engine: z.string(),
  migrations: z.array(z.string()),
  row_counts: z.record(z.string(), z.int()),
  file_count: z.int(),
  warnings: z.array(z.string()),
})
export type RestoreFacts = z.infer<typeof RestoreFacts>

/** One of the folder, by its id, or one that was sent, by its name below `tmp`. */
export const RestoreParams = z.object({
  backup_id: Id.nullable(),
  upload: z.string().nullable(),
  passphrase: GivenPassphrase,
  facts: RestoreFacts,
})
export type RestoreParams = z.infer<typeof RestoreParams>
