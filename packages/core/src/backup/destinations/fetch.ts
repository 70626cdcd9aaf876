import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../errors.ts'
import { DEFLATED, MAX_32 } from '../../zip/layout.ts'
import { ZipReader } from '../../zip/reader.ts'
import { ZipWriter } from '../../zip/writer.ts'
import { MAX_ENTRIES } from '../manifest.ts'
import { dataName, uploadName } from '../tables.ts'
import { withTemporary } from '../temporary.ts'
import { startWork, type Work, type WorkOptions } from '../work.ts'
import { type NeededBlob, readBlobList } from './blob-list.ts'
import { type BackupCopy, explained } from './copies.ts'
import type { BackupDestination } from './destination.ts'

export interface FetchCopyOptions extends WorkOptions<'fetch'> {
  destination: BackupDestination
  copy: BackupCopy
  /** Of the file that is made. */
  path: string
  /** A folder for temporary files; made if it is not there. */
  scratch: string
}

/**
 * Puts a copy together as one file, the backup that it was. Every byte is hashed on its way; to restore it is to prove
 * it once more. Whatever fails leaves no file.
 * @throws AppError BAD_REQUEST naming what is lost or damaged; SERVICE_UNAVAILABLE with a sentence about the destination
 */
export async function fetchCopy(options: FetchCopyOptions): Promise<void> {
  const { destination, copy, path } = options
  const work = startWork(options)
  try {
    await explained(destination, async () => {
      if (copy.blobs_sha256 === null) return download(destination, copy, path)
      const blobs = await readBlobList(destination, copy)
      if (!blobs) throw damaged(destination, `the list of files of ${copy.filename}`)
      await withTemporary(options.scratch, async (temporary) => {
        await work.step('fetch rows')
        await download(destination, copy, temporary('rows'))
        await compose(destination, { rows: temporary('rows'), blobs, path, work })
      })
    })
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
}

async function download(destination: BackupDestination, copy: BackupCopy, path: string): Promise<void> {
  const hash = createHash('sha256')
  async function* hashed() {
    for await (const chunk of destination.open(copy.filename)) {
      hash.update(chunk)
      yield chunk
    }
  }
  await pipeline(hashed(), createWriteStream(path, { flags: 'wx', mode: 0o600 })).catch((error: unknown) => {
    throw isLost(error) ? damaged(destination, copy.filename) : error
  })
  if (hash.digest('hex') !== copy.kept_sha256) throw damaged(destination, copy.filename)
}

/** Writes the entries in the order in which the backup had them, so that it becomes the same file. */
async function compose(
  destination: BackupDestination,
  { rows, blobs, path, work }: { rows: string; blobs: NeededBlob[]; path: string; work: Work<'fetch'> },
): Promise<void> {
  const reader = await ZipReader.open(rows, { maxEntries: MAX_ENTRIES })
  try {
    const writer = await ZipWriter.create(path)
    try {
      for (const entry of reader.entries.values()) {
        if (entry.name === dataName('attachments')) await addBlobs(destination, { writer, blobs, work })
        const { name, method, large } = entry
        await writer.add(name, reader.read(entry), { deflate: method === DEFLATED, large })
      }
      await writer.finish()
    } finally {
      await writer.close()
    }
  } finally {
    await reader.close()
  }
}

async function addBlobs(
  destination: BackupDestination,
  { writer, blobs, work }: { writer: ZipWriter; blobs: NeededBlob[]; work: Work<'fetch'> },
): Promise<void> {
  const total = blobs.reduce((sum, { size }) => sum + size, 0)
  let done = 0
  for (const { sha256, size } of blobs) {
    await work.progress('fetch', done, total)
    await work.step('fetch blob')
    const bytes = await destination.blobs.open(sha256).catch((error: unknown) => {
      throw isLost(error) ? damaged(destination, `the file ${sha256}`) : error
    })
    const added = await writer.add(uploadName(sha256), bytes, { large: size >= MAX_32 })
    if (added.sha256 !== sha256) throw damaged(destination, `the file ${sha256}`)
    done += size
  }
  await work.progress('fetch', total, total)
}

function isLost(error: unknown): boolean {
  return error instanceof AppError && error.code === 'GONE'
}

function damaged({ place }: BackupDestination, what: string): AppError {
  return new AppError('BAD_REQUEST', `In ${place}, ${what} is lost or damaged.`)
}
