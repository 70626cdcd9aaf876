/** One wrong field: its dotted path (`warranty.warranty_end`, `tags.0`) and what is wrong with it, in a sentence. */
export interface FieldError {
  path: string
  message: string
}

/** Every kind of failure a caller can meet. The names are those of the HTTP statuses the edge answers with. */
export type ErrorCode =
  | 'BAD_REQUEST'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'GONE'
  | 'PRECONDITION_FAILED'
  | 'UNPROCESSABLE_CONTENT'
  | 'SERVICE_UNAVAILABLE'
  | 'INSUFFICIENT_STORAGE'

/**
 * The one error that services throw on purpose, where the fact is known; the edge maps it once.
 * Its message is a sentence that is safe to show to the caller.
 */
export class AppError extends Error {
  readonly code: ErrorCode
  /** Every wrong field, for UNPROCESSABLE_CONTENT. */
  readonly errors: readonly FieldError[] | undefined

  constructor(code: ErrorCode, message: string, errors?: readonly FieldError[]) {
    super(message)
    this.name = 'AppError'
    this.code = code
    this.errors = errors
  }
}

/** The refusal of a value or several. @param errors every wrong field, at least one. */
export function invalid(errors: readonly FieldError[]): AppError {
  const [first] = errors
  const rest = errors.length - 1
  const more = rest === 0 ? '' : ` (and ${rest} more ${rest === 1 ? 'problem' : 'problems'})`
  return new AppError(
    'UNPROCESSABLE_CONTENT',
    `${first ? describeFieldError(first) : 'The input is wrong'}${more}.`,
    errors,
  )
}

function describeFieldError({ path, message }: FieldError): string {
  const sentence = message.replace(/\.$/, '')
  return path === '' ? sentence : `${path}: ${sentence}`
}

/** No such thing. @param what the entity's word, as in "purchase". */
export function notFound(what: string): AppError {
  return new AppError('NOT_FOUND', `There is no such ${what}.`)
}
