import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { crc32, createDeflateRaw } from 'node:zlib'
import { DEFLATED, encodeCentral, encodeEnd, encodeLocal, MAX_32, STORED, type ZipEntry } from './layout.ts'

/** What was added to a zip. */
export interface AddedEntry {
  name: string
  /** Bytes. */
  size: number
  packedSize: number
  sha256: string
}

export interface AddOptions {
  /** Whether it is packed; what is packed already, as photos are, is better stored. */
  deflate?: boolean
  /** Whether it may have 4 GiB or more. */
  large?: boolean
}

/** An entry has 4 GiB or more, and was not said to. */
export class EntryTooLarge extends Error {
  override readonly name = 'EntryTooLarge'

  constructor(entry: string) {
    super(`${entry} has grown larger than it was said to be`)
  }
}

/** What is gathered before it is written. */
const BUFFER_SIZE = 1 << 20

/**
 * Writes a zip into a file, one entry after the other, in memory that does not grow with their sizes.
 *
 * The header of an entry is written after its bytes, when its size and checksum are known. So an entry that fails is
 * simply not there: the next one takes its place.
 */
export class ZipWriter {
  readonly #file: FileHandle
  readonly #entries: ZipEntry[] = []
  /** What comes after `#written`, and is not written yet. */
  readonly #buffer = Buffer.allocUnsafe(BUFFER_SIZE)
  #buffered = 0
  #written = 0

  private constructor(file: FileHandle) {
    this.#file = file
  }

  /** @param path of a file that is not there yet; only this user may read it */
  static async create(path: string): Promise<ZipWriter> {
    return new ZipWriter(await open(path, 'wx', 0o600))
  }

  /**
   * Adds an entry. @param name one that no other entry has
   * @throws EntryTooLarge; what `bytes` throws. The zip then is as it was before
   */
  async add(
    name: string,
    bytes: AsyncIterable<Uint8Array>,
    { deflate = false, large = false }: AddOptions = {},
  ): Promise<AddedEntry> {
    const entry: ZipEntry = {
      name,
      method: deflate ? DEFLATED : STORED,
      crc32: 0,
      size: 0,
      packedSize: 0,
      offset: this.#position,
      large,
    }
    const hash = createHash('sha256')
    async function* measured() {
      for await (const chunk of bytes) {
        hash.update(chunk)
        entry.crc32 = crc32(chunk, entry.crc32)
        entry.size += chunk.length
        yield chunk
      }
    }
    const write = async (packed: AsyncIterable<Uint8Array>) => {
      for await (const chunk of packed) {
        if (!large && entry.size >= MAX_32) throw new EntryTooLarge(name)
        await this.#append(chunk)
        entry.packedSize += chunk.length
      }
    }
    try {
      await this.#append(encodeLocal(entry))
      if (deflate) await pipeline(measured(), createDeflateRaw(), write)
      else await write(measured())
      await this.#overwrite(encodeLocal(entry), entry.offset)
    } catch (error) {
      this.#rewind(entry.offset)
      throw error
    }
    this.#entries.push(entry)
    return { name, size: entry.size, packedSize: entry.packedSize, sha256: hash.digest('hex') }
  }

  /** Takes the last entry back. */
  dropLast(): void {
    const last = this.#entries.pop()
    if (last) this.#rewind(last.offset)
  }

  /** Writes the directory, and keeps the file for good. @returns the size of the zip */
  async finish(): Promise<number> {
    const offset = this.#position
    for (const entry of this.#entries) await this.#append(encodeCentral(entry))
    const length = this.#position - offset
    await this.#append(encodeEnd({ count: this.#entries.length, offset, length }))
    await this.#flush()
    // An entry that failed may have left bytes beyond the end.
    await this.#file.truncate(this.#written)
    await this.#file.sync()
    await this.close()
    return this.#written
  }

  /** Lets go of the file; without `finish` it is no zip. Safe to call again. */
  async close(): Promise<void> {
    await this.#file.close()
  }

  get #position(): number {
    return this.#written + this.#buffered
  }

  async #append(bytes: Uint8Array): Promise<void> {
    if (this.#buffered + bytes.length > BUFFER_SIZE) await this.#flush()
    if (bytes.length > BUFFER_SIZE) {
      await this.#write(bytes, this.#written)
      this.#written += bytes.length
    } else {
      this.#buffer.set(bytes, this.#buffered)
      this.#buffered += bytes.length
    }
  }

  /** Changes bytes that were appended before. */
  async #overwrite(bytes: Uint8Array, position: number): Promise<void> {
    if (position >= this.#written) this.#buffer.set(bytes, position - this.#written)
    else {
      await this.#flush()
      await this.#write(bytes, position)
    }
  }

  #rewind(position: number): void {
    this.#buffered = Math.max(0, position - this.#written)
    this.#written = Math.min(this.#written, position)
  }

  async #flush(): Promise<void> {
    await this.#write(this.#buffer.subarray(0, this.#buffered), this.#written)
    this.#written += this.#buffered
    this.#buffered = 0
  }

  async #write(bytes: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, position + done)
      done += bytesWritten
    }
  }
}
