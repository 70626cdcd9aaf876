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

/** A number that rises with every change of the data: while it is the same, so is every answer of the same day. */
export async function getRevision(ctx: Context): Promise<number> {
  const { revision } = await ctx.db.selectFrom('settings').select('revision').executeTakeFirstOrThrow()
  return revision
}
