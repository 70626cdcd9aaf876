import type { AnyRouter } from '@trpc/server'
import type { z } from 'zod'
import type { ProblemCode } from '../problem.ts'
import { exampleOf } from './examples.ts'
import { listOperations, needsBody, type Operation } from './operations.ts'
import { describeFields } from './parameters.ts'
import { componentOf, describePlainRoute, PLAIN_HEADERS, problemsOfPlain } from './plain-document.ts'
import type { PlainHeader, PlainRoute } from './plain-routes.ts'
import { PROBLEM_SCHEMA, problemComponents, problemResponses, problemsOf } from './problem-responses.ts'
import { createSchemaBook, type JsonSchema, type SchemaBook } from './schemas.ts'
import { SERVICE_PATHS } from './service-paths.ts'
import { TAGS } from './tags.ts'

type PathItem = Record<string, object>

/** As much of an OpenAPI document as we look at ourselves. */
export interface OpenApiDocument {
  openapi: string
  info: object
  servers: object[]
  security: object[]
  tags: { name: string; description: string }[]
  paths: Record<string, PathItem>
  components: Record<'schemas' | 'responses' | 'headers', Record<string, object>>
}

/**
 * The OpenAPI 3.1 document of all procedures with `meta.openapi`, and of what the server answers beside them.
 * @throws Error when an operation can't be described: these are mistakes of ours.
 */
export function buildDocument(
  router: AnyRouter,
  { version, plainRoutes = [] }: { version: string; plainRoutes?: readonly PlainRoute[] },
): OpenApiDocument {
  const operations = listOperations(router)
  const book = createSchemaBook()
  const paths: Record<string, PathItem> = {}
  for (const operation of operations) {
    const path = `/api${operation.rest.path}`
    paths[path] = { ...paths[path], [operation.rest.method.toLowerCase()]: describeOperation(operation, book) }
  }
  for (const route of plainRoutes) {
    const path = `/api${route.path}`
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: describePlainRoute(route, book) }
  }
  const codes = new Set<ProblemCode>([
    'MISDIRECTED_REQUEST',
    'SERVICE_UNAVAILABLE',
    ...operations.flatMap(problemsOf),
    ...plainRoutes.flatMap(problemsOfPlain),
  ])
  return {
    openapi: '3.1.0',
    info: {
      title: 'Spends Tracker',
      version,
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'The server this document comes from.' }],
    security: [],
    tags: describeTags([...operations.map(({ rest }) => rest), ...plainRoutes]),
    paths: { ...paths, ...SERVICE_PATHS },
    components: {
      schemas: { ...sorted(book.components), Problem: PROBLEM_SCHEMA },
      responses: {
        ...(operations.some(({ rest }) => rest.conditional) ? { NotModified: NOT_MODIFIED } : {}),
        ...problemComponents(codes),
      },
      headers: { ...describeHeaders(operations), ...describePlainHeaders(plainRoutes) },
    },
  }
}

const DESCRIPTION = [
  'Purchases and warranties of a household or a company.',
  'Money is a decimal string with exactly the digits of its currency, a date is `YYYY-MM-DD`, an instant is UTC.',
  'Unknown fields and parameters are refused. A repeated parameter means any of its values.',
  'Every failure is `application/problem+json`.',
].join('\n\n')

function describeTags(described: readonly { tags: readonly string[] }[]): OpenApiDocument['tags'] {
  const used = new Set(['Service', ...described.flatMap(({ tags }) => tags)])
  const unknown = [...used].filter((name) => !Object.hasOwn(TAGS, name))
  if (unknown.length > 0) throw new Error(`rest/tags.ts does not describe ${unknown.join(', ')}`)
  return Object.entries(TAGS)
    .filter(([name]) => used.has(name))
    .map(([name, description]) => ({ name, description }))
}

function describeHeaders(operations: readonly Operation[]): Record<string, object> {
  const text = { type: 'string' }
  return {
    'X-Request-Id': { description: 'Names this request in the log.', schema: text },
    'Retry-After': { description: 'Seconds after which to try again.', schema: { type: 'integer' } },
    ...(operations.some(({ rest }) => rest.location)
      ? {
          Location: {
            description: 'The address of what was made.',
            schema: { type: 'string', format: 'uri-reference' },
          },
        }
      : {}),
    ...(operations.some(({ rest }) => rest.etag)
      ? {
          ETag: {
            description: 'The version of what is returned, for If-Match.',
            schema: { ...text, examples: ['"3"'] },
          },
        }
      : {}),
    ...(operations.some(({ rest }) => rest.wait) ? { 'Preference-Applied': PLAIN_HEADERS['Preference-Applied'] } : {}),
    ...(operations.some(({ rest }) => rest.conditional)
      ? {
          RevisionETag: {
            description: 'Changes with the data and the day, for If-None-Match.',
            schema: { ...text, examples: [REVISION_ETAG] },
          },
          'Cache-Control': {
            description: 'Keep it, but ask each time whether it is still right.',
            schema: { ...text, examples: ['private, no-cache'] },
          },
        }
      : {}),
    ...(operations.some(({ rest }) => rest.headers?.includes('X-Currency-Code'))
      ? {
          'X-Currency-Code': {
            description: 'The one currency that these figures are about.',
            schema: { ...text, pattern: '^[A-Z]{3}$', examples: ['USD'] },
          },
        }
      : {}),
  }
}

function describePlainHeaders(routes: readonly PlainRoute[]): Record<string, object> {
  const used = new Set<PlainHeader>(
    routes.flatMap(({ responses }) => Object.values(responses).flatMap(({ headers = [] }) => headers)),
  )
  const names = (Object.keys(PLAIN_HEADERS) as PlainHeader[]).filter((name) => used.has(name))
  return Object.fromEntries(names.map((name) => [componentOf(name), PLAIN_HEADERS[name]]))
}

const REVISION_ETAG = 'W/"6jnVE83cqn1Tm-KwbIcPd4hNFf8"'

function describeOperation(operation: Operation, book: SchemaBook): object {
  const { rest, hasBody, input, fields, pathParameters } = operation
  const hasBodyFields = Object.keys(fields).some((name) => !pathParameters.includes(name))
  const parameters = describeParameters(operation, book)
  return {
    operationId: rest.operation_id,
    summary: rest.summary,
    ...(rest.description === undefined ? {} : { description: rest.description }),
    tags: rest.tags,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(hasBody && input && hasBodyFields
      ? {
          requestBody: {
            required: needsBody(operation),
            content: json(book.body(input, pathParameters), book, pathParameters),
          },
        }
      : {}),
    responses: {
      ...(rest.wait ? { 200: describeEnd(rest.wait.output, book) } : {}),
      [String(rest.status ?? 200)]: describeSuccess(operation, book),
      ...(rest.conditional ? { 304: { $ref: '#/components/responses/NotModified' } } : {}),
      ...problemResponses(problemsOf(operation)),
    },
  }
}

function describeSuccess({ rest, output }: Operation, book: SchemaBook): object {
  const headers = {
    ...headerRefs('X-Request-Id', ...(rest.location ? ['Location'] : []), ...(rest.etag ? ['ETag'] : [])),
    ...(rest.conditional ? FRESHNESS : {}),
    ...headerRefs(...(rest.headers ?? [])),
  }
  if (rest.status === 204) return { description: 'Done.', headers }
  return { description: SUCCESSES[rest.status ?? 200], headers, content: json(book.output(output), book) }
}

function describeEnd(output: z.ZodType, book: SchemaBook): object {
  const headers = headerRefs('X-Request-Id', 'Preference-Applied')
  return { description: 'Done, under `Prefer: wait`.', headers, content: json(book.output(output), book) }
}

const SUCCESSES = { 200: 'Done.', 201: 'Made.', 202: 'Begun: what comes is the job.' }

function headerRefs(...names: string[]): Record<string, object> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
}

const FRESHNESS = { ETag: { $ref: '#/components/headers/RevisionETag' }, ...headerRefs('Cache-Control') }

const NOT_MODIFIED = {
  description: 'What was read with this ETag is still right.',
  headers: { ...headerRefs('X-Request-Id'), ...FRESHNESS },
}

function json(schema: JsonSchema, book: SchemaBook, leftOut: readonly string[] = []): object {
  const example = exampleOf(schema, book)
  const isObject = typeof example === 'object' && example !== null && !Array.isArray(example)
  const shown = isObject
    ? Object.fromEntries(Object.entries(example).filter(([name]) => !leftOut.includes(name)))
    : example
  return { 'application/json': { schema, example: shown } }
}

function describeParameters(operation: Operation, book: SchemaBook): object[] {
  const { rest, fields } = operation
  return [
    ...describeFields(operation, book),
    ...(rest.method !== 'GET' && Object.hasOwn(fields, 'version') ? [IF_MATCH] : []),
    ...(rest.conditional ? [IF_NONE_MATCH] : []),
    ...(rest.wait ? [PREFER_WAIT] : []),
  ]
}

const IF_MATCH = {
  name: 'If-Match',
  in: 'header',
  required: false,
  description: 'The ETag that was read; says the same as `version`. Refused when it is no longer the current one.',
  schema: { type: 'string', examples: ['"3"'] },
}

const IF_NONE_MATCH = {
  name: 'If-None-Match',
  in: 'header',
  required: false,
  description: 'ETags that were read, or `*`; the answer is 304 without a body while one of them is the current one.',
  schema: { type: 'string', examples: [REVISION_ETAG] },
}

const PREFER_WAIT = {
  name: 'Prefer',
  in: 'header',
  required: false,
  description: '`wait`: answer at the end, with what came of it.',
  schema: { type: 'string', examples: ['wait'] },
}

/** By name, so that moving a router moves nothing in the document. */
function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}
