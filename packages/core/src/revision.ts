import { today } from './calendar.ts'
import type { Context } from './context.ts'

/**
 * Says that data changed; the last write of every transaction that changes any, so that nobody who holds this row
 * waits for another one.
 */
export async function raiseRevision(tx: Context): Promise<void> {
  await tx.db
    .updateTable('settings')
    .set((eb) => ({ revision: eb('revision', '+', 1) }))
    .execute()
}

/** What every answer follows from: while both are the same, so is every answer. */
export interface Revision {
  /** Rises with every change of the data. */
  revision: number
  /** The current day of this instance: statuses and figures change at midnight without any write. */
  today: string
}

export async function getRevision(ctx: Context): Promise<Revision> {
  const { revision, time_zone } = await ctx.db
    .selectFrom('settings')
    .select(['revision', 'time_zone'])
    .executeTakeFirstOrThrow()
  return { revision, today: today(ctx.now(), time_zone) }
}
