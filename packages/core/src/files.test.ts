import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { listBlobs } from './attachments/testing.ts'
import { type BlobStore, BlobTooLarge, type ByteRange, localFiles } from './files.ts'
import { s3Files } from './files-s3.ts'
import { type S3TestServer, startS3Server } from './testing/s3-server.ts'

const MIB = 1024 ** 2

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

interface TestStore {
  files: BlobStore
  /** What lies there, blobs and everything else, by the names below the root. */
  names(): Promise<string[]>
  /** Puts bytes there behind the store's back. */
  plant(name: string, bytes: Buffer, putAt?: Date): Promise<void>
}

async function openFolder(): Promise<TestStore & { root: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'spends-files-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const root = join(folder, 'uploads')
  return {
    root,
    files: localFiles(root),
    names: async () => {
      const found = await readdir(root, { recursive: true, withFileTypes: true })
      return found
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1))
    },
    plant: async (name, bytes, putAt = new Date()) => {
      await writeFile(join(root, name), bytes)
      await utimes(join(root, name), putAt, putAt)
    },
  }
}

async function openBucket(): Promise<TestStore & { server: S3TestServer }> {
  const server = await startS3Server()
  onTestFinished(server.close)
  const { bucket, region, url: endpoint, credentials } = server
  const prefix = 'house hold/'
  return {
    server,
    files: s3Files({ bucket, prefix, region, endpoint, pathStyle: true, credentials }),
    names: async () => [...server.objects.keys()].map((key) => key.slice(prefix.length)),
    plant: async (name, bytes, modifiedAt = new Date()) => {
      server.objects.set(prefix + name, { bytes, etag: '"planted"', modifiedAt })
    },
  }
}

async function readAll(files: BlobStore, sha256: string, range?: ByteRange): Promise<Buffer> {
  return Buffer.concat(await (await files.open(sha256, range)).toArray())
}

async function* failingAfter(bytes: Uint8Array) {
  yield bytes
  throw new Error('the line went dead')
}

describe.each([
  ['in a local folder', openFolder],
  ['in a bucket', openBucket],
])('blobs %s', (_, openStore) => {
  let store: TestStore
  let files: BlobStore
  beforeEach(async () => {
    store = await openStore()
    files = store.files
  })

  it('come back as they were put, whatever their chunks', async () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 5 })
    const hashes = new Set<string>()
    await fc.assert(
      fc.asyncProperty(chunks, async (parts) => {
        const bytes = Buffer.concat(parts)
        const blob = await files.put(Readable.from(parts))
        expect(blob).toEqual({ sha256: hashOf(bytes), size: bytes.length })
        expect(await readAll(files, blob.sha256)).toEqual(bytes)
        hashes.add(blob.sha256)
      }),
      { numRuns: 30 },
    )
    expect((await store.names()).length).toBe(hashes.size)
  })

  it.each([5 * MIB - 1, 5 * MIB, 5 * MIB + 1, 12 * MIB])('come back when they are large (%i bytes)', async (size) => {
    const bytes = randomBytes(size)
    const blob = await files.put(
      Readable.from([bytes.subarray(0, 7), bytes.subarray(7, 6 * MIB), bytes.subarray(6 * MIB)]),
    )
    expect(blob).toEqual({ sha256: hashOf(bytes), size })
    expect((await readAll(files, blob.sha256)).equals(bytes)).toBe(true)
    expect(await store.names()).toHaveLength(1)
  })

  it('lie under their hash, once', async () => {
    const bytes = Buffer.from('receipt')
    const sha256 = hashOf(bytes)
    const blobs = await Promise.all([1, 2, 3, 4].map(() => files.put(Readable.from([bytes]))))
    expect(new Set(blobs.map((blob) => blob.sha256))).toEqual(new Set([sha256]))
    expect(await store.names()).toEqual([`${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`])
  })

  it('are read in parts', async () => {
    const { sha256 } = await files.put(Readable.from([Buffer.from('0123456789')]))
    expect(String(await readAll(files, sha256, { start: 2, end: 4 }))).toBe('234')
    expect(String(await readAll(files, sha256, { start: 0, end: 0 }))).toBe('0')
  })

  it('are there or not', async () => {
    const { sha256 } = await files.put(Readable.from([Buffer.from('a')]))
    const missing = hashOf(Buffer.from('b'))
    expect([await files.has(sha256), await files.has(missing)]).toEqual([true, false])
    expect(await files.find(sha256)).toEqual({ sha256, size: 1, put_at: expect.any(Date) })
    expect(await files.find(missing)).toBeUndefined()
    await expect(files.open(missing)).rejects.toMatchObject({ code: 'GONE' })
  })

  it('are never named by anything but a hash', async () => {
    for (const name of ['../../etc/passwd', 'AB'.repeat(32), '', `${'ab'.repeat(32)}/..`]) {
      await expect(files.has(name)).rejects.toThrow('SHA-256')
      await expect(files.open(name)).rejects.toThrow('SHA-256')
      await expect(files.remove(name)).rejects.toThrow('SHA-256')
    }
  })

  it.each([6, 6 * MIB])(
    'leave nothing behind when they are too large or their stream fails (%i bytes)',
    async (size) => {
      const large = files.put(Readable.from([Buffer.alloc(size), Buffer.alloc(5)]), { maxBytes: size + 4 })
      await expect(large).rejects.toThrow(BlobTooLarge)
      await expect(files.put(failingAfter(Buffer.alloc(size)))).rejects.toThrow('the line went dead')
      expect(await store.names()).toEqual([])
      expect(await files.put(Readable.from([Buffer.alloc(size)]), { maxBytes: size })).toMatchObject({ size })
    },
  )

  it('are mended by the next put, and count as put then', async () => {
    const bytes = Buffer.from('whole')
    const { sha256 } = await files.put(Readable.from([bytes]))
    const [name = ''] = await store.names()
    await store.plant(name, Buffer.from('hole!'), new Date('2020-01-01T00:00:00Z'))
    expect(await files.find(sha256)).toMatchObject({ put_at: new Date('2020-01-01T00:00:00Z') })
    await files.put(Readable.from([bytes]))
    expect(await readAll(files, sha256)).toEqual(bytes)
    const { put_at } = (await files.find(sha256)) ?? expect.fail('It is gone')
    expect(Date.now() - put_at.getTime()).toBeLessThan(60_000)
  })

  it('are listed by their hashes, and nothing else is', async () => {
    expect(await listBlobs(files)).toEqual([])
    const texts = Array.from({ length: 8 }, (_, index) => `text ${index}`)
    for (const text of texts) await files.put(Readable.from([Buffer.from(text)]))
    await store.plant('note.txt', Buffer.from('a stranger'))
    const listed = await listBlobs(files)
    expect(listed.map(({ sha256 }) => sha256)).toEqual(texts.map((text) => hashOf(Buffer.from(text))).sort())
    expect(listed[0]).toEqual({ sha256: expect.any(String), size: 6, put_at: expect.any(Date) })
  })

  it('are removed', async () => {
    const { sha256 } = await files.put(Readable.from([Buffer.from('a')]))
    await files.remove(sha256)
    await files.remove(sha256)
    expect(await files.has(sha256)).toBe(false)
    expect(await store.names()).toEqual([])
  })
})

describe('a local folder', () => {
  it('is cleared of what puts have left that were cut off', async () => {
    const { files, names, plant, root } = await openFolder()
    await files.put(Readable.from([Buffer.from('a')]))
    await plant('tmp/old', Buffer.from('half'), new Date('2020-01-01T00:00:00Z'))
    await plant('tmp/new', Buffer.from('half'))
    await files.removeUnfinished(new Date('2025-01-01T00:00:00Z'))
    expect(await readdir(join(root, 'tmp'))).toEqual(['new'])
    expect(await names()).toHaveLength(2)
  })

  it('that is not there has nothing', async () => {
    const { files } = await openFolder()
    expect(await files.has(hashOf(Buffer.from('a')))).toBe(false)
    await files.removeUnfinished(new Date())
    await files.remove(hashOf(Buffer.from('a')))
  })
})

describe('a bucket', () => {
  let store: TestStore & { server: S3TestServer }
  beforeEach(async () => {
    store = await openBucket()
  })

  const small = Buffer.from('a receipt')
  const large = randomBytes(11 * MIB)

  it.each(['internal-error', 'slow-down', 'cut', 'cut-answer'] as const)('is asked again after: %s', async (fault) => {
    const { files, server } = store
    const operations = [
      'PutObject',
      'CreateMultipartUpload',
      'UploadPart',
      'CompleteMultipartUpload',
      'CopyObject',
      'HeadObject',
      'GetObject',
    ] as const
    for (const operation of operations) server.fail(operation, fault)
    for (const bytes of [small, large]) {
      const { sha256 } = await files.put(Readable.from([bytes]))
      expect(await files.has(sha256)).toBe(true)
      expect((await readAll(files, sha256)).equals(bytes)).toBe(true)
    }
    expect(await store.names()).toHaveLength(2)
    server.fail('ListObjectsV2', fault)
    for (const { sha256 } of await listBlobs(files)) {
      server.fail('DeleteObject', fault)
      await files.remove(sha256)
    }
    // An upload that was begun twice, as the first answer was lost, is one that nobody goes on with.
    await files.removeUnfinished(new Date(Date.now() + 1000))
    expect([await store.names(), server.uploads.size]).toEqual([[], 0])
  })

  it('goes on with a download that breaks off, from there', async () => {
    const { files, server } = store
    const { sha256 } = await files.put(Readable.from([large]))
    server.fail('GetObject', 'cut-bytes', 3)
    expect((await readAll(files, sha256)).equals(large)).toBe(true)
    server.fail('GetObject', 'cut-bytes', 2)
    const range = { start: 1000, end: 9 * MIB }
    expect((await readAll(files, sha256, range)).equals(large.subarray(1000, 9 * MIB + 1))).toBe(true)
    server.fail('GetObject', 'cut-bytes', 4)
    await expect(readAll(files, sha256)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
  })

  it.each(['UploadPart', 'CompleteMultipartUpload', 'CopyObject'] as const)(
    'shows nothing of a file while %s fails for good',
    async (operation) => {
      const { files, server } = store
      server.fail(operation, 'internal-error', 4)
      await expect(files.put(Readable.from([large]))).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
      expect([await files.has(hashOf(large)), await store.names(), server.uploads.size]).toEqual([false, [], 0])
      await files.put(Readable.from([large]))
      expect(await files.has(hashOf(large))).toBe(true)
    },
  )

  it('shows nothing of a file whose upload could not even be given up, and is cleared of it later', async () => {
    const { files, server } = store
    server.fail('UploadPart', 'cut', 4)
    server.fail('AbortMultipartUpload', 'cut', 4)
    await expect(files.put(Readable.from([large]))).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    server.fail('CopyObject', 'cut', 4)
    server.fail('DeleteObject', 'cut', 4)
    await expect(files.put(Readable.from([large]))).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    expect([server.uploads.size, server.objects.size]).toEqual([1, 1])
    expect(await listBlobs(files)).toEqual([])

    await files.removeUnfinished(new Date(Date.now() - 60_000))
    expect([server.uploads.size, server.objects.size]).toEqual([1, 1])
    await files.removeUnfinished(new Date(Date.now() + 1))
    expect([server.uploads.size, server.objects.size]).toEqual([0, 0])
  })

  it.each([
    ['a wrong secret', { credentials: { accessKeyId: 'TESTKEY', secretAccessKey: 'guess' } }],
    ['an unknown key', { credentials: { accessKeyId: 'OTHER', secretAccessKey: 'guess' } }],
    ['another region', { region: 'elsewhere-1' }],
    ['another bucket', { bucket: 'others' }],
    ['no server', { endpoint: 'http://127.0.0.1:1' }],
  ])('with %s answers nothing, and has lost nothing', async (_, wrong) => {
    const { bucket, region, url: endpoint, credentials } = store.server
    const files = s3Files({ bucket, prefix: '', region, endpoint, pathStyle: true, credentials, ...wrong })
    const refusal = { code: 'SERVICE_UNAVAILABLE', cause: expect.any(Error) }
    await expect(files.put(Readable.from([small]))).rejects.toMatchObject(refusal)
    await expect(files.open(hashOf(small))).rejects.toMatchObject(refusal)
    await expect(files.has(hashOf(small))).rejects.toMatchObject(refusal)
    await expect(listBlobs(files)).rejects.toMatchObject(refusal)
    expect(store.server.objects.size).toBe(0)
  })

  it('lets go of a file that nobody reads on', async () => {
    const { files } = store
    const { sha256 } = await files.put(Readable.from([large]))
    // More than there are connections in the pool of the client.
    for (let time = 0; time < 60; time += 1) (await files.open(sha256)).destroy()
    expect((await readAll(files, sha256)).equals(large)).toBe(true)
  })
})
