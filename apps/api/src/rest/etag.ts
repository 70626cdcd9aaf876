import { AppError } from '@spends/core'

/** The tag of a row: its version, quoted. */
export function etagOfVersion({ version }: { version: number }): string {
  return `"${version}"`
}

/**
 * The version that the header `If-Match` asks for, or undefined where it asks for none.
 * @throws AppError PRECONDITION_FAILED for a tag that can't be a current one: the change must not happen.
 */
export function readIfMatch(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === '*') return undefined
  const version = /^\s*"([1-9]\d{0,8})"\s*$/.exec(header)?.[1]
  if (version !== undefined) return Number(version)
  throw new AppError('PRECONDITION_FAILED', 'If-Match takes one ETag as it was given, such as "3", or *.')
}
