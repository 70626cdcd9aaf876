import { currentInstant } from '@spends/db'
import { type Context, inTransaction } from '../context.ts'
import { AppError } from '../errors.ts'
import { lockBackups } from '../jobs/beside.ts'
import type { JobKind } from '../jobs/shapes.ts'
import { readConfig } from './config.ts'

/*
 * For programs of their own, that work on the data of a server which may be running.
 */

/** Whoever has worked at a job so lately may be alive. */
const ALIVE_SECONDS = 30

const BESIDE_BACKUP: readonly JobKind[] = ['BACKUP', 'RESTORE', 'ERASE']
const BESIDE_RESTORE: readonly JobKind[] = ['BACKUP', 'RESTORE', 'ERASE', 'IMPORT', 'CHANGE', 'DELETE', 'UNDO']

/** Makes sure that no server makes or restores a backup. @throws AppError CONFLICT */
export async function refuseBesideBackup(ctx: Context): Promise<void> {
  return refuseBeside(ctx, BESIDE_BACKUP)
}

/**
 * Runs the transaction that replaces all rows, beside a server that may be running: it sees the old data up to here and
 * the new from here on.
 * @throws AppError CONFLICT while a server does what would be lost, or would lose
 */
export async function switchBesideServer(ctx: Context, work: (tx: Context) => Promise<void>): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    await lockBackups(tx)
    await refuseBeside(tx, BESIDE_RESTORE)
    await work(tx)
  })
}

/** The passphrase by which this instance encrypts its backups. */
export async function readPassphrase(ctx: Context): Promise<string | undefined> {
  return (await readConfig(ctx)).passphrase ?? undefined
}

async function refuseBeside({ db }: Context, kinds: readonly JobKind[]): Promise<void> {
  const running = await db
    .selectFrom('jobs')
    .select('kind')
    .where('status', '=', 'RUNNING')
    .where('kind', 'in', kinds)
    .where('heartbeat_at', '>=', currentInstant(db, -ALIVE_SECONDS))
    .limit(1)
    .executeTakeFirst()
  if (!running) return
  throw new AppError(
    'CONFLICT',
    `A server is at work on this data (${running.kind}). Wait until it is done, or stop it; after a crash, for half a minute.`,
  )
}
