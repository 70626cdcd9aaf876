import { z } from 'zod'
import type { ProblemCode } from '../problem.ts'
import { describeFields } from './parameters.ts'
import { type Content, inputOf, type PlainHeader, type PlainResponse, type PlainRoute } from './plain-routes.ts'
import { problemResponses, problemsOfRequest } from './problem-responses.ts'
import type { SchemaBook } from './schemas.ts'

/** The headers that plain routes answer with. */
export const PLAIN_HEADERS: Readonly<Record<PlainHeader, object>> = {
  'Accept-Ranges': {
    description: 'That parts may be asked for.',
    schema: { type: 'string', examples: ['bytes'] },
  },
  'Content-Disposition': {
    description: 'The name under which to keep the file.',
    schema: { type: 'string', examples: ['attachment; filename="spends-export-2026-01-31.csv"'] },
  },
  'Content-Range': {
    description: 'Which bytes these are, and of how many; for a 416 only of how many.',
    schema: { type: 'string', examples: ['bytes 0-1023/26214400'] },
  },
  ETag: {
    description: 'The SHA-256 of the whole file, for If-None-Match and If-Range.',
    schema: { type: 'string', examples: [`"${'9f86d081884c7d65'.repeat(4)}"`] },
  },
  Location: { description: 'The address of what was made.', schema: { type: 'string', format: 'uri-reference' } },
  'Preference-Applied': {
    description: 'The preference of the request that was followed.',
    schema: { type: 'string', examples: ['respond-async'] },
  },
}

/** The name of a header among the components: the ETag of a file is not that of a row. */
export function componentOf(header: PlainHeader | 'X-Request-Id'): string {
  return header === 'ETag' ? 'ContentETag' : header
}

/** The failures that a plain route can have. */
export function problemsOfPlain(route: PlainRoute): ProblemCode[] {
  const { fields, pathParameters } = inputOf(route)
  return problemsOfRequest({
    method: route.method,
    hasBody: route.body !== undefined,
    hasVersion: Object.hasOwn(fields, 'version'),
    hasPathParameters: pathParameters.length > 0,
    errors: route.errors ?? [],
  })
}

/** A plain route as an operation of the document. */
export function describePlainRoute(route: PlainRoute, book: SchemaBook): object {
  const { input, body, requestHeaders = [] } = route
  const headers = requestHeaders.map((header) => ({ ...header, in: 'header', required: false }))
  const parameters = [...describeFields({ input, hasBody: false, ...inputOf(route) }, book), ...headers]
  return {
    operationId: route.operation_id,
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    tags: route.tags,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body
      ? { requestBody: { ...body, required: true, content: describeContent(body.content, book, 'input') } }
      : {}),
    responses: {
      ...Object.fromEntries(
        Object.entries(route.responses).map(([status, response]) => [status, describeResponse(response, book)]),
      ),
      ...problemResponses(problemsOfPlain(route)),
    },
  }
}

function describeResponse({ description, content, headers = [] }: PlainResponse, book: SchemaBook): object {
  const names = ['X-Request-Id', ...headers] as const
  return {
    description,
    headers: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${componentOf(name)}` }])),
    ...(content ? { content: describeContent(content, book, 'output') } : {}),
  }
}

function describeContent(content: Content, book: SchemaBook, direction: 'input' | 'output'): object {
  return Object.fromEntries(
    Object.entries(content).map(([type, given]) => {
      if (!(given instanceof z.ZodType)) return [type, { schema: given }]
      return [type, { schema: direction === 'input' ? book.body(given, []) : book.output(given) }]
    }),
  )
}
