import { AppError, invalid, toFieldErrors, valueAt } from '@spends/core'
import type { Context, Hono } from 'hono'
import type { z } from 'zod'
import type { ApiContext, Right } from '../context.ts'
import type { AppEnv } from '../edge.ts'
import type { ProblemCode } from '../problem.ts'
import { pathParametersOf } from '../trpc.ts'
import { fieldsOf } from './operations.ts'
import { createQueryReader, inBoth, parseQuery, queryOf, refuse } from './query.ts'
import type { JsonSchema } from './schemas.ts'
import type { TAGS } from './tags.ts'

/** Content type -> what such a body holds; bytes that no schema can say more of are `BYTES`. */
export type Content = Readonly<Record<string, z.ZodType | JsonSchema>>

/** A file, to whoever reads the document. */
export const BYTES: JsonSchema = { type: 'string', format: 'binary' }

export interface PlainResponse {
  description: string
  content?: Content
  headers?: readonly PlainHeader[]
}

/** What such answers may say beside their body; `rest/plain-document.ts` describes them. */
export type PlainHeader =
  | 'Accept-Ranges'
  | 'Content-Disposition'
  | 'Content-Range'
  | 'ETag'
  | 'Location'
  | 'Preference-Applied'

/** A route under /api whose body or answer is no JSON, so that no procedure can stand behind it. */
export interface PlainRoute<I extends z.ZodType = z.ZodType> {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** `/attachments/{id}/content`; what stands in braces is a field of the input. */
  path: `/${string}`
  /** The name of the function in a generated client. */
  operation_id: string
  summary: string
  description?: string
  tags: readonly (keyof typeof TAGS)[]
  /** What its caller must be allowed to do. */
  right: Right
  /** What path and query say: a strict object. */
  input: I
  /** What the body may be; its handler reads it. */
  body?: { description?: string; content: Content }
  /** Headers of a request that its handler looks at. */
  requestHeaders?: readonly { name: string; description: string; schema: JsonSchema }[]
  /** Status -> the answer of a success. */
  responses: Readonly<Record<number, PlainResponse>>
  /** Failures beside those that any route has. */
  errors?: readonly ProblemCode[]
}

/**
 * Serves a plain route. The right of the caller and the input are checked before the handler sees the request, as for
 * a procedure; what the handler throws is answered as a problem by the app.
 * @throws Error when the input is no strict object with the fields of the path: a mistake of ours
 */
export function mountPlainRoute<I extends z.ZodType>(
  app: Hono<AppEnv>,
  route: PlainRoute<I>,
  { createContext }: { createContext: (c: Context<AppEnv>) => ApiContext },
  handle: (c: Context<AppEnv>, context: ApiContext, input: z.output<I>) => Promise<Response>,
): void {
  const readInput = createInputReader(route)
  app.on(route.method, `/api${route.path.replaceAll(/\{(\w+)\}/g, ':$1')}`, (c) => {
    const context = createContext(c)
    if (!context.caller.may.has(route.right)) throw new AppError('FORBIDDEN', 'You are not allowed to do this.')
    return handle(c, context, readInput(c))
  })
}

/** The fields of a route's input, and which of them the path gives. @throws Error as `mountPlainRoute` */
export function inputOf({ path, input }: PlainRoute) {
  const fields = fieldsOf(input)
  const pathParameters = pathParametersOf(path)
  if (!fields || pathParameters.some((name) => !Object.hasOwn(fields, name))) {
    throw new Error(`The input of ${path} must be a strict object with every field of the path`)
  }
  return { fields, pathParameters }
}

function createInputReader<I extends z.ZodType>(route: PlainRoute<I>): (c: Context<AppEnv>) => z.output<I> {
  const { fields, pathParameters } = inputOf(route)
  const readQuery = createQueryReader(fields)
  const inPath = new Set(pathParameters)
  return (c) => {
    const query = parseQuery(queryOf(c.req.url))
    const input = {
      ...readQuery(query),
      ...refuse(inBoth(query, inPath), 'stands in the path already'),
    }
    for (const name of pathParameters) if (!Object.hasOwn(input, name)) input[name] = c.req.param(name)
    const result = route.input.safeParse(input)
    if (result.success) return result.data
    const errors = toFieldErrors(result.error.issues, input)
    // A malformed id in a path leads nowhere, as an unknown one does.
    const leadsNowhere = errors.some(({ path }) => inPath.has(path) && typeof valueAt(input, [path]) === 'string')
    throw leadsNowhere ? new AppError('NOT_FOUND', 'There is nothing at this id.') : invalid(errors)
  }
}
