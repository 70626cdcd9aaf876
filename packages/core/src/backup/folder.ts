import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { notFound } from '../errors.ts'
import { asDestinationError } from './destinations/explain.ts'
import { BackupRecord } from './record.ts'
import { isTemporaryOf, PARTIAL, syncFolder, withTemporary } from './temporary.ts'

/*
 * The folder is the only truth about which backups there are: on the day they are needed there may be no database.
 * A backup is a file with a record beside it, `<filename>.json`; without one it was never proven.
 */

const BACKUP = /^spends-backup-.*\.zip(\.age)?$/
const RECORD = '.json'

/** What a folder holds. */
export interface BackupFolder {
  /** Newest first. */
  records: BackupRecord[]
  /** Which others may be backups, and cannot be listed, in a sentence; undefined where all can. */
  problem: string | undefined
}

/**
 * The backups of a folder, newest first; none where there is no folder, and but for those whose record cannot be read.
 * @throws AppError SERVICE_UNAVAILABLE with a sentence when the folder cannot be read
 */
export async function listBackups(folder: string): Promise<BackupRecord[]> {
  return (await readFolder(folder)).records
}

/** As `listBackups`, and says what is left out. */
export async function readFolder(folder: string): Promise<BackupFolder> {
  const names = new Set(
    await namesIn(folder).catch((error: unknown) => {
      throw asDestinationError(folder, error)
    }),
  )
  const records: BackupRecord[] = []
  const unreadable: string[] = []
  for (const name of names) {
    if (!BACKUP.test(name) || !names.has(name + RECORD)) continue
    try {
      const record = await readRecord(join(folder, name + RECORD))
      if (record?.filename === name) records.push(record)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error
      unreadable.push(`${name + RECORD} (${error.code})`)
    }
  }
  records.sort((a, b) => (b.created_at + b.id > a.created_at + a.id ? 1 : -1))
  return { records, problem: problemOf(folder, unreadable.sort()) }
}

function problemOf(folder: string, unreadable: readonly string[]): string | undefined {
  if (unreadable.length === 0) return undefined
  return `Not all backups in ${folder} are known, as what stands beside them cannot be read: ${unreadable.join(', ')}.`
}

/** @throws AppError NOT_FOUND */
export async function readBackup(folder: string, id: string): Promise<BackupRecord> {
  const record = (await listBackups(folder)).find((record) => record.id === id)
  if (!record) throw notFound('backup')
  return record
}

/** Where the bytes of a backup are. */
export function backupPath(folder: string, { filename }: Pick<BackupRecord, 'filename'>): string {
  return join(folder, filename)
}

/** @throws AppError NOT_FOUND */
export async function deleteBackup(folder: string, id: string): Promise<void> {
  await removeBackup(folder, await readBackup(folder, id))
}

/** The record goes first, so that what is left by a crash is no backup any more. Either of them may be missing. */
export async function removeBackup(folder: string, { filename }: Pick<BackupRecord, 'filename'>): Promise<void> {
  for (const name of [filename + RECORD, filename]) {
    await rm(join(folder, name), { force: true })
    await syncFolder(folder)
  }
}

/** Writes a record, or in the place of the one it was; from then on the backup is listed. */
export async function writeRecord(folder: string, record: BackupRecord): Promise<void> {
  await withTemporary(folder, async (temporary) => {
    await draftRecord(temporary('record'), record)
    await listDraft(folder, temporary('record'), record)
  })
}

/** Writes a record under a temporary name: until it has its own, that one tells whose the backup beside it is. */
export async function draftRecord(path: string, record: BackupRecord): Promise<void> {
  const file = await open(path, 'wx')
  try {
    await file.writeFile(`${JSON.stringify(record, null, 2)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Gives a record its name. */
export async function listDraft(folder: string, draft: string, { filename }: BackupRecord): Promise<void> {
  await rename(draft, join(folder, filename + RECORD))
  await syncFolder(folder)
}

/** A name that no backup has. @param created_at an instant */
export async function freeName(folder: string, created_at: string, extension: '.zip' | '.zip.age'): Promise<string> {
  const taken = new Set(await namesIn(folder))
  const base = `spends-backup-${created_at.replace(/[-:]/g, '')}`
  for (let number = 1; ; number++) {
    const name = `${base}${number === 1 ? '' : `-${number}`}`
    if (!taken.has(`${name}.zip`) && !taken.has(`${name}.zip.age`)) return name + extension
  }
}

/**
 * Clears away what backups and restores have left that were cut off: temporary files, and backups without a record.
 * @param olderThanMs so that work under way, in another process perhaps, keeps its own
 * @returns the names that were removed
 */
export async function sweepBackups(
  folder: string,
  { olderThanMs, now = new Date() }: { olderThanMs: number; now?: Date },
): Promise<string[]> {
  const names = new Set(await namesIn(folder))
  const removed: string[] = []
  for (const name of names) {
    if (!name.includes(PARTIAL) && !(BACKUP.test(name) && !names.has(name + RECORD))) continue
    const path = join(folder, name)
    const found = await stat(path).catch(ignoreMissing)
    if (!found || now.getTime() - found.ctimeMs < olderThanMs) continue
    await rm(path, { force: true })
    removed.push(name)
  }
  return removed
}

/**
 * Clears away what the work of one owner has left that was cut off: its temporary files, and the backup of which the
 * record is still one of them. Nobody else is touched, who may be at work.
 */
export async function sweepOwn(folder: string, owner: string): Promise<void> {
  const names = new Set(await namesIn(folder))
  for (const name of names) {
    if (!isTemporaryOf(owner, name)) continue
    const path = join(folder, name)
    const record = name.endsWith('.record') ? await readRecord(path) : undefined
    if (record && !names.has(record.filename + RECORD)) await rm(join(folder, record.filename), { force: true })
    await rm(path, { force: true })
  }
}

async function readRecord(path: string): Promise<BackupRecord | undefined> {
  const text = await readFile(path, 'utf8').catch(ignoreMissing)
  if (text === undefined) return undefined
  try {
    return BackupRecord.safeParse(JSON.parse(text)).data
  } catch {
    // It proves nothing: what it stands beside is no backup.
    return undefined
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(ignoreMissing)) ?? []
}

function ignoreMissing(error: unknown): undefined {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
}
