import { createHash } from 'node:crypto'
import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { localFiles } from '../files.ts'
import { openContext, type TestContext } from '../testing.ts'
import { readContent, temporaryFolder } from './testing/reading.ts'
import { type ZipEntry, zipOf } from './testing/zips.ts'

const ID = '8c1f9a0e-2b3d-4c5e-8f70-1a2b3c4d5e6f'

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function upload(bytes: Buffer, sha256 = hashOf(bytes)): ZipEntry {
  return { name: `uploads/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}.pdf`, bytes, deflated: true }
}

function dataOf(files: readonly { sha256: string; filename: string }[]): ZipEntry {
  const data = {
    purchases: [{ id: ID, product_name: 'Toaster', price: '29.99', purchase_date: '2025-11-05' }],
    files: files.map((file) => ({ purchase_id: ID, mime_type: 'application/pdf', ...file })),
  }
  return { name: 'data.json', bytes: Buffer.from(JSON.stringify(data)), deflated: true }
}

const bill = Buffer.from('the bill')
const listed = { sha256: hashOf(bill), filename: 'bill.pdf' }

describeEachEngine("the predecessor's ZIP", (engine) => {
  let ctx: TestContext
  beforeEach(async () => {
    ctx = await openContext(engine)
  })
  const read = (entries: readonly ZipEntry[], lies: Parameters<typeof zipOf>[1] = {}) =>
    readContent(ctx, zipOf(entries, lies), 'ZIP')

  async function store(entries: readonly ZipEntry[]) {
    const { reader } = await read(entries)
    const files = localFiles(await temporaryFolder())
    const progress: number[] = []
    const result = await reader.storeFiles?.(files, async (done) => {
      progress.push(done)
    })
    return { files, progress, result: result ?? expect.fail('no files') }
  }

  it('is read with its files', async () => {
    const entries = [dataOf([listed]), upload(bill), { name: 'uploads/', bytes: Buffer.alloc(0) }]
    const { reader, purchases } = await read(entries)
    expect(reader).toMatchObject({ source: 'PREDECESSOR_ZIP', complete: false, warnings: [] })
    expect(purchases[0]?.draft).toMatchObject({
      id: ID,
      product_name: 'Toaster',
      attachments: [{ filename: 'bill.pdf', size: bill.length, sha256: listed.sha256 }],
    })
    const { files, result, progress } = await store(entries)
    expect(result).toEqual({ stored: new Set([listed.sha256]), warnings: [] })
    expect(progress).toEqual([0, bill.length])
    expect(Buffer.concat(await (await files.open(listed.sha256)).toArray())).toEqual(bill)
  })

  it('says which files are missing, and leaves out what is not listed', async () => {
    const other = upload(Buffer.from('another'))
    const { reader } = await read([dataOf([listed]), other, { name: 'README.txt', bytes: bill }])
    expect(reader.warnings).toEqual([
      'The zip does not hold the bytes of "bill.pdf".',
      'The zip holds 2 files that "data.json" does not list: they were left out.',
    ])
    const { result } = await store([dataOf([listed]), other])
    expect(result).toEqual({ stored: new Set(), warnings: [] })
  })

  it.each([
    ['another hash', upload(bill, 'ab'.repeat(32))],
    ['a wrong checksum', { ...upload(bill), lies: { crc: 1 } }],
    ['a size that is too large', { ...upload(bill), lies: { size: bill.length + 1 } }],
    ['a size that is too small', { ...upload(bill), lies: { size: bill.length - 1 } }],
  ])('keeps no file with %s, and says which', async (_, entry) => {
    const sha256 = /(\w{64})/.exec(entry.name)?.[1] ?? ''
    const { files, result } = await store([dataOf([{ sha256, filename: 'bill.pdf' }]), entry])
    expect(result).toEqual({ stored: new Set(), warnings: [expect.stringContaining('"bill.pdf"')] })
    expect(await files.has(sha256)).toBe(false)
    expect(await files.has(listed.sha256)).toBe(false)
  })

  describe('is refused by name with', () => {
    const data = dataOf([listed])
    const bomb = { ...upload(Buffer.alloc(2 ** 24)), deflated: true }
    const cases: [string, ZipEntry[], string][] = [
      ['no data', [upload(bill)], 'data.json'],
      ['data that is no JSON', [{ ...data, bytes: Buffer.from('{"purchases":[') }], 'breaks off'],
      [
        'data of another kind',
        [{ ...data, bytes: Buffer.from('{"format":"spends-tracker","version":1,"purchases":[]}') }],
        'another kind',
      ],
      ['damaged data', [{ ...data, lies: { crc: 1 } }], 'data.json'],
      ['data that is longer than it says', [{ ...data, lies: { size: 5 } }], 'data.json'],
      ['a path out of it', [data, { name: '../../etc/passwd', bytes: bill }], '../../etc/passwd'],
      ['an absolute path', [data, { name: '/etc/passwd', bytes: bill }], '/etc/passwd'],
      ['a path of another system', [data, { name: '..\\x', bytes: bill }], '..\\x'],
      ['an encrypted entry', [data, { ...upload(bill), lies: { flags: 0x801 } }], 'encrypted'],
      ['an unknown packing', [data, { ...upload(bill), lies: { method: 14 } }], 'packed'],
      ['an entry that grows without end', [data, bomb], '200 times'],
      ['an entry twice', [data, upload(bill), upload(bill)], 'twice'],
      [
        'two kinds of one hash',
        [data, upload(bill), { ...upload(bill), name: upload(bill).name.replace('.pdf', '.png') }],
        'twice',
      ],
    ]
    it.each(cases)('%s', async (_, entries, name) => {
      await expect(read(entries)).rejects.toMatchObject({
        code: 'BAD_REQUEST',
        message: expect.stringContaining(name),
      })
    })

    it('a directory that lies', async () => {
      for (const lies of [{ count: 60_000 }, { count: 2 }, { length: 2 ** 31 }, { length: 1 }]) {
        await expect(read([data], lies)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
      }
    })

    it('a directory of more entries than there is room for', async () => {
      // 98 bytes that claim a hundred million entries.
      const end64 = Buffer.alloc(56)
      end64.write('PK\x06\x06', 'latin1')
      end64.writeBigUInt64LE(44n, 4)
      end64.writeBigUInt64LE(100_000_000n, 24)
      end64.writeBigUInt64LE(100_000_000n, 32)
      const locator = Buffer.alloc(20)
      locator.write('PK\x06\x07', 'latin1')
      locator.writeUInt32LE(1, 16)
      const end = Buffer.concat([Buffer.from('PK\x05\x06\0\0\0\0'), Buffer.alloc(12, 0xff), Buffer.alloc(2)])
      const bytes = Buffer.concat([end64, locator, end])
      expect(bytes).toHaveLength(98)
      await expect(readContent(ctx, bytes, 'ZIP')).rejects.toMatchObject({
        code: 'BAD_REQUEST',
        message: expect.stringContaining('100000000'),
      })
    })

    it.each([
      ['nothing in it', Buffer.alloc(0)],
      ['text in it', Buffer.from('product_name,price\n')],
      ['its end cut off', zipOf([data]).subarray(0, -5)],
      ['its beginning cut off', zipOf([data, upload(bill)]).subarray(100)],
    ])('%s', async (_, bytes) => {
      await expect(readContent(ctx, bytes, 'ZIP')).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    })
  })

  it('may have a comment, but none that could be taken for its end', async () => {
    const { purchases } = await read([dataOf([])], { comment: Buffer.from('made on Monday') })
    expect(purchases).toHaveLength(1)
    const comment = Buffer.concat([Buffer.from('PK\x05\x06'), Buffer.alloc(18, 1)])
    await expect(read([dataOf([])], { comment })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })
})
