import type { Readable } from 'node:stream'
import { AppError } from '../errors.ts'
import type { BlobStore } from '../files.ts'
import { MAX_32 } from '../zip/layout.ts'
import { EntryTooLarge, type ZipWriter } from '../zip/writer.ts'
import type { ManifestEntry } from './manifest.ts'
import { uploadName } from './tables.ts'
import type { WriteOptions } from './write.ts'

/** Files that are opened before their turn. */
const AHEAD = 8

/**
 * Adds the files that rows name to a backup, each hashed as it is read: what is missing, or is not what its name says,
 * is left out.
 * @param wanted SHA-256 -> size
 */
export async function writeFiles(
  zip: ZipWriter,
  { files, work }: Pick<WriteOptions, 'files' | 'work'>,
  wanted: ReadonlyMap<string, number>,
): Promise<{ uploads: ManifestEntry[]; lost: Map<string, Loss> }> {
  const total = [...wanted.values()].reduce((sum, size) => sum + size, 0)
  const uploads: ManifestEntry[] = []
  const lost = new Map<string, Loss>()
  let done = 0
  for await (const { sha256, size, bytes } of openAhead(files, wanted)) {
    await work.progress('files', done, total)
    await work.step('read file')
    const found = await addFile(zip, { sha256, size, bytes })
    if (typeof found === 'string') lost.set(sha256, found)
    else uploads.push(found)
    done += size
  }
  await work.progress('files', total, total)
  return { uploads, lost }
}

/** What happened to a file. */
export type Loss = 'missing' | 'altered'

interface WantedFile {
  sha256: string
  size: number
  bytes: Promise<Readable>
}

async function addFile(zip: ZipWriter, { sha256, size, bytes }: WantedFile): Promise<ManifestEntry | Loss> {
  const name = uploadName(sha256)
  try {
    const added = await zip.add(name, await bytes, { large: size >= MAX_32 })
    if (added.sha256 === sha256) return { name, size: added.size, sha256 }
    zip.dropLast()
    return 'altered'
  } catch (error) {
    if (error instanceof AppError && error.code === 'GONE') return 'missing'
    if (error instanceof EntryTooLarge) return 'altered'
    throw error
  }
}

/** The files in their order; the next ones are being opened already, which takes a while where the store is far away. */
async function* openAhead(files: BlobStore, wanted: ReadonlyMap<string, number>): AsyncGenerator<WantedFile> {
  const opening: WantedFile[] = []
  try {
    for (const [sha256, size] of wanted) {
      const bytes = files.open(sha256)
      bytes.catch(() => {
        // Whoever reads the file meets the same error.
      })
      opening.push({ sha256, size, bytes })
      if (opening.length > AHEAD) yield* first(opening)
    }
    while (opening.length > 0) yield* first(opening)
  } finally {
    for (const { bytes } of opening)
      await bytes
        .then((stream) => stream.destroy())
        .catch(() => {
          // It was not opened: there is nothing to close.
        })
  }
}

/** It stays in the queue until whoever asked for it comes back, so that it is closed also when nobody does. */
function* first(opening: WantedFile[]): Generator<WantedFile> {
  const [file] = opening
  if (file) yield file
  opening.shift()
}
