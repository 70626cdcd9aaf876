import { countRows } from '@spends/db'
import { type Context, inSnapshot } from '../context.ts'
import type { BlobStore } from '../files.ts'
import type { Manifest } from './manifest.ts'
import { inspectBackup, type ReadBackupOptions } from './proof.ts'
import { pendingMigrations } from './restore.ts'
import { uploadsOf } from './restore-files.ts'
import { BACKUP_TABLES } from './tables.ts'

/** What a backup holds, and what restoring it would change. */
export interface RestorePlan
  extends Pick<Manifest, 'created_at' | 'trigger' | 'app_version' | 'schema_version' | 'engine' | 'warnings'> {
  /** Migrations that would bring it to today's schema. */
  migrations: readonly string[]
  /** Rows; `now` is null where the database cannot be read. */
  tables: Record<string, { now: number | null; after: number }>
  files: { total: number; to_add: number; bytes_to_add: number }
}

export interface PlanOptions extends ReadBackupOptions<'inspect'> {
  /** Null where the database cannot be read. */
  ctx: Context | null
  files: BlobStore
  /** Of the backup. */
  path: string
}

/** Reads all of a backup, and says what restoring it would change; nothing is changed. @throws AppError as `inspectBackup` */
export async function planRestore({ ctx, files, path, ...options }: PlanOptions): Promise<RestorePlan> {
  const manifest = await inspectBackup(path, options)
  const { created_at, trigger, app_version, schema_version, engine, warnings, row_counts } = manifest
  const tables: RestorePlan['tables'] = {}
  const now = ctx ? await countAll(ctx) : undefined
  for (const { name } of BACKUP_TABLES) tables[name] = { now: now?.[name] ?? null, after: row_counts[name] ?? 0 }
  const uploads = uploadsOf(manifest)
  let [to_add, bytes_to_add] = [0, 0]
  for (const { sha256, size } of uploads) {
    if (await files.has(sha256)) continue
    to_add += 1
    bytes_to_add += size
  }
  return {
    created_at,
    trigger,
    app_version,
    schema_version,
    engine,
    warnings,
    migrations: pendingMigrations(schema_version),
    tables,
    files: { total: uploads.length, to_add, bytes_to_add },
  }
}

async function countAll(ctx: Context): Promise<Record<string, number>> {
  return inSnapshot(ctx, async ({ db }) => {
    const counts: Record<string, number> = {}
    for (const { name } of BACKUP_TABLES) counts[name] = await countRows(db, name)
    return counts
  })
}
