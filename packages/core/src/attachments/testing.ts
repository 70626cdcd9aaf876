import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { onTestFinished } from 'vitest'
import type { Context } from '../context.ts'
import { type BlobStore, type KeptBlob, localFiles } from '../files.ts'
import { receiveFile } from './receive.ts'
import type { Attachment, AttachmentKind } from './shapes.ts'
import { addAttachment } from './write.ts'

/** A store in a folder that goes with the test. */
export async function openFiles(): Promise<{ files: BlobStore; root: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'spends-attachments-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const root = join(folder, 'uploads')
  return { files: localFiles(root), root }
}

/** Every blob of a store. */
export async function listBlobs(files: BlobStore): Promise<KeptBlob[]> {
  const blobs: KeptBlob[] = []
  for await (const blob of files.list()) blobs.push(blob)
  return blobs
}

/** Adds a file with this content to a purchase. */
export async function attach(
  ctx: Context,
  files: BlobStore,
  purchase: { id: string },
  content: string | Uint8Array,
  { filename = 'receipt.txt', kind = 'RECEIPT' }: { filename?: string; kind?: AttachmentKind } = {},
): Promise<Attachment> {
  const file = await receiveFile(files, Readable.from([Buffer.from(content)]), { maxBytes: 1024 ** 2 })
  return (await addAttachment(ctx, files, { purchase_id: purchase.id, kind, filename, file })).attachment
}
