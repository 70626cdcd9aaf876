import { crc32, deflateRawSync } from 'node:zlib'

/** An entry of a zip, with whatever lies are to be told of it. */
export interface ZipEntry {
  name: string
  bytes: Buffer
  /** Stored unless it is true. */
  deflated?: boolean
  /** What the headers say instead of the truth. */
  lies?: { size?: number; crc?: number; flags?: number; method?: number }
}

/** A zip written byte by byte, so that it can be as wrong as a test needs it. */
export function zipOf(
  entries: readonly ZipEntry[],
  lies: { count?: number; length?: number; comment?: Buffer } = {},
): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, bytes, deflated, lies = {} } of entries) {
    const packed = deflated ? deflateRawSync(bytes) : bytes
    const header = Buffer.alloc(26)
    header.writeUInt16LE(20, 0)
    header.writeUInt16LE(lies.flags ?? 0x800, 2)
    header.writeUInt16LE(lies.method ?? (deflated ? 8 : 0), 4)
    header.writeUInt32LE(lies.crc ?? crc32(bytes), 10)
    header.writeUInt32LE(packed.length, 14)
    header.writeUInt32LE(lies.size ?? bytes.length, 18)
    header.writeUInt16LE(Buffer.byteLength(name), 22)
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), header, place, Buffer.from(name))
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), header, Buffer.from(name), packed])
    parts.push(local)
    offset += local.length
  }
  const list = Buffer.concat(directory)
  const comment = lies.comment ?? Buffer.alloc(0)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(lies.count ?? entries.length, 8)
  end.writeUInt16LE(lies.count ?? entries.length, 10)
  end.writeUInt32LE(lies.length ?? list.length, 12)
  end.writeUInt32LE(offset, 16)
  end.writeUInt16LE(comment.length, 20)
  return Buffer.concat([...parts, list, end, comment])
}
