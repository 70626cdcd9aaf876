import { createHash } from 'node:crypto'
import { AppError } from '../../errors.ts'
import type { BackupCopy } from './copies.ts'
import type { BackupDestination } from './destination.ts'

/** Ends the name of the list of blobs that a copy needs: lines of `<sha256> <size>`. */
export const BLOB_LIST = '.blobs'

/** A blob that a copy needs. */
export interface NeededBlob {
  sha256: string
  /** Bytes. */
  size: number
}

export function formatBlobList(blobs: readonly NeededBlob[]): string {
  return blobs.map(({ sha256, size }) => `${sha256} ${size}\n`).join('')
}

/** The blobs that a copy needs; undefined when its list is lost or was changed. */
export async function readBlobList(
  destination: BackupDestination,
  { filename, blobs_sha256 }: BackupCopy,
): Promise<NeededBlob[] | undefined> {
  if (blobs_sha256 === null) return []
  const hash = createHash('sha256')
  const chunks: Uint8Array[] = []
  try {
    for await (const chunk of destination.open(filename + BLOB_LIST)) {
      hash.update(chunk)
      chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof AppError && error.code === 'GONE') return undefined
    throw error
  }
  if (hash.digest('hex') !== blobs_sha256) return undefined
  const lines = Buffer.concat(chunks).toString().split('\n').slice(0, -1)
  return lines.map((line) => {
    const [sha256 = '', size] = line.split(' ')
    return { sha256, size: Number(size) }
  })
}
