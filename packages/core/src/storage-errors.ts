import { isDeadlock, isDiskFull, isUnavailable } from '@spends/db'
import { AppError } from './errors.ts'

/**
 * What a failure of the storage means to the caller, or undefined when the error is none of those: then it is a bug.
 */
export function asStorageError(error: unknown): AppError | undefined {
  if (isUnavailable(error) || isDeadlock(error))
    return new AppError('SERVICE_UNAVAILABLE', 'The database does not answer at the moment. Try again shortly.')
  if (isDiskFull(error))
    return new AppError('INSUFFICIENT_STORAGE', 'There is no room left on the disk. Nothing was changed.')
  return undefined
}
