import { prepared } from '@spends/db'
import { today } from './calendar.ts'
import type { Context } from './context.ts'

const raise = prepared((db) => db.updateTable('settings').set((eb) => ({ revision: eb('revision', '+', 1) })))

/**
 * Says that data changed; the last write of every transaction that changes any, so that nobody who holds this row
 * waits for another one.
 */
export async function raiseRevision(tx: Context): Promise<void> {
  await raise(tx.db)
}

/** What every answer follows from: while both are the same, so is every answer. */
export interface Revision {
  /** Rises with every change of the data. */
  revision: number
  /** The current day of this instance: statuses and figures change at midnight without any write. */
  today: string
}

const selectRevision = prepared((db) => db.selectFrom('settings').select(['revision', 'time_zone']))

export async function getRevision(ctx: Context): Promise<Revision> {
  const [row] = await selectRevision(ctx.db)
  if (!row) throw new Error('The database was never seeded')
  return { revision: row.revision, today: today(ctx.now(), row.time_zone) }
}
