import { TRPCClientError } from '@trpc/client'
import type { inferRouterError } from '@trpc/server'
import type { AppRouter } from './router.ts'

/** A field that is wrong: its name, dotted (`warranty.warranty_end`, `tags.0`), and what is wrong with it. */
export interface FieldError {
  path: string
  message: string
}

/** What the instance says of a failure: the problem's `code`, a sentence, and every wrong field. */
export type FailureData = inferRouterError<AppRouter>['data']

/** Why a call failed, as the instance says it; or that no answer of an instance came at all. */
export type Failure = FailureData | { code: 'NO_ANSWER'; detail: string; errors: undefined }

/**
 * Reads the error that a call of the client rejected with.
 * @returns undefined for an error that does not come from a call: rethrow that one
 */
export function getFailure(error: unknown): Failure | undefined {
  if (!(error instanceof TRPCClientError)) return undefined
  const { data } = error as TRPCClientError<AppRouter>
  if (data) return data
  return { code: 'NO_ANSWER', detail: `No answer came from the instance: ${error.message}`, errors: undefined }
}
