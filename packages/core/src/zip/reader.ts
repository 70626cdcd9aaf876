import { type FileHandle, open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { crc32, createInflateRaw } from 'node:zlib'
import { readAt, readDirectory, refusedEntry } from './directory.ts'
import { DEFLATED, encodeLocal, type ZipEntry } from './layout.ts'

/** Bytes that are read in one go. */
export const CHUNK = 256 * 1024

/** Reads a zip that `ZipWriter` wrote, and nothing that differs from one by a byte. */
export class ZipReader {
  readonly #file: FileHandle
  /** By name, in the order in which they lie in the file. */
  readonly entries: ReadonlyMap<string, ZipEntry>

  private constructor(file: FileHandle, entries: readonly ZipEntry[]) {
    this.#file = file
    this.entries = new Map(entries.map((entry) => [entry.name, entry]))
  }

  /**
   * Reads and checks the directory.
   * @throws AppError BAD_REQUEST naming the entry, where it is about one
   */
  static async open(path: string, { maxEntries }: { maxEntries: number }): Promise<ZipReader> {
    const file = await open(path)
    try {
      return new ZipReader(file, await readDirectory(file, maxEntries))
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /**
   * The bytes of an entry; their end only comes if length and CRC-32 are right.
   * @param into has room for `CHUNK`: each piece may lie in it, and is only good until the next one is asked for. Whoever
   *   reads gigabytes is spared as much garbage.
   * @throws AppError BAD_REQUEST naming the entry
   */
  async *read(entry: ZipEntry, into?: Buffer): AsyncGenerator<Buffer> {
    const header = encodeLocal(entry)
    const found = await readAt(this.#file, entry.offset, header.length)
    if (!found.equals(header)) throw refusedEntry(entry.name, 'does not begin as its directory says')
    const start = entry.offset + header.length
    const end = start + entry.packedSize
    // What unpacks an entry reads ahead.
    const bytes = entry.method === DEFLATED ? inflated(entry, this.#chunks(start, end)) : this.#chunks(start, end, into)
    let [size, crc] = [0, 0]
    for await (const chunk of bytes) {
      size += chunk.length
      if (size > entry.size) throw refusedEntry(entry.name, 'is larger than it says')
      crc = crc32(chunk, crc)
      yield chunk
    }
    if (size !== entry.size) throw refusedEntry(entry.name, 'is smaller than it says')
    if (crc !== entry.crc32) throw refusedEntry(entry.name, 'is damaged: its checksum is wrong')
  }

  async close(): Promise<void> {
    await this.#file.close()
  }

  async *#chunks(start: number, end: number, into?: Buffer): AsyncGenerator<Buffer> {
    for (let position = start; position < end; position += CHUNK) {
      yield await readAt(this.#file, position, Math.min(CHUNK, end - position), into)
    }
  }
}

async function* inflated(entry: ZipEntry, packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const inflate = createInflateRaw({ chunkSize: CHUNK })
  const fed = pipeline(packed, inflate)
  fed.catch(() => {
    // Whoever reads `inflate` meets the same error.
  })
  try {
    for await (const chunk of inflate as AsyncIterable<Buffer>) yield chunk
    await fed
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    throw code.startsWith('Z_') ? refusedEntry(entry.name, 'is damaged: it cannot be unpacked') : error
  } finally {
    inflate.destroy()
  }
  // What comes after the end of the packed bytes would go unnoticed.
  if (inflate.bytesWritten !== entry.packedSize) throw refusedEntry(entry.name, 'holds more than its bytes')
}
