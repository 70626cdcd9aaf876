import { expect, it } from 'vitest'
import { prepared } from './prepared.ts'
import { sampleRows } from './testing/sample-rows.ts'
import { describeEachEngine } from './testing.ts'

const findPurchase = prepared((db, id: string, least: number) =>
  db
    .selectFrom('purchases')
    .select(['product_name', 'tax_deductible'])
    .where('id', '=', id)
    .where('quantity', '>=', least)
    .where('status', '=', 'RECEIVED'),
)

describeEachEngine('a prepared query', ({ openDatabase }) => {
  it('runs with the values of each call, inside and outside a transaction', async () => {
    const { db } = await openDatabase()
    for (const [table, row] of sampleRows)
      await db
        .insertInto(table)
        .values(row as never)
        .execute()
    const { id, product_name, tax_deductible, quantity } = await db
      .selectFrom('purchases')
      .selectAll()
      .executeTakeFirstOrThrow()
    await db.updateTable('purchases').set({ status: 'RECEIVED' }).execute()

    expect(await findPurchase(db, id, quantity)).toEqual([{ product_name, tax_deductible }])
    expect(await findPurchase(db, id, quantity + 1)).toEqual([])
    await db.transaction().execute(async (tx) => {
      await tx.updateTable('purchases').set({ product_name: 'Changed' }).execute()
      expect(await findPurchase(tx, id, 1)).toEqual([{ product_name: 'Changed', tax_deductible }])
    })
  })

  it('refuses a value that is not handed on to the database', async () => {
    const { db } = await openDatabase()
    const wrong = prepared((db, name: string) => db.selectFrom('brands').select('id').where('name', '=', `${name}!`))
    await expect(wrong(db, 'Apple')).rejects.toThrow('is not in it')
  })
})
