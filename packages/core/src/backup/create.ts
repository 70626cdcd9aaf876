import { rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { toInstant } from '../calendar.ts'
import { type Context, newId } from '../context.ts'
import { AppError } from '../errors.ts'
import type { BlobStore } from '../files.ts'
import { decryptFile, encryptFile } from './encrypt.ts'
import { draftRecord, freeName, listDraft, removeBackup } from './folder.ts'
import type { BackupTrigger, Manifest } from './manifest.ts'
import { prove } from './proof.ts'
import type { BackupRecord } from './record.ts'
import { uploadHash } from './tables.ts'
import { hashBytes, hashFile, type NameTemporary, syncFolder, withTemporary } from './temporary.ts'
import { startWork, type Work, type WorkOptions } from './work.ts'
import { writeBackup } from './write.ts'

export type BackupStage = 'snapshot' | 'rows' | 'files' | 'manifest' | 'proof' | 'listed'

export interface CreateBackupOptions extends WorkOptions<BackupStage> {
  ctx: Context
  files: BlobStore
  /** Where backups are kept; made if it is not there. */
  folder: string
  trigger: BackupTrigger
  appVersion: string
  /** Encrypts the backup as a whole, in the format of `age`. */
  passphrase?: string | undefined
  /** Who finds by `sweepOwn` what is left when the process ends in the middle. */
  owner?: string | undefined
}

/**
 * Makes a backup of all rows at one moment and of the files they name, and proves it: only then is it listed. Whatever
 * fails or stops it leaves nothing behind. A file that is lost or was altered does not: it is left out, and the record
 * says so. One at a time makes backups in a folder: that is up to the caller.
 * @throws AppError SERVICE_UNAVAILABLE when it could not be proven; what the database, the store and the disk throw
 */
export async function createBackup(options: CreateBackupOptions): Promise<BackupRecord> {
  const { ctx, files, folder, trigger, appVersion, passphrase, owner } = options
  const work = startWork(options)
  await work.step('make folder')
  const make = async (temporary: NameTemporary) => {
    const created_at = toInstant(ctx.now())
    const zip = temporary('zip')
    const manifest = await writeBackup({ ctx, files, path: zip, trigger, appVersion, created_at, temporary, work })
    await proveOwn(zip, { temporary, work })
    const path = passphrase === undefined ? zip : await encryptProven(zip, { passphrase, temporary, work })
    const filename = await freeName(folder, created_at, passphrase === undefined ? '.zip' : '.zip.age')
    await work.step('hash backup')
    const record = {
      id: newId(),
      filename,
      ...(await stat(path).then(({ size }) => ({ size }))),
      sha256: await hashFile(path),
      encrypted: passphrase !== undefined,
      verified_at: toInstant(ctx.now()),
      ...toRecord(manifest),
    }
    const draft = temporary('record')
    await work.step('draft record')
    await draftRecord(draft, record)
    await list(folder, { path, draft, record, work })
    return record
  }
  return withTemporary(folder, make, owner)
}

function toRecord({ entries, ...manifest }: Manifest) {
  const { created_at, trigger, row_counts, schema_version, app_version, content_hash, missing_files, warnings } =
    manifest
  const file_count = entries.filter(({ name }) => uploadHash(name) !== undefined).length
  return {
    created_at,
    trigger,
    file_count,
    missing_files,
    row_counts,
    schema_version,
    app_version,
    content_hash,
    warnings,
  }
}

interface Proving {
  temporary: NameTemporary
  work: Work<BackupStage>
}

async function proveOwn(zip: string, proving: Proving): Promise<void> {
  try {
    await prove(zip, proving)
  } catch (error) {
    // To whoever reads a backup it would be the file's fault; here it is ours.
    if (!(error instanceof AppError)) throw error
    throw new AppError('SERVICE_UNAVAILABLE', `The backup is not kept, as it could not be proven. ${error.message}`)
  }
}

/** @returns the path of the encrypted file, which is known to open with the passphrase */
async function encryptProven(
  zip: string,
  { passphrase, temporary, work }: Proving & { passphrase: string },
): Promise<string> {
  const encrypted = temporary('age')
  await work.step('encrypt')
  await encryptFile(zip, encrypted, passphrase)
  await work.step('prove encryption')
  if ((await hashBytes(decryptFile(encrypted, passphrase))) !== (await hashFile(zip))) {
    throw new AppError('SERVICE_UNAVAILABLE', 'The backup is not kept, as its encryption could not be proven.')
  }
  return encrypted
}

async function list(
  folder: string,
  { path, draft, record, work }: { path: string; draft: string; record: BackupRecord; work: Work<BackupStage> },
): Promise<void> {
  await work.progress('listed', 0, 1)
  try {
    await work.step('rename backup')
    await rename(path, join(folder, record.filename))
    await work.step('sync folder')
    await syncFolder(folder)
    await work.step('write record')
    await listDraft(folder, draft, record)
  } catch (error) {
    // Maybe only the last word of the folder was missing: then the record is there as well.
    await removeBackup(folder, record)
    throw error
  }
  await work.progress('listed', 1, 1)
}
