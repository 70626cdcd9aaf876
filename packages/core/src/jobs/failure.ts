import { AppError, type ErrorCode, type FieldError } from '../errors.ts'
import { asStorageError } from '../storage-errors.ts'

/** Why a job has no result, as it is kept: the code is missing where the reason is a bug. */
export interface JobFailure {
  message: string
  code?: ErrorCode
  errors?: readonly FieldError[]
}

const BUG: JobFailure = { message: 'Something went wrong on the server. The log holds more under the id of this job.' }

export const INTERRUPTED: JobFailure = {
  message: 'The process that did this ended in the middle of it, or lost its database. What it had changed is back.',
  code: 'SERVICE_UNAVAILABLE',
}

/** What a caller may read of an error that ended a job. */
export function toJobFailure(error: unknown): JobFailure {
  const known = error instanceof AppError ? error : asStorageError(error)
  if (!known) return BUG
  const { message, code, errors } = known
  return { message, code, ...(errors ? { errors } : {}) }
}

/** The same error again, for who waited for the job. */
export function fromJobFailure({ message, code, errors }: JobFailure): Error {
  return code ? new AppError(code, message, errors) : new Error(message)
}
