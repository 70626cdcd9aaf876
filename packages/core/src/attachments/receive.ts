import { invalid } from '../errors.ts'
import type { BlobStore, StoredBlob } from '../files.ts'
import { type FileType, HEAD_BYTES, sniffType } from './sniff.ts'

/** A file whose bytes are kept, and that belongs to nothing yet: the sweep takes it when that stays so. */
export interface ReceivedFile extends StoredBlob {
  type: FileType
}

/**
 * Keeps the bytes of a file as they arrive, at flat memory whatever their number. Nothing is left of one that breaks off.
 * @throws BlobTooLarge; AppError UNPROCESSABLE_CONTENT for an empty file; whatever `bytes` throws
 */
export async function receiveFile(
  files: BlobStore,
  bytes: AsyncIterable<Uint8Array>,
  { maxBytes }: { maxBytes: number },
): Promise<ReceivedFile> {
  const head: Uint8Array[] = []
  let seen = 0
  async function* looked() {
    for await (const chunk of bytes) {
      if (seen < HEAD_BYTES) head.push(chunk.subarray(0, HEAD_BYTES - seen))
      seen += chunk.length
      yield chunk
    }
    if (seen === 0) throw invalid([{ path: 'file', message: 'is empty' }])
  }
  const blob = await files.put(looked(), { maxBytes })
  return { ...blob, type: await sniffType(Buffer.concat(head)) }
}
