import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { AppError } from './errors.ts'
import type { S3Location } from './s3-url.ts'

export interface S3Credentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
}

export interface S3Options extends S3Location {
  /** Without them, those of the machine are looked for, as Amazon's own tools do. */
  credentials?: S3Credentials
}

/** How often a request is sent before it counts as failed. */
const ATTEMPTS = 4

/** The bucket cannot be reached, or refuses. */
export class BucketUnavailable extends AppError {
  constructor(cause: unknown) {
    super('SERVICE_UNAVAILABLE', 'The storage of files does not answer at the moment. Try again shortly.')
    this.cause = cause
  }
}

/** A client for a bucket, that tries again after failures that pass. */
export function createS3Client({ region = 'us-east-1', endpoint, pathStyle, credentials }: S3Options): S3Client {
  const client = new S3Client({
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    forcePathStyle: pathStyle,
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000 },
    // Servers that are not Amazon's know no others than the signature over the body, and that is one already.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
  // Around everything else, the further attempts included.
  client.middlewareStack.add((next) => (args) => next(args).catch(explain), { step: 'initialize', name: 'explain' })
  return client
}

/** Leaves an answer of the server that there is no such thing to whoever asked. */
function explain(error: unknown): never {
  throw isMissing(error) ? error : new BucketUnavailable(error)
}

/** Whether the server says that there is no such thing. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && ['NoSuchKey', 'NotFound', 'NoSuchUpload'].includes(error.name)
}

/**
 * Puts an object together from parts, each of them whole in memory: there is nothing at the key before its end. A part
 * but the last has at least 5 MiB.
 */
export async function putInParts(
  client: S3Client,
  { bucket: Bucket, key: Key }: { bucket: string; key: string },
  parts: AsyncIterable<Uint8Array>,
): Promise<void> {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }))
  try {
    const Parts: { ETag: string | undefined; PartNumber: number }[] = []
    for await (const Body of parts) {
      const PartNumber = Parts.length + 1
      const { ETag } = await client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }))
      Parts.push({ ETag, PartNumber })
    }
    await client
      .send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }))
      // Where only the answer to this was lost, a further attempt finds the upload gone, and the object there.
      .catch(async (error: unknown) => {
        if (!isMissing(error) || !(await client.send(new HeadObjectCommand({ Bucket, Key })))) throw error
      })
  } catch (error) {
    // What stays behind after this fails too is cleared away later.
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch(() => {})
    throw error
  }
}
