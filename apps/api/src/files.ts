import { join, resolve } from 'node:path'
import { type BlobStore, type BucketAccess, localFiles } from '@spends/core'
import type { Env } from './env.ts'

/** The store of the bytes of attachments that is configured: a folder, unless `UPLOADS_URL` names a bucket. */
export async function openFiles(env: Env): Promise<BlobStore> {
  const { UPLOADS_URL: place } = env
  if (!place) return localFiles(join(resolve(env.DATA_DIR), 'uploads'))
  if ('folder' in place) return localFiles(place.folder)
  // It takes a third of a second to load, and most instances have a folder.
  const { s3Files } = await import('@spends/core/s3')
  return s3Files({ ...bucketAccess(env), ...place })
}

/** How to reach buckets. */
export function bucketAccess(env: Env): BucketAccess {
  const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = env
  return {
    ...(AWS_REGION === undefined ? {} : { region: AWS_REGION }),
    ...(AWS_ACCESS_KEY_ID === undefined || AWS_SECRET_ACCESS_KEY === undefined
      ? {}
      : {
          credentials: {
            accessKeyId: AWS_ACCESS_KEY_ID,
            secretAccessKey: AWS_SECRET_ACCESS_KEY,
            ...(AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: AWS_SESSION_TOKEN }),
          },
        }),
  }
}
