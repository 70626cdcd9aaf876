import { AppError, type FieldError, invalid, Refused } from '@spends/core'
import { type AnyRouter, TRPCError } from '@trpc/server'
import type { Context, Hono } from 'hono'
import type { ApiContext } from '../context.ts'
import type { AppEnv } from '../edge.ts'
import { answerProblem, HttpError } from '../problem.ts'
import { createCallerFactory } from '../trpc.ts'
import { currentEtag, isKnown, readIfMatch } from './etag.ts'
import { listOperations, needsBody, type Operation } from './operations.ts'
import { prefers } from './prefer.ts'
import { createQueryReader, inBoth, parseQuery, queryOf, refuse } from './query.ts'

type RestContext = Context<AppEnv>
type Call = (context: ApiContext, operation: Operation, input: unknown) => Promise<unknown>

/**
 * Serves every procedure that has `meta.openapi` under `/api`. All that can be known of them is found out here, once.
 * The app is one with `strict: false`, so that a trailing slash makes no difference.
 */
export function mountRest(
  app: Hono<AppEnv>,
  router: AnyRouter,
  { createContext }: { createContext: (c: RestContext) => ApiContext },
): void {
  const call = createCall(router)
  const paths = Map.groupBy(listOperations(router), ({ rest }) => rest.path)
  for (const path of [...paths.keys()].sort(byPrecision)) {
    const byMethod = new Map((paths.get(path) ?? []).map((operation) => [operation.rest.method as string, operation]))
    const methods = [...byMethod.keys(), ...(byMethod.has('GET') ? ['HEAD'] : []), 'OPTIONS']
    const readers = new Map(Array.from(byMethod, ([method, operation]) => [method, createInputReader(operation)]))
    const allow = { Allow: methods.join(', ') }

    app.all(`/api${path.replaceAll(/\{(\w+)\}/g, ':$1')}`, async (c) => {
      if (c.req.method === 'OPTIONS') return c.body(null, 204, allow)
      // Hono sends the answer to HEAD without its body.
      const method = c.req.method === 'HEAD' ? 'GET' : c.req.method
      const operation = byMethod.get(method)
      const readInput = readers.get(method)
      if (!operation || !readInput) {
        return answerProblem(c, new HttpError(405, `${c.req.method} is not possible here.`, allow))
      }
      try {
        const context = createContext(c)
        const input = await readInput(c)
        const etag = operation.rest.conditional && (await currentEtag(context, addressOf(c.req.url)))
        // Answered before the procedure is asked, so what it would ask of the caller is asked here: reading.
        const known = etag && context.caller.may.has('read') && isKnown(c.req.header('if-none-match'), etag)
        if (known && takes(operation, input)) {
          return c.body(null, 304, freshness(etag))
        }
        const output = await call(context, operation, input)
        const { wait } = operation.rest
        if (wait && prefers(c.req.header('prefer'), 'wait')) {
          const end = await wait.result(context, output as { id: string }, c.req.raw.signal)
          return c.json(end as object, 200, { 'Preference-Applied': 'wait' })
        }
        return answer(c, operation, output, etag ? freshness(etag) : {})
      } catch (error) {
        // What else can happen, such as a body that breaks off, is for the app to answer and to log.
        const isOurs = error instanceof TRPCError || error instanceof AppError || error instanceof HttpError
        if (!isOurs) throw error
        return answerProblem(c, error)
      }
    })
  }
}

/** Fixed segments come before parameters: `/warranties/expiring` before `/warranties/{id}`. */
function byPrecision(a: string, b: string): number {
  const rank = (path: string) => path.replaceAll('{', '\uffff')
  return rank(a) < rank(b) ? -1 : 1
}

function createCall(router: AnyRouter): Call {
  const createCaller = createCallerFactory(router)
  return async (context, operation, input) => {
    let procedure: unknown = createCaller(context)
    for (const key of operation.procedure.split('.')) procedure = (procedure as Record<string, unknown>)[key]
    return (procedure as (input: unknown) => Promise<unknown>)(input)
  }
}

/** What a cache may do with an answer: keep it for this caller, and ask each time whether it is still right. */
function freshness(etag: string) {
  return { ETag: etag, 'Cache-Control': 'private, no-cache' }
}

/** Whether the operation accepts this input, as `If-None-Match: *` does not tell. */
function takes({ input: schema }: Operation, input: unknown): boolean {
  return schema === undefined || schema.safeParse(input).success
}

function answer(c: RestContext, { rest }: Operation, output: unknown, headers: Record<string, string>): Response {
  if (rest.location) c.header('Location', `/api${rest.location(output as { id: string })}`)
  if (rest.etag) c.header('ETag', rest.etag(output as { version: number }))
  const { status = 200 } = rest
  if (status === 204) return c.body(null, status)
  return c.body(JSON.stringify(output), status, { ...headers, 'Content-Type': 'application/json' })
}

/** Makes the function that puts the input of an operation together from path, query, body and `If-Match`. */
function createInputReader(operation: Operation): (c: RestContext) => Promise<unknown> {
  const { rest, fields, pathParameters, hasBody } = operation
  const inPath = new Set(pathParameters)
  const readQuery = createQueryReader(fields)
  const isBodyNeeded = needsBody(operation)
  const takesVersion = Object.hasOwn(fields, 'version')

  return async (c) => {
    const query = parseQuery(queryOf(c.req.url))
    const given = hasBody
      ? { ...(await readBody(c, isBodyNeeded)), ...refuse(query.keys(), 'is not a query parameter here') }
      : {
          ...readQuery(query),
          ...refuse(inBoth(query, inPath), 'stands in the path already'),
          ...(await refuseBody(c)),
        }
    const input: Record<string, unknown> = { ...given }
    for (const name of pathParameters) input[name] = joinPathValue(operation, name, c.req.param(name), given)
    if (rest.method !== 'GET') {
      const version = readIfMatch(c.req.header('if-match'), takesVersion)
      if (version !== undefined) applyVersion(input, version)
    }
    if (operation.input) return input
    const unknown = Object.keys(input)
    if (unknown.length > 0) throw invalid(unknown.map((path): FieldError => ({ path, message: 'is not a field here' })))
    return undefined
  }
}

/** Path and query. */
function addressOf(url: string): string {
  return url.slice(url.indexOf('/', url.indexOf('//') + 2))
}

/** Whoever puts a `version` into the body of a DELETE counts on it: it must not be passed over. */
async function refuseBody(c: RestContext): Promise<Record<string, Refused>> {
  return c.req.method === 'DELETE' ? refuse(Object.keys(await readBody(c, false)), 'does not go into a body here') : {}
}

/** The value in the path. What was read can be sent back, so a body may repeat it, but not say something else. */
function joinPathValue(
  { fields }: Operation,
  name: string,
  inPath: string | undefined,
  given: Readonly<Record<string, unknown>>,
): unknown {
  if (!Object.hasOwn(given, name)) return inPath
  const repeated = given[name]
  if (repeated instanceof Refused) return repeated
  const normalise = (value: unknown) => fields[name]?.safeParse(value).data ?? value
  return normalise(repeated) === normalise(inPath) ? inPath : new Refused('differs from the one in the path')
}

function applyVersion(input: Record<string, unknown>, version: number): void {
  if (Object.hasOwn(input, 'version') && input.version !== version) {
    throw new AppError('PRECONDITION_FAILED', 'If-Match and version in the body do not say the same.')
  }
  input.version = version
}

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json$/i

/** The body as an object. @param needed whether there has to be one */
async function readBody(c: RestContext, needed: boolean): Promise<Record<string, unknown>> {
  const type = c.req.header('content-type')
  const bytes = await c.req.arrayBuffer()
  if (!needed && bytes.byteLength === 0) return {}
  if (!JSON_TYPE.test(type?.split(';')[0]?.trim() ?? '')) {
    throw new HttpError(415, 'The body must be JSON, sent with Content-Type: application/json.')
  }
  const body = parseJson(bytes)
  if (body === null || typeof body !== 'object' || Array.isArray(body)) {
    throw invalid([{ path: '', message: 'The body must be a JSON object' }])
  }
  return body as Record<string, unknown>
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function parseJson(bytes: ArrayBuffer): unknown {
  try {
    return JSON.parse(utf8.decode(bytes))
  } catch {
    throw new AppError('BAD_REQUEST', 'The body is not JSON.')
  }
}
