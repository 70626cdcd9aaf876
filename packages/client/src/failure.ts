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
  const { data, meta } = error as TRPCClientError<AppRouter>
  if (data) return data
  // What is refused before it comes to a procedure, as while a backup is restored, is told as REST tells it.
  const told: unknown = meta?.responseJSON
  if (isProblem(told)) return toFailure(told)
  return { code: 'NO_ANSWER', detail: `No answer came from the instance: ${error.message}`, errors: undefined }
}

/** A failure as REST says it. */
export type Problem = Omit<FailureData, 'httpStatus' | 'path'> & { status: FailureData['httpStatus'] }

export function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && 'request_id' in body
}

/** A failure of REST as the calls of the client tell it. */
export function toFailure({ status, code, detail, errors, request_id }: Problem): FailureData {
  return { code, httpStatus: status, path: undefined, detail, errors, request_id }
}
