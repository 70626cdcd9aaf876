import { isOutOfRange, preparedInsert } from '@spends/db'
import type { Context } from '../context.ts'
import { invalid } from '../errors.ts'
import type { Deltas } from './deltas.ts'

/**
 * Adds deltas to the stored figures, in the transaction that caused them.
 * @throws AppError UNPROCESSABLE_CONTENT when a sum would leave 64 bits
 */
export async function storeDeltas(tx: Context, deltas: Deltas): Promise<void> {
  try {
    await addRows(tx.db, deltas.sorted())
  } catch (error) {
    if (!isOutOfRange(error)) throw error
    throw invalid([{ path: 'price', message: 'would make the sum of this currency larger than can be counted' }])
  }
}

const addRows = preparedInsert('statistics', (insert) =>
  insert.onConflict((conflict) =>
    conflict.columns(['kind', 'currency_code', 'key', 'period']).doUpdateSet((eb) => ({
      row_count: eb('statistics.row_count', '+', eb.ref('excluded.row_count')),
      item_count: eb('statistics.item_count', '+', eb.ref('excluded.item_count')),
      amount: eb('statistics.amount', '+', eb.ref('excluded.amount')),
    })),
  ),
)
