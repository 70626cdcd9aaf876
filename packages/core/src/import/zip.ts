import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { AppError } from '../errors.ts'
import type { BlobStore } from '../files.ts'
import type { ImportItem, ImportReader } from './item.ts'
import { type JsonBytes, openJson } from './json.ts'
import { isObject } from './json-fields.ts'
import { parseFrame, readFrames } from './json-frames.ts'
import { readPredecessorFile } from './sources/predecessor-json.ts'
import { shown } from './values.ts'
import { checkZipEnd } from './zip-end.ts'

const MAX_ENTRIES = 100_000
const MAX_DATA_BYTES = 4 * 1024 ** 3
const MAX_FILE_BYTES = 1024 ** 3
/** Text of any use is packed to a tenth or so; what claims much more is made to fill a disk. */
const MAX_RATIO = 200
const SMALL_BYTES = 1024 ** 2
/** Stored, and deflate. */
const METHODS = [0, 8]

const DATA = 'data.json'
const UPLOAD = /^uploads\/([0-9a-f]{2})\/([0-9a-f]{2})\/(\1\2[0-9a-f]{60})(?:\.\w{1,16})?$/

/**
 * Understands the predecessor's ZIP: `data.json`, and the files it lists. Nothing in it becomes a path.
 * @throws AppError BAD_REQUEST naming the entry that is damaged or not what it should be
 */
export async function openPredecessorZip(path: string): Promise<ImportReader> {
  const { data, uploads, others } = await readDirectory(path)
  const bytes: JsonBytes = { size: data.uncompressedSize, open: () => readEntry(path, data) }
  const reader = await openJson(bytes)
  if (reader.source !== 'PREDECESSOR_JSON') {
    throw new AppError('BAD_REQUEST', `"${DATA}" in the zip is an export of another kind: send it as JSON.`)
  }
  const listed = await readListed(bytes)
  const missing = [...listed].filter(([sha256]) => !uploads.has(sha256)).map(([, name]) => name)
  const unlisted = others + [...uploads.keys()].filter((sha256) => !listed.has(sha256)).length
  const warnings = [...reader.warnings]
  if (missing.length > 0) warnings.push(`The zip does not hold the bytes of ${enumerate(missing)}.`)
  if (unlisted > 0) warnings.push(`The zip holds ${unlisted} files that "${DATA}" does not list: they were left out.`)
  return {
    ...reader,
    source: 'PREDECESSOR_ZIP',
    warnings,
    read: (onProgress) => withSizes(reader.read(onProgress), uploads),
    storeFiles: (files, onProgress) => storeFiles(path, { listed, uploads }, files, onProgress),
  }
}

/** Whether a file is the predecessor's ZIP, as far as its directory tells. */
export async function isPredecessorZip(path: string): Promise<boolean> {
  try {
    await readDirectory(path)
    return true
  } catch (error) {
    if (error instanceof AppError) return false
    throw error
  }
}

interface Directory {
  data: Entry
  /** SHA-256 -> the entry that is named by it. */
  uploads: Map<string, Entry>
  /** Number of entries that are neither. */
  others: number
}

async function readDirectory(path: string): Promise<Directory> {
  const file = await open(path)
  try {
    await checkZipEnd(file, MAX_ENTRIES)
  } finally {
    await file.close()
  }
  return withZip(path, 'the directory', async (zip) => {
    const uploads = new Map<string, Entry>()
    const names = new Set<string>()
    let data: Entry | undefined
    let others = 0
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName
      if (names.has(name)) throw refused(name, 'stands in the zip twice')
      names.add(name)
      if (name.endsWith('/')) continue
      const sha256 = UPLOAD.exec(name)?.[3]
      if (name === DATA) data = entry
      else if (sha256 === undefined) others += 1
      else if (uploads.has(sha256)) throw refused(name, 'stands in the zip twice')
      else uploads.set(sha256, entry)
      checkEntry(entry, name === DATA ? MAX_DATA_BYTES : MAX_FILE_BYTES)
    }
    if (!data) throw new AppError('BAD_REQUEST', `The zip has no "${DATA}": it is no backup that is known here.`)
    return { data, uploads, others }
  })
}

function checkEntry(entry: Entry, maxBytes: number): void {
  const { fileName, compressionMethod, uncompressedSize, compressedSize } = entry
  if (entry.isEncrypted()) throw refused(fileName, 'is encrypted')
  if (!METHODS.includes(compressionMethod)) throw refused(fileName, 'is packed in a way that is not read here')
  if (uncompressedSize > maxBytes) throw refused(fileName, `is larger than ${maxBytes} bytes`)
  if (uncompressedSize > SMALL_BYTES && uncompressedSize > compressedSize * MAX_RATIO) {
    throw refused(fileName, `would grow to more than ${MAX_RATIO} times its size`)
  }
}

/** The bytes of an entry; the last of them only come if its length and CRC-32 are right. */
async function* readEntry(path: string, entry: Entry): AsyncGenerator<Buffer> {
  const zip = await openZip(path)
  try {
    let [size, crc] = [0, 0]
    for await (const chunk of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > entry.uncompressedSize) throw refused(entry.fileName, 'is larger than it says')
      crc = crc32(chunk, crc)
      yield chunk
    }
    if (size !== entry.uncompressedSize) throw refused(entry.fileName, 'is smaller than it says')
    if (crc !== entry.crc32) throw refused(entry.fileName, 'is damaged: its checksum is wrong')
  } catch (error) {
    throw asRefusal(error, entry.fileName)
  } finally {
    zip.close()
  }
}

function openZip(path: string): Promise<ZipFile> {
  return openPromise(path, { autoClose: false, strictFileNames: true, validateEntrySizes: true })
}

async function withZip<T>(path: string, what: string, work: (zip: ZipFile) => Promise<T>): Promise<T> {
  let zip: ZipFile | undefined
  try {
    zip = await openZip(path)
    return await work(zip)
  } catch (error) {
    throw asRefusal(error, what)
  } finally {
    zip?.close()
  }
}

function refused(name: string, why: string): AppError {
  return new AppError('BAD_REQUEST', `The entry "${shown(name)}" of the zip ${why}.`)
}

/** What the reader of zips throws is about the file, unless it has a code of the system. */
function asRefusal(error: unknown, name: string): unknown {
  if (!(error instanceof Error) || error instanceof AppError) return error
  const code = 'code' in error ? String(error.code) : ''
  if (code !== '' && !code.startsWith('Z_')) return error
  return new AppError('BAD_REQUEST', `The zip is damaged at "${shown(name)}": ${error.message}.`)
}

/** The files that `data.json` lists: SHA-256 -> the name people gave it. */
async function readListed(bytes: JsonBytes): Promise<Map<string, string>> {
  const listed = new Map<string, string>()
  for await (const frames of readFrames(bytes.open())) {
    for (const frame of frames) {
      if (frame.key !== 'files' || frame.place === 0) continue
      const parsed = parseFrame(frame)
      if (!('value' in parsed) || !isObject(parsed.value)) continue
      const { attachment } = readPredecessorFile(parsed.value)
      if (attachment) listed.set(attachment.sha256, attachment.filename)
    }
  }
  return listed
}

/** What is in the zip says how large it is, whatever `data.json` says. */
async function* withSizes(
  batches: AsyncIterable<ImportItem[]>,
  uploads: ReadonlyMap<string, Entry>,
): AsyncGenerator<ImportItem[]> {
  for await (const items of batches) {
    for (const item of items) {
      if (item.kind !== 'purchase') continue
      for (const attachment of item.draft.attachments ?? []) {
        attachment.size = uploads.get(attachment.sha256)?.uncompressedSize ?? attachment.size
      }
    }
    yield items
  }
}

async function storeFiles(
  path: string,
  { listed, uploads }: { listed: ReadonlyMap<string, string>; uploads: ReadonlyMap<string, Entry> },
  files: BlobStore,
  onProgress: (done: number, total: number) => Promise<void>,
): Promise<{ stored: Set<string>; warnings: string[] }> {
  const wanted = [...uploads].filter(([sha256]) => listed.has(sha256))
  const total = wanted.reduce((sum, [, { uncompressedSize }]) => sum + uncompressedSize, 0)
  const stored = new Set<string>()
  const warnings: string[] = []
  let done = 0
  for (const [sha256, entry] of wanted) {
    await onProgress(done, total)
    const name = listed.get(sha256) ?? entry.fileName
    try {
      if (!(await files.has(sha256))) await files.put(checkHash(readEntry(path, entry), sha256, entry.fileName))
      stored.add(sha256)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'BAD_REQUEST') throw error
      warnings.push(`The bytes of "${shown(name)}" were left out. ${error.message}`)
    }
    done += entry.uncompressedSize
  }
  await onProgress(total, total)
  return { stored, warnings }
}

/** Passes bytes on, and fails at their end when they are not those of the hash, so that nobody keeps them. */
async function* checkHash(bytes: AsyncIterable<Buffer>, sha256: string, name: string): AsyncGenerator<Buffer> {
  const hash = createHash('sha256')
  for await (const chunk of bytes) {
    hash.update(chunk)
    yield chunk
  }
  if (hash.digest('hex') !== sha256) throw refused(name, 'does not have the SHA-256 it is named by')
}

function enumerate(names: readonly string[]): string {
  const some = names
    .slice(0, 10)
    .map((name) => `"${shown(name)}"`)
    .join(', ')
  return names.length > 10 ? `${some} and ${names.length - 10} more` : some
}
