/*
 * The bytes of a zip as this product writes it: one way to write each thing, so that a reader can tell every byte that
 * should be another. Any other program reads such a zip: entries are stored or deflated, names are UTF-8, and the
 * 64-bit fields stand only where a number needs them. See APPNOTE.TXT of PKWARE.
 */

export const STORED = 0
export const DEFLATED = 8

/** One entry, and where it lies. */
export interface ZipEntry {
  name: string
  method: typeof STORED | typeof DEFLATED
  crc32: number
  /** Bytes. */
  size: number
  /** Bytes in the zip. */
  packedSize: number
  /** Where its header begins. */
  offset: number
  /** Whether the header before its bytes has room for sizes of 64 bits; set before the sizes are known. */
  large: boolean
}

/** Where the directory of a zip lies, and how many entries it has. */
export interface ZipDirectory {
  count: number
  offset: number
  length: number
}

const LOCAL = 0x04034b50
export const CENTRAL = 0x02014b50
export const END = 0x06054b50
export const END_64 = 0x06064b50
const LOCATOR = 0x07064b50

export const LOCAL_SIZE = 30
export const CENTRAL_SIZE = 46
export const END_SIZE = 22
export const END_64_SIZE = 56
export const LOCATOR_SIZE = 20
/** What 64-bit sizes take in the header before an entry. */
export const LARGE_SIZE = 20
export const MAX_16 = 0xffff
export const MAX_32 = 0xffffffff

const VERSION = 20
export const VERSION_64 = 45
const UNIX = 3 << 8
const UTF8 = 0x800
/** Backups of equal data are equal, whenever they were made: every entry is of the first day zips know. */
const FIRST_DAY = (1 << 5) | 1
const PLAIN_FILE = (0o100644 << 16) >>> 0
const EXTRA_64 = 1

/** The header before an entry's bytes. */
export function encodeLocal({ name, method, crc32, size, packedSize, large }: ZipEntry): Buffer {
  const nameBytes = Buffer.from(name)
  const header = Buffer.alloc(LOCAL_SIZE + nameBytes.length + (large ? LARGE_SIZE : 0))
  header.writeUInt32LE(LOCAL, 0)
  header.writeUInt16LE(large ? VERSION_64 : VERSION, 4)
  header.writeUInt16LE(UTF8, 6)
  header.writeUInt16LE(method, 8)
  header.writeUInt16LE(FIRST_DAY, 12)
  header.writeUInt32LE(crc32, 14)
  header.writeUInt32LE(large ? MAX_32 : packedSize, 18)
  header.writeUInt32LE(large ? MAX_32 : size, 22)
  header.writeUInt16LE(nameBytes.length, 26)
  header.writeUInt16LE(large ? LARGE_SIZE : 0, 28)
  header.set(nameBytes, LOCAL_SIZE)
  if (large) header.set(encodeExtra([size, packedSize]), LOCAL_SIZE + nameBytes.length)
  return header
}

/** Whether the numbers of an entry are too large for the plain fields of the directory. */
function isWide({ size, packedSize, offset }: Pick<ZipEntry, 'size' | 'packedSize' | 'offset'>): boolean {
  return size >= MAX_32 || packedSize >= MAX_32 || offset >= MAX_32
}

/** The entry's line in the directory. */
export function encodeCentral(entry: ZipEntry): Buffer {
  const { name, method, crc32, size, packedSize, offset, large } = entry
  const nameBytes = Buffer.from(name)
  const wide = isWide(entry)
  const extra = wide ? encodeExtra([size, packedSize, offset]) : Buffer.alloc(0)
  const header = Buffer.alloc(CENTRAL_SIZE)
  header.writeUInt32LE(CENTRAL, 0)
  header.writeUInt16LE(UNIX | VERSION_64, 4)
  header.writeUInt16LE(large || wide ? VERSION_64 : VERSION, 6)
  header.writeUInt16LE(UTF8, 8)
  header.writeUInt16LE(method, 10)
  header.writeUInt16LE(FIRST_DAY, 14)
  header.writeUInt32LE(crc32, 16)
  header.writeUInt32LE(wide ? MAX_32 : packedSize, 20)
  header.writeUInt32LE(wide ? MAX_32 : size, 24)
  header.writeUInt16LE(nameBytes.length, 28)
  header.writeUInt16LE(extra.length, 30)
  header.writeUInt32LE(PLAIN_FILE, 38)
  header.writeUInt32LE(wide ? MAX_32 : offset, 42)
  return Buffer.concat([header, nameBytes, extra])
}

/** All that comes after the directory. */
export function encodeEnd({ count, offset, length }: ZipDirectory): Buffer {
  const wide = count >= MAX_16 || offset >= MAX_32 || length >= MAX_32
  const end = Buffer.alloc(END_SIZE)
  end.writeUInt32LE(END, 0)
  end.writeUInt16LE(wide ? MAX_16 : count, 8)
  end.writeUInt16LE(wide ? MAX_16 : count, 10)
  end.writeUInt32LE(wide ? MAX_32 : length, 12)
  end.writeUInt32LE(wide ? MAX_32 : offset, 16)
  if (!wide) return end
  const end64 = Buffer.alloc(END_64_SIZE)
  end64.writeUInt32LE(END_64, 0)
  end64.writeBigUInt64LE(BigInt(END_64_SIZE - 12), 4)
  end64.writeUInt16LE(UNIX | VERSION_64, 12)
  end64.writeUInt16LE(VERSION_64, 14)
  end64.writeBigUInt64LE(BigInt(count), 24)
  end64.writeBigUInt64LE(BigInt(count), 32)
  end64.writeBigUInt64LE(BigInt(length), 40)
  end64.writeBigUInt64LE(BigInt(offset), 48)
  const locator = Buffer.alloc(LOCATOR_SIZE)
  locator.writeUInt32LE(LOCATOR, 0)
  locator.writeBigUInt64LE(BigInt(offset + length), 8)
  locator.writeUInt32LE(1, 16)
  return Buffer.concat([end64, locator, end])
}

function encodeExtra(numbers: readonly number[]): Buffer {
  const extra = Buffer.alloc(4 + 8 * numbers.length)
  extra.writeUInt16LE(EXTRA_64, 0)
  extra.writeUInt16LE(8 * numbers.length, 2)
  for (const [index, number] of numbers.entries()) extra.writeBigUInt64LE(BigInt(number), 4 + 8 * index)
  return extra
}
