import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRange } from './byte-range.ts'
import { HttpError } from './problem.ts'

const etag = '"abc"'
const read = (range: string | undefined, size = 10, ifRange?: string) => readRange({ range, ifRange }, { size, etag })

describe('a range', () => {
  it.each([
    ['bytes=0-0', 0, 0],
    ['bytes=2-4', 2, 4],
    ['bytes=2-', 2, 9],
    ['bytes=2-99999999999999999999', 2, 9],
    ['bytes=-3', 7, 9],
    ['bytes=-10', 0, 9],
    ['bytes=-11', 0, 9],
    ['Bytes = 9-9 ', 9, 9],
  ])('%s of ten bytes', (range, start, end) => {
    expect(read(range)).toEqual({ start, end })
  })

  it.each([undefined, '', 'lines=0-1', 'bytes', '0-1', 'bytes=0-1,3-4', 'bytes=0-1, 20-'])('%j means all', (range) => {
    expect(read(range)).toBeUndefined()
  })

  it.each([
    'bytes=10-',
    'bytes=10-12',
    'bytes=-0',
    'bytes=20-,30-',
    'bytes=5-2',
    'bytes=',
    'bytes=-',
    'bytes=a-b',
    'bytes=0-1-2',
    'bytes=0-1,x',
  ])('%s is refused', (range) => {
    const refusal = expect.objectContaining({
      code: 'RANGE_NOT_SATISFIABLE',
      headers: { 'Content-Range': 'bytes */10' },
    })
    expect(() => read(range)).toThrow(refusal)
  })

  it('of nothing is refused', () => {
    expect(() => read('bytes=0-', 0)).toThrow(HttpError)
    expect(() => read('bytes=-1', 0)).toThrow(HttpError)
  })

  it('is only for the version that If-Range means', () => {
    expect(read('bytes=0-1', 10, '"abc"')).toEqual({ start: 0, end: 1 })
    for (const other of ['"abd"', 'W/"abc"', 'Sat, 31 Jan 2026 12:00:00 GMT']) {
      expect(read('bytes=0-1', 10, other)).toBeUndefined()
      expect(read('bytes=20-', 10, other)).toBeUndefined()
    }
  })

  it('is always within the file', () => {
    const edge = fc.option(fc.nat(20)).map((number) => number ?? '')
    fc.assert(
      fc.property(edge, edge, fc.nat(15), (first, last, size) => {
        try {
          const { start, end } = read(`bytes=${first}-${last}`, size) ?? expect.fail('It is one range')
          expect(0 <= start && start <= end && end < size).toBe(true)
        } catch (error) {
          expect(error).toBeInstanceOf(HttpError)
        }
      }),
    )
  })
})
