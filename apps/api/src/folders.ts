import { join, resolve } from 'node:path'
import type { JobFolders } from '@spends/core'
import type { Env } from './env.ts'

/** Where the bytes of attachments and of files to import lie. Several processes may share them. */
export function foldersOf({ DATA_DIR }: Env): JobFolders {
  const data = resolve(DATA_DIR)
  return { uploads: join(data, 'uploads'), imports: join(data, 'imports') }
}
