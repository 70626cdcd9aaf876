import { lockTable } from '@spends/db'
import { toInstant } from '../calendar.ts'
import { type Context, inTransaction } from '../context.ts'
import type { BlobStore, KeptBlob } from '../files.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** For so long a deletion of many purchases can be undone with the bytes of their files. */
const UNDO_DAYS = 30
/** How many blobs are looked up in one query. */
const CHUNK = 500
/** Long work that needs blobs which no row names yet, or no row names any more. */
const PAUSING_KINDS = ['BACKUP', 'RESTORE', 'ERASE', 'IMPORT', 'DELETE', 'UNDO']

export interface SweepOptions {
  /** How long a blob that belongs to nothing is left alone. */
  graceMs?: number
  /** By the clock of the machine and its storage, which that of the instance need not be. */
  now?: Date
  /** Makes it leave off, where it is. */
  signal?: AbortSignal
}

export interface Sweep {
  /** How many blobs went, and the bytes of them. */
  removed: number
  bytes: number
  /** Whether it left off, because a backup, restore or import is at work. */
  paused: boolean
}

/**
 * Removes the blobs that no attachment names and that were put longer ago than the grace time, and what uploads have
 * left that were cut off. Several processes may do it at once, and while files come and go.
 */
export async function sweepFiles(
  ctx: Context,
  files: BlobStore,
  { graceMs = DAY_MS, now = new Date(), signal }: SweepOptions = {},
): Promise<Sweep> {
  const before = new Date(now.getTime() - graceMs)
  const sweep: Sweep = { removed: 0, bytes: 0, paused: false }
  await files.removeUnfinished(before)
  for await (const orphan of listOrphans(ctx, files)) {
    if (signal?.aborted) return sweep
    if (orphan.put_at >= before) continue
    const outcome = await removeOrphan(ctx, files, orphan.sha256, before)
    if (outcome === 'paused') return { ...sweep, paused: true }
    if (outcome === 'kept') continue
    sweep.removed += 1
    sweep.bytes += orphan.size
  }
  return sweep
}

/** The blobs that no attachment named when it was asked. */
export async function* listOrphans(ctx: Context, files: BlobStore): AsyncGenerator<KeptBlob> {
  let chunk: KeptBlob[] = []
  for await (const blob of files.list()) {
    chunk.push(blob)
    if (chunk.length < CHUNK) continue
    yield* await withoutNamed(ctx, chunk)
    chunk = []
  }
  yield* await withoutNamed(ctx, chunk)
}

async function withoutNamed(ctx: Context, blobs: readonly KeptBlob[]): Promise<KeptBlob[]> {
  if (blobs.length === 0) return []
  const named = await findNamed(
    ctx,
    blobs.map(({ sha256 }) => sha256),
  )
  return blobs.filter(({ sha256 }) => !named.has(sha256))
}

/** Those of the contents that an attachment names, or one that can still come back. */
async function findNamed(ctx: Context, hashes: readonly string[]): Promise<Set<string>> {
  const since = toInstant(new Date(ctx.now().getTime() - UNDO_DAYS * DAY_MS))
  const rows = await ctx.db
    .selectFrom('attachments')
    .select('sha256')
    .where('sha256', 'in', hashes)
    .union((eb) =>
      eb
        .selectFrom('removed_attachments')
        .select('sha256')
        .where('sha256', 'in', hashes)
        .where('removed_at', '>=', since),
    )
    .execute()
  return new Set(rows.map(({ sha256 }) => sha256))
}

/**
 * Looks once more and removes the blob, while nobody can add an attachment of it: one whose bytes are put meanwhile is
 * younger than `before`, and one that finds them gone is refused.
 */
async function removeOrphan(
  ctx: Context,
  files: BlobStore,
  sha256: string,
  before: Date,
): Promise<'removed' | 'kept' | 'paused'> {
  return inTransaction(ctx, async (tx) => {
    await lockTable(tx.db, 'attachments')
    // In this order: a backup that begins after this look reads rows that do not name the blob.
    if ((await findNamed(tx, [sha256])).size > 0) return 'kept'
    if (await isPaused(tx)) return 'paused'
    const blob = await files.find(sha256)
    if (!blob || blob.put_at >= before) return 'kept'
    await files.remove(sha256)
    return 'removed'
  })
}

async function isPaused({ db }: Context): Promise<boolean> {
  const running = db.selectFrom('jobs').select('id').where('status', '=', 'RUNNING').where('kind', 'in', PAUSING_KINDS)
  return (await running.limit(1).executeTakeFirst()) !== undefined
}
