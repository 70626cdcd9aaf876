import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import iconv from 'iconv-lite'
import { AppError } from '../errors.ts'
import { type FileKind, sniffKind } from './file-kind.ts'

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'

/** A file that is text from its first byte to its last. */
export interface TextFile {
  path: string
  encoding: Encoding
  /** Bytes. */
  size: number
}

export interface Stoppable {
  signal?: AbortSignal | undefined
  /** Is told of each part that was read, by whatever pass; what it throws ends the reading. */
  onBytes?: ((count: number) => Promise<void>) | undefined
}

const HEAD = 4096
const SCAN_CHUNK = 2 ** 20
const TEXT_CHUNK = 2 ** 16

/**
 * Finds the encoding of a file by reading all of it: a mark at its beginning, NULs in every other byte, valid UTF-8,
 * else Windows-1252.
 * @throws AppError BAD_REQUEST when it is empty, something else than a table of text, or text with damage
 */
export async function openText(path: string, options: Stoppable = {}): Promise<TextFile> {
  const { head, size } = await readHead(path)
  if (size === 0) throw refused('The file is empty.')
  const kind = sniffKind(head)
  if (kind) throw refused(REFUSALS[kind])
  const encoding = await findEncoding(path, head, options)
  if (encoding === 'utf-16le' || encoding === 'utf-16be') {
    await checkUtf16({ path, encoding, size }, options)
  }
  return { path, encoding, size }
}

/**
 * The text of a file without its byte order mark, in chunks.
 * @returns with each chunk, how many bytes of the file have been read by then
 */
export async function* readText(
  { path, encoding }: TextFile,
  { chunkBytes = TEXT_CHUNK, ...options }: Stoppable & { chunkBytes?: number } = {},
): AsyncGenerator<{ text: string; bytes: number }> {
  const decoder = iconv.getDecoder(encoding)
  let bytes = 0
  for await (const chunk of readBytes(path, { ...options, chunkBytes })) {
    bytes += chunk.length
    yield { text: decoder.write(chunk), bytes }
  }
  const rest = decoder.end()
  if (rest) yield { text: rest, bytes }
}

async function readHead(path: string): Promise<{ head: Buffer; size: number }> {
  const handle = await open(path)
  try {
    const { size } = await handle.stat()
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD), 0, HEAD, 0)
    return { head: buffer.subarray(0, bytesRead), size }
  } finally {
    await handle.close()
  }
}

async function* readBytes(
  path: string,
  { signal, onBytes, chunkBytes = SCAN_CHUNK }: Stoppable & { chunkBytes?: number },
) {
  const stream = createReadStream(path, { highWaterMark: chunkBytes, ...(signal ? { signal } : {}) })
  for await (const chunk of stream) {
    await onBytes?.((chunk as Buffer).length)
    yield chunk as Buffer
  }
}

async function findEncoding(path: string, head: Buffer, options: Stoppable): Promise<Encoding> {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  let nuls = false
  let utf8 = true
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of readBytes(path, options)) {
    nuls ||= chunk.includes(0)
    if (!utf8) continue
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const whole = wholeCharacters(bytes)
    utf8 = isUtf8(bytes.subarray(0, whole))
    rest = Buffer.from(bytes.subarray(whole))
  }
  if (nuls) return findUtf16(path, options)
  if (utf8 && rest.length === 0) return 'utf-8'
  await checkWindows1252(path, options)
  return 'windows-1252'
}

/** How many bytes come before a UTF-8 sequence that the end has cut in two. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte >= 0xc0) return byte >= 0xf0 || back < (byte >= 0xe0 ? 3 : 2) ? bytes.length - back : bytes.length
    if (byte < 0x80) break
  }
  return bytes.length
}

/**
 * UTF-16 without a mark: delimiters, digits and line ends leave a NUL in their upper byte, whatever the alphabet. A few
 * NULs anywhere else than there are damage.
 */
async function findUtf16(path: string, options: Stoppable): Promise<Encoding> {
  let length = 0
  const nuls: [even: number, odd: number] = [0, 0]
  for await (const chunk of readBytes(path, options)) {
    for (let at = 0; at < chunk.length; at++) {
      if (chunk[at] === 0) nuls[((length + at) & 1) as 0 | 1]++
    }
    length += chunk.length
  }
  const [even, odd] = nuls
  // One character in four, and hardly any whose lower byte is the NUL.
  if (Math.max(even, odd) < length / 8 || Math.min(even, odd) * 4 > Math.max(even, odd)) {
    throw refused('The file is no text: it holds NUL bytes. Export the table as CSV in UTF-8 and send that.')
  }
  return odd > even ? 'utf-16le' : 'utf-16be'
}

/** @throws AppError BAD_REQUEST when there is anything that no text has: half a pair, a NUL, no character at all */
async function checkUtf16(file: TextFile, options: Stoppable): Promise<void> {
  if (file.size % 2 === 1) throw refused(DAMAGED_UTF16)
  let carried = ''
  for await (const { text } of readText(file, { ...options, chunkBytes: SCAN_CHUNK })) {
    const whole = carried + text
    const endsInPair = (whole.charCodeAt(whole.length - 1) & 0xfc00) === 0xd800
    const cut = endsInPair ? whole.length - 1 : whole.length
    const checked = whole.slice(0, cut)
    carried = whole.slice(cut)
    if (!checked.isWellFormed() || /[\0\ufffe\uffff]/.test(checked)) throw refused(DAMAGED_UTF16)
  }
  if (carried) throw refused(DAMAGED_UTF16)
}

/** Bytes that Windows-1252 has no character for. */
const NO_CHARACTER = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d])

/**
 * Whether what is no valid UTF-8 can be Windows-1252. Text in that encoding hardly ever looks like a longer UTF-8
 * sequence, so that a file with many of them is UTF-8 with damage, or a mix of both, and would turn to nonsense.
 * @throws AppError BAD_REQUEST naming the line
 */
async function checkWindows1252(path: string, options: Stoppable): Promise<void> {
  let line = 1
  let previous = 0
  let sequences = 0
  /** High bytes that belong to no sequence. */
  let others = 0
  let firstOther = 0
  let firstUnknown = 0
  /** Bytes of the sequence that is being read, and how many of it are yet to come. */
  let held = 0
  let missing = 0
  const drop = () => {
    if (held > 0) firstOther ||= line
    others += held
    held = 0
    missing = 0
  }
  for await (const chunk of readBytes(path, options)) {
    // Iterating over the chunk would take five times as long.
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0
      if (byte < 0x80) {
        drop()
        if (byte === 0x0d || (byte === 0x0a && previous !== 0x0d)) line++
      } else {
        if (NO_CHARACTER.has(byte)) firstUnknown ||= line
        const continues = missing > 0 && byte < 0xc0
        if (!continues) drop()
        held++
        missing = continues ? missing - 1 : sequenceLength(byte) - 1
        if (missing === 0 && continues) {
          sequences++
          held = 0
        }
        if (missing === 0) drop()
      }
      previous = byte
    }
  }
  drop()
  if (sequences * 4 > others) {
    throw refused(`Line ${firstOther} is not valid UTF-8, as the rest of the file is. Export it as UTF-8 once more.`)
  }
  if (firstUnknown > 0) {
    throw refused(
      `Line ${firstUnknown} holds characters that are neither UTF-8 nor Windows-1252. Export the file as UTF-8 and send that.`,
    )
  }
}

/** Bytes of the UTF-8 sequence that a byte begins; 1 when it begins none. */
function sequenceLength(byte: number): number {
  if (byte < 0xc2 || byte > 0xf4) return 1
  return byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
}

const DAMAGED_UTF16 = 'The file seems to be UTF-16, but damaged. Export the table as CSV in UTF-8 and send that.'

export const REFUSALS: Readonly<Record<FileKind, string>> = {
  zip: 'The file is no CSV, but a ZIP archive or an Excel workbook (.xlsx). Unpack it, or save the sheet as CSV, and send that.',
  gzip: 'The file is compressed with gzip. Unpack it and send what is inside.',
  archive: 'The file is a compressed archive. Unpack it and send the CSV inside.',
  workbook: 'The file is an old Excel workbook (.xls). Save the sheet as CSV and send that.',
  pdf: 'The file is a PDF. Export the table as CSV and send that.',
  image: 'The file is an image. Export the table as CSV and send that.',
  html: 'The file is an HTML page, perhaps the one that asks you to sign in. Download the CSV itself and send that.',
  xml: 'The file is XML. Export the table as CSV and send that.',
  json: 'The file is JSON, not CSV. Send it to the import of JSON.',
}

function refused(message: string): AppError {
  return new AppError('BAD_REQUEST', message)
}
