import { open, stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { AppError } from '../../errors.ts'
import { s3Files } from '../../files-s3.ts'
import { BucketUnavailable, createS3Client, isMissing, putInParts, type S3Options } from '../../s3-client.ts'
import type { BackupDestination } from './destination.ts'

/** What is held in memory of a file on its way; 10,000 of them are the most that a bucket takes: 160 GiB. */
const PART_BYTES = 16 * 1024 ** 2
/** How often a download is taken up again. */
const ATTEMPTS = 4

/** @param place how people write the address of the bucket */
export function bucketDestination(options: S3Options, place: string): BackupDestination {
  const { bucket: Bucket, prefix } = options
  const client = createS3Client(options)
  const blobs = s3Files({ ...options, prefix: `${prefix}blobs/` })
  const backups = `${prefix}backups/`

  return {
    place,
    blobs,

    async check() {
      await client.send(new HeadBucketCommand({ Bucket })).catch((error: unknown) => {
        throw isMissing(error) ? new BucketUnavailable(error) : error
      })
    },

    async put(name, path) {
      const Key = backups + name
      const { size } = await stat(path)
      if (size > PART_BYTES) return putInParts(client, { bucket: Bucket, key: Key }, partsOf(path))
      for await (const Body of partsOf(path)) await client.send(new PutObjectCommand({ Bucket, Key, Body }))
      if (size === 0) await client.send(new PutObjectCommand({ Bucket, Key, Body: Buffer.alloc(0) }))
    },

    async *open(name) {
      const Key = backups + name
      let at = 0
      for (let attempt = 1; ; attempt++) {
        const Range = at === 0 ? {} : { Range: `bytes=${at}-` }
        const { Body, ContentLength = 0 } = await client
          .send(new GetObjectCommand({ Bucket, Key, ...Range }))
          .catch((error: unknown) => {
            throw isMissing(error) ? new AppError('GONE', `${place} has no backups/${name}.`) : error
          })
        const end = at + ContentLength
        try {
          for await (const chunk of Body as Readable as AsyncIterable<Uint8Array>) {
            at += chunk.length
            yield chunk
          }
          return
        } catch (error) {
          if (attempt === ATTEMPTS) throw new BucketUnavailable(error)
          if (at >= end) return
        }
      }
    },

    async *list() {
      let ContinuationToken: string | undefined
      do {
        const page = await client.send(
          new ListObjectsV2Command({ Bucket, Prefix: backups, ...(ContinuationToken ? { ContinuationToken } : {}) }),
        )
        for (const { Key = '', Size = 0, LastModified = new Date() } of page.Contents ?? []) {
          yield { name: Key.slice(backups.length), size: Size, put_at: LastModified }
        }
        ContinuationToken = page.NextContinuationToken
      } while (ContinuationToken !== undefined)
    },

    async remove(name) {
      await client.send(new DeleteObjectCommand({ Bucket, Key: backups + name }))
    },

    async removeUnfinished(before) {
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: backups }))
      for (const { Key, UploadId, Initiated } of Uploads) {
        if (Initiated === undefined || Initiated >= before) continue
        await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch((error: unknown) => {
          if (!isMissing(error)) throw error
        })
      }
      await blobs.removeUnfinished(before)
    },
  }
}

async function* partsOf(path: string): AsyncGenerator<Buffer> {
  const file = await open(path)
  try {
    for (;;) {
      const part = Buffer.alloc(PART_BYTES)
      let filled = 0
      while (filled < PART_BYTES) {
        const { bytesRead } = await file.read(part, filled, PART_BYTES - filled)
        if (bytesRead === 0) break
        filled += bytesRead
      }
      if (filled > 0) yield part.subarray(0, filled)
      if (filled < PART_BYTES) return
    }
  } finally {
    await file.close()
  }
}
