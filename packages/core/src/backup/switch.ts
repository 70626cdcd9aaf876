import { createHash } from 'node:crypto'
import { beginBulk, clearTables, type Db, insertRows, streamRows } from '@spends/db'
import type { Context } from '../context.ts'
import { AppError } from '../errors.ts'
import { Settings } from '../settings.ts'
import { rebuildStatistics } from '../statistics/rebuild.ts'
import { refusedEntry } from '../zip/directory.ts'
import type { RestoreStage } from './restore.ts'
import { BATCH, hashTable, type TableInDatabase, tablesOf, toLines } from './rows.ts'
import { dataName } from './tables.ts'
import { FOLLOWING, holdData } from './unchanged.ts'
import type { Work } from './work.ts'

/**
 * Puts the rows of a scratch database in the place of those of `tx`, a transaction, and checks that they are the same.
 * @param revision of the settings that the rows come from
 * @param expected the revision of the data that was kept before; without it, whatever is there is replaced
 * @returns how many rows each table has now
 * @throws WrittenMeanwhile where the data is another by now; nothing is replaced then
 */
export async function switchRows(
  tx: Context,
  {
    from,
    revision,
    expected,
    work,
  }: { from: Db; revision: number; expected: number | undefined; work: Work<RestoreStage> },
): Promise<Record<string, number>> {
  const tables = await tablesOf(tx.db)
  const endBulk = await beginBulk(tx.db)
  await work.step('hold data')
  const current = await holdData(tx, expected, 'Nothing was restored: try again when nobody else is at work.')
  await work.step('clear tables')
  await clearTables(tx.db, [...tables.map(({ name }) => name), ...FOLLOWING])
  const sent = new Map<TableInDatabase, string>()
  for (const table of tables) {
    await work.step(`fill ${table.name}`)
    sent.set(table, await copyRows(from, tx.db, table))
  }
  await work.step('index rows')
  await endBulk(tx.db)
  await work.step('rebuild statistics')
  await rebuildStatistics(tx)
  await work.step('raise revision')
  // Nobody may take an answer from before for one of this data, whichever of the two instances gave it.
  const now = Math.floor(tx.now().getTime() / 1000)
  await tx.db
    .updateTable('settings')
    .set({ revision: Math.max(current, revision, now) + 1 })
    .execute()
  await work.step('compare tables')
  const row_counts: Record<string, number> = {}
  for (const table of tables) {
    const found = await hashTable(tx.db, table)
    if (found.sha256 !== sent.get(table)) {
      throw new AppError('SERVICE_UNAVAILABLE', `Nothing was restored: ${table.name} did not arrive as it was sent.`)
    }
    row_counts[table.name] = found.rows
  }
  await work.step('commit')
  return row_counts
}

/** @returns the SHA-256 of the rows, as `hashTable` */
async function copyRows(from: Db, to: Db, { name, columns, order }: TableInDatabase): Promise<string> {
  const hash = createHash('sha256')
  for await (const rows of streamRows(from, name, { columns, order, size: BATCH })) {
    hash.update(toLines(rows))
    await insertRows(to, name, rows)
  }
  return hash.digest('hex')
}

/** Nothing starts on settings that mean nothing. @param db at today's schema @throws AppError BAD_REQUEST */
export async function checkSettings(db: Db): Promise<void> {
  const { dashboard_cards, ...rest } = await db.selectFrom('settings').selectAll().executeTakeFirstOrThrow()
  const settings = Settings.safeParse({ ...rest, dashboard_cards: cardsOf(dashboard_cards) })
  if (settings.success) return
  const place = settings.error.issues[0]?.path.join('.')
  throw refusedEntry(dataName('settings'), `has a setting that cannot be: look at "${place}"`)
}

function cardsOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The schema of the settings refuses it.
    return undefined
  }
}
