import { type FieldError, getFailure } from '@spends/client'
import { fill, t } from './messages.ts'

/** A failure as a page shows it. */
export interface ShownFailure {
  /** The instance's code; `NO_ANSWER` where none came. */
  code: string
  /** A sentence. */
  text: string
  /** Finds it in the log of the instance; empty where no answer came. */
  requestId: string
  /** Every wrong field. */
  fields: FieldError[]
}

type Listener = (failure: ShownFailure) => void
const listeners: Listener[] = []

/** Tells of every failure that a page explains; for what concerns the whole page. */
export function onFailure(listener: Listener): void {
  listeners.push(listener)
}

/**
 * Explains why a call failed.
 * @throws what is no failure of a call: a defect of ours, which is not to be shown as one of the network
 */
export function explain(error: unknown): ShownFailure {
  const failure = getFailure(error)
  if (!failure) throw error
  const shown =
    failure.code === 'NO_ANSWER'
      ? { code: failure.code, text: t('common.failed_offline'), requestId: '', fields: [] }
      : {
          code: failure.code,
          text: failure.detail,
          requestId: 'request_id' in failure ? (failure.request_id ?? '') : '',
          fields: [...(failure.errors ?? [])],
        }
  for (const listener of listeners) listener(shown)
  return shown
}

/** Whether an error only says that we hung up ourselves. */
export function isAbort(error: unknown): boolean {
  const name = error instanceof Error ? error.name : ''
  const cause = error instanceof Error ? error.cause : undefined
  return name === 'AbortError' || (cause instanceof Error && cause.name === 'AbortError')
}

/** What is wrong with a field, of those of a failure; empty where nothing is. */
export function problemOf(failure: ShownFailure | null, path: string): string {
  const messages = (failure?.fields ?? []).filter((field) => field.path === path).map(({ message }) => message)
  return messages
    .map((message) => fill('{first}{rest}', { first: message.charAt(0).toUpperCase(), rest: message.slice(1) }))
    .join('. ')
}
