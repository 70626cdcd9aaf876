import Database from 'better-sqlite3'
import { CompiledQuery, Kysely, sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { connectDatabase, type DatabaseHandle, type Db } from '../connect.ts'
import { isUnavailable } from '../errors.ts'
import type { Schema } from '../schema.ts'
import { finished, startProgram } from '../testing/programs.ts'
import { purchase } from '../testing/sample-rows.ts'
import { describeEachEngine, type TestEngine } from '../testing.ts'
import { SqliteFileDialect } from './sqlite.ts'

const writerProgram = new URL('../testing/writer-program.ts', import.meta.url)

async function addPurchase(db: Db): Promise<void> {
  const row = { ...purchase, retailer_id: null, brand_id: null, quantity: 1 }
  await db.insertInto('purchases').values(row).execute()
}

async function quantity(db: Db): Promise<number> {
  return (await db.selectFrom('purchases').select('quantity').executeTakeFirstOrThrow()).quantity
}

describeEachEngine('transactions', (engine) => {
  const { name, openDatabase } = engine
  it('of one process queue up and lose nothing', async () => {
    const { db } = await openDatabase()
    await addPurchase(db)
    await Promise.all(
      Array.from({ length: 100 }, (_, turn) =>
        turn % 2 === 0
          ? db
              .updateTable('purchases')
              .set((eb) => ({ quantity: eb('quantity', '+', 1) }))
              .execute()
          : db.transaction().execute(async (trx) => {
              const stored = trx.selectFrom('purchases').select('quantity')
              const row = await (name === 'postgres' ? stored.forUpdate() : stored).executeTakeFirstOrThrow()
              await trx
                .updateTable('purchases')
                .set({ quantity: row.quantity + 1 })
                .execute()
            }),
      ),
    )
    expect(await quantity(db)).toBe(101)
  })

  it('leave nothing behind when they fail', async () => {
    const { db } = await openDatabase()
    const failing = db.transaction().execute(async (trx) => {
      await addPurchase(trx)
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    expect(await db.selectFrom('purchases').selectAll().execute()).toEqual([])
    await addPurchase(db)
    expect(await quantity(db)).toBe(1)
  })

  it('do not keep readers waiting, who see what was there before', async () => {
    const { db } = await openDatabase()
    await addPurchase(db)
    await db.transaction().execute(async (trx) => {
      await trx.updateTable('purchases').set({ quantity: 7 }).execute()
      expect(await quantity(db)).toBe(1)
      expect(await quantity(trx)).toBe(7)
    })
    expect(await quantity(db)).toBe(7)
  })

  it('that only read see one moment, let others write, and cannot write', async () => {
    const { db } = await openDatabase()
    await addPurchase(db)
    const reading = db.transaction().setAccessMode('read only').setIsolationLevel('repeatable read')
    await reading.execute(async (trx) => {
      expect(await quantity(trx)).toBe(1)
      await db.updateTable('purchases').set({ quantity: 2 }).execute()
      expect(await quantity(trx)).toBe(1)
      expect(await quantity(db)).toBe(2)
    })
    await expect(reading.execute((trx) => trx.deleteFrom('purchases').execute())).rejects.toThrow(/read-?only/)
    expect(await reading.execute((trx) => quantity(trx))).toBe(2)
  })

  it('go back to a savepoint', async () => {
    const { db } = await openDatabase()
    const trx = await db.startTransaction().execute()
    await addPurchase(trx)
    const saved = await trx.savepoint('before').execute()
    await saved.updateTable('purchases').set({ quantity: 5 }).execute()
    const restored = await saved.rollbackToSavepoint('before').execute()
    expect(await quantity(restored)).toBe(1)
    await (await restored.releaseSavepoint('before').execute()).commit().execute()
    expect(await quantity(db)).toBe(1)
  })

  it('and queries alone stream rows in chunks, as they were at the start', async () => {
    const { db } = await openDatabase()
    for (let index = 0; index < 25; index += 1) {
      const id = `01890a5d-ac96-774b-bcce-b302099a80${String(index).padStart(2, '0')}`
      await db
        .insertInto('purchases')
        .values({ ...purchase, id, retailer_id: null, brand_id: null })
        .execute()
    }
    const readAll = async (source: Db, meanwhile: () => Promise<unknown>) => {
      const ids: string[] = []
      for await (const row of source.selectFrom('purchases').selectAll().orderBy('id').stream(10)) {
        expect(row).toMatchObject({ tax_deductible: true, notes: purchase.notes })
        ids.push(row.id)
        if (ids.length === 5) await meanwhile()
      }
      return ids
    }
    const inside = await db.transaction().execute((trx) => readAll(trx, () => quantity(db)))
    expect(inside).toHaveLength(25)
    const change = () => db.updateTable('purchases').set({ notes: 'changed' }).execute()
    expect(await readAll(db, change)).toEqual(inside)
    for await (const _row of db.selectFrom('purchases').select('id').stream(1)) break
    expect(await db.deleteFrom('purchases').executeTakeFirst()).toEqual({ numDeletedRows: 25n })
  })

  if (name === 'sqlite') describe('on a file', () => describeFile(engine))
})

function describeFile({ openDatabase, createDatabaseUrl }: TestEngine): void {
  async function pragma(db: Db, setting: string): Promise<unknown> {
    const { rows } = await sql.raw<Record<string, unknown>>(`pragma ${setting}`).execute(db)
    return Object.values(rows[0] ?? {})[0]
  }

  it('keeps what it acknowledged: settings of reader, writer and snapshots', async () => {
    const { db } = await openDatabase()
    const check = async (connection: Db) => {
      expect(await pragma(connection, 'journal_mode')).toBe('wal')
      expect(await pragma(connection, 'synchronous')).toBe(2)
      expect(await pragma(connection, 'foreign_keys')).toBe(1)
    }
    await check(db)
    await db.transaction().execute(check)
    await db.transaction().setAccessMode('read only').execute(check)
    expect(await pragma(db, 'busy_timeout')).toBe(5_000)
  })

  it('cannot be in memory', () => {
    expect(() => new SqliteFileDialect(':memory:')).toThrow('name a file')
  })

  it('refuses to freeze the shared reader with a transaction begun by hand', async () => {
    const { db } = await openDatabase()
    await expect(db.executeQuery(CompiledQuery.raw('begin'))).rejects.toThrow('use db.transaction()')
    await addPurchase(db)
    expect(await quantity(db)).toBe(1)
  })

  it('sees columns that came after a statement was prepared', async () => {
    const { db } = await openDatabase()
    await addPurchase(db)
    const everything = db.selectFrom('purchases').selectAll()
    await everything.execute()
    await sql`alter table purchases add column colour text default 'red'`.execute(db)
    expect(await everything.execute()).toMatchObject([{ colour: 'red', tax_deductible: true }])
  })

  it('keeps more statements than its cache holds apart', async () => {
    const { db } = await openDatabase()
    for (let turn = 0; turn < 2; turn += 1) {
      for (let number = 0; number < 600; number += 1) {
        const { rows } = await sql.raw<{ n: number }>(`select ${number} as n`).execute(db)
        expect(rows).toEqual([{ n: number }])
      }
    }
  })

  it('lose nothing and never fail between processes', async () => {
    const url = await createDatabaseUrl()
    const { db, close } = connectDatabase({ url, dataDir: '' })
    try {
      await addPurchase(db)
      const programs = await Promise.all([1, 2].map(() => startProgram(writerProgram, [url, '150'])))
      for (const program of programs) program.stdin.write('go\n')
      await Promise.all(programs.map((program) => finished(program)))
      expect(await quantity(db)).toBe(301)
    } finally {
      await close()
    }
  })

  describe('locked by somebody else', () => {
    async function openLocked(): Promise<{ database: DatabaseHandle; lock: Database.Database }> {
      const url = await createDatabaseUrl()
      const database = connectDatabase({ url, dataDir: '' })
      await database.ping()
      const lock = new Database(url.replace('sqlite:', ''))
      lock.exec('begin immediate')
      return { database, lock }
    }

    it('is waited for, while timers and reads go on', async () => {
      const { database, lock } = await openLocked()
      const written = addPurchase(database.db)
      for (let turn = 0; turn < 10; turn += 1) {
        expect(await database.db.selectFrom('purchases').selectAll().execute()).toEqual([])
        await new Promise(setImmediate)
      }
      lock.exec('commit')
      await written
      expect(await quantity(database.db)).toBe(1)
      lock.close()
      await database.close()
    })

    it('is given up in the end, as unavailable, and works again later', async () => {
      const { database, lock } = await openLocked()
      const impatient = new Kysely<Schema>({ dialect: new SqliteFileDialect(lock.name, { lockTimeoutMs: 100 }) })
      const error = await addPurchase(impatient).catch((reason) => reason)
      expect(isUnavailable(error)).toBe(true)
      expect(error.message).toContain('another process')
      await impatient.destroy()
      lock.close()
      await addPurchase(database.db)
      expect(await quantity(database.db)).toBe(1)
      await database.close()
    })
  })
}
