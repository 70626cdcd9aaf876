import { isAbsolute, normalize } from 'node:path'
import { z } from 'zod'
import { invalid } from '../../errors.ts'
import type { S3Credentials } from '../../s3-client.ts'
import { parseS3Url, type S3Location } from '../../s3-url.ts'
import type { BackupDestination } from './destination.ts'
import { folderDestination } from './folder.ts'

/** What no address of a bucket says. */
export interface BucketAccess {
  /** For addresses that name none. */
  region?: string
  /** Without them, those of the machine are looked for. */
  credentials?: S3Credentials
}

/** Where else backups are kept: the path of a folder, or the address of a bucket. */
export const BackupPlace = z
  .string()
  .trim()
  .min(1)
  .max(1000)
  .superRefine((text, check) => {
    try {
      parsePlace(text)
    } catch (error) {
      check.addIssue({ code: 'custom', message: (error as Error).message })
    }
  })
  .meta({
    description:
      'The absolute path of a folder, or `s3://bucket/prefix?region=...&endpoint=...` with its keys in the environment of the server.',
    examples: ['/mnt/backup', 's3://household/spends?region=eu-central-1'],
  })
export type BackupPlace = z.infer<typeof BackupPlace>

/**
 * Opens a destination; nothing is asked of it yet.
 * @throws AppError UNPROCESSABLE_CONTENT naming `place`, when it is none
 */
export async function openDestination(place: string, access: BucketAccess = {}): Promise<BackupDestination> {
  const parsed = placeOf(place)
  if ('folder' in parsed) return folderDestination(parsed.folder)
  // It takes a third of a second to load, and most instances have a folder.
  const { bucketDestination } = await import('./bucket.ts')
  return bucketDestination({ ...access, ...parsed }, place)
}

function placeOf(place: string): { folder: string } | S3Location {
  try {
    return parsePlace(place)
  } catch (error) {
    throw invalid([{ path: 'place', message: (error as Error).message }])
  }
}

/** @throws Error with a sentence that begins in lower case */
function parsePlace(text: string): { folder: string } | S3Location {
  if (/^s3:/i.test(text)) return parseS3Url(text)
  if (!isAbsolute(text) || text.includes('\0')) {
    throw new Error('must be the absolute path of a folder, or an address like s3://bucket/prefix')
  }
  return { folder: normalize(text) }
}
