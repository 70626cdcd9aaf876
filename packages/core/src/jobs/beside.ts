import { lockTable } from '@spends/db'
import type { Context } from '../context.ts'
import { AppError } from '../errors.ts'
import type { JobKind } from './shapes.ts'

/**
 * What may not wait or run when a job of a kind is queued. There is one backup, restore or erasing at a time; and the
 * latter two would take away the log by which an import or a change is taken back.
 */
const EXCLUDED: Readonly<Record<JobKind, readonly JobKind[]>> = {
  IMPORT: ['RESTORE', 'ERASE'],
  CHANGE: ['RESTORE', 'ERASE'],
  DELETE: ['RESTORE', 'ERASE'],
  UNDO: ['RESTORE', 'ERASE'],
  BACKUP: ['BACKUP', 'RESTORE', 'ERASE'],
  RESTORE: ['BACKUP', 'RESTORE', 'ERASE', 'IMPORT', 'CHANGE', 'DELETE', 'UNDO'],
  ERASE: ['BACKUP', 'RESTORE', 'ERASE', 'IMPORT', 'CHANGE', 'DELETE', 'UNDO'],
  VERIFY: [],
  INTEGRITY: [],
}

const WORDS: Readonly<Record<JobKind, string>> = {
  IMPORT: 'An import is',
  CHANGE: 'A change of many purchases is',
  DELETE: 'A deletion of many purchases is',
  UNDO: 'An undo is',
  BACKUP: 'A backup is',
  RESTORE: 'A restore is',
  VERIFY: 'The proof of a backup is',
  ERASE: 'The erasing of all data is',
  INTEGRITY: 'A look at all files is',
}

/**
 * Makes sure that a job of this kind may be queued in the transaction `tx`: nobody else asks until it ends, in any
 * process.
 * @throws AppError CONFLICT naming the kind that is in its way
 */
export async function refuseBeside(tx: Context, kind: JobKind): Promise<void> {
  const excluded = EXCLUDED[kind]
  if (excluded.length === 0) return
  await lockBackups(tx)
  const inTheWay = await tx.db
    .selectFrom('jobs')
    .select('kind')
    .where('status', 'in', ['QUEUED', 'RUNNING'])
    .where('kind', 'in', excluded)
    .limit(1)
    .executeTakeFirst()
  if (!inTheWay) return
  throw new AppError('CONFLICT', `${WORDS[inTheWay.kind as JobKind]} under way. Try again when it is over.`)
}

/** Nobody else decides about backups and the jobs beside them until the transaction `tx` ends. */
export async function lockBackups({ db }: Context): Promise<void> {
  // The table stands for the decision: writing jobs themselves must go on.
  await lockTable(db, 'backup_config')
}
