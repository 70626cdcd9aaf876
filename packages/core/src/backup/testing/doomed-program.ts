/**
 * Makes a backup or restores one, and kills itself before a step of it. Arguments, as JSON: `Doom`. Ends well, and says
 * how many steps there were, where there are fewer.
 */
import { connectDatabase } from '@spends/db'
import { localFiles } from '../../files.ts'
import { createBackup } from '../create.ts'
import { restoreBackup } from '../restore.ts'

export interface Doom {
  url: string
  uploads: string
  folder: string
  scratch: string
  /** Of the backup to restore; without it, one is made. */
  path?: string
  /** The number of the step, from 0. */
  at: number
}

const { url, uploads, folder, scratch, path, at }: Doom = JSON.parse(process.argv[2] ?? '')
const database = connectDatabase({ url, dataDir: '' })
const ctx = { db: database.db, now: () => new Date('2026-03-15T12:00:00Z') }
const files = localFiles(uploads)
let steps = 0
const step = () => {
  if (steps === at) process.kill(process.pid, 'SIGKILL')
  steps += 1
}
if (path === undefined) await createBackup({ ctx, files, folder, trigger: 'MANUAL', appVersion: '1', step })
else await restoreBackup({ ctx, files, path, scratch, step })
await database.close()
process.stdout.write(String(steps))
