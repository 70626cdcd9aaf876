import { lockForUpdate } from '@spends/db'
import { toInstant } from '../calendar.ts'
import { type Context, inTransaction, newId } from '../context.ts'
import { AppError, notFound } from '../errors.ts'
import { toFileLabel } from '../file-label.ts'
import type { BlobStore } from '../files.ts'
import { raiseRevision } from '../revision.ts'
import { setFound } from './availability.ts'
import type { ReceivedFile } from './receive.ts'
import type { Attachment, AttachmentKind } from './shapes.ts'

export interface NewAttachment {
  purchase_id: string
  kind: AttachmentKind
  /** What its owner calls it; only a label. */
  filename: string
  file: ReceivedFile
}

/**
 * Adds a file that was received to a purchase. Sent again under the same name and kind, as after an answer that was
 * lost, it is not added again. Wherever else its content was lost, it is available again.
 * @returns the attachment, and whether it was made now
 * @throws AppError NOT_FOUND when there is no such purchase; SERVICE_UNAVAILABLE when the bytes are gone again
 */
export async function addAttachment(
  ctx: Context,
  files: BlobStore,
  { purchase_id, kind, filename: given, file: { sha256, size, type } }: NewAttachment,
): Promise<{ attachment: Attachment; isNew: boolean }> {
  const filename = toFileLabel(given, [kind.toLowerCase(), ...(type.ext === '' ? [] : [type.ext])].join('.'))
  return inTransaction(ctx, async (tx) => {
    // Whoever adds to a purchase, or removes it, comes one after the other.
    const purchase = tx.db.selectFrom('purchases').select('id').where('id', '=', purchase_id)
    if (!(await lockForUpdate(tx.db, purchase).executeTakeFirst())) throw notFound('purchase')
    const same = await tx.db
      .selectFrom('attachments')
      .select('id')
      .where('purchase_id', '=', purchase_id)
      .where('sha256', '=', sha256)
      .where('kind', '=', kind)
      .where('filename', '=', filename)
      .orderBy('id')
      .executeTakeFirst()
    const id = same?.id ?? newId()
    if (!same) {
      const created_at = toInstant(tx.now())
      const row = { id, purchase_id, kind, filename, mime_type: type.mime, size, sha256, available: true, created_at }
      await tx.db.insertInto('attachments').values(row).execute()
    }
    await setFound(tx, sha256, size)
    // From the row on, the sweep leaves the bytes alone; if it was faster, the file has to be sent again.
    if (!(await files.has(sha256))) {
      throw new AppError('SERVICE_UNAVAILABLE', 'The file was cleared away at this very moment. Send it again.')
    }
    await raiseRevision(tx)
    const attachment = await tx.db.selectFrom('attachments').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    return { attachment, isNew: !same }
  })
}

/**
 * Removes an attachment. Its bytes stay until the sweep, and for others that have the same.
 * @throws AppError NOT_FOUND
 */
export async function deleteAttachment(ctx: Context, { id }: { id: string }): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const { numDeletedRows } = await tx.db.deleteFrom('attachments').where('id', '=', id).executeTakeFirstOrThrow()
    if (numDeletedRows === 0n) throw notFound('attachment')
    await raiseRevision(tx)
  })
}
