import { once } from 'node:events'
import { createServer } from 'node:net'
import { sql } from 'kysely'
import { expect, it, vi } from 'vitest'
import { connectDatabase } from './connect.ts'
import { isDiskFull, isForeignKeyViolation, isUnavailable, isUniqueViolation } from './errors.ts'
import { describeEachEngine } from './testing.ts'

function kinds(error: unknown): string[] {
  const predicates = { isDiskFull, isForeignKeyViolation, isUnavailable, isUniqueViolation }
  return Object.entries(predicates)
    .filter(([, predicate]) => predicate(error))
    .map(([name]) => name)
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable('was fulfilled'),
    (error) => error,
  )
}

describeEachEngine('errors', ({ name, openDatabase, createDatabaseUrl }) => {
  it('of a query that is simply wrong are of no kind', async () => {
    const { db } = await openDatabase()
    expect(kinds(await failure(sql`select nothing from nowhere`.execute(db)))).toEqual([])
    expect(kinds(new Error('timeout exceeded in my own code'))).toEqual([])
    expect(kinds(undefined)).toEqual([])
  })

  it('of a closed database say that it is unavailable', async () => {
    const { db, close, ping } = connectDatabase({ url: await createDatabaseUrl(), dataDir: '' })
    await ping()
    await close()
    expect(kinds(await failure(ping()))).toEqual(['isUnavailable'])
    expect(kinds(await failure(db.deleteFrom('brands').execute()))).toEqual(['isUnavailable'])
  })

  it('of a full database say so', async () => {
    const { db } = await openDatabase()
    const error =
      name === 'sqlite'
        ? await failure(
            db.transaction().execute(async (trx) => {
              await sql`pragma max_page_count = 1`.execute(trx)
              await sql`create table filler as with recursive n(i) as (select 1 union all select i + 1 from n where i < 50)
                        select zeroblob(10000) as bytes from n`.execute(trx)
            }),
          )
        : await failure(sql`do $$ begin raise exception using errcode = '53100'; end $$`.execute(db))
    expect(kinds(error)).toEqual(['isDiskFull'])
  })

  if (name === 'postgres') {
    it('of a lost connection are survived', async () => {
      const { db, ping } = await openDatabase()
      const killed = db.connection().execute(async (connection) => {
        await sql`select pg_terminate_backend(pg_backend_pid())`.execute(connection)
      })
      expect(kinds(await failure(killed))).toEqual(['isUnavailable'])
      // The pool may hand the dead connection out once more before it hears of its end.
      await vi.waitFor(ping)
    })

    it('of a connection that is lost between two rows of a stream end it, and the next one is well', async () => {
      const { db } = await openDatabase()
      const read = async (onRow: () => Promise<unknown>) => {
        let rows = 0
        const numbers = db.selectFrom(sql<{ n: number }>`generate_series(1, 3)`.as('numbers')).selectAll()
        for await (const _ of numbers.stream(1)) {
          rows += 1
          await onRow()
        }
        return rows
      }
      const others = sql`pid <> pg_backend_pid() and datname = current_database()`
      const kill = sql`select pg_terminate_backend(pid, 5000) from pg_stat_activity where ${others}`
      expect(kinds(await failure(read(() => kill.execute(db))))).toEqual(['isUnavailable'])
      expect(await read(async () => {})).toBe(3)
    })

    it('of a server that refuses, or takes a connection and stays silent, say that it is unavailable', async () => {
      const silent = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1')
      await once(silent, 'listening')
      const address = silent.address()
      const port = typeof address === 'object' ? address?.port : undefined
      const pool = { connectionTimeoutMs: 100 }
      const url = `postgres://user:secret@127.0.0.1:${port}/x`
      const waiting = connectDatabase({ url, dataDir: '', pool })
      expect(kinds(await failure(waiting.ping()))).toEqual(['isUnavailable'])
      silent.close()
      const refused = connectDatabase({ url, dataDir: '', pool })
      await once(silent, 'close')
      expect(kinds(await failure(refused.ping()))).toEqual(['isUnavailable'])
      await waiting.close()
      await refused.close()
    })

    it('of a pool with no free connection say that it is unavailable', async () => {
      const url = await createDatabaseUrl()
      const { db, ping, close } = connectDatabase({ url, dataDir: '', pool: { max: 1, connectionTimeoutMs: 100 } })
      await db.connection().execute(async () => {
        expect(kinds(await failure(ping()))).toEqual(['isUnavailable'])
      })
      await close()
    })

    it('of a statement that waits too long for a lock say that it is unavailable', async () => {
      const url = await createDatabaseUrl()
      const holder = connectDatabase({ url, dataDir: '' })
      const waiter = connectDatabase({ url, dataDir: '', pool: { statementTimeoutMs: 100 } })
      await holder.db.transaction().execute(async (tx) => {
        await sql`lock table statistics`.execute(tx)
        const waiting = waiter.db.selectFrom('statistics').select('kind').execute()
        expect(kinds(await failure(waiting))).toEqual(['isUnavailable'])
      })
      await waiter.close()
      await holder.close()
    })

    it('of an integer that JavaScript cannot hold are loud', async () => {
      const { db } = await openDatabase()
      const { rows } = await sql`select 9007199254740991::bigint as most`.execute(db)
      expect(rows).toEqual([{ most: Number.MAX_SAFE_INTEGER }])
      expect(await failure(sql`select 9007199254740993::bigint`.execute(db))).toBeInstanceOf(RangeError)
    })
  }
})
