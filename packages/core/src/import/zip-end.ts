import type { FileHandle } from 'node:fs/promises'
import { AppError } from '../errors.ts'

const END = 0x06054b50
const END_SIZE = 22
const LOCATOR = 0x07064b50
const LOCATOR_SIZE = 20
const END_64 = 0x06064b50
const END_64_SIZE = 56
const MAX_COMMENT = 0xffff
/** The least an entry takes in the directory. */
const ENTRY_SIZE = 46

/**
 * Checks what the end of a zip says of its directory, before anything believes it: how many entries there are, and that
 * so many find room.
 * @throws AppError BAD_REQUEST
 */
export async function checkZipEnd(file: FileHandle, maxEntries: number): Promise<void> {
  const { size } = await file.stat()
  const tail = await readAt(file, Math.max(0, size - END_SIZE - MAX_COMMENT - LOCATOR_SIZE), size)
  const at = findEnd(tail)
  if (at === undefined) throw damaged('it has no directory at its end')
  const end = tail.subarray(at)
  const endPosition = size - end.length
  const disks = [end.readUInt16LE(4), end.readUInt16LE(6)]
  let [count, length, offset] = [end.readUInt16LE(10), end.readUInt32LE(12), end.readUInt32LE(16)]
  let directoryEnd = endPosition
  if (count === 0xffff || length === 0xffffffff || offset === 0xffffffff) {
    const position = locateEnd64(tail, at)
    if (position === undefined || position > endPosition - LOCATOR_SIZE - END_64_SIZE) {
      throw damaged('its directory cannot be found')
    }
    const end64 = await readAt(file, position, position + END_64_SIZE)
    if (end64.length < END_64_SIZE || end64.readUInt32LE(0) !== END_64) throw damaged('its directory cannot be found')
    count = safeNumber(end64.readBigUInt64LE(32))
    length = safeNumber(end64.readBigUInt64LE(40))
    offset = safeNumber(end64.readBigUInt64LE(48))
    disks.push(end64.readUInt32LE(16), end64.readUInt32LE(20))
    directoryEnd = position
  }
  if (disks.some((disk) => disk !== 0)) throw damaged('it is one part of several')
  if (count > maxEntries) {
    throw new AppError('BAD_REQUEST', `The zip has ${count} entries; at most ${maxEntries} are read.`)
  }
  if (count * ENTRY_SIZE > length || offset + length > directoryEnd) {
    throw damaged('its directory is not as large as it says')
  }
}

/** Where the end record begins whose comment reaches exactly to the end of the file. */
function findEnd(tail: Buffer): number | undefined {
  for (let at = tail.length - END_SIZE; at >= 0; at--) {
    if (tail.readUInt32LE(at) === END && at + END_SIZE + tail.readUInt16LE(at + 20) === tail.length) return at
  }
  return undefined
}

function locateEnd64(tail: Buffer, end: number): number | undefined {
  const at = end - LOCATOR_SIZE
  if (at < 0 || tail.readUInt32LE(at) !== LOCATOR) return undefined
  return safeNumber(tail.readBigUInt64LE(at + 8))
}

function safeNumber(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged('its directory is not as large as it says')
  return Number(value)
}

async function readAt(file: FileHandle, from: number, to: number): Promise<Buffer> {
  const buffer = Buffer.alloc(to - from)
  const { bytesRead } = await file.read(buffer, 0, buffer.length, from)
  return buffer.subarray(0, bytesRead)
}

function damaged(why: string): AppError {
  return new AppError('BAD_REQUEST', `The file is no zip, or damaged: ${why}.`)
}
