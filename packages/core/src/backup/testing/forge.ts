import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { crc32, deflateRawSync } from 'node:zlib'
import { DEFLATED, encodeCentral, encodeEnd, encodeLocal, MAX_32, STORED, type ZipEntry } from '../../zip/layout.ts'
import { ZipReader } from '../../zip/reader.ts'
import { MANIFEST, type Manifest, newManifest } from '../manifest.ts'

/** An entry as somebody forges it: what it holds, and what its headers say instead of the truth. */
export interface Forged {
  name: string
  bytes: Buffer
  deflated?: boolean
  lies?: Partial<ZipEntry>
  /** Change the headers byte by byte. */
  local?: (header: Buffer) => void
  central?: (header: Buffer) => void
}

/** Writes a zip with headers like ours, but for the lies. */
export async function forgeZip(path: string, entries: readonly Forged[]): Promise<void> {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, bytes, deflated = false, lies, local, central } of entries) {
    const packed = deflated ? deflateRawSync(bytes) : bytes
    const entry: ZipEntry = {
      name,
      method: deflated ? DEFLATED : STORED,
      crc32: crc32(bytes),
      size: bytes.length,
      packedSize: packed.length,
      offset,
      large: false,
      ...lies,
    }
    // Larger numbers have no room in it.
    const header = encodeLocal({
      ...entry,
      size: Math.min(entry.size, MAX_32),
      packedSize: Math.min(entry.packedSize, MAX_32),
    })
    local?.(header)
    const line = encodeCentral(entry)
    central?.(line)
    parts.push(header, packed)
    directory.push(line)
    offset += header.length + packed.length
  }
  const list = Buffer.concat(directory)
  const end = encodeEnd({ count: entries.length, offset, length: list.length })
  await writeFile(path, Buffer.concat([...parts, list, end]))
}

/** What a good backup holds, its manifest aside. */
export async function contentOf(path: string): Promise<{ manifest: Manifest; entries: Forged[] }> {
  const zip = await ZipReader.open(path, { maxEntries: 1000 })
  const entries: Forged[] = []
  for (const entry of zip.entries.values()) entries.push({ name: entry.name, bytes: await buffer(zip.read(entry)) })
  await zip.close()
  const manifest: Manifest = JSON.parse(entries.find(({ name }) => name === MANIFEST)?.bytes.toString() ?? '')
  return { manifest, entries: entries.filter(({ name }) => name !== MANIFEST) }
}

/** The entries with a manifest in which every hash and size is right. */
export function signed(manifest: Manifest, entries: readonly Forged[], changes: Partial<Manifest> = {}): Forged[] {
  const { format: _, format_version: __, content_hash: ___, ...facts } = manifest
  const listed = entries.map(({ name, bytes }) => ({ name, size: bytes.length, sha256: sha256Of(bytes) }))
  const text = JSON.stringify({ ...newManifest({ ...facts, entries: listed }), ...changes })
  return [...entries, { name: MANIFEST, bytes: Buffer.from(text) }]
}

export function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
