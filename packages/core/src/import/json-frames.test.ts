import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Frame, MAX_VALUE_BYTES, parseFrame, readFrames } from './json-frames.ts'
import { collect } from './testing/reading.ts'

/** The bytes in chunks of these sizes, again and again. */
async function* chunksOf(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    yield bytes.subarray(at, at + size)
    at += size
  }
}

async function framesOf(content: string | Buffer, sizes: readonly number[] = [1 << 16]): Promise<Frame[]> {
  const frames = await collect(readFrames(chunksOf(Buffer.from(content), sizes)))
  return frames.flat()
}

/** Memory says nothing before what nobody holds is gone. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

/** The outer object put together again from its frames. */
async function assemble(content: string | Buffer, sizes?: readonly number[]): Promise<Record<string, unknown>> {
  const whole: Record<string, unknown> = Object.create(null)
  for (const frame of await framesOf(content, sizes)) {
    if (frame.place === 0 && !frame.bytes) {
      whole[frame.key] = []
      continue
    }
    const parsed = parseFrame(frame)
    const value = 'value' in parsed ? parsed.value : expect.fail(parsed.problem)
    if (frame.place === 0) whole[frame.key] = value
    else (whole[frame.key] as unknown[])[frame.place - 1] = value
  }
  return whole
}

describe('a JSON file in frames', () => {
  it('gives what JSON.parse gives, however it is cut and spaced', async () => {
    const values = fc.dictionary(fc.string(), fc.oneof(fc.jsonValue({ maxDepth: 4 }), fc.array(fc.jsonValue())))
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(values, sizes, fc.constantFrom(undefined, 2, '\t', '\r\n'), async (value, sizes, indent) => {
        const text = JSON.stringify(value, null, indent)
        expect(await assemble(text, sizes)).toEqual(Object.assign(Object.create(null), JSON.parse(text)))
      }),
    )
  })

  it('refuses what JSON.parse refuses', async () => {
    const edits = fc.tuple(fc.nat(), fc.constantFrom('', ',', ':', '"', '{', '}', '[', ']', '1', 'x', '\\', '\u0000'))
    const text = JSON.stringify({ a: [1, { b: 'c"\\' }, [], 'ä'], d: { e: null }, f: -1.5e3, g: [], h: true })
    await fc.assert(
      fc.asyncProperty(edits, fc.boolean(), async ([position, edit], replace) => {
        const at = position % text.length
        const edited = text.slice(0, at) + edit + text.slice(at + (replace ? 1 : 0))
        let expected: unknown
        try {
          expected = JSON.parse(edited)
        } catch {
          await expect(assemble(edited, [3])).rejects.toMatchObject({ code: 'BAD_REQUEST' })
          return
        }
        expect(await assemble(edited, [3])).toEqual(Object.assign(Object.create(null), expected))
      }),
      { numRuns: 1000 },
    )
  })

  it('takes a byte order mark, and no other encoding', async () => {
    expect(await assemble('\ufeff{"a":1}')).toEqual({ a: 1 })
    for (const wrong of [Buffer.from('\ufeff{"a":1}', 'utf16le'), Buffer.from('{"a":1}', 'utf16le')]) {
      await expect(assemble(wrong)).rejects.toMatchObject({ message: expect.stringContaining('UTF-16') })
    }
  })

  it.each([
    ['', 'empty'],
    ['[1]', 'byte 1'],
    ['"a"', 'byte 1'],
    ['{"a":1', 'breaks off after 6 bytes'],
    ['{"a":[1,2', 'breaks off'],
    ['{"a":"x', 'breaks off'],
    ['{"a":1}}', 'byte 8'],
    ['{"a":1,}', 'byte 8'],
    ['{"a":[1,]}', 'byte 9'],
    ['{"a" 1}', 'byte 6'],
    ['{a:1}', 'byte 2'],
    ['{"a":tru}', 'begins at byte 6'],
    ['{"a":[{"b":}]}', 'begins at byte 7'],
    ['{"a":1,"a":2}', 'byte 8 twice'],
    ['<html>', 'HTML'],
    ['PK\u0003\u0004', 'zip'],
    ['\u001f\u008b', 'gzip'],
  ])('refuses %j and says where', async (content, where) => {
    const bytes = content.startsWith('\u001f') ? Buffer.from(content, 'latin1') : content
    await expect(assemble(bytes)).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringContaining(where),
    })
  })

  it('leaves out a value that is too large, too deep, double or no text, and keeps the others', async () => {
    const large = `"${'x'.repeat(MAX_VALUE_BYTES)}"`
    const deep = '['.repeat(40) + ']'.repeat(40)
    const twice = '{"b":{"c:":1,"c:":2}}'
    const parts = ['{"a":[1,', large, ',', deep, ',"', Buffer.from([0xc3, 0x28]), '",', twice, ',2]}']
    const frames = await framesOf(Buffer.concat(parts.map((part) => Buffer.from(part))), [1000])
    expect(frames.slice(1).map(parseFrame)).toEqual([
      { value: 1 },
      { problem: `is larger than ${MAX_VALUE_BYTES} bytes` },
      { problem: 'has more than 32 lists and objects inside one another' },
      { problem: 'is not valid UTF-8 text' },
      { problem: 'names a field twice' },
      { value: 2 },
    ])
  })

  it.each([
    ['a text', '{"a":["', 'x'],
    ['nesting', '{"a":[', '['],
    ['a key', '{"', 'x'],
  ])('keeps nothing of %s without end', async (_, start, unit) => {
    const part = Buffer.from(unit.repeat(2 ** 20))
    let kept = 0
    async function* endless(): AsyncGenerator<Buffer> {
      yield Buffer.from(start)
      for (let sent = 0; sent < 120; sent++) yield Buffer.from(part)
      collectGarbage()
      kept = process.memoryUsage().arrayBuffers
    }
    await expect(collect(readFrames(endless()))).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    expect(kept).toBeLessThan(20e6)
  })
})
