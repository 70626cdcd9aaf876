import { isUtf8 } from 'node:buffer'
import { AppError } from '../errors.ts'

/*
 * A JSON file of any size, cut into the values of its lists. Only the frame is read by hand: where each value begins
 * and ends. What is in it is JSON.parse's business, which is ten times faster than any parser of tokens.
 */

/** A value of the outer object, or of a list in it. */
export interface Frame {
  /** The outer object's key. */
  key: string
  /** The place in the list of that name, from 1; 0 for the value of the key itself, and for a list that begins. */
  place: number
  /** Where the value begins in the file, from 0. */
  start: number
  /** Undefined for a list that begins, and for a value that is refused. */
  bytes: Buffer | undefined
  /** How many fields its objects have, as they stand there. */
  fields: number
  /** Why a value is refused unread. */
  problem?: string
}

/** A single value may have so many bytes. */
export const MAX_VALUE_BYTES = 1024 * 1024
/** And so many lists and objects inside one another. */
const MAX_NESTING = 32

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

type Expected =
  | 'object'
  | 'first key'
  | 'key'
  | 'colon'
  | 'value'
  | 'comma'
  | 'first item'
  | 'item'
  | 'item comma'
  | 'end'

/**
 * Reads the outer object of a JSON file: each value of it, and each value of the lists in it, as their bytes.
 * Memory holds one value at a time. Yields the frames of a chunk together.
 * @throws AppError BAD_REQUEST with the position when it is not JSON with an object on the outside
 */
export async function* readFrames(chunks: AsyncIterable<Buffer>): AsyncGenerator<Frame[]> {
  const framer = new Framer()
  for await (const chunk of chunks) {
    const frames = framer.push(chunk)
    if (frames.length > 0) yield frames
  }
  framer.finish()
}

/**
 * What a frame holds.
 * @returns `problem` for a value that can't be used though the file goes on behind it
 * @throws AppError BAD_REQUEST with the position when it is no JSON
 */
export function parseFrame({ start, bytes, fields, problem }: Frame): { value: unknown } | { problem: string } {
  if (!bytes) return { problem: problem ?? 'is missing' }
  if (!isUtf8(bytes)) return { problem: 'is not valid UTF-8 text' }
  const value = parseBytes(bytes, start)
  return countFields(value) === fields ? { value } : { problem: 'names a field twice' }
}

function parseBytes(bytes: Buffer, start: number): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch {
    throw new AppError('BAD_REQUEST', `The file is not valid JSON in the value that begins at byte ${start + 1}.`)
  }
}

/** The fields of all objects in a value. Of one that stands twice, JSON.parse only keeps the last. */
function countFields(value: unknown): number {
  if (value === null || typeof value !== 'object') return 0
  const values = Object.values(value)
  let count = Array.isArray(value) ? 0 : values.length
  for (const inner of values) if (inner !== null && typeof inner === 'object') count += countFields(inner)
  return count
}

class Framer {
  #expected: Expected = 'object'
  /** Bytes before the current chunk. */
  #offset = 0
  #key = ''
  #place = 0
  #keys = new Set<string>()
  #frames: Frame[] = []

  /* The value that is being read, if any. */
  #kind: 'none' | 'key' | 'text' | 'container' | 'word' = 'none'
  #depth = 0
  #inText = false
  #escaped = false
  #start = 0
  #parts: Buffer[] = []
  #size = 0
  #fields = 0
  #problem: string | undefined

  push(chunk: Buffer): Frame[] {
    this.#frames = []
    let at = this.#offset === 0 ? this.#skipMark(chunk) : 0
    while (at < chunk.length) at = this.#kind === 'none' ? this.#outside(chunk, at) : this.#inside(chunk, at)
    if (this.#kind !== 'none') this.#keep(chunk, chunk.length)
    this.#partFrom = 0
    this.#offset += chunk.length
    return this.#frames
  }

  finish(): void {
    if (this.#offset === 0) throw new AppError('BAD_REQUEST', 'The file is empty.')
    if (this.#expected !== 'end') {
      throw new AppError('BAD_REQUEST', `The file is not complete: it breaks off after ${this.#offset} bytes.`)
    }
  }

  #skipMark(chunk: Buffer): number {
    if (chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf) return 3
    const wide = (chunk[0] === 0xff && chunk[1] === 0xfe) || (chunk[0] === 0xfe && chunk[1] === 0xff)
    if (wide || chunk[0] === 0 || (chunk[1] === 0 && chunk.length > 1)) {
      throw new AppError('BAD_REQUEST', 'The file is not JSON in UTF-8: it seems to be UTF-16 or binary.')
    }
    if (chunk[0] === 0x1f && chunk[1] === 0x8b) throw new AppError('BAD_REQUEST', 'The file is gzip, not JSON.')
    if (chunk[0] === 0x50 && chunk[1] === 0x4b) throw new AppError('BAD_REQUEST', 'The file is a zip, not JSON.')
    if (chunk[0] === 0x3c) throw new AppError('BAD_REQUEST', 'The file is not JSON: it seems to be HTML or XML.')
    return 0
  }

  /** Reads one byte between values. @returns where to go on */
  #outside(chunk: Buffer, at: number): number {
    const byte = chunk[at] as number
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) return at + 1
    switch (this.#expected) {
      case 'object':
        if (byte !== OPEN_OBJECT) this.#refuse(at, 'an object is expected on the outside')
        this.#expected = 'first key'
        return at + 1
      case 'first key':
      case 'key':
        if (byte === CLOSE_OBJECT && this.#expected === 'first key') return this.#goOn(at, 'end')
        if (byte !== QUOTE) this.#refuse(at, 'a key is expected')
        return this.#begin('key', at)
      case 'colon':
        if (byte !== COLON) this.#refuse(at, '":" is expected')
        return this.#goOn(at, 'value')
      case 'value':
        if (byte !== OPEN_LIST) return this.#beginValue(byte, at)
        this.#place = 0
        this.#frames.push({ key: this.#key, place: 0, start: this.#offset + at, bytes: undefined, fields: 0 })
        return this.#goOn(at, 'first item')
      case 'comma':
        if (byte === COMMA) return this.#goOn(at, 'key')
        if (byte !== CLOSE_OBJECT) this.#refuse(at, '"," or "}" is expected')
        return this.#goOn(at, 'end')
      case 'first item':
      case 'item':
        if (byte === CLOSE_LIST && this.#expected === 'first item') return this.#goOn(at, 'comma')
        this.#place += 1
        return this.#beginValue(byte, at)
      case 'item comma':
        if (byte === COMMA) return this.#goOn(at, 'item')
        if (byte !== CLOSE_LIST) this.#refuse(at, '"," or "]" is expected')
        return this.#goOn(at, 'comma')
      case 'end':
        return this.#refuse(at, 'nothing more is expected')
    }
  }

  #goOn(at: number, expected: Expected): number {
    this.#expected = expected
    return at + 1
  }

  #refuse(at: number, why: string): never {
    throw new AppError('BAD_REQUEST', `The file is not valid JSON at byte ${this.#offset + at + 1}: ${why}.`)
  }

  #beginValue(byte: number, at: number): number {
    if (byte === QUOTE) return this.#begin('text', at)
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) return this.#begin('container', at)
    // What may begin a number, true, false or null; JSON.parse sees the rest.
    if (!/[-0-9tfn]/.test(String.fromCharCode(byte))) this.#refuse(at, 'a value is expected')
    return this.#begin('word', at)
  }

  #begin(kind: 'key' | 'text' | 'container' | 'word', at: number): number {
    this.#kind = kind
    this.#start = this.#offset + at
    this.#depth = kind === 'container' ? 1 : 0
    this.#inText = kind === 'key' || kind === 'text'
    this.#escaped = false
    this.#parts = []
    this.#size = 0
    this.#fields = 0
    this.#problem = undefined
    this.#partFrom = at
    return at + 1
  }

  /** Where in the current chunk the bytes of the value begin that were not kept yet. */
  #partFrom = 0

  /** Reads on in a value, to its end or the chunk's. @returns where to go on */
  #inside(chunk: Buffer, from: number): number {
    const end = this.#findEnd(chunk, from)
    if (end === undefined) return chunk.length
    this.#keep(chunk, end)
    this.#finishValue()
    return end
  }

  /** The place behind the value's last byte, undefined where the chunk ends first. */
  #findEnd(chunk: Buffer, from: number): number | undefined {
    if (this.#kind === 'word') {
      for (let at = from; at < chunk.length; at++) {
        const byte = chunk[at] as number
        if (byte === COMMA || byte === CLOSE_LIST || byte === CLOSE_OBJECT || byte <= 0x20) return at
      }
      return undefined
    }
    let inText = this.#inText
    let escaped = this.#escaped
    let depth = this.#depth
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at] as number
      if (inText) {
        if (escaped) escaped = false
        else if (byte === BACKSLASH) escaped = true
        else if (byte === QUOTE) {
          inText = false
          if (depth === 0) return at + 1
        }
      } else if (byte === QUOTE) inText = true
      else if (byte === COLON) this.#fields += 1
      else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
        depth += 1
        if (depth > MAX_NESTING) this.#problem ??= `has more than ${MAX_NESTING} lists and objects inside one another`
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
        depth -= 1
        if (depth === 0) return at + 1
      }
    }
    this.#inText = inText
    this.#escaped = escaped
    this.#depth = depth
    return undefined
  }

  #keep(chunk: Buffer, end: number): void {
    this.#size += end - this.#partFrom
    if (this.#size > MAX_VALUE_BYTES) this.#problem ??= `is larger than ${MAX_VALUE_BYTES} bytes`
    if (this.#problem) this.#parts = []
    else this.#parts.push(chunk.subarray(this.#partFrom, end))
  }

  #finishValue(): void {
    const [only] = this.#parts
    const bytes = this.#problem ? undefined : this.#parts.length === 1 && only ? only : Buffer.concat(this.#parts)
    const frame: Frame = { key: this.#key, place: 0, start: this.#start, bytes, fields: this.#fields }
    if (this.#problem) frame.problem = this.#problem
    if (this.#kind === 'key') {
      this.#key = this.#readKey(frame)
      this.#expected = 'colon'
    } else if (this.#expected === 'value') {
      this.#frames.push(frame)
      this.#expected = 'comma'
    } else {
      frame.place = this.#place
      this.#frames.push(frame)
      this.#expected = 'item comma'
    }
    this.#kind = 'none'
    this.#parts = []
  }

  #readKey(frame: Frame): string {
    const parsed = parseFrame(frame)
    if ('problem' in parsed || typeof parsed.value !== 'string') {
      const problem = 'problem' in parsed ? parsed.problem : 'is no text'
      throw new AppError('BAD_REQUEST', `The file is not valid JSON: the key at byte ${frame.start + 1} ${problem}.`)
    }
    if (this.#keys.has(parsed.value) || this.#keys.size > 1000) {
      throw new AppError('BAD_REQUEST', `The file names the key at byte ${frame.start + 1} twice, or too many keys.`)
    }
    this.#keys.add(parsed.value)
    return parsed.value
  }
}
