import { TRPCClientError } from '@trpc/client'
import type { AppRouter } from '@spends/api/router'
import type { FailureData } from './types.ts'

/** Why a call failed, as the instance says it; or that no answer came at all. */
export type Failure = FailureData | { code: 'NO_ANSWER'; detail: string }

/**
 * Reads the error that a call of the client rejected with.
 * @returns undefined for an error that does not come from a call: rethrow that one
 */
export function getFailure(error: unknown): Failure | undefined {
  if (!(error instanceof TRPCClientError)) return undefined
  const { data } = error as TRPCClientError<AppRouter>
  if (data) return data
  return { code: 'NO_ANSWER', detail: `The instance did not answer: ${error.message}` }
}
