import { Readable } from 'node:stream'
import { receiveFile } from '../../attachments/receive.ts'
import { addAttachment } from '../../attachments/write.ts'
import type { Context } from '../../context.ts'
import { localFiles } from '../../files.ts'
import { copyToAll } from '../copy-to-all.ts'
import { createBackup } from '../create.ts'
import { backupPath, listBackups } from '../folder.ts'
import { type Keeping, pruneBackups } from '../prune.ts'
import type { BackupRecord } from '../record.ts'
import { restoreBackup } from '../restore.ts'

/** The folders in which work goes on that is to fail. */
export interface Folders {
  uploads: string
  folder: string
  scratch: string
  /** Of copies. */
  copies: string
}

/** Who works, and on what. */
export interface Doomed extends Folders {
  ctx: Context
  /** The file that is uploaded, or the name of the backup that is restored. */
  what: string
}

/** One generation, so that each new backup makes another one superfluous. */
const KEEPING: Keeping = {
  retention: { keep_last: 1, keep_daily: 0, keep_weekly: 0, keep_monthly: 0 },
  timeZone: 'UTC',
}

/** The work of which every step is made to fail. Each comes to its end when it is done again after that. */
export const WORK = {
  /** The file of a purchase: its bytes, then its row. */
  async upload({ ctx, what, uploads }: Doomed): Promise<void> {
    const { id } = await ctx.db.selectFrom('purchases').select('id').orderBy('id').limit(1).executeTakeFirstOrThrow()
    const files = localFiles(uploads)
    const file = await receiveFile(files, inPieces(what), { maxBytes: 1000 })
    await addAttachment(ctx, files, { purchase_id: id, kind: 'RECEIPT', filename: 'receipt.txt', file })
  },

  async backup({ ctx, uploads, folder }: Doomed): Promise<void> {
    await createBackup({ ctx, files: localFiles(uploads), folder, trigger: 'MANUAL', appVersion: '1' })
  },

  async restore({ ctx, what, uploads, folder, scratch }: Doomed): Promise<void> {
    await restoreBackup({ ctx, files: localFiles(uploads), path: backupPath(folder, { filename: what }), scratch })
  },

  /** What follows on a proven backup: others become superfluous, here and where it is copied to. */
  async prune({ ctx, folder, scratch, copies }: Doomed): Promise<void> {
    await pruneBackups(folder, KEEPING)
    const [record] = await listBackups(folder)
    const job = { folders: { backups: folder, imports: '' }, buckets: {}, now: ctx.now, progress: async () => {} }
    const copying = { ...KEEPING, record: record as BackupRecord, places: [copies], scratch }
    for (const { problem } of await copyToAll(job, copying)) if (problem !== null) throw new Error(problem)
  },
}

export type WorkName = keyof typeof WORK

function inPieces(text: string): AsyncIterable<Uint8Array> {
  return Readable.from([text.slice(0, 2), text.slice(2)].map((piece) => Buffer.from(piece)))
}
