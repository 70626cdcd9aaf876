import {
  type BackupRecord,
  backupPath,
  copyToAll,
  createBackup,
  type Keeping,
  listCopies,
  openDestination,
  pruneBackups,
  readFolder,
  readKeeping,
  readPassphrase,
  refuseBesideBackup,
  verifyBackup,
  verifyListed,
} from '@spends/core'
import { findDatabaseProblem, openDatabase } from '../database.ts'
import type { Env } from '../env.ts'
import { bucketAccess, openFiles } from '../files.ts'
import { foldersOf } from '../folders.ts'
import { scratchOf } from '../offline-restore.ts'
import { StartError } from '../start-error.ts'
import { version } from '../version.ts'
import { type Command, clockOf } from './command.ts'
import { describeBackup, resolvePlace, withBackup } from './located.ts'
import { complain, count, say, startProgress } from './output.ts'
import { readPassphraseFile, readWords } from './words.ts'

/** `backup [--to PLACE] [--passphrase-file FILE]` */
export function readBackup(words: string[]): Command | undefined {
  const said = readWords(words, ['to', 'passphrase-file'], 0)
  if (!said) return undefined
  return async (env) => {
    const given = readPassphraseFile(said.text['passphrase-file'])
    const to = said.text.to === undefined ? undefined : resolvePlace(said.text.to)
    // What is no address is refused before there is a backup.
    if (to !== undefined) await openDestination(to, bucketAccess(env))
    const { record, keeping } = await makeBackup(env, given)
    const { backups } = foldersOf(env)
    say(
      `The backup is made and proven: ${backupPath(backups, record)}`,
      describeBackup(record),
      ...record.warnings.map((warning) => `  ${warning}`),
    )
    const removed = await pruneBackups(backups, keeping)
    if (removed.length > 0) say(`${count(removed.length, 'older backup')} need not be kept any more: removed.`)
    return to === undefined ? 0 : copyTo(env, to, record, keeping)
  }
}

async function copyTo(env: Env, place: string, record: BackupRecord, keeping: Keeping): Promise<0 | 1> {
  const { tell, end } = startProgress()
  const progress = async (stage: string, done: number, total = 0) => tell(stage, done, total)
  const ground = { folders: foldersOf(env), buckets: bucketAccess(env), now: clockOf(env), progress }
  const copies = await copyToAll(ground, { record, places: [place], ...keeping, scratch: scratchOf(env) }).finally(end)
  const problems = copies.flatMap(({ problem }) => problem ?? [])
  return problems.length > 0 ? complain(...problems) : say(`A copy is in ${place}, read back and proven.`)
}

async function makeBackup(
  env: Env,
  passphrase: string | undefined,
): Promise<{ record: BackupRecord; keeping: Keeping }> {
  const database = await openDatabase(env)
  const progress = startProgress()
  try {
    const problem = await findDatabaseProblem(database)
    if (problem) throw new StartError(problem)
    const ctx = { db: database.db, now: clockOf(env) }
    await refuseBesideBackup(ctx)
    const record = await createBackup({
      ctx,
      files: await openFiles(env),
      folder: foldersOf(env).backups,
      trigger: 'MANUAL',
      appVersion: version,
      passphrase: passphrase ?? (await readPassphrase(ctx)),
      onProgress: progress.tell,
    })
    return { record, keeping: await readKeeping(ctx) }
  } finally {
    progress.end()
    await database.close()
  }
}

/** `verify FILE|ID|latest [--from PLACE] [--passphrase-file FILE]` */
export function readVerify(words: string[]): Command | undefined {
  const said = readWords(words, ['from', 'passphrase-file'], 1)
  const name = said?.rest[0]
  if (!said || name === undefined) return undefined
  return async (env) => {
    const progress = startProgress()
    const passphrase = readPassphraseFile(said.text['passphrase-file'])
    const options = { scratch: scratchOf(env), now: clockOf(env)(), passphrase, onProgress: progress.tell }
    const { problems, path } = await withBackup(
      env,
      name,
      { from: said.text.from, onProgress: progress.tell },
      async ({ path, record }) => ({
        path: said.text.from === undefined ? path : `${name} in ${said.text.from}`,
        ...(record
          ? await verifyListed(foldersOf(env).backups, record.id, options)
          : await verifyBackup(path, options)),
      }),
    ).finally(progress.end)
    if (problems.length > 0) return complain(`The backup ${path} is damaged:`, ...problems.map((one) => `  ${one}`))
    return say(`The backup ${path} is proven: every byte is as it was made, and its rows load.`)
  }
}

/** `list [--from PLACE]` */
export function readList(words: string[]): Command | undefined {
  const said = readWords(words, ['from'], 0)
  if (!said) return undefined
  return async (env) => {
    const from = said.text.from
    const place = from === undefined ? foldersOf(env).backups : resolvePlace(from)
    const { records, problem } =
      from === undefined
        ? await readFolder(place)
        : { records: await listCopies(await openDestination(place, bucketAccess(env))), problem: undefined }
    if (records.length > 0) {
      say(`${count(records.length, 'backup')} in ${place}, the newest first:`, ...records.map(describeBackup))
    } else if (problem === undefined) {
      say(`There are no backups in ${place}.`)
    }
    return problem === undefined ? 0 : complain(problem)
  }
}
