import { type Db, isDeadlock } from '@spends/db'
import { v7 } from 'uuid'

/** What every service needs: the database (or an open transaction of it) and the clock. */
export interface Context {
  readonly db: Db
  readonly now: () => Date
}

/** A new UUIDv7: it grows with time, so that inserts append to the indexes. */
export function newId(): string {
  return v7()
}

/** Who loses this often has met something else than bad luck. */
const ATTEMPTS = 4

/**
 * Runs `work` in one transaction: all of its writes happen, or none.
 * Inside an open transaction it joins that one, so services can call each other.
 * @param work runs again from the start when the database gave way to another transaction, so it must keep nothing
 */
export async function inTransaction<T>(ctx: Context, work: (tx: Context) => Promise<T>): Promise<T> {
  if (ctx.db.isTransaction) return work(ctx)
  for (let attempt = 1; ; attempt++) {
    try {
      return await ctx.db.transaction().execute((db) => work({ ...ctx, db }))
    } catch (error) {
      if (!isDeadlock(error) || attempt === ATTEMPTS) throw error
    }
  }
}

/**
 * Runs `work`, which only reads, on the data of one moment: what others write meanwhile does not show, so figures that
 * are read one after the other fit together. Inside an open transaction it joins that one.
 */
export async function inSnapshot<T>(ctx: Context, work: (tx: Context) => Promise<T>): Promise<T> {
  if (ctx.db.isTransaction) return work(ctx)
  const snapshot = ctx.db.transaction().setAccessMode('read only').setIsolationLevel('repeatable read')
  return snapshot.execute((db) => work({ ...ctx, db }))
}
