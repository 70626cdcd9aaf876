import { randomFillSync } from 'node:crypto'
import { type Db, isDeadlock } from '@spends/db'
import { v7 } from 'uuid'

/** What every service needs: the database (or an open transaction of it) and the clock. */
export interface Context {
  readonly db: Db
  readonly now: () => Date
  /** Who does the long work of this process; without it, jobs wait until a worker looks for them. */
  readonly jobs?: { poke(): void }
}

/** Random bytes for the next ids: asking for many at once is ten times cheaper than for each. */
const random = new Uint8Array(16 * 256)
let used = random.length
const last = { msecs: 0, seq: 0 }

/** A new UUIDv7: it is larger than all that this process made before, so that inserts append to the indexes. */
export function newId(): string {
  if (used === random.length) {
    randomFillSync(random)
    used = 0
  }
  const bytes = random.subarray(used, used + 16)
  used += 16
  const now = Date.now()
  if (now > last.msecs) {
    last.msecs = now
    // Its highest bit stays free, so that counting up within the millisecond does not overflow.
    last.seq = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) >>> 1
  } else {
    last.seq++
  }
  return v7({ random: bytes, ...last })
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

/**
 * As `inSnapshot`, for what is read bit by bit. The snapshot ends with the reading: at its end, when it fails, and when
 * whoever reads stops in the middle (`return()` of the iterator).
 */
export async function* streamSnapshot<T>(ctx: Context, read: (tx: Context) => AsyncIterable<T>): AsyncGenerator<T> {
  if (ctx.db.isTransaction) {
    yield* read(ctx)
    return
  }
  const snapshot = ctx.db.startTransaction().setAccessMode('read only').setIsolationLevel('repeatable read')
  const db = await snapshot.execute()
  try {
    yield* read({ ...ctx, db })
  } finally {
    await db.rollback().execute()
  }
}
