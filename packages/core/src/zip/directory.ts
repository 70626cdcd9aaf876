import type { FileHandle } from 'node:fs/promises'
import { AppError } from '../errors.ts'
import { foldCase } from '../text.ts'
import {
  CENTRAL,
  CENTRAL_SIZE,
  DEFLATED,
  END,
  END_64,
  END_64_SIZE,
  END_SIZE,
  encodeCentral,
  encodeEnd,
  LARGE_SIZE,
  LOCAL_SIZE,
  LOCATOR_SIZE,
  MAX_16,
  MAX_32,
  STORED,
  VERSION_64,
  type ZipDirectory,
  type ZipEntry,
} from './layout.ts'

/** The longest name is that of an upload; this leaves room for what is to be refused by name. */
const MAX_NAME = 1024
const MAX_LINE = CENTRAL_SIZE + MAX_NAME + 64
const MAX_DIRECTORY = 64 * 1024 ** 2
/** Rows of any use are packed to a tenth or so; what claims much more is made to fill a disk. */
const MAX_RATIO = 200
const SMALL_BYTES = 64 * 1024 ** 2

/** The bits of a type of file in the attributes that Unix programs write. */
const TYPE_BITS = 0o170000
const PLAIN = 0o100000
const LINK = 0o120000
/** Encrypted, strongly encrypted, hidden names. */
const ENCRYPTED = 0x2041

/**
 * Reads the directory of a zip and believes none of it: what lies is refused before anything is allocated for it.
 * @returns the entries in the order in which they lie in the file, without a byte between them
 * @throws AppError BAD_REQUEST naming the entry, where it is about one
 */
export async function readDirectory(file: FileHandle, maxEntries: number): Promise<ZipEntry[]> {
  const directory = await locateDirectory(file, maxEntries)
  const bytes = await readAt(file, directory.offset, directory.length)
  const lines: { entry: ZipEntry; bytes: Buffer }[] = []
  const names = new Map<string, string>()
  let position = 0
  while (lines.length < directory.count) {
    const line = readLine(bytes.subarray(position))
    checkEntry(line)
    const { name } = line.entry
    const other = names.get(foldCase(name))
    if (other === name) throw refusedEntry(name, 'stands in the zip twice')
    if (other !== undefined) throw refusedEntry(name, `would take the place of "${other}" on many systems`)
    names.set(foldCase(name), name)
    lines.push({ entry: line.entry, bytes: line.bytes })
    position += line.bytes.length
  }
  if (position !== bytes.length) throw damagedZip('its directory holds more than its entries')
  checkLayout(lines, directory.offset)
  return lines.map(({ entry }) => entry)
}

async function locateDirectory(file: FileHandle, maxEntries: number): Promise<ZipDirectory> {
  const { size } = await file.stat()
  const tailSize = Math.min(size, END_64_SIZE + LOCATOR_SIZE + END_SIZE)
  const tail = await readAt(file, size - tailSize, tailSize)
  const at = tailSize - END_SIZE
  if (at < 0 || tail.readUInt32LE(at) !== END) {
    throw damagedZip('it does not end as one: it is cut off, or something was put after its end')
  }
  let [count, length, offset] = [tail.readUInt16LE(at + 10), tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)]
  if (count === MAX_16 || length === MAX_32 || offset === MAX_32) {
    if (at < END_64_SIZE + LOCATOR_SIZE || tail.readUInt32LE(0) !== END_64)
      throw damagedZip('its directory cannot be found')
    count = safeNumber(tail.readBigUInt64LE(32))
    length = safeNumber(tail.readBigUInt64LE(40))
    offset = safeNumber(tail.readBigUInt64LE(48))
  }
  if (count > maxEntries) {
    throw new AppError('BAD_REQUEST', `The zip has ${count} entries; at most ${maxEntries} are read.`)
  }
  const end = encodeEnd({ count, offset, length })
  if (count * CENTRAL_SIZE > length || length > Math.min(count * MAX_LINE, MAX_DIRECTORY)) {
    throw damagedZip('its directory is not as large as it says')
  }
  if (offset + length + end.length !== size) throw damagedZip('its directory does not lie where it says')
  if (!end.equals(tail.subarray(-end.length))) throw damagedZip('its end is not as it was written')
  return { count, offset, length }
}

interface Line {
  entry: ZipEntry
  bytes: Buffer
  /** Of the general purpose. */
  flags: number
  /** The type of file, by the attributes of Unix; 0 where there are none. */
  type: number
}

function readLine(bytes: Buffer): Line {
  if (bytes.length < CENTRAL_SIZE || bytes.readUInt32LE(0) !== CENTRAL) {
    throw damagedZip('its directory breaks off')
  }
  const nameLength = bytes.readUInt16LE(28)
  const extraLength = bytes.readUInt16LE(30)
  const length = CENTRAL_SIZE + nameLength + extraLength + bytes.readUInt16LE(32)
  const nameBytes = bytes.subarray(CENTRAL_SIZE, CENTRAL_SIZE + nameLength)
  if (length > bytes.length) throw damagedZip('its directory breaks off')
  const name = nameBytes.toString()
  const extra = bytes.subarray(CENTRAL_SIZE + nameLength, CENTRAL_SIZE + nameLength + extraLength)
  let [packedSize, size, offset] = [bytes.readUInt32LE(20), bytes.readUInt32LE(24), bytes.readUInt32LE(42)]
  if (packedSize === MAX_32 || size === MAX_32 || offset === MAX_32) {
    if (extra.length !== 28) throw refusedEntry(name, 'does not say how large it is')
    size = safeNumber(extra.readBigUInt64LE(4))
    packedSize = safeNumber(extra.readBigUInt64LE(12))
    offset = safeNumber(extra.readBigUInt64LE(20))
  }
  const method = bytes.readUInt16LE(10)
  const large = bytes.readUInt16LE(6) === VERSION_64
  // Any other method is refused before anybody takes it for one of the two.
  const entry = {
    name,
    method: method as ZipEntry['method'],
    crc32: bytes.readUInt32LE(16),
    size,
    packedSize,
    offset,
    large,
  }
  if (!Buffer.from(name).equals(nameBytes)) throw refusedEntry(name, 'has a name that is no text')
  return {
    entry,
    bytes: bytes.subarray(0, length),
    flags: bytes.readUInt16LE(8),
    type: (bytes.readUInt32LE(38) >>> 16) & TYPE_BITS,
  }
}

function checkEntry({ entry, flags, type }: Line): void {
  const { name, method, size, packedSize } = entry
  const why = wrongName(name)
  if (why) throw refusedEntry(name, why)
  if (type === LINK) throw refusedEntry(name, 'is a link')
  if (type !== 0 && type !== PLAIN) throw refusedEntry(name, 'is no plain file')
  if (flags & ENCRYPTED) throw refusedEntry(name, 'is encrypted')
  if (method !== STORED && method !== DEFLATED) throw refusedEntry(name, 'is packed in a way that is not read here')
  if (method === STORED && size !== packedSize) throw refusedEntry(name, 'is not as large as it says')
  if (growsTooMuch(entry)) {
    throw refusedEntry(name, `would grow to more than ${MAX_RATIO} times its size`)
  }
}

/** Whether an entry is refused because nothing but a trap is packed so well. */
export function growsTooMuch({ size, packedSize }: Pick<ZipEntry, 'size' | 'packedSize'>): boolean {
  return size > SMALL_BYTES && size > packedSize * MAX_RATIO
}

function wrongName(name: string): string | undefined {
  if (name === '') return 'has no name'
  if (name.length > MAX_NAME) return 'has a name that is too long'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\x00-\x1f\x7f]/.test(name)) return 'has control characters in its name'
  if (/\\|^\/|^[a-z]:/i.test(name)) return 'has a name that leads out of the zip'
  const parts = name.split('/')
  if (parts.includes('..') || parts.includes('.')) return 'has a name that leads out of the zip'
  if (parts.at(-1) === '') return 'is a folder, of which a backup has none'
  if (parts.includes('')) return 'has a name that leads out of the zip'
  return undefined
}

/** Every byte up to the directory belongs to one entry, and every line of the directory is as it was written. */
function checkLayout(lines: readonly { entry: ZipEntry; bytes: Buffer }[], end: number): void {
  let position = 0
  for (const [index, { entry, bytes }] of lines.entries()) {
    if (!encodeCentral(entry).equals(bytes))
      throw refusedEntry(entry.name, 'is described in another way than backups do')
    if (entry.offset !== position) throw refusedEntry(entry.name, 'does not begin where the one before it ends')
    const next = lines[index + 1]?.entry.offset ?? end
    const plain = LOCAL_SIZE + Buffer.byteLength(entry.name) + entry.packedSize
    // Only the header before the bytes says for certain whether it is a large one; the room it takes says it too.
    entry.large = next - position === plain + LARGE_SIZE
    const fits = Math.max(entry.size, entry.packedSize) < MAX_32
    if (!entry.large && (next - position !== plain || !fits)) {
      throw refusedEntry(entry.name, 'is not as large as it says')
    }
    position = next
  }
  if (position !== end) throw damagedZip('its directory does not lie where it says')
}

/**
 * @param into where the bytes go
 * @throws AppError BAD_REQUEST where the file ends before
 */
export async function readAt(
  file: FileHandle,
  position: number,
  length: number,
  into: Buffer = Buffer.allocUnsafe(length),
): Promise<Buffer> {
  const bytes = into.subarray(0, length)
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done)
    if (bytesRead === 0) throw damagedZip('it is cut off')
    done += bytesRead
  }
  return bytes
}

function safeNumber(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw damagedZip('its directory is not as large as it says')
  return Number(value)
}

/** The refusal of a zip for one of its entries. @param why in words that follow its name */
export function refusedEntry(name: string, why: string): AppError {
  return new AppError('BAD_REQUEST', `The entry "${shown(name)}" of the zip ${why}.`)
}

export function damagedZip(why: string): AppError {
  return new AppError('BAD_REQUEST', `The file is no zip, or damaged: ${why}.`)
}

function shown(name: string): string {
  const text = name.length > 200 ? `${name.slice(0, 200)}…` : name
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/[\x00-\x1f\x7f]/g, '\ufffd')
}
