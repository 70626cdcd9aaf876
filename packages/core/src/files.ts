import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { AppError } from './errors.ts'

export interface StoredBlob {
  /** Hexadecimal, lower case: the name under which the bytes are found again. */
  sha256: string
  /** Bytes. */
  size: number
}

/** A blob as it lies in a store. */
export interface KeptBlob extends StoredBlob {
  /** When its bytes were put last, by the clock of the store. */
  put_at: Date
}

/** A part of a blob, both ends included, from 0. */
export interface ByteRange {
  start: number
  end: number
}

/** A blob whose bytes are there. Whoever opened it closes it. */
export interface OpenBlob {
  /**
   * Its bytes, once.
   * @param into each piece may lie in it, and is only good until the next one is asked for
   */
  read(into: Buffer): AsyncIterable<Uint8Array>
  /** Safe to call again. */
  close(): Promise<void>
}

/** Where the bytes of attachments lie, each content once, named by its SHA-256. */
export interface BlobStore {
  /**
   * Keeps the bytes for good before it returns. The same bytes may be put any number of times: each makes them anew,
   * which mends what was damaged. A stream that fails, or is longer than `maxBytes`, leaves nothing behind. A piece of
   * it need only be good until the next one is asked for.
   * @throws BlobTooLarge; whatever the stream threw
   */
  put(bytes: AsyncIterable<Uint8Array>, options?: { maxBytes?: number }): Promise<StoredBlob>
  has(sha256: string): Promise<boolean>
  /** What is known of a blob without reading it; undefined when it is not there. */
  find(sha256: string): Promise<KeptBlob | undefined>
  /** @throws AppError GONE when the bytes are not there. */
  open(sha256: string, range?: ByteRange): Promise<Readable>
  /** As `open`, for whoever reads gigabytes: a stream needs new memory for every piece. */
  openBlob(sha256: string): Promise<OpenBlob>
  /** Every blob, ordered by hash; those that come or go meanwhile may be in it or not. */
  list(): AsyncIterable<KeptBlob>
  /** Lets the bytes go. Nothing happens when they are not there. */
  remove(sha256: string): Promise<void>
  /** Clears away what puts have left that were cut off, maybe by a power failure, and began before that. */
  removeUnfinished(before: Date): Promise<void>
}

/** The bytes are more than the caller allowed. */
export class BlobTooLarge extends Error {
  readonly maxBytes: number

  constructor(maxBytes: number) {
    super(`The file is larger than ${maxBytes} bytes.`)
    this.name = 'BlobTooLarge'
    this.maxBytes = maxBytes
  }
}

const SHA256 = /^[0-9a-f]{64}$/

/** Where a blob lies in its store: `ab/cd/<sha256>`. Nothing but a hash may become a path. */
export function blobName(sha256: string): string {
  if (!SHA256.test(sha256)) throw new Error('A blob is named by its SHA-256')
  return `${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`
}

/** The hash of the blob with this name, or undefined for the name of anything else. */
export function hashOfBlobName(name: string): string | undefined {
  const sha256 = name.split('/').at(-1) ?? ''
  return SHA256.test(sha256) && name === blobName(sha256) ? sha256 : undefined
}

/** The refusal to open a blob that is not there. */
export function lostBytes(): AppError {
  return new AppError('GONE', 'The file is lost: its bytes are no longer there.')
}

/**
 * Blobs in a local folder, as `ab/cd/<sha256>`. Several processes may share it.
 * @param root made when the first blob comes
 */
export function localFiles(root: string): BlobStore {
  const unfinished = join(root, 'tmp')
  const pathOf = (sha256: string) => join(root, blobName(sha256))

  async function find(sha256: string): Promise<KeptBlob | undefined> {
    const found = await statFile(pathOf(sha256))
    return found && { sha256, size: found.size, put_at: found.mtime }
  }

  return {
    find,

    async put(bytes, { maxBytes = Number.POSITIVE_INFINITY } = {}) {
      // On the same file system, or it could not be renamed.
      const temporary = join(unfinished, randomUUID())
      await mkdir(unfinished, { recursive: true })
      try {
        const blob = await writeHashed(temporary, bytes, maxBytes)
        const path = pathOf(blob.sha256)
        const folders = [root, join(root, blob.sha256.slice(0, 2)), dirname(path)]
        await mkdir(dirname(path), { recursive: true })
        // Also over the same bytes: whoever clears away old blobs sees then that somebody wants this one again.
        await rename(temporary, path)
        for (const folder of folders.reverse()) await syncFolder(folder)
        return blob
      } finally {
        await rm(temporary, { force: true })
      }
    },

    async has(sha256) {
      return (await find(sha256)) !== undefined
    },

    async open(sha256, range) {
      return createReadStream('', { fd: await openPath(pathOf(sha256)), ...range })
    },

    async openBlob(sha256) {
      const file = await openPath(pathOf(sha256))
      return { read: (into) => readInto(file, into), close: () => file.close() }
    },

    async *list() {
      for (const outer of await namesIn(root)) {
        if (!/^[0-9a-f]{2}$/.test(outer)) continue
        for (const inner of await namesIn(join(root, outer))) {
          for (const name of await namesIn(join(root, outer, inner))) {
            const sha256 = hashOfBlobName(`${outer}/${inner}/${name}`)
            const blob = sha256 === undefined ? undefined : await find(sha256)
            if (blob) yield blob
          }
        }
      }
    },

    async remove(sha256) {
      await rm(pathOf(sha256), { force: true })
    },

    async removeUnfinished(before) {
      for (const name of await namesIn(unfinished)) {
        const path = join(unfinished, name)
        const found = await statFile(path)
        if (found && found.mtime < before) await rm(path, { force: true })
      }
    },
  }
}

/** @throws AppError GONE when there is no such file */
async function openPath(path: string): Promise<FileHandle> {
  return open(path).catch((error: unknown) => {
    if (isMissing(error)) throw lostBytes()
    throw error
  })
}

async function* readInto(file: FileHandle, into: Buffer): AsyncGenerator<Buffer> {
  for (;;) {
    const { bytesRead } = await file.read(into, 0, into.length)
    if (bytesRead === 0) return
    yield into.subarray(0, bytesRead)
  }
}

async function writeHashed(path: string, bytes: AsyncIterable<Uint8Array>, maxBytes: number): Promise<StoredBlob> {
  const hash = createHash('sha256')
  let size = 0
  const file = await open(path, 'wx')
  try {
    for await (const chunk of bytes) {
      size += chunk.length
      if (size > maxBytes) throw new BlobTooLarge(maxBytes)
      hash.update(chunk)
      await file.writeFile(chunk)
    }
    await file.sync()
  } finally {
    await file.close()
  }
  return { sha256: hash.digest('hex'), size }
}

/** A rename is only there for good once the folder is written. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function statFile(path: string) {
  const found = await stat(path).catch(unlessMissing(undefined))
  return found?.isFile() ? found : undefined
}

/** What lies in a folder, sorted; nothing where there is no such folder. */
async function namesIn(path: string): Promise<string[]> {
  return (await readdir(path).catch(unlessMissing([]))).sort()
}

function unlessMissing<T>(otherwise: T) {
  return (error: unknown): T => {
    if (isMissing(error)) return otherwise
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}
