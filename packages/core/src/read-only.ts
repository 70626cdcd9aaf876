import { isDeepStrictEqual } from 'node:util'
import type { FieldError } from './errors.ts'

/**
 * Fields that only reading gives may be sent back as they were read; names those that say something else.
 * @param input what the caller sent
 * @param stored the representation that reading gives at this moment
 */
export function findReadOnlyProblems<K extends string>(
  input: Readonly<Partial<Record<K, unknown>>>,
  stored: Readonly<Partial<Record<K, unknown>>>,
  fields: readonly K[],
): FieldError[] {
  return fields
    .filter((field) => input[field] !== undefined && !isDeepStrictEqual(input[field], stored[field]))
    .map((field) => ({ path: field, message: 'is read only and differs from what is stored' }))
}
