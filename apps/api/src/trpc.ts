import { AppError, type ErrorCode, type FieldError, invalid, speakPlainly, toFieldErrors, valueAt } from '@spends/core'
import { initTRPC, TRPCError } from '@trpc/server'
import { z } from 'zod'
import type { ApiContext, HeaderName, Right } from './context.ts'
import { type ProblemCode, toProblem } from './problem.ts'

export interface Meta {
  /** Makes a REST operation of the procedure, under /api. Its functions get what the procedure returned. */
  openapi?: {
    method: 'GET' | 'POST' | 'PUT' | 'DELETE'
    /** `/purchases/{id}`; what stands in braces is a field of the input. */
    path: `/${string}`
    /** The name of the function in a generated client. */
    operation_id: string
    summary: string
    description?: string
    /** Chapters of the documentation; `rest/tags.ts` describes them. */
    tags: readonly string[]
    /** 200 unless said otherwise; 202 is for what has only begun, 204 has no body. */
    status?: 200 | 201 | 202 | 204
    /** Failures of this operation that its input does not tell, such as CONFLICT. */
    errors?: readonly ErrorCode[]
    /** For what has only begun: with `Prefer: wait` the answer is 200 and what came of it. */
    wait?: {
      output: z.ZodType
      result(ctx: ApiContext, begun: { id: string }, signal: AbortSignal): Promise<unknown>
    }
    /** The path under /api of what was made, for the header `Location`. */
    location?(output: { id: string }): string
    /** The quoted tag of what is returned, for the header `ETag`. */
    etag?(output: { version: number }): string
    /**
     * Whether callers may ask again with `If-None-Match` and get 304: for what follows from the stored data and the
     * current day alone. Not beside `etag`, which is for writing.
     */
    conditional?: true
    /** Headers that the procedure sets. */
    headers?: readonly HeaderName[]
    /** The rules that need the database, for an input whose form is already wrong: one answer names every wrong field. */
    alsoCheck?: (ctx: ApiContext, input: unknown) => Promise<readonly FieldError[]>
  }
}

speakPlainly()

const t = initTRPC
  .context<ApiContext>()
  .meta<Meta>()
  .create({
    isDev: false,
    // Proxies cut connections on which nothing moves, and a client notices that way that its one is dead.
    sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 40_000 } },
    errorFormatter({ shape, error, path, ctx }) {
      const requestId = ctx?.requestId ?? requestIds.get(error) ?? ''
      const { detail, code, status, errors, request_id } = toProblem(error, requestId).body
      return { ...shape, message: detail, data: { code, httpStatus: status, path, detail, errors, request_id } }
    },
  })

/** The request id of failures that come before there is a context. */
const requestIds = new WeakMap<TRPCError, string>()

/** Every failure of a procedure passes here, whichever door the call came through; what nobody foresaw is logged. */
const mapErrors = t.middleware(async ({ ctx, meta, path, getRawInput, next }) => {
  const result = await next()
  if (result.ok) return result
  const failure = await explainInputError(result.error, ctx, meta, getRawInput).catch((thrown: unknown) => thrown)
  const { status, body } = toProblem(failure, ctx.requestId)
  if (status >= 500) {
    const err = failure instanceof TRPCError ? (failure.cause ?? failure) : failure
    ctx.log.error({ err, request_id: ctx.requestId, path }, 'A procedure failed')
  }
  throw new TRPCError({ code: toTrpcCode(body.code), message: body.detail, cause: failure })
})

/** What a failure is: for an input that zod refuses, the list of its wrong fields; any other stays what it is. */
async function explainInputError(
  error: TRPCError,
  ctx: ApiContext,
  meta: Meta | undefined,
  getRawInput: () => Promise<unknown>,
): Promise<unknown> {
  const isInputError = error.code === 'BAD_REQUEST' && error.cause instanceof z.ZodError
  if (!isInputError) return error
  const input = await getRawInput()
  const errors = toFieldErrors((error.cause as z.ZodError).issues, input)
  const inPath = pathParametersOf(meta?.openapi?.path ?? '')
  // A malformed id in a path leads nowhere, as an unknown one does.
  if (errors.some(({ path }) => inPath.includes(path) && typeof valueAt(input, [path]) === 'string')) {
    return new AppError('NOT_FOUND', 'There is nothing at this id.')
  }
  const further = (await meta?.openapi?.alsoCheck?.(ctx, input)) ?? []
  return invalid([...errors, ...further.filter(({ path }) => !errors.some((known) => overlap(known.path, path)))])
}

/** Whether two complaints are about the same field, or one about a part of the other. */
function overlap(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`)
}

/** The names in braces: `/purchases/{id}` -> `['id']`. */
export function pathParametersOf(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
}

/** tRPC has fewer codes than HTTP has statuses; `data.code` and `data.httpStatus` say the right ones. */
function toTrpcCode(code: ProblemCode): TRPCError['code'] {
  switch (code) {
    case 'METHOD_NOT_ALLOWED':
      return 'METHOD_NOT_SUPPORTED'
    case 'GONE':
      return 'NOT_FOUND'
    case 'RANGE_NOT_SATISFIABLE':
    case 'MISDIRECTED_REQUEST':
      return 'BAD_REQUEST'
    case 'INSUFFICIENT_STORAGE':
      return 'INTERNAL_SERVER_ERROR'
    default:
      return code
  }
}

function callersWhoMay(right: Right) {
  return t.procedure.use(mapErrors).use(({ ctx, next }) => {
    if (!ctx.caller.may.has(right)) throw new AppError('FORBIDDEN', 'You are not allowed to do this.')
    return next()
  })
}

/** Procedures that only look. */
export const read = callersWhoMay('read')
/** Procedures that change data. */
export const write = callersWhoMay('write')
/** Procedures that run the instance: backup, restore, settings of operation. */
export const admin = callersWhoMay('admin')

export const router = t.router
export const createCallerFactory = t.createCallerFactory

/** What the HTTP handler of tRPC needs so that its own failures carry the request id, and any its headers. */
export function handlerHooks(requestId: string) {
  return {
    onError: ({ error }: { error: TRPCError }) => {
      requestIds.set(error, requestId)
    },
    responseMeta: ({ errors }: { errors: readonly TRPCError[] }): { headers: Record<string, string> } => ({
      headers: Object.assign({}, ...errors.map((error) => toProblem(error, requestId).headers)),
    }),
  }
}
