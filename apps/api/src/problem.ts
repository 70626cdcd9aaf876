import { AppError, asStorageError, BlobTooLarge, type ErrorCode, type FieldError } from '@spends/core'
import { TRPCError } from '@trpc/server'
import type { Context as HonoContext } from 'hono'
import { HTTPException } from 'hono/http-exception'

/** The code of a failure, and what HTTP calls it. Those that no service throws are the edge's own. */
const PROBLEMS = {
  BAD_REQUEST: { status: 400, title: 'Bad Request' },
  FORBIDDEN: { status: 403, title: 'Forbidden' },
  NOT_FOUND: { status: 404, title: 'Not Found' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'Method Not Allowed' },
  CONFLICT: { status: 409, title: 'Conflict' },
  GONE: { status: 410, title: 'Gone' },
  PRECONDITION_FAILED: { status: 412, title: 'Precondition Failed' },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'Content Too Large' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'Unsupported Media Type' },
  RANGE_NOT_SATISFIABLE: { status: 416, title: 'Range Not Satisfiable' },
  MISDIRECTED_REQUEST: { status: 421, title: 'Misdirected Request' },
  UNPROCESSABLE_CONTENT: { status: 422, title: 'Unprocessable Content' },
  INTERNAL_SERVER_ERROR: { status: 500, title: 'Internal Server Error' },
  SERVICE_UNAVAILABLE: { status: 503, title: 'Service Unavailable' },
  INSUFFICIENT_STORAGE: { status: 507, title: 'Insufficient Storage' },
} as const satisfies Record<ErrorCode, unknown> & Record<string, { status: number; title: string }>

export type ProblemCode = keyof typeof PROBLEMS
export type ProblemStatus = (typeof PROBLEMS)[ProblemCode]['status']

export const PROBLEM_CODES = Object.keys(PROBLEMS) as ProblemCode[]

/** The HTTP status and its phrase. */
export function describeProblem(code: ProblemCode): { status: ProblemStatus; title: string } {
  return PROBLEMS[code]
}

/** A failure of the HTTP exchange itself, which no service knows of. Its message is safe to show. */
export class HttpError extends Error {
  readonly code: ProblemCode
  readonly headers: Readonly<Record<string, string>>

  constructor(status: ProblemStatus, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.name = 'HttpError'
    this.code = codeOf(status)
    this.headers = headers
  }
}

export interface Problem {
  status: ProblemStatus
  /** RFC 9457, with three members of our own. */
  body: {
    /** Always "about:blank": the status names the type, `code` says it to programs, and there is no page to lead to. */
    type: 'about:blank'
    title: string
    status: ProblemStatus
    detail: string
    code: ProblemCode
    errors?: readonly FieldError[]
    request_id: string
  }
  headers: Record<string, string>
}

/** Seconds after which a caller may try again when something is down. */
const RETRY_AFTER = '5'

/** What any failure says to the caller. What nobody threw on purpose says nothing but that it happened. */
export function toProblem(error: unknown, requestId: string): Problem {
  const { code, detail, errors, headers } = explain(error)
  const { status, title } = PROBLEMS[code]
  return {
    status,
    body: { type: 'about:blank', title, status, detail, code, ...(errors ? { errors } : {}), request_id: requestId },
    headers: { ...(code === 'SERVICE_UNAVAILABLE' ? { 'Retry-After': RETRY_AFTER } : {}), ...headers },
  }
}

/** The failure as the answer of a Hono handler. */
export function answerProblem(c: HonoContext<{ Variables: { requestId: string } }>, error: unknown): Response {
  const { status, body, headers } = toProblem(error, c.get('requestId'))
  return c.body(JSON.stringify(body), status, { ...headers, 'Content-Type': 'application/problem+json' })
}

/** Whether somebody threw this on purpose: anything else is a bug and belongs in the log. */
export function isForeseen(error: unknown): boolean {
  return explain(error).code !== 'INTERNAL_SERVER_ERROR'
}

interface Explanation {
  code: ProblemCode
  detail: string
  errors?: readonly FieldError[] | undefined
  headers?: Readonly<Record<string, string>>
}

const UNKNOWN: Explanation = {
  code: 'INTERNAL_SERVER_ERROR',
  detail: 'Something went wrong on the server. The log holds more under this request id.',
}

function explain(error: unknown): Explanation {
  if (error instanceof AppError) return { code: error.code, detail: error.message, errors: error.errors }
  if (error instanceof BlobTooLarge) return { code: 'PAYLOAD_TOO_LARGE', detail: error.message }
  if (error instanceof HttpError) return { code: error.code, detail: error.message, headers: error.headers }
  if (error instanceof TRPCError) return explainTrpcError(error)
  if (error instanceof HTTPException) return explainHttpException(error)
  const storage = asStorageError(error)
  return storage ? { code: storage.code, detail: storage.message } : UNKNOWN
}

const NOT_JSON: Explanation = { code: 'BAD_REQUEST', detail: 'The request is not JSON.' }

/** The codes that tRPC itself fails with, before or around a procedure. */
const TRPC_PROBLEMS: Partial<Record<TRPCError['code'], Explanation>> = {
  PARSE_ERROR: NOT_JSON,
  BAD_REQUEST: { code: 'BAD_REQUEST', detail: 'The request could not be read.' },
  NOT_FOUND: { code: 'NOT_FOUND', detail: 'There is no such procedure.' },
  METHOD_NOT_SUPPORTED: { code: 'METHOD_NOT_ALLOWED', detail: 'Queries are asked with GET, mutations with POST.' },
  UNSUPPORTED_MEDIA_TYPE: { code: 'UNSUPPORTED_MEDIA_TYPE', detail: 'The body must be JSON (application/json).' },
  PAYLOAD_TOO_LARGE: { code: 'PAYLOAD_TOO_LARGE', detail: 'The body is too large.' },
}

/** tRPC's own words are kept where it has a sentence of its own; a wrapped error's are not: they may be a driver's. */
function explainTrpcError(error: TRPCError): Explanation {
  if (error.code === 'BAD_REQUEST' && error.cause instanceof SyntaxError) return NOT_JSON
  const wrapped = error.cause === undefined ? undefined : explain(error.cause)
  if (wrapped && wrapped.code !== 'INTERNAL_SERVER_ERROR') return wrapped
  const known = TRPC_PROBLEMS[error.code]
  if (!known) return UNKNOWN
  const sayItself = error.cause === undefined && error.message !== error.code && error.code !== 'UNSUPPORTED_MEDIA_TYPE'
  return sayItself ? { ...known, detail: `${error.message}.` } : known
}

function explainHttpException(error: HTTPException): Explanation {
  const known = PROBLEM_CODES.find((code) => PROBLEMS[code].status === error.status)
  if (!known || known === 'INTERNAL_SERVER_ERROR') return UNKNOWN
  return { code: known, detail: error.message || `${PROBLEMS[known].title}.` }
}

function codeOf(status: ProblemStatus): ProblemCode {
  const code = PROBLEM_CODES.find((candidate) => PROBLEMS[candidate].status === status)
  if (!code) throw new Error(`No problem has the status ${status}`)
  return code
}
