import { z } from 'zod'
import { Id, OutId, OutInstant } from '../fields.ts'

export const AttachmentKind = z.enum(['RECEIPT', 'MANUAL', 'PHOTO', 'WARRANTY', 'OTHER'])
export type AttachmentKind = z.infer<typeof AttachmentKind>

/** What is known of a file that belongs to a purchase. */
export const Attachment = z
  .object({
    id: OutId,
    purchase_id: OutId,
    kind: AttachmentKind,
    filename: z.string().meta({ description: 'As its owner calls it, without folders.', examples: ['receipt.pdf'] }),
    mime_type: z.string().meta({ description: 'Found in its bytes.', examples: ['application/pdf'] }),
    size: z.int().meta({ description: 'Bytes.' }),
    sha256: z.string(),
    available: z.boolean().meta({ description: 'False where the bytes are lost.' }),
    created_at: OutInstant,
  })
  .meta({ id: 'Attachment' })
export type Attachment = z.infer<typeof Attachment>

export const AttachmentById = z.strictObject({ id: Id })

/** What is said of a file that is sent. */
export const AttachmentFields = z.strictObject({ kind: AttachmentKind.default('OTHER') })
