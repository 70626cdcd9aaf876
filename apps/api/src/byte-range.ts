import { HttpError } from './problem.ts'
import type { PlainRoute } from './rest/plain-routes.ts'

/** What a request may ask of a file that is read in parts, for the document. */
export const RANGE_HEADERS: NonNullable<PlainRoute['requestHeaders']> = [
  {
    name: 'Range',
    description: 'A part of it. Several parts at once are answered with the whole.',
    schema: { type: 'string', examples: ['bytes=0-1023', 'bytes=1048576-'] },
  },
  {
    name: 'If-Range',
    description: 'The ETag of the version of which the part is wanted; the whole of any other.',
    schema: { type: 'string' },
  },
  {
    name: 'If-None-Match',
    description: 'ETags that were read, or `*`; the answer is 304 without a body where one of them is right.',
    schema: { type: 'string' },
  },
]

/** A part of a file, both ends included, from 0. */
export interface ByteRange {
  start: number
  end: number
}

/**
 * The part of a file that the header `Range` asks for. Undefined where it asks for all of it: by no header, in a unit
 * that is not bytes, for several parts at once, or by an `If-Range` that means another version.
 * @param size of the file, in bytes
 * @param etag of the file
 * @throws HttpError 416 for one that is malformed or outside of the file
 */
export function readRange(
  { range, ifRange }: { range: string | undefined; ifRange: string | undefined },
  { size, etag }: { size: number; etag: string },
): ByteRange | undefined {
  const given = /^\s*bytes\s*=(.*)$/i.exec(range ?? '')?.[1]
  if (given === undefined || (ifRange !== undefined && ifRange.trim() !== etag)) return undefined
  const ranges = given.split(',').map((part) => parseRange(part.trim(), size))
  if (ranges.includes('malformed') || ranges.every((part) => part === 'outside')) {
    throw new HttpError(416, `The file has ${size} bytes, and the range is not in it.`, {
      'Content-Range': `bytes */${size}`,
    })
  }
  const [only] = ranges
  return ranges.length === 1 && typeof only === 'object' ? only : undefined
}

function parseRange(text: string, size: number): ByteRange | 'malformed' | 'outside' {
  const [, first = '', last = ''] = /^(\d*)-(\d*)$/.exec(text) ?? []
  if (first === '' && last === '') return 'malformed'
  if (first === '') {
    const length = Math.min(Number(last), size)
    return length === 0 ? 'outside' : { start: size - length, end: size - 1 }
  }
  if (last !== '' && Number(last) < Number(first)) return 'malformed'
  if (Number(first) >= size) return 'outside'
  return { start: Number(first), end: last === '' ? size - 1 : Math.min(Number(last), size - 1) }
}
