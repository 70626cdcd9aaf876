import { join, resolve } from 'node:path'
import type { JobFolders } from '@spends/core'
import type { Env } from './env.ts'

/** Where files to import and backups lie. Several processes may share them. */
export function foldersOf({ DATA_DIR, BACKUPS_DIR }: Env): JobFolders {
  const data = resolve(DATA_DIR)
  return { imports: join(data, 'imports'), backups: BACKUPS_DIR ? resolve(BACKUPS_DIR) : join(data, 'backups') }
}
