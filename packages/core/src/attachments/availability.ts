import { createHash } from 'node:crypto'
import { type Context, inTransaction } from '../context.ts'
import { AppError } from '../errors.ts'
import type { BlobStore, StoredBlob } from '../files.ts'
import { raiseRevision } from '../revision.ts'

/**
 * Writes down whether the bytes of a content are there, in every attachment of it.
 * @param size of the bytes; null where they are lost
 */
export async function setAvailability(ctx: Context, sha256: string, size: number | null): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const rows = await tx.db
      .selectFrom('attachments')
      .select(['id', 'size', 'available'])
      .where('sha256', '=', sha256)
      .execute()
    const wrong = rows.filter((row) => row.available !== (row.size === size))
    if (wrong.length === 0) return
    for (const available of [true, false]) {
      const ids = wrong.filter((row) => row.available !== available).map(({ id }) => id)
      if (ids.length > 0) await tx.db.updateTable('attachments').set({ available }).where('id', 'in', ids).execute()
    }
    await raiseRevision(tx)
  })
}

/** Writes down that bytes that are known by their hash are there, whatever was known of their size without them. */
export async function setFound(ctx: Context, sha256: string, size: number): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const wrong = tx.db
      .selectFrom('attachments')
      .select('id')
      .where('sha256', '=', sha256)
      .where((eb) => eb.or([eb('available', '=', false), eb('size', '<>', size)]))
    // Most often there is none, and a transaction that writes keeps others waiting.
    if (!(await wrong.limit(1).executeTakeFirst())) return
    const { numUpdatedRows } = await tx.db
      .updateTable('attachments')
      .set({ size, available: true })
      .where('id', 'in', wrong)
      .executeTakeFirstOrThrow()
    if (numUpdatedRows > 0n) await raiseRevision(tx)
  })
}

/** Writes down that the bytes of a content are lost, unless they come back at the same moment. */
export async function setLost(ctx: Context, files: BlobStore, sha256: string): Promise<void> {
  await setAvailability(ctx, sha256, null)
  const found = await files.find(sha256)
  if (found) await setAvailability(ctx, sha256, found.size)
}

/** What the blob holds in truth; undefined when it is not there. */
export async function hashBlob(files: BlobStore, name: string): Promise<StoredBlob | undefined> {
  const hash = createHash('sha256')
  let size = 0
  try {
    for await (const chunk of await files.open(name)) {
      hash.update(chunk)
      size += chunk.length
    }
  } catch (error) {
    if (error instanceof AppError && error.code === 'GONE') return undefined
    throw error
  }
  return { sha256: hash.digest('hex'), size }
}
