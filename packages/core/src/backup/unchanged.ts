import { lockTablesWhole } from '@spends/db'
import type { Context } from '../context.ts'
import { AppError } from '../errors.ts'
import { BACKUP_TABLES } from './tables.ts'

/** What else speaks of rows that are replaced. */
export const FOLLOWING = ['statistics', 'job_changes', 'removed_attachments'] as const

/** Something was written that the backup of what is to be replaced does not have. */
export class WrittenMeanwhile extends AppError {}

/**
 * Waits until nobody else writes data, and keeps everybody from it until the transaction `tx` ends.
 * @param expected the revision of the data that a backup keeps; without it, any will do
 * @param refusal continues "Something was written ..., which would be lost."
 * @returns the revision of the data, which is 0 where there never was any
 * @throws WrittenMeanwhile where it is not the one that was expected
 */
export async function holdData(tx: Context, expected: number | undefined, refusal: string): Promise<number> {
  // The settings last: who raises the revision has written everything else before.
  const others = BACKUP_TABLES.map(({ name }) => name).filter((name) => name !== 'settings')
  await lockTablesWhole(tx.db, [...others, ...FOLLOWING, 'settings'])
  const row = await tx.db.selectFrom('settings').select('revision').executeTakeFirst()
  const revision = row?.revision ?? 0
  if (expected === undefined || revision === expected) return revision
  throw new WrittenMeanwhile(
    'CONFLICT',
    `Something was changed while the backup was made, which would be lost. ${refusal}`,
  )
}
