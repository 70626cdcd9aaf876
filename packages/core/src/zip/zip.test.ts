import { open, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { beforeEach, describe, expect, it } from 'vitest'
import { openPromise } from 'yauzl'
import { temporaryRoot } from '../backup/testing/world.ts'
import { AppError } from '../errors.ts'
import { encodeCentral, encodeEnd, encodeLocal, STORED, type ZipEntry } from './layout.ts'
import { ZipReader } from './reader.ts'
import { type AddOptions, ZipWriter } from './writer.ts'

const text = Buffer.from('Kettle, lamp and desk. '.repeat(400))
const photo = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * index * 7919) >>> 5))

let path: string
beforeEach(async () => {
  path = join(await temporaryRoot(), 'test.zip')
})

async function write(entries: readonly [name: string, bytes: Buffer, options?: AddOptions][]): Promise<void> {
  const zip = await ZipWriter.create(path)
  for (const [name, bytes, options] of entries) await zip.add(name, Readable.from([bytes]), options)
  await zip.finish()
}

/** All entries, by name. */
async function readAll(): Promise<[string, Buffer][]> {
  const zip = await ZipReader.open(path, { maxEntries: 100 })
  try {
    const all: [string, Buffer][] = []
    for (const entry of zip.entries.values()) all.push([entry.name, await buffer(zip.read(entry))])
    return all
  } finally {
    await zip.close()
  }
}

describe('a zip', () => {
  it('gives back what was put into it, to us and to others', async () => {
    await write([
      ['data/text.ndjson', text, { deflate: true, large: true }],
      ['data/empty', Buffer.alloc(0), { deflate: true }],
      ['uploads/Ä 中', photo],
    ])
    const expected = [
      ['data/text.ndjson', text],
      ['data/empty', Buffer.alloc(0)],
      ['uploads/Ä 中', photo],
    ]
    expect(await readAll()).toEqual(expected)
    const others: [string, Buffer][] = []
    const zip = await openPromise(path, { autoClose: false, strictFileNames: true, validateEntrySizes: true })
    for await (const entry of zip.eachEntry()) {
      others.push([entry.fileName, await buffer(await zip.openReadStreamPromise(entry))])
    }
    zip.close()
    expect(others).toEqual(expected)
  })

  it('is the same for the same entries', async () => {
    await write([['a', text, { deflate: true }]])
    const first = await readFile(path)
    path = join(await temporaryRoot(), 'again.zip')
    await write([['a', text, { deflate: true }]])
    expect(await readFile(path)).toEqual(first)
  })

  it('does not hold an entry that failed, or was taken back', async () => {
    async function* failing() {
      yield Buffer.alloc(3 * 2 ** 20)
      throw new Error('the disk is gone')
    }
    const zip = await ZipWriter.create(path)
    await zip.add('kept', Readable.from([photo]))
    await expect(zip.add('broken', failing())).rejects.toThrow('the disk is gone')
    await expect(zip.add('broken', failing(), { deflate: true })).rejects.toThrow('the disk is gone')
    await zip.add('dropped', Readable.from([Buffer.alloc(2 ** 21), text]))
    zip.dropLast()
    await zip.add('last', Readable.from([text]))
    const size = await zip.finish()
    expect((await readFile(path)).length).toBe(size)
    expect(await readAll()).toEqual([
      ['kept', photo],
      ['last', text],
    ])
  })

  it('has entries of any size', async () => {
    const entry: ZipEntry = {
      name: 'uploads/film',
      method: STORED,
      crc32: 0,
      size: 2 ** 32 + 5,
      packedSize: 2 ** 32 + 5,
      offset: 0,
      large: true,
    }
    // Its bytes are a hole, which takes no room on the disk.
    const header = encodeLocal(entry)
    const line = encodeCentral(entry)
    const offset = header.length + entry.packedSize
    const file = await open(path, 'wx')
    await file.write(header, 0, header.length, 0)
    const end = Buffer.concat([line, encodeEnd({ count: 1, offset, length: line.length })])
    await file.write(end, 0, end.length, offset)
    await file.close()
    const zip = await ZipReader.open(path, { maxEntries: 1 })
    expect([...zip.entries.values()]).toEqual([entry])
    let first: Buffer | undefined
    for await (const chunk of zip.read(entry)) {
      first = chunk
      break
    }
    expect(first?.every((byte) => byte === 0)).toBe(true)
    await zip.close()
  })

  it('has any number of entries', async () => {
    const zip = await ZipWriter.create(path)
    for (let index = 0; index < 70_000; index++) await zip.add(`${index}`, Readable.from([]))
    await zip.finish()
    const reader = await ZipReader.open(path, { maxEntries: 70_000 })
    expect([...reader.entries.keys()]).toHaveLength(70_000)
    await reader.close()
    await expect(ZipReader.open(path, { maxEntries: 69_999 })).rejects.toThrow('The zip has 70000 entries')
  })
})

describe('a damaged zip', () => {
  beforeEach(() =>
    write([
      ['data/text.ndjson', text, { deflate: true }],
      ['uploads/photo', photo.subarray(0, 300)],
      ['manifest.json', Buffer.from('{}')],
    ]),
  )

  it('is refused wherever it is cut off', async () => {
    const whole = await readFile(path)
    for (let length = 0; length < whole.length; length++) {
      await writeFile(path, whole.subarray(0, length))
      await expect(readAll(), `cut off at ${length}`).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    }
  })

  it('is refused with anything before it, in it or after it', async () => {
    const whole = await readFile(path)
    for (const at of [0, 30, 100, 500, whole.length - 60, whole.length - 22, whole.length]) {
      await writeFile(path, Buffer.concat([whole.subarray(0, at), Buffer.from('PK'), whole.subarray(at)]))
      await expect(readAll(), `more at ${at}`).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    }
  })

  /** Packed bytes can say the same in other words; whatever it is, it is not another content. */
  it('never gives other bytes, whichever bit of it is another', async () => {
    const whole = await readFile(path)
    const content = await readAll()
    let refused = 0
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const flipped = Buffer.from(whole)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      await writeFile(path, flipped)
      const found = await readAll().catch((error: unknown) => {
        if (!(error instanceof AppError) || error.code !== 'BAD_REQUEST') throw error
        refused += 1
        return content
      })
      expect(found).toEqual(content)
    }
    expect(refused / (whole.length * 8)).toBeGreaterThan(0.98)
  })
})
