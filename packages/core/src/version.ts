import { AppError } from './errors.ts'

/** @throws AppError PRECONDITION_FAILED when the version that the caller saw is not the current one */
export function checkVersion(seen: number | undefined, current: number | undefined, what: string): void {
  if (seen === undefined || seen === current) return
  const now = current === undefined ? 'it is gone' : `it is at version ${current} now`
  throw new AppError('PRECONDITION_FAILED', `The ${what} was changed by someone else: ${now}, not ${seen}.`)
}
