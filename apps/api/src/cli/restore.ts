import { createInterface } from 'node:readline/promises'
import { AppError, planRestore, pruneRestorePoints, type RestorePlan, readPassphrase, restoreFiles } from '@spends/core'
import { findDatabaseDamage, findDatabaseProblem, openDatabase } from '../database.ts'
import type { Env } from '../env.ts'
import { openFiles } from '../files.ts'
import { foldersOf } from '../folders.ts'
import { type OfflineRestore, restoreOffline, scratchOf } from '../offline-restore.ts'
import { StartError } from '../start-error.ts'
import { type Command, clockOf } from './command.ts'
import { tellIntegrity } from './integrity.ts'
import { withBackup } from './located.ts'
import { complain, count, inBytes, say, startProgress } from './output.ts'
import { readPassphraseFile, readWords } from './words.ts'

type Tell = (stage: string, done: number, total: number) => void

/** `restore FILE|ID|latest [--from PLACE] [--dry-run | --files] [--passphrase-file FILE] [--yes]` */
export function readRestore(words: string[]): Command | undefined {
  const said = readWords(words, ['from', 'dry-run?', 'files?', 'passphrase-file', 'yes?'], 1)
  const name = said?.rest[0]
  if (!said || name === undefined || (said.flags.has('files') && said.flags.has('dry-run'))) return undefined
  return async (env) => {
    const progress = startProgress()
    const given = readPassphraseFile(said.text['passphrase-file'])
    return withBackup(env, name, { from: said.text.from, onProgress: progress.tell }, async ({ path }) => {
      if (said.flags.has('files')) return bringFiles(env, { path, given, tell: progress.tell }).finally(progress.end)
      const { plan, damage, passphrase } = await look(env, { path, given, tell: progress.tell })
      progress.end()
      if (damage !== undefined) say(`The database is damaged: ${damage}. Its file will be kept under another name.`)
      say(...describePlan(plan))
      if (said.flags.has('dry-run')) return say('Nothing was changed.')
      if (!said.flags.has('yes') && !(await isAgreed())) return complain('Nothing was changed.')
      const restore = restoreOffline({ env, now: clockOf(env), path, passphrase, onProgress: progress.tell })
      const done = await restore.finally(progress.end)
      say(...describeRestore(done))
      // It is done, and said, whatever becomes of older restore points.
      await pruneRestorePoints(foldersOf(env).backups)
      return 0
    }).finally(progress.end)
  }
}

/** Only the files: what was written to the database since then stays. */
async function bringFiles(
  env: Env,
  { path, given, tell }: { path: string; given: string | undefined; tell: Tell },
): Promise<0 | 1> {
  const options = { files: await openFiles(env), path, scratch: scratchOf(env), passphrase: given, onProgress: tell }
  const { files, added } = await restoreFiles(options).catch(explainPassphrase)
  say(`${count(files.size, 'file')} in the backup, ${added} of them put anew.`)
  return tellIntegrity(env, { known: files })
}

interface Look {
  plan: RestorePlan
  /** What is wrong with the database that is there. */
  damage: string | undefined
  passphrase: string | undefined
}

/** Reads all of the backup, and compares it with what is there, if that can be read. */
async function look(
  env: Env,
  { path, given, tell }: { path: string; given: string | undefined; tell: Tell },
): Promise<Look> {
  const damage = await findDatabaseDamage(env, 'whole')
  const files = await openFiles(env)
  const options = { files, path, scratch: scratchOf(env), onProgress: tell }
  if (damage !== undefined) {
    const plan = await planRestore({ ...options, ctx: null, passphrase: given }).catch(explainPassphrase)
    return { plan, damage, passphrase: given }
  }
  const database = await openDatabase(env)
  try {
    const isCurrent = (await findDatabaseProblem(database)) === undefined
    const ctx = isCurrent ? { db: database.db, now: clockOf(env) } : null
    const passphrase = given ?? (ctx ? await readPassphrase(ctx) : undefined)
    const plan = await planRestore({ ...options, ctx, passphrase }).catch(explainPassphrase)
    return { plan, damage, passphrase }
  } finally {
    await database.close()
  }
}

function explainPassphrase(error: unknown): never {
  const isAboutIt = error instanceof AppError && error.errors?.some(({ path }) => path === 'passphrase')
  throw isAboutIt ? new StartError(`${error.message} Name a file that holds it with --passphrase-file.`) : error
}

function describePlan(plan: RestorePlan): string[] {
  const { tables, files, migrations, warnings } = plan
  return [
    `A backup of ${plan.created_at}, made by version ${plan.app_version} (schema ${plan.schema_version}).`,
    ...(migrations.length > 0 ? [`It is brought up to date by ${migrations.join(', ')}.`] : []),
    'Rows, now and after the restore:',
    ...Object.entries(tables).map(([name, { now, after }]) => `  ${name}: ${now ?? 'unknown'} -> ${after}`),
    `${count(files.total, 'file')}, ${files.to_add} of them are not there now (${inBytes(files.bytes_to_add)}).`,
    ...warnings,
  ]
}

function describeRestore({ report, restorePoint, aside }: OfflineRestore): string[] {
  const { row_counts, files } = report
  const point = restorePoint && `To undo this, restore ${restorePoint.id}: that is the data of before.`
  return [
    `Restored: ${count(row_counts.purchases ?? 0, 'purchase')}, ${count(files.total, 'file')} (${files.added} put anew).`,
    ...(aside === null ? [] : [`The damaged database is kept as ${aside}.`]),
    ...(point === null ? [] : [point]),
    'A server that runs on this data goes on with the restored data; otherwise start it.',
  ]
}

/** Asks whoever sits at the terminal. @throws StartError when nobody does */
async function isAgreed(): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new StartError('Nothing was changed: --yes says that all data is to be replaced.')
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return (await terminal.question('Replace all data with this backup? Type "yes": ')).trim() === 'yes'
  } finally {
    terminal.close()
  }
}
