#!/usr/bin/env node
import './node-version.ts'
import { parseArgs } from 'node:util'
import { rebuildStatistics, type StatisticsDifference, verifyStatistics } from '@spends/core'
import { generatePurchases } from '@spends/core/demo/generate'
import { type MigrationStatus, migrateDown, migrationStatus } from '@spends/db'
import { readBackup, readList, readVerify } from './cli/backup.ts'
import { type Command, clockOf } from './cli/command.ts'
import { readIntegrity } from './cli/integrity.ts'
import { say } from './cli/output.ts'
import { readRestore } from './cli/restore.ts'
import { type DatabaseHandle, explained, findDatabaseProblem, openDatabase, prepareDatabase } from './database.ts'
import { loadEnv } from './env.ts'
import { explainFailure, StartError } from './start-error.ts'

const USAGE = `Usage: spends COMMAND

  migrate up           run the migrations that are pending
  migrate down         undo the last one, with the data that only its tables hold
  migrate status       list them

  stats verify         compare the kept figures with the purchases and warranties; 1 when something differs
  stats rebuild        compute the figures anew

  backup               make a backup and prove it [--to PLACE] [--passphrase-file FILE]
  list                 list the backups [--from PLACE]
  verify BACKUP        prove a backup anew [--from PLACE] [--passphrase-file FILE]; 1 when it is damaged
  restore BACKUP       put a backup in the place of all data [--from PLACE] [--passphrase-file FILE] [--dry-run] [--yes]
                       or only its files, and change no row [--files]
  integrity            read and hash the files of all attachments; 1 when one is missing or altered

  demo --purchases N   fill an empty database with N purchases of the last five years, at most 10,000,000

BACKUP is the path of a file, the id of a backup, or "latest". PLACE is a folder or s3://bucket/prefix with copies.
The database is the one of DATABASE_URL and DATA_DIR, from the environment or .env.
`

/** What works on a database that can be opened. @returns the exit code */
type DatabaseCommand = (database: DatabaseHandle, now: () => Date) => Promise<0 | 1>

const DATABASE_COMMANDS: Readonly<Record<string, DatabaseCommand>> = {
  'migrate up': up,
  'migrate down': down,
  'migrate status': status,
  'stats verify': verify,
  'stats rebuild': rebuild,
}

/** Those that have something to say after their first word: undefined when that is not understood. */
const COMMANDS: Readonly<Record<string, (words: string[]) => Command | undefined>> = {
  backup: readBackup,
  list: readList,
  verify: readVerify,
  restore: readRestore,
  integrity: readIntegrity,
  demo: readDemo,
}

/** Differences that are told one by one. */
const MAX_SHOWN = 100

const MAX_DEMO_PURCHASES = 10_000_000

process.exitCode = await run(process.argv.slice(2))

/** @returns the exit code: 0 done, 1 failed or something differs, 2 not understood. */
async function run(words: string[]): Promise<number> {
  if (words.length === 1 && ['help', '--help', '-h'].includes(words[0] ?? '')) {
    process.stdout.write(USAGE)
    return 0
  }
  const command = findCommand(words)
  if (!command) {
    process.stderr.write(USAGE)
    return 2
  }
  try {
    const env = loadEnv()
    return await explained(() => command(env))
  } catch (error) {
    return explainFailure(error)
  }
}

function findCommand(words: string[]): Command | undefined {
  const [first = '', ...rest] = words
  if (Object.hasOwn(COMMANDS, first)) return COMMANDS[first]?.(rest)
  const name = words.join(' ')
  const command = Object.hasOwn(DATABASE_COMMANDS, name) ? DATABASE_COMMANDS[name] : undefined
  return command && onDatabase(command)
}

function onDatabase(command: DatabaseCommand): Command {
  return async (env) => {
    const database = await openDatabase(env)
    try {
      return await command(database, clockOf(env))
    } finally {
      await database.close()
    }
  }
}

async function up(database: DatabaseHandle, now: () => Date): Promise<0> {
  const { description } = database
  const ran = await prepareDatabase(database, now)
  return say(
    ran.length > 0 ? `Migrated ${description}:` : `Nothing to do: ${description} is current.`,
    ...ran.map((name) => `  ${name}`),
  )
}

async function down({ db, description }: DatabaseHandle): Promise<0> {
  const last = lastApplied(await migrationStatus(db))
  if (!last) return say(`Nothing to undo: no migration has run on ${description}.`)
  say(`Undoing ${last} on ${description}, and the data that only its tables hold ...`)
  const undone = await migrateDown(db)
  return say(undone === last ? 'Done.' : `Done, but another process was at work: ${undone ?? 'nothing'} was undone.`)
}

async function status({ db, description }: DatabaseHandle): Promise<0> {
  const { migrations, current } = await migrationStatus(db)
  say(description, ...migrations.map(({ name, applied_at }) => `  ${name}  ${applied_at ?? 'pending'}`))
  return say(current ? 'The database is current.' : 'Migrations are pending: run "spends migrate up".')
}

function lastApplied({ migrations }: MigrationStatus): string | undefined {
  return migrations.findLast(({ applied_at }) => applied_at !== null)?.name
}

async function verify(database: DatabaseHandle, now: () => Date): Promise<0 | 1> {
  await requireCurrent(database)
  const differences = await verifyStatistics({ db: database.db, now })
  if (differences.length === 0) return say(`The figures of ${database.description} are right.`)
  say(
    `${differences.length} of the figures of ${database.description} are wrong:`,
    ...differences.slice(0, MAX_SHOWN).map(describe),
    ...(differences.length > MAX_SHOWN ? [`  and ${differences.length - MAX_SHOWN} more`] : []),
    'Run "spends stats rebuild".',
  )
  return 1
}

/** Amounts are in minor units, as they are kept. */
function describe({ kind, key, currency_code, period, stored, computed }: StatisticsDifference): string {
  const name = [kind, currency_code, period, JSON.stringify(key)].filter((part) => part !== '' && part !== '""')
  return `  ${name.join(' ')}: ${inWords(stored)}, should be ${inWords(computed)}`
}

function inWords({ row_count, item_count, amount }: StatisticsDifference['stored']): string {
  return `${row_count} rows, ${item_count} items, amount ${amount}`
}

async function rebuild(database: DatabaseHandle, now: () => Date): Promise<0> {
  await requireCurrent(database)
  await rebuildStatistics({ db: database.db, now })
  return say(`The figures of ${database.description} are computed anew.`)
}

async function requireCurrent(database: DatabaseHandle): Promise<void> {
  const problem = await findDatabaseProblem(database)
  if (problem) throw new StartError(problem)
}

function readDemo(words: string[]): Command | undefined {
  const purchases = readNumber(words)
  if (purchases === undefined || purchases < 1 || purchases > MAX_DEMO_PURCHASES) return undefined
  return onDatabase(async (database, now) => {
    await prepareDatabase(database, now)
    const onProgress = (recorded: number) => void process.stdout.write(`\r${recorded} of ${purchases} purchases`)
    await generatePurchases({ db: database.db, now }, { purchases, onProgress })
    return say(` are in ${database.description}.`)
  })
}

function readNumber(words: string[]): number | undefined {
  try {
    const { purchases } = parseArgs({ args: words, options: { purchases: { type: 'string' } } }).values
    return purchases !== undefined && /^\d{1,9}$/.test(purchases) ? Number(purchases) : undefined
  } catch {
    // The only way in which it says that it does not understand.
    return undefined
  }
}
