import { type Kysely, sql } from 'kysely'
import { type Engine, engineOf } from './dialect.ts'
import { type Migration, migrations as released } from './migrations/index.ts'
import type { Schema } from './schema.ts'

export interface MigrationStatus {
  /** Every migration this version knows, oldest first; `applied_at` is an instant, null while it is pending. */
  migrations: { name: string; applied_at: string | null }[]
  /** Nothing is pending. */
  current: boolean
}

/** The database was migrated by a newer version, whose tables this one does not know. */
export class SchemaTooNewError extends Error {
  override readonly name = 'SchemaTooNewError'

  constructor(migration: string) {
    super(
      `The database has been migrated by a newer version (migration ${migration} is unknown to this one). ` +
        'Start that version, or one newer still; or migrate down with it first.',
    )
  }
}

/**
 * Runs what is pending, all of it or, after an error, nothing. Safe when several processes start at once: the first
 * does the work, the others wait for it.
 * @returns the names of the migrations that ran.
 * @throws SchemaTooNewError
 */
export async function migrateUp(db: Kysely<Schema>, migrations = released): Promise<string[]> {
  if ((await migrationStatus(db, migrations)).current) return []
  return locked(db, migrations, async (trx, applied) => {
    const pending = migrations.slice(applied.length)
    for (const { name, up } of pending) {
      await up(trx)
      await trx.insertInto('schema_migrations').values({ name, applied_at: now() }).execute()
    }
    return pending.map(({ name }) => name)
  })
}

/**
 * Takes the last migration back, and with it the data that only its tables hold.
 * @returns its name, or null when there was none.
 * @throws SchemaTooNewError
 */
export async function migrateDown(db: Kysely<Schema>, migrations = released): Promise<string | null> {
  return locked(db, migrations, async (trx, applied) => {
    const last = migrations[applied.length - 1]
    if (!last) return null
    await last.down(trx)
    await trx.deleteFrom('schema_migrations').where('name', '=', last.name).execute()
    return last.name
  })
}

/** @throws SchemaTooNewError */
export async function migrationStatus(db: Kysely<Schema>, migrations = released): Promise<MigrationStatus> {
  const applied = await appliedMigrations(withHistory(db), migrations)
  return {
    migrations: migrations.map(({ name }, index) => ({ name, applied_at: applied[index]?.applied_at ?? null })),
    current: applied.length === migrations.length,
  }
}

interface AppliedMigration {
  name: string
  applied_at: string
}

type History = Schema & { schema_migrations: AppliedMigration }

function withHistory(db: Kysely<Schema>): Kysely<History> {
  return db.$extendTables<{ schema_migrations: AppliedMigration }>()
}

/**
 * A transaction that no other process can be in at the same time, and what had been applied when it began.
 *
 * Not Kysely's Migrator: that takes a lock for the session rather than the transaction, reads the history with time
 * limits meant for requests still in force, and makes two tables before it holds the lock.
 */
async function locked<T>(
  db: Kysely<Schema>,
  migrations: readonly Migration[],
  action: (trx: Kysely<History>, applied: AppliedMigration[]) => Promise<T>,
): Promise<T> {
  return withHistory(db)
    .transaction()
    .execute(async (trx) => {
      // Elsewhere the transaction itself is the lock.
      if (engineOf(trx) === 'postgres') {
        await sql`set local statement_timeout = 0`.execute(trx)
        await sql`select pg_advisory_xact_lock(723741650101)`.execute(trx)
      }
      await trx.schema
        .createTable('schema_migrations')
        .ifNotExists()
        .addColumn('name', 'text', (column) => column.notNull().primaryKey())
        .addColumn('applied_at', 'text', (column) => column.notNull())
        .execute()
      return action(trx, await appliedMigrations(trx, migrations))
    })
}

const tableCount: Record<Engine, string> = {
  sqlite: `select count(*) as count from sqlite_schema where name = 'schema_migrations'`,
  postgres: `select count(to_regclass('schema_migrations')) as count`,
}

/** Oldest first, checked to be the beginning of `migrations`. */
async function appliedMigrations(db: Kysely<History>, migrations: readonly Migration[]): Promise<AppliedMigration[]> {
  const found = await sql.raw<{ count: number }>(tableCount[engineOf(db)]).execute(db)
  if (found.rows[0]?.count !== 1) return []
  const rows = await db.selectFrom('schema_migrations').selectAll().execute()
  const unknown = rows.find((row) => !migrations.some(({ name }) => name === row.name))
  if (unknown) throw new SchemaTooNewError(unknown.name)
  return migrations.slice(0, rows.length).map(({ name }) => {
    const row = rows.find((candidate) => candidate.name === name)
    if (!row) throw new Error(`Migration ${name} was skipped: the database's list of migrations is damaged`)
    return row
  })
}

function now(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`
}
