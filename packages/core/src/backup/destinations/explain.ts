import { AppError } from '../../errors.ts'
import { BlobTooLarge } from '../../files.ts'

/** What a file system says, as people say it. */
const OF_FOLDERS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'it can only be read',
  ENOENT: 'it is not there',
  ENOTDIR: 'it is no folder',
  EEXIST: 'a file stands where a folder should',
  EISDIR: 'a folder stands where a file should',
  ENOSPC: 'there is no room left on its disk',
  EDQUOT: 'there is no room left for this user on its disk',
  EFBIG: 'its file system takes no file of this size',
  EIO: 'its disk does not work as it should',
  ESTALE: 'its disk is not there any more',
  EHOSTDOWN: 'its server does not answer',
}

/** What a bucket, or the way to it, says. */
const OF_BUCKETS: Readonly<Record<string, string>> = {
  NoSuchBucket: 'there is no such bucket',
  NotFound: 'there is no such bucket',
  InvalidAccessKeyId: 'the server does not know the access key (AWS_ACCESS_KEY_ID)',
  SignatureDoesNotMatch: 'the secret key is not the one of the access key (AWS_SECRET_ACCESS_KEY)',
  AccessDenied: 'the keys do not allow it',
  Forbidden: 'the keys do not allow it, or are wrong',
  '403': 'the keys do not allow it, or are wrong',
  ExpiredToken: 'the session of the keys has ended (AWS_SESSION_TOKEN)',
  PermanentRedirect: 'it lies in another region',
  AuthorizationHeaderMalformed: 'it lies in another region',
  RequestTimeTooSkewed: 'the clock of this machine is wrong',
  CredentialsProviderError: 'there are no keys: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
  ENOTFOUND: 'there is no server of this name',
  EAI_AGAIN: 'the name of its server cannot be looked up at the moment',
  ECONNREFUSED: 'no server answers there',
  ECONNRESET: 'the connection was cut',
  EHOSTUNREACH: 'its server cannot be reached',
  ENETUNREACH: 'its server cannot be reached',
  ETIMEDOUT: 'its server does not answer',
  TimeoutError: 'its server does not answer',
  SlowDown: 'its server asks for fewer requests',
  ServiceUnavailable: 'its server is not available at the moment',
  InternalError: 'its server has failed',
}

/**
 * A failure of a destination, in a sentence that names it. Anything else, and what says enough already, stays as it is.
 * @param place of the destination
 */
export function asDestinationError(place: string, error: unknown): unknown {
  const reason = reasonOf(error)
  if (reason === undefined) return error
  const failure = new AppError('SERVICE_UNAVAILABLE', `${place} cannot be used: ${reason}.`)
  failure.cause = error
  return failure
}

function reasonOf(error: unknown): string | undefined {
  if (error instanceof BlobTooLarge) return `it takes no file of more than ${error.maxBytes} bytes`
  if (!(error instanceof Error)) return undefined
  if (error instanceof AppError) {
    // Only what answers for a bucket says less than its cause.
    if (error.code !== 'SERVICE_UNAVAILABLE' || !(error.cause instanceof Error)) return undefined
    return ofBucket(error.cause) ?? 'its server has failed'
  }
  return OF_FOLDERS[codeOf(error)]
}

/** The words of the SDK for it: a name, a code of the system, or only a status. */
function ofBucket(error: Error): string | undefined {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } }
  const names = [error.name, codeOf(error), String($metadata?.httpStatusCode ?? '')]
  const known = names.find((name) => Object.hasOwn(OF_BUCKETS, name))
  if (known !== undefined) return OF_BUCKETS[known]
  if (error instanceof AggregateError) return error.errors.map((one) => ofBucket(one)).find(Boolean)
  return error.cause instanceof Error ? ofBucket(error.cause) : undefined
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}
