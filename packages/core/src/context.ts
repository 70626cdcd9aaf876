import type { Db } from '@spends/db'
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

/**
 * Runs `work` in one transaction: all of its writes happen, or none.
 * Inside an open transaction it joins that one, so services can call each other.
 */
export async function inTransaction<T>(ctx: Context, work: (tx: Context) => Promise<T>): Promise<T> {
  if (ctx.db.isTransaction) return work(ctx)
  return ctx.db.transaction().execute((db) => work({ ...ctx, db }))
}
