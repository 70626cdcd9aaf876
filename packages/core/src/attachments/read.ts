import type { Readable } from 'node:stream'
import { prepared } from '@spends/db'
import type { Context } from '../context.ts'
import { notFound } from '../errors.ts'
import { type BlobStore, type ByteRange, lostBytes } from '../files.ts'
import { hashBlob, setFound, setLost } from './availability.ts'
import type { Attachment } from './shapes.ts'

const findAttachment = prepared((db, id: string) => db.selectFrom('attachments').selectAll().where('id', '=', id))

/** @throws AppError NOT_FOUND */
export async function getAttachment(ctx: Context, { id }: { id: string }): Promise<Attachment> {
  const [row] = await findAttachment(ctx.db, id)
  if (!row) throw notFound('attachment')
  return row
}

/**
 * The bytes of an attachment. That they are lost or cut short is written down, and that they are found again.
 * @param range of its bytes; all of them otherwise
 * @throws AppError GONE
 */
export async function openAttachment(
  ctx: Context,
  files: BlobStore,
  { sha256, size, available }: Attachment,
  range?: ByteRange,
): Promise<Readable> {
  if (await isThere(files, sha256, size, available)) {
    if (!available) await setFound(ctx, sha256, size)
    return files.open(sha256, range)
  }
  if (available) await setLost(ctx, files, sha256)
  throw lostBytes()
}

/** @param trusted whether they were right when somebody looked last; otherwise all of them are read */
async function isThere(files: BlobStore, sha256: string, size: number, trusted: boolean): Promise<boolean> {
  const found = await files.find(sha256)
  if (found?.size !== size) return false
  return trusted || (await hashBlob(files, sha256))?.sha256 === sha256
}
