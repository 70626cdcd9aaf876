import { AppError } from '@spends/core'

/** Why the program cannot start, in sentences for the person who starts it; no bug, so its stack tells nothing. */
export class StartError extends Error {
  override readonly name = 'StartError'
}

/** The words of an error, for a sentence that continues them. */
export function reasonOf(error: unknown): string {
  // Node gathers failed attempts on several addresses under an empty message.
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}

/** Says on standard error why the program cannot go on. @returns the exit code */
export function explainFailure(error: unknown): 1 {
  const isExplained = error instanceof StartError || error instanceof AppError
  const text = isExplained ? error.message : error instanceof Error ? error.stack : String(error)
  process.stderr.write(`${text}\n`)
  return 1
}
