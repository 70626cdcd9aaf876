import { type Kysely, sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { connectDatabase, type Db } from './connect.ts'
import { engineOf } from './dialect.ts'
import { migrateDown, migrateUp, migrationStatus, SchemaTooNewError } from './migrate.ts'
import { type Migration, migrations } from './migrations/index.ts'
import { finished, startProgram } from './testing/programs.ts'
import { describeEachEngine } from './testing.ts'

const migrateProgram = new URL('./testing/migrate-program.ts', import.meta.url)
const names = migrations.map(({ name }) => name)

/** Every table, column, rule and index, as the engine tells it. */
async function describeSchema(db: Db): Promise<unknown[]> {
  const query =
    engineOf(db) === 'sqlite'
      ? sql`select type, name, tbl_name, sql from sqlite_schema where tbl_name <> 'schema_migrations' order by type, name`
      : sql`
          select 'column' as kind, table_name as owner, column_name as name,
                 concat_ws(' ', data_type, is_nullable, collation_name, column_default, ordinal_position) as definition
            from information_schema.columns where table_schema = 'public' and table_name <> 'schema_migrations'
          union all
          select 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
            from pg_constraint where connamespace = 'public'::regnamespace
             and conrelid <> 'schema_migrations'::regclass
          union all
          select 'index', tablename, indexname, indexdef from pg_indexes
           where schemaname = 'public' and tablename <> 'schema_migrations'
          order by 1, 2, 3`
  return (await query.execute(db)).rows
}

function adding(name: string, action: (db: Kysely<unknown>) => Promise<unknown>): Migration {
  return {
    name,
    up: async (db) => {
      await action(db as Kysely<unknown>)
    },
    down: async () => {},
  }
}

describeEachEngine('migrations', ({ createDatabaseUrl, openDatabase }) => {
  async function openEmpty() {
    return connectDatabase({ url: await createDatabaseUrl({ empty: true }), dataDir: '' })
  }

  it('make the tables once, and say when', async () => {
    const { db, close } = await openEmpty()
    try {
      expect(await migrationStatus(db)).toEqual({
        migrations: names.map((name) => ({ name, applied_at: null })),
        current: false,
      })
      expect(await migrateUp(db)).toEqual(names)
      expect(await migrateUp(db)).toEqual([])
      const status = await migrationStatus(db)
      expect(status.current).toBe(true)
      for (const { applied_at } of status.migrations) expect(applied_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    } finally {
      await close()
    }
  })

  it('leave the same schema after up, down and up', async () => {
    const { db } = await openDatabase()
    const before = await describeSchema(db)
    expect(before.length).toBeGreaterThan(20)
    for (const name of names.toReversed()) expect(await migrateDown(db)).toBe(name)
    expect(await migrateDown(db)).toBeNull()
    expect(await describeSchema(db)).toEqual([])
    expect(await migrateUp(db)).toEqual(names)
    expect(await describeSchema(db)).toEqual(before)
  })

  it('leave nothing behind when one of them fails', async () => {
    const { db } = await openDatabase()
    const before = await describeSchema(db)
    const good = adding('900-good', (trx) => sql`create table half (id text)`.execute(trx))
    const bad = adding('901-bad', (trx) => sql`select * from missing_table`.execute(trx))
    await expect(migrateUp(db, [...migrations, good, bad])).rejects.toThrow('missing_table')
    expect(await describeSchema(db)).toEqual(before)
    expect((await migrationStatus(db)).current).toBe(true)
  })

  it('refuse a database of a newer version, and name what they do not know', async () => {
    const { db } = await openDatabase()
    await migrateUp(db, [...migrations, adding('900-next-year', async () => {})])
    for (const attempt of [migrateUp, migrateDown, migrationStatus]) {
      const error = await attempt(db).catch((reason) => reason)
      expect(error).toBeInstanceOf(SchemaTooNewError)
      expect(error.message).toContain('900-next-year')
    }
  })

  describe('when several start at once', () => {
    it('run once between handles of one process', async () => {
      const url = await createDatabaseUrl({ empty: true })
      const handles = Array.from({ length: 4 }, () => connectDatabase({ url, dataDir: '' }))
      try {
        const ran = await Promise.all(handles.map(({ db }) => migrateUp(db)))
        expect(ran.flat()).toEqual(names)
      } finally {
        for (const { close } of handles) await close()
      }
    })

    it('run once between processes', async () => {
      const url = await createDatabaseUrl({ empty: true })
      const programs = await Promise.all(Array.from({ length: 3 }, () => startProgram(migrateProgram, [url])))
      for (const program of programs) program.stdin.write('go\n')
      const ran = await Promise.all(programs.map((program) => finished(program)))
      expect(ran.flatMap((output) => JSON.parse(output))).toEqual(names)
    })
  })
})
