import { z } from 'zod'
import { OutId, OutInstant } from '../fields.ts'
import { BackupTrigger } from './manifest.ts'

/** What stands beside a proven backup. */
export const BackupRecord = z
  .object({
    id: OutId,
    filename: z.string().regex(/^spends-backup-\d{8}T\d{6}Z(-\d+)?\.zip(\.age)?$/),
    created_at: OutInstant,
    trigger: BackupTrigger,
    size: z.int().meta({ description: 'Bytes.' }),
    sha256: z.string().meta({ description: 'Of the whole file.' }),
    file_count: z.int().meta({ description: 'Files of attachments in it, each counted once.' }),
    missing_files: z
      .int()
      .meta({ description: 'Files of attachments that were lost when it was made; `warnings` names them.' }),
    row_counts: z.record(z.string(), z.int()),
    schema_version: z.string(),
    app_version: z.string(),
    content_hash: z.string().meta({ description: 'Equal for backups of equal rows and files.' }),
    encrypted: z.boolean(),
    verified_at: OutInstant.nullable().meta({ description: 'When it was proven last; null when that failed.' }),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'BackupRecord' })
export type BackupRecord = z.infer<typeof BackupRecord>
