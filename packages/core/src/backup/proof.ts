import { stat } from 'node:fs/promises'
import { toInstant } from '../calendar.ts'
import { AppError } from '../errors.ts'
import { backupPath, readBackup, writeRecord } from './folder.ts'
import type { Manifest } from './manifest.ts'
import { readEverything, totalSize, withBackup } from './open.ts'
import type { BackupRecord } from './record.ts'
import { withScratch } from './scratch.ts'
import { hashFile, type NameTemporary, withTemporary } from './temporary.ts'
import { startWork, type Work, type WorkOptions } from './work.ts'

export interface ReadBackupOptions<Stage extends string> extends WorkOptions<Stage> {
  /** A folder for temporary files; made if it is not there. */
  scratch: string
  /** Opens an encrypted backup. */
  passphrase?: string | undefined
}

/**
 * Proves a backup: every byte is what its manifest says, and its rows go into a database and come out of it unchanged.
 * @throws AppError BAD_REQUEST naming the entry that is wrong; as `withBackup`
 */
export async function prove(
  path: string,
  { passphrase, temporary, work }: { passphrase?: string | undefined; temporary: NameTemporary; work: Work<'proof'> },
): Promise<Manifest> {
  await work.step('open backup')
  return withBackup(path, { passphrase, temporary }, async (backup) => {
    const { manifest } = backup
    const rows = Object.values(manifest.row_counts).reduce((sum, count) => sum + count, 0)
    const total = totalSize(manifest) + rows
    let done = 0
    const advance = async (count: number) => {
      done += count
      await work.progress('proof', done, total)
    }
    await work.step('read backup')
    await readEverything(backup, advance)
    await work.step('load backup')
    await withScratch(backup, { path: temporary('db'), onRows: advance }, () => work.step('compare backup'))
    return manifest
  })
}

/** Reads all of a backup and hashes it. @throws AppError as `prove`, short of what only a database can tell */
export async function inspectBackup(path: string, options: ReadBackupOptions<'inspect'>): Promise<Manifest> {
  const work = startWork(options)
  return withTemporary(options.scratch, (temporary) =>
    withBackup(path, { passphrase: options.passphrase, temporary }, async (backup) => {
      const total = totalSize(backup.manifest)
      let done = 0
      await readEverything(backup, async (bytes) => {
        done += bytes
        await work.progress('inspect', done, total)
      })
      return backup.manifest
    }),
  )
}

/** What came of a proof: an instant and no problems, or the problems. */
export interface Verification {
  verified_at: string | null
  problems: string[]
}

export interface VerifyBackupOptions extends ReadBackupOptions<'proof'> {
  now: Date
  /** Of the backup, where there is one: the file as a whole is compared with it. */
  record?: BackupRecord | undefined
}

/**
 * Proves a backup anew. @returns the problem, where there is one
 * @throws AppError UNPROCESSABLE_CONTENT when the passphrase is missing or wrong; what the disk throws
 */
export async function verifyBackup(path: string, options: VerifyBackupOptions): Promise<Verification> {
  const { scratch, passphrase, record, now } = options
  const work = startWork(options)
  try {
    if (record) await compareWithRecord(path, record)
    await withTemporary(scratch, (temporary) => prove(path, { passphrase, temporary, work }))
    return { verified_at: toInstant(now), problems: [] }
  } catch (error) {
    if (!(error instanceof AppError) || error.errors) throw error
    return { verified_at: null, problems: [error.message] }
  }
}

/** Proves a backup of the folder anew, and keeps in its record what came of it. @throws AppError NOT_FOUND; as `verifyBackup` */
export async function verifyListed(
  folder: string,
  id: string,
  options: Omit<VerifyBackupOptions, 'record'>,
): Promise<Verification> {
  const record = await readBackup(folder, id)
  const verification = await verifyBackup(backupPath(folder, record), { ...options, record })
  await writeRecord(folder, { ...record, verified_at: verification.verified_at })
  return verification
}

async function compareWithRecord(path: string, { size, sha256, filename }: BackupRecord): Promise<void> {
  const found = await stat(path)
  if (found.size !== size) {
    throw new AppError('BAD_REQUEST', `The file ${filename} has ${found.size} bytes; it was made with ${size}.`)
  }
  if ((await hashFile(path)) !== sha256) {
    throw new AppError('BAD_REQUEST', `The file ${filename} is not the one that was made: its SHA-256 is another.`)
  }
}
