import { z } from 'zod'
import { Id, listOf, OutInstant, page } from '../fields.ts'
import { Job } from '../jobs/shapes.ts'
import { Passphrase } from './config.ts'
import { BackupPlace } from './destinations/place.ts'
import { BackupTrigger } from './manifest.ts'
import { BackupRecord } from './record.ts'

/** What was made of a backup elsewhere. */
const Copy = z.object({
  place: z.string(),
  problem: z.string().nullable().meta({ description: 'Why there is no copy; null where there is one.' }),
})

/** A backup that is proven and kept. */
export const Backup = BackupRecord.extend({
  filename: BackupRecord.shape.filename.meta({ examples: ['spends-backup-20260131T120000Z.zip'] }),
  destination: z.literal('LOCAL').meta({ description: 'Where it lies: the folder of backups.' }),
}).meta({ id: 'Backup' })
export type Backup = z.infer<typeof Backup>

/** A backup that was just made, and what became of its copies. */
export const NewBackupReport = Backup.extend({ copies: z.array(Copy) }).meta({ id: 'BackupReport' })
export type NewBackupReport = z.infer<typeof NewBackupReport>

export const BackupList = listOf(Backup).meta({ id: 'BackupList' })
export type BackupList = z.infer<typeof BackupList>

export const BackupFilter = z.strictObject(page)
export type BackupFilter = z.output<typeof BackupFilter>

export const BackupById = z.strictObject({ id: Id })
export type BackupById = z.output<typeof BackupById>

export const NewBackup = z
  .strictObject({
    passphrase: Passphrase.nullish().meta({
      description: 'Encrypts it. Without one that of the config counts; null means that it is not encrypted.',
    }),
  })
  .meta({ id: 'NewBackup' })
export type NewBackup = z.output<typeof NewBackup>

export const DestinationToTest = z.strictObject({ place: BackupPlace }).meta({ id: 'DestinationToTest' })
export type DestinationToTest = z.output<typeof DestinationToTest>

export const DestinationTest = z
  .object({ problem: z.string().nullable().meta({ description: 'Why it cannot be used; null where it can.' }) })
  .meta({ id: 'DestinationTest' })
export type DestinationTest = z.infer<typeof DestinationTest>

/** For a backup that may be encrypted. */
export const OpenPassphrase = Passphrase.optional().meta({
  description: 'Opens it, where it is encrypted with another one than that of the config.',
})

export const BackupToOpen = z.strictObject({ id: Id, passphrase: OpenPassphrase }).meta({ id: 'BackupToOpen' })
export type BackupToOpen = z.output<typeof BackupToOpen>

export const BackupVerification = z
  .object({
    verified_at: OutInstant.nullable().meta({ description: 'Null where it could not be proven.' }),
    problems: z.array(z.string()),
  })
  .meta({ id: 'BackupVerification' })

export const RestorePreview = z
  .object({
    created_at: OutInstant,
    trigger: BackupTrigger,
    app_version: z.string(),
    schema_version: z.string(),
    engine: z.string(),
    migrations: z.array(z.string()).readonly().meta({ description: 'What would bring it to the schema of today.' }),
    tables: z
      .record(z.string(), z.object({ now: z.int().nullable(), after: z.int() }))
      .meta({ description: 'Rows; `now` is null where the database cannot be read.' }),
    files: z.object({ total: z.int(), to_add: z.int(), bytes_to_add: z.int() }),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'RestorePlan' })

export const BackupStatus = z
  .object({
    state: z.enum(['IDLE', 'RUNNING', 'OVERDUE', 'FAILED']).meta({
      description:
        'RUNNING: a backup or restore is under way. FAILED: the last backup, or a copy of it, did not come about, or the folder of backups, or the record of one in it, cannot be read. OVERDUE: the schedule asked for one over an hour ago.',
    }),
    problem: z.string().nullable().meta({ description: 'What is wrong, for FAILED and OVERDUE, in a sentence.' }),
    running_job: Job.nullable(),
    last_backup: Backup.nullable().meta({ description: 'Restore points aside.' }),
    next_scheduled_at: OutInstant.nullable(),
    file_count: z.int().meta({ description: 'Of the last backup.' }),
    total_size: z.int().meta({ description: 'Of the last backup, in bytes.' }),
  })
  .meta({ id: 'BackupStatus' })
export type BackupStatus = z.infer<typeof BackupStatus>

export function toBackup(record: BackupRecord): Backup {
  return { ...record, destination: 'LOCAL' }
}
