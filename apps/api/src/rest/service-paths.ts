import { problemResponses } from './problem-responses.ts'

const headers = { 'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' } }

function probe(operationId: string, summary: string, example: Readonly<Record<string, string>>) {
  const names = Object.keys(example)
  const properties = Object.fromEntries(names.map((name) => [name, { type: 'string' }]))
  const schema = { type: 'object', properties, required: names }
  return {
    get: {
      operationId,
      summary,
      tags: ['Service'],
      responses: {
        '200': { description: 'Yes.', headers, content: { 'application/json': { schema, example } } },
        ...problemResponses(['MISDIRECTED_REQUEST', 'SERVICE_UNAVAILABLE']),
      },
    },
  }
}

/** What the server answers outside /api, where no procedure stands behind it. */
export const SERVICE_PATHS = {
  '/healthz': probe('getHealth', 'Is the process alive?', { status: 'ok' }),
  '/readyz': probe('getReadiness', 'Can it be used: does its database answer?', {
    status: 'ok',
    database: 'ok',
    migrations: 'current',
  }),
  '/openapi.json': {
    get: {
      operationId: 'getOpenApiDocument',
      summary: 'Read this document',
      tags: ['Service'],
      responses: {
        '200': {
          description: 'OpenAPI 3.1.',
          headers,
          content: { 'application/json': { schema: { type: 'object' } } },
        },
        ...problemResponses(['MISDIRECTED_REQUEST', 'SERVICE_UNAVAILABLE']),
      },
    },
  },
}
