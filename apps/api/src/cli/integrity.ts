import { type FilesReport, type VerifyOptions, verifyFiles } from '@spends/core'
import { findDatabaseProblem, openDatabase } from '../database.ts'
import type { Env } from '../env.ts'
import { openFiles } from '../files.ts'
import { StartError } from '../start-error.ts'
import { type Command, clockOf } from './command.ts'
import { complain, count, inBytes, say, startProgress } from './output.ts'

/** Lost files that are named one by one. */
const MAX_NAMED = 100

/** `integrity` */
export function readIntegrity(words: string[]): Command | undefined {
  if (words.length > 0) return undefined
  return (env) => tellIntegrity(env)
}

/** Reads and hashes the files of all attachments, and marks what is lost. @throws StartError */
async function checkFiles(env: Env, known: VerifyOptions['known']): Promise<FilesReport> {
  const database = await openDatabase(env)
  const progress = startProgress()
  try {
    const problem = await findDatabaseProblem(database)
    if (problem) throw new StartError(problem)
    return await verifyFiles({ db: database.db, now: clockOf(env) }, await openFiles(env), {
      known,
      onProgress: (done, total) => progress.tell('files', done, total),
    })
  } finally {
    progress.end()
    await database.close()
  }
}

function tellFiles({ checked, bytes, missing, altered, orphaned }: FilesReport): 0 | 1 {
  say(`${count(checked, 'file')} checked; ${inBytes(bytes)} are as they were stored.`)
  if (orphaned.length > 0) {
    say(`${count(orphaned.length, 'stored file')} of no attachment: the server clears them away in time.`)
  }
  if (missing.length + altered.length === 0) return say('Nothing is missing, nothing was altered.')
  const named = [
    ...missing.flatMap(({ attachments }) => attachments.map(({ filename }) => `  missing: ${filename}`)),
    ...altered.flatMap(({ attachments }) => attachments.map(({ filename }) => `  altered: ${filename}`)),
  ]
  return complain(
    `${missing.length} missing, ${altered.length} altered:`,
    ...named.slice(0, MAX_NAMED),
    ...(named.length > MAX_NAMED ? [`  and ${named.length - MAX_NAMED} more`] : []),
    '"spends restore latest --files" brings back those that are in the last backup.',
  )
}

/** Brings the marks of lost files up to date, and says how things stand. @param options.known as for `verifyFiles` */
export async function tellIntegrity(env: Env, { known }: Pick<VerifyOptions, 'known'> = {}): Promise<0 | 1> {
  return tellFiles(await checkFiles(env, known))
}
