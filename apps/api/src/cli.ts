#!/usr/bin/env node
import { type MigrationStatus, migrateDown, migrateUp, migrationStatus } from '@spends/db'
import { type DatabaseHandle, explained, openDatabase } from './database.ts'
import { loadEnv } from './env.ts'
import { explainFailure } from './start-error.ts'

const USAGE = `Usage: spends migrate <up | down | status>

  migrate up       run the migrations that are pending
  migrate down     undo the last one, with the data that only its tables hold
  migrate status   list them

The database is the one of DATABASE_URL and DATA_DIR, from the environment or .env.
`

const MIGRATE = { up, down, status }

process.exitCode = await run(process.argv.slice(2))

/** @returns the exit code: 0 done, 1 failed, 2 not understood. */
async function run(words: string[]): Promise<number> {
  if (words.length === 1 && ['help', '--help', '-h'].includes(words[0] ?? '')) {
    process.stdout.write(USAGE)
    return 0
  }
  const [group, name, ...rest] = words
  if (group !== 'migrate' || !isMigration(name) || rest.length > 0) {
    process.stderr.write(USAGE)
    return 2
  }
  try {
    const database = await openDatabase(loadEnv())
    try {
      await explained(() => MIGRATE[name](database))
    } finally {
      await database.close()
    }
    return 0
  } catch (error) {
    return explainFailure(error)
  }
}

function isMigration(name: string | undefined): name is keyof typeof MIGRATE {
  return name !== undefined && Object.hasOwn(MIGRATE, name)
}

async function up({ db, description }: DatabaseHandle): Promise<void> {
  const ran = await migrateUp(db)
  say(
    ran.length > 0 ? `Migrated ${description}:` : `Nothing to do: ${description} is current.`,
    ...ran.map((name) => `  ${name}`),
  )
}

async function down({ db, description }: DatabaseHandle): Promise<void> {
  const last = lastApplied(await migrationStatus(db))
  if (!last) return say(`Nothing to undo: no migration has run on ${description}.`)
  say(`Undoing ${last} on ${description}, and the data that only its tables hold ...`)
  const undone = await migrateDown(db)
  say(undone === last ? 'Done.' : `Done, but another process was at work: ${undone ?? 'nothing'} was undone.`)
}

async function status({ db, description }: DatabaseHandle): Promise<void> {
  const { migrations, current } = await migrationStatus(db)
  say(description, ...migrations.map(({ name, applied_at }) => `  ${name}  ${applied_at ?? 'pending'}`))
  say(current ? 'The database is current.' : 'Migrations are pending: run "spends migrate up".')
}

function lastApplied({ migrations }: MigrationStatus): string | undefined {
  return migrations.findLast(({ applied_at }) => applied_at !== null)?.name
}

function say(...lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`)
}
