import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type BackupRecord, backupPath, fetchCopy, listCopies, openDestination, readFolder } from '@spends/core'
import type { Env } from '../env.ts'
import { bucketAccess } from '../files.ts'
import { foldersOf } from '../folders.ts'
import { scratchOf } from '../offline-restore.ts'
import { StartError } from '../start-error.ts'
import { count, inBytes } from './output.ts'

/** A backup that somebody named. */
export interface LocatedBackup {
  /** Of a whole backup on this machine. */
  path: string
  /** Its record, if it is one of the folder of backups. */
  record: BackupRecord | undefined
}

export interface LocateOptions {
  /** Another place than the folder of backups. */
  from: string | undefined
  onProgress(stage: string, done: number, total: number): void
}

/**
 * Finds a backup by the path of its file, its id, its name, or as the `latest` one, for as long as `use` takes; one that
 * is somewhere else is fetched.
 * @throws StartError when there is no such backup
 */
export async function withBackup<T>(
  env: Env,
  name: string,
  { from, onProgress }: LocateOptions,
  use: (backup: LocatedBackup) => Promise<T>,
): Promise<T> {
  if (from === undefined) return use(await findLocal(env, name))
  const destination = await openDestination(resolvePlace(from), bucketAccess(env))
  const copy = choose(await listCopies(destination), name, from)
  const scratch = scratchOf(env)
  mkdirSync(scratch, { recursive: true })
  // A name that is swept one day, should this process die.
  const path = join(scratch, `${randomUUID()}.partial.${copy.filename}`)
  try {
    await fetchCopy({ destination, copy, path, scratch, onProgress })
    return await use({ path, record: undefined })
  } finally {
    await rm(path, { force: true })
  }
}

async function findLocal(env: Env, name: string): Promise<LocatedBackup> {
  const folder = foldersOf(env).backups
  const { records, problem } = await readFolder(folder)
  const path = resolve(name)
  if (existsSync(path)) return { path, record: records.find((record) => backupPath(folder, record) === path) }
  if (name === 'latest' && problem !== undefined) {
    throw new StartError(`${problem} So nobody can say which is the latest: name one that "spends list" has.`)
  }
  const record = choose(records, name, folder)
  return { path: backupPath(folder, record), record }
}

function choose<T extends BackupRecord>(records: readonly T[], name: string, where: string): T {
  // Not a restore point: whoever restores the latest backup does not mean the data that he wants to be rid of.
  const latest = records.find(({ trigger }) => trigger !== 'RESTORE_POINT')
  const found = name === 'latest' ? latest : records.find(({ id, filename }) => id === name || filename === name)
  if (found) return found
  const known = records.length === 0 ? 'There are no backups' : `There is no such backup among the ${records.length}`
  throw new StartError(`${known} in ${where}. "spends list" names them; a file is named by its path.`)
}

/** People name folders as they do in a shell. */
export function resolvePlace(place: string): string {
  return /^s3:/i.test(place) ? place : resolve(place)
}

/** A backup in a line. */
export function describeBackup(record: BackupRecord): string {
  const { id, created_at, trigger, size, file_count, row_counts, encrypted, verified_at, missing_files } = record
  const facts = [
    `${id}  ${created_at}  ${trigger.padEnd('RESTORE_POINT'.length)}  ${inBytes(size)}`,
    `${count(row_counts.purchases ?? 0, 'purchase')}, ${count(file_count, 'file')}`,
    ...(encrypted ? ['encrypted'] : []),
    ...(missing_files > 0 ? [`${count(missing_files, 'file')} MISSING`] : []),
    ...(verified_at === null ? ['DAMAGED'] : []),
  ]
  return facts.join(', ')
}
