import { hash } from 'node:crypto'
import { AppError, type Context, getRevision } from '@spends/core'
import { version as program } from '../version.ts'

/** The tag of a row: its version, quoted. */
export function etagOfVersion({ version }: { version: number }): string {
  return `"${version}"`
}

/**
 * The version that the header `If-Match` asks for, or undefined where it asks for none.
 * @param hasVersions whether what is written has versions at all; where not, no tag is for writing
 * @throws AppError PRECONDITION_FAILED for a tag that can't be a current one: the change must not happen.
 */
export function readIfMatch(header: string | undefined, hasVersions: boolean): number | undefined {
  if (header === undefined || header.trim() === '*') return undefined
  if (!hasVersions) throw new AppError('PRECONDITION_FAILED', 'What is here has no versions, so If-Match can not hold.')
  const version = /^\s*"([1-9]\d{0,8})"\s*$/.exec(header)?.[1]
  if (version !== undefined) return Number(version)
  throw new AppError('PRECONDITION_FAILED', 'If-Match takes one ETag as it was given, such as "3", or *.')
}

/**
 * The tag of what an address answers now: it changes with the data, the day and the program, whatever the answer. Read
 * before the answer is, which may be newer by a moment then: hence a weak one.
 * @param address path and query
 */
export async function currentEtag(ctx: Context, address: string): Promise<string> {
  const { revision, today } = await getRevision(ctx)
  return `W/"${hash('sha1', `${program} ${revision} ${today} ${address}`, 'base64url')}"`
}

/** Whether the header `If-None-Match` says that the caller has what bears this tag. */
export function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  // The opaque parts alone are compared: a proxy may have made a tag weak.
  const known: readonly string[] = header.match(/"[^"]*"/g) ?? []
  return header.trim() === '*' || known.includes(etag.replace(/^W\//, ''))
}
