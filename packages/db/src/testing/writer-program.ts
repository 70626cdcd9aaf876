/**
 * Adds 1 to the first purchase's quantity, again and again: reads it, and writes it back, in a transaction. Every
 * second time in a single statement. Arguments: DATABASE_URL, how many times.
 */
import { sql } from 'kysely'
import { connectDatabase } from '../connect.ts'
import { barrier } from './programs.ts'

const [, , url, times] = process.argv
const { db, close } = connectDatabase({ url, dataDir: '' })
await sql`select 1`.execute(db)
await barrier()
for (let turn = 0; turn < Number(times); turn += 1) {
  if (turn % 2 === 0) {
    await db
      .updateTable('purchases')
      .set((eb) => ({ quantity: eb('quantity', '+', 1) }))
      .execute()
  } else {
    await db.transaction().execute(async (trx) => {
      const { quantity } = await trx.selectFrom('purchases').select('quantity').executeTakeFirstOrThrow()
      await trx
        .updateTable('purchases')
        .set({ quantity: quantity + 1 })
        .execute()
    })
  }
}
await close()
process.stdin.destroy()
