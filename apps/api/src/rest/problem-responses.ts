import { describeProblem, PROBLEM_CODES, type ProblemCode } from '../problem.ts'
import type { Operation } from './operations.ts'
import type { JsonSchema } from './schemas.ts'

/** What the document says about each failure. */
const MEANINGS: Readonly<Record<ProblemCode, string>> = {
  BAD_REQUEST: 'The request cannot be read: the body is not JSON, or the query is badly encoded.',
  FORBIDDEN: 'The caller may not do this, or the request comes from a page of another origin.',
  NOT_FOUND: 'There is no such thing, or the id is not a UUID.',
  METHOD_NOT_ALLOWED: 'The method is not possible here; `Allow` names those that are.',
  CONFLICT: 'It contradicts what is stored, such as a name that is taken or something still in use.',
  GONE: 'The row is there, but its bytes are lost.',
  PRECONDITION_FAILED: '`If-Match` or `version` is not the current version: somebody changed it meanwhile.',
  PAYLOAD_TOO_LARGE: 'The body is too large.',
  UNSUPPORTED_MEDIA_TYPE: 'The body is not sent as JSON.',
  RANGE_NOT_SATISFIABLE: 'The range lies outside the file.',
  MISDIRECTED_REQUEST: 'This server does not answer to the host name of the request.',
  UNPROCESSABLE_CONTENT: 'Values are wrong; `errors` names every one of them.',
  INTERNAL_SERVER_ERROR: 'A bug. The log holds more under the request id.',
  SERVICE_UNAVAILABLE: 'The database does not answer, or the server is shutting down. Try again shortly.',
  INSUFFICIENT_STORAGE: 'There is no room on the disk. Nothing was changed.',
}

/** The failures that this operation can have. */
export function problemsOf({ rest, hasBody, fields, pathParameters }: Operation): ProblemCode[] {
  return problemsOfRequest({
    method: rest.method,
    hasBody,
    hasVersion: Object.hasOwn(fields, 'version'),
    hasPathParameters: pathParameters.length > 0,
    errors: rest.errors ?? [],
  })
}

/** The failures that a request of this kind can have. @param errors those that its kind does not tell */
export function problemsOfRequest(request: {
  method: string
  hasBody: boolean
  hasVersion: boolean
  hasPathParameters: boolean
  errors: readonly ProblemCode[]
}): ProblemCode[] {
  const changes = request.method !== 'GET'
  const found = new Set<ProblemCode>([
    'BAD_REQUEST',
    'MISDIRECTED_REQUEST',
    'UNPROCESSABLE_CONTENT',
    'INTERNAL_SERVER_ERROR',
    'SERVICE_UNAVAILABLE',
    ...(changes ? (['FORBIDDEN', 'INSUFFICIENT_STORAGE'] as const) : []),
    ...(request.hasPathParameters ? (['NOT_FOUND'] as const) : []),
    ...(changes && request.hasVersion ? (['PRECONDITION_FAILED'] as const) : []),
    ...(request.hasBody ? (['PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const) : []),
    ...request.errors,
  ])
  return PROBLEM_CODES.filter((code) => found.has(code))
}

/** The responses of an operation that fails in one of these ways. */
export function problemResponses(codes: readonly ProblemCode[]): Record<string, { $ref: string }> {
  return Object.fromEntries(
    codes.map((code) => [String(describeProblem(code).status), { $ref: `#/components/responses/${nameOf(code)}` }]),
  )
}

/** What those responses refer to. */
export function problemComponents(codes: ReadonlySet<ProblemCode>) {
  return Object.fromEntries(
    PROBLEM_CODES.filter((code) => codes.has(code)).map((code) => [nameOf(code), responseOf(code)]),
  )
}

function nameOf(code: ProblemCode): string {
  return describeProblem(code).title.replaceAll(' ', '')
}

function responseOf(code: ProblemCode) {
  const { status, title } = describeProblem(code)
  const errors = [{ path: 'purchase_date', message: 'must be a real day, written YYYY-MM-DD' }]
  const example = {
    type: 'about:blank',
    title,
    status,
    detail:
      code === 'UNPROCESSABLE_CONTENT' ? 'purchase_date: must be a real day, written YYYY-MM-DD.' : MEANINGS[code],
    code,
    ...(code === 'UNPROCESSABLE_CONTENT' ? { errors } : {}),
    request_id: '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071',
  }
  return {
    description: MEANINGS[code],
    headers: {
      'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' },
      ...(code === 'SERVICE_UNAVAILABLE' ? { 'Retry-After': { $ref: '#/components/headers/Retry-After' } } : {}),
    },
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' }, example } },
  }
}

export const PROBLEM_SCHEMA: JsonSchema = {
  type: 'object',
  description: 'Every failure, after RFC 9457.',
  properties: {
    type: { type: 'string', const: 'about:blank' },
    title: { type: 'string', description: 'The phrase of the status.' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What is wrong, in a sentence for people.' },
    code: { type: 'string', enum: [...PROBLEM_CODES], description: 'What is wrong, for programs.' },
    errors: {
      type: 'array',
      description: 'Every wrong field.',
      items: {
        type: 'object',
        properties: {
          path: { type: 'string', description: 'Dotted: `warranty.warranty_end`, `tags.0`.' },
          message: { type: 'string' },
        },
        required: ['path', 'message'],
      },
    },
    request_id: { type: 'string', description: 'Also in the header X-Request-Id, and in the log.' },
  },
  required: ['type', 'title', 'status', 'detail', 'code', 'request_id'],
}
