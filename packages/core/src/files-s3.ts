import { createHash, randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import {
  AbortMultipartUploadCommand,
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import {
  type BlobStore,
  BlobTooLarge,
  type ByteRange,
  blobName,
  hashOfBlobName,
  type KeptBlob,
  lostBytes,
} from './files.ts'
import { BucketUnavailable, createS3Client, isMissing, putInParts, type S3Options } from './s3-client.ts'

/** The smallest that all parts of an upload but the last may be. */
const PART_BYTES = 5 * 1024 ** 2
/** The largest object that can be copied in one request. */
const MAX_BYTES = 5 * 1024 ** 3
/** How often a download is taken up again. */
const ATTEMPTS = 4

/**
 * Blobs in a bucket, as `<prefix>ab/cd/<sha256>`; none is larger than 5 GiB. The name of a blob is known when its last
 * byte is: a large one is put together under another name first. So what bears a hash is always whole.
 */
export function s3Files(options: S3Options): BlobStore {
  const { bucket: Bucket, prefix } = options
  const client = createS3Client(options)
  const keyOf = (sha256: string) => prefix + blobName(sha256)
  const unfinished = `${prefix}tmp/`

  /** The parts under a temporary name, which is copied to the blob's then. @param hash of all of them, at their end */
  async function putByParts(parts: AsyncIterable<Uint8Array>, hash: () => string): Promise<string> {
    const Key = unfinished + randomUUID()
    await putInParts(client, { bucket: Bucket, key: Key }, parts)
    try {
      const sha256 = hash()
      const CopySource = `${Bucket}/${encodeURI(Key)}`
      await client.send(new CopyObjectCommand({ Bucket, Key: keyOf(sha256), CopySource }))
      return sha256
    } finally {
      await client.send(new DeleteObjectCommand({ Bucket, Key })).catch(() => {})
    }
  }

  async function find(sha256: string): Promise<KeptBlob | undefined> {
    const Key = keyOf(sha256)
    try {
      const { ContentLength, LastModified } = await client.send(new HeadObjectCommand({ Bucket, Key }))
      return { sha256, size: ContentLength ?? 0, put_at: LastModified ?? new Date() }
    } catch (error) {
      if (!isMissing(error)) throw error
      await requireBucket()
      return undefined
    }
  }

  /** A bucket that is not there has lost no blob. An answer without a body does not tell the one from the other. */
  async function requireBucket(): Promise<void> {
    await client.send(new HeadBucketCommand({ Bucket })).catch((error: unknown) => {
      throw isMissing(error) ? new BucketUnavailable(error) : error
    })
  }

  /** @param end the last byte, included; undefined for all */
  async function get(sha256: string, start: number, end: number | undefined) {
    const Range = start === 0 && end === undefined ? {} : { Range: `bytes=${start}-${end ?? ''}` }
    const { Body, ContentLength } = await client.send(new GetObjectCommand({ Bucket, Key: keyOf(sha256), ...Range }))
    return { body: Body as Readable, length: ContentLength ?? 0 }
  }

  /** The bytes of an answer that has begun; where it breaks off, it is asked for the rest. */
  async function* readOn(sha256: string, begun: Awaited<ReturnType<typeof get>>, start: number) {
    const end = start + begun.length - 1
    let at = start
    let { body } = begun
    for (let attempt = 1; ; attempt++) {
      try {
        for await (const chunk of body as AsyncIterable<Uint8Array>) {
          at += chunk.length
          yield chunk
        }
        return
      } catch (error) {
        if (attempt === ATTEMPTS) throw new BucketUnavailable(error)
      }
      if (at > end) return
      body = (await get(sha256, at, end)).body
    }
  }

  async function open(sha256: string, range?: ByteRange): Promise<Readable> {
    const start = range?.start ?? 0
    const begun = await get(sha256, start, range?.end).catch((error: unknown) => {
      throw isMissing(error) ? lostBytes() : error
    })
    const bytes = Readable.from(readOn(sha256, begun, start), { objectMode: false })
    // A stream that is given up before it is read would keep its connection.
    return bytes.once('close', () => begun.body.destroy())
  }

  async function* listUnder(Prefix: string) {
    let ContinuationToken: string | undefined
    do {
      const page = await client.send(
        new ListObjectsV2Command({ Bucket, Prefix, ...(ContinuationToken ? { ContinuationToken } : {}) }),
      )
      for (const { Key = '', Size = 0, LastModified = new Date() } of page.Contents ?? []) {
        yield { Key, size: Size, put_at: LastModified }
      }
      ContinuationToken = page.NextContinuationToken
    } while (ContinuationToken !== undefined)
  }

  return {
    find,

    async put(bytes, { maxBytes = MAX_BYTES } = {}) {
      const limit = Math.min(maxBytes, MAX_BYTES)
      const hash = createHash('sha256')
      let size = 0
      async function* counted() {
        for await (const chunk of bytes) {
          size += chunk.length
          if (size > limit) throw new BlobTooLarge(limit)
          hash.update(chunk)
          yield chunk
        }
      }
      const parts = inParts(counted())
      const { value: first = Buffer.alloc(0) } = await parts.next()
      if (first.length === PART_BYTES) {
        const sha256 = await putByParts(followedBy(first, parts), () => hash.digest('hex'))
        return { sha256, size }
      }
      const sha256 = hash.digest('hex')
      await client.send(new PutObjectCommand({ Bucket, Key: keyOf(sha256), Body: first }))
      return { sha256, size }
    },

    async has(sha256) {
      return (await find(sha256)) !== undefined
    },

    open,

    async openBlob(sha256) {
      const bytes = await open(sha256)
      return {
        read: () => bytes,
        close: async () => {
          bytes.destroy()
        },
      }
    },

    async *list() {
      for await (const { Key, ...blob } of listUnder(prefix)) {
        const sha256 = hashOfBlobName(Key.slice(prefix.length))
        if (sha256 !== undefined) yield { sha256, ...blob }
      }
    },

    async remove(sha256) {
      await client.send(new DeleteObjectCommand({ Bucket, Key: keyOf(sha256) }))
    },

    async removeUnfinished(before) {
      for await (const { Key, put_at } of listUnder(unfinished)) {
        if (put_at < before) await client.send(new DeleteObjectCommand({ Bucket, Key }))
      }
      // As many as one answer names; the rest is for the next time.
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: unfinished }))
      for (const { Key, UploadId, Initiated } of Uploads) {
        if (Initiated === undefined || Initiated >= before) continue
        await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch((error: unknown) => {
          if (!isMissing(error)) throw error
        })
      }
    },
  }
}

/** The bytes in parts of the smallest allowed size, but for the last; none for no bytes. */
async function* inParts(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let waiting: Uint8Array[] = []
  let size = 0
  for await (const chunk of bytes) {
    // The piece itself is only good until the next one comes.
    waiting.push(Buffer.from(chunk))
    size += chunk.length
    if (size < PART_BYTES) continue
    const all = Buffer.concat(waiting)
    let at = 0
    for (; size - at >= PART_BYTES; at += PART_BYTES) yield all.subarray(at, at + PART_BYTES)
    waiting = at === size ? [] : [all.subarray(at)]
    size -= at
  }
  if (size > 0) yield Buffer.concat(waiting)
}

async function* followedBy<T>(first: T, rest: AsyncIterable<T>): AsyncGenerator<T> {
  yield first
  yield* rest
}
