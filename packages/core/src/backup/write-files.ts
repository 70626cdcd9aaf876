import { AppError } from '../errors.ts'
import type { BlobStore, OpenBlob } from '../files.ts'
import { MAX_32 } from '../zip/layout.ts'
import { CHUNK } from '../zip/reader.ts'
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
  const into = Buffer.allocUnsafe(CHUNK)
  for await (const file of openAhead(files, wanted)) {
    const { sha256, size } = file
    await work.progress('files', done, total)
    await work.step('read file')
    const found = await addFile(zip, file, into)
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
  opening: Promise<OpenBlob>
}

async function addFile(
  zip: ZipWriter,
  { sha256, size, opening }: WantedFile,
  into: Buffer,
): Promise<ManifestEntry | Loss> {
  const name = uploadName(sha256)
  try {
    const added = await zip.add(name, (await opening).read(into), { large: size >= MAX_32 })
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
  const ahead: WantedFile[] = []
  try {
    for (const [sha256, size] of wanted) {
      const opening = files.openBlob(sha256)
      opening.catch(() => {
        // Whoever reads the file meets the same error.
      })
      ahead.push({ sha256, size, opening })
      if (ahead.length > AHEAD) yield* first(ahead)
    }
    while (ahead.length > 0) yield* first(ahead)
  } finally {
    for (const file of ahead) await close(file)
  }
}

/** It stays in the queue until whoever asked for it comes back, so that it is closed also when nobody does. */
async function* first(ahead: WantedFile[]): AsyncGenerator<WantedFile> {
  const [file] = ahead
  if (!file) return
  yield file
  ahead.shift()
  await close(file)
}

async function close({ opening }: WantedFile): Promise<void> {
  const blob = await opening.catch(() => {
    // It was not opened: there is nothing to close.
  })
  await blob?.close()
}
