import type { TestRequest } from '../testing.ts'

/** A request that only HTTP can get wrong; `{lamp}` in its path is the id of that thing. */
export interface WrongRequest {
  what: string
  method: string
  path: string
  init?: TestRequest
  status: number
  /** In any order; undefined where no field is to blame. */
  paths?: readonly string[]
  /** Headers that the refusal has. */
  headers?: Record<string, string>
}

const NOBODY = '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071'
const JSON_TYPE = { 'Content-Type': 'application/json' }

const WRITES = [
  ['POST', '/api/purchases'],
  ['PUT', '/api/purchases/{lamp}'],
  ['POST', '/api/warranties'],
  ['PUT', '/api/warranties/{lampWarranty}'],
  ['POST', '/api/retailers'],
  ['PUT', '/api/retailers/{shop}'],
  ['POST', '/api/brands'],
  ['PUT', '/api/brands/{acme}'],
  ['PUT', '/api/settings'],
] as const

/** Every write refuses these bodies alike. */
const BODIES: readonly Omit<WrongRequest, 'method' | 'path'>[] = [
  ...[
    '',
    '{',
    '{"name": }',
    "{'name': 'x'}",
    '{"name": NaN}',
    '{"name": Infinity}',
    '{"a":1}{"b":2}',
    '\ufeff{',
    'name=x',
  ].map((body) => ({
    what: `the body ${JSON.stringify(body)} is not JSON`,
    init: { body: new TextEncoder().encode(body), headers: JSON_TYPE },
    status: 400,
  })),
  {
    what: 'a body that is not UTF-8',
    init: { body: Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d), headers: JSON_TYPE },
    status: 400,
  },
  ...['[]', '"text"', 'null', '5', 'true', '[{"name":"x"}]'].map((body) => ({
    what: `the body ${body} is no object`,
    init: { body, headers: JSON_TYPE },
    status: 422,
    paths: [''],
  })),
  ...[
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'text/json',
    'json',
  ].map((type) => ({
    what: `the content type ${type}`,
    init: { body: '{"name":"x"}', headers: { 'Content-Type': type } },
    status: 415,
  })),
  { what: 'no content type', init: { body: new TextEncoder().encode('{"name":"x"}') }, status: 415 },
  {
    what: 'a body that is too large, as announced',
    init: { body: '{"name":"x"}', headers: { ...JSON_TYPE, 'Content-Length': '50001' } },
    status: 413,
  },
  { what: 'a body that is too large, as it turns out', init: { json: { name: 'x'.repeat(50_000) } }, status: 413 },
  { what: 'a field that is none', init: { json: { colour: 'red', version_: 1 } }, status: 422 },
]

/** What each write misses when it gets no field that it knows. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  'POST /api/purchases': ['product_name', 'price', 'purchase_date'],
  'POST /api/warranties': ['purchase_id', 'warranty_start', 'warranty_end'],
  'POST /api/retailers': ['name'],
  'POST /api/brands': ['name'],
}

const EVERY_WRITE = WRITES.flatMap(([method, path]) =>
  BODIES.map((body): WrongRequest => {
    const isUnknownField = body.what === 'a field that is none'
    const required = REQUIRED[`${method} ${path}`] ?? []
    return isUnknownField
      ? { ...body, method, path, paths: ['colour', 'version_', ...required] }
      : { ...body, method, path }
  }),
)

const QUERIES: readonly WrongRequest[] = [
  ...[
    'limit=1&limit=2',
    'skip=0&skip=0',
    'sort=price&sort=price',
    'search=a&search=b',
    'has_warranty=true&has_warranty=true',
  ].map((query) => ({
    what: 'a parameter given twice',
    method: 'GET',
    path: `/api/purchases?${query}`,
    status: 422,
    paths: [query.split('=')[0] ?? ''],
  })),
  { what: 'a parameter without a value', method: 'GET', path: '/api/purchases?limit', status: 422, paths: ['limit'] },
  { what: 'a plus sign is a space', method: 'GET', path: '/api/purchases?limit=+5', status: 422, paths: ['limit'] },
  { what: 'a name in another case', method: 'GET', path: '/api/purchases?Limit=5', status: 422, paths: ['Limit'] },
  {
    what: 'a name as some write lists',
    method: 'GET',
    path: '/api/purchases?status[]=ORDERED',
    status: 422,
    paths: ['status[]'],
  },
  { what: 'a parameter without a name', method: 'GET', path: '/api/purchases?=5', status: 422, paths: [''] },
  {
    what: 'a name that every object has',
    method: 'GET',
    path: '/api/purchases?__proto__=5&toString=1',
    status: 422,
    paths: ['__proto__', 'toString'],
  },
  {
    what: 'one of several values is wrong',
    method: 'GET',
    path: '/api/purchases?status=ORDERED&status=LOST',
    status: 422,
    paths: ['status.1'],
  },
  ...['%', '%zz', '%e4', '%ff', '%ed%a0%80'].map((text) => ({
    what: 'bad percent-encoding',
    method: 'GET',
    path: `/api/purchases?search=${text}`,
    status: 400,
  })),
  {
    what: 'a query at a write',
    method: 'POST',
    path: '/api/retailers?dry_run=true',
    init: { json: { name: 'New' } },
    status: 422,
    paths: ['dry_run'],
  },
  {
    what: 'a query at a write, of a field',
    method: 'PUT',
    path: '/api/purchases/{lamp}?notes=x',
    init: { json: {} },
    status: 422,
    paths: ['notes'],
  },
  {
    what: 'a query where there is none',
    method: 'GET',
    path: '/api/settings?locale=en',
    status: 422,
    paths: ['locale'],
  },
  {
    what: 'the id once more in the query',
    method: 'GET',
    path: '/api/purchases/{lamp}?id={lamp}',
    status: 422,
    paths: ['id'],
  },
]

const BODIES_IN_FULL: readonly WrongRequest[] = [
  {
    what: 'another id than in the path',
    method: 'PUT',
    path: '/api/purchases/{lamp}',
    init: { json: { id: NOBODY } },
    status: 422,
    paths: ['id'],
  },
  {
    what: 'another id than in the path',
    method: 'PUT',
    path: '/api/retailers/{shop}',
    init: { json: { id: NOBODY } },
    status: 422,
    paths: ['id'],
  },
  {
    what: 'a number larger than any',
    method: 'POST',
    path: '/api/purchases',
    init: { body: '{"product_name":"x","price":1e400,"purchase_date":"2026-01-01"}', headers: JSON_TYPE },
    status: 422,
    paths: ['price'],
  },
  {
    what: 'a quantity larger than any',
    method: 'POST',
    path: '/api/purchases',
    init: { body: '{"product_name":"x","price":1,"purchase_date":"2026-01-01","quantity":1e400}', headers: JSON_TYPE },
    status: 422,
    paths: ['quantity'],
  },
  {
    what: 'the prototype as a field',
    method: 'POST',
    path: '/api/retailers',
    init: { body: '{"name":"New","__proto__":{"url":"https://example.org"}}', headers: JSON_TYPE },
    status: 422,
    paths: ['__proto__'],
  },
]

const BODIES_OF_DELETE: readonly WrongRequest[] = [
  {
    what: 'a version in the body, where it would be passed over',
    method: 'DELETE',
    path: '/api/purchases/{lamp}',
    init: { json: { version: 99 } },
    status: 422,
    paths: ['version'],
  },
  {
    what: 'a field in the body',
    method: 'DELETE',
    path: '/api/retailers/{shop}',
    init: { json: { reassign_to: NOBODY, force: true } },
    status: 422,
    paths: ['reassign_to', 'force'],
  },
  {
    what: 'a body that is not JSON',
    method: 'DELETE',
    path: '/api/warranties/{lampWarranty}',
    init: { body: '{', headers: JSON_TYPE },
    status: 400,
  },
]

const CONDITIONS: readonly WrongRequest[] = [
  '1',
  '"0"',
  '"01"',
  'W/"1"',
  '""',
  '"x"',
  '"1", "2"',
  '"2"',
  '"999"',
  '"1e0"',
].flatMap((tag) => [
  {
    what: `If-Match ${tag}`,
    method: 'PUT',
    path: '/api/purchases/{lamp}',
    init: { json: { notes: 'x' }, headers: { 'If-Match': tag } },
    status: 412,
  },
  {
    what: `If-Match ${tag}`,
    method: 'DELETE',
    path: '/api/warranties/{lampWarranty}',
    init: { headers: { 'If-Match': tag } },
    status: 412,
  },
])

const ROUTES: readonly WrongRequest[] = [
  ...[
    '/api',
    '/api/',
    '/api/nowhere',
    '/api/purchase',
    '/api/PURCHASES',
    '/api/purchases/{lamp}/nowhere',
    '/api//purchases',
    '/nowhere',
    '/api/purchases%00',
    '/.env',
    '/api/..%2f..%2fetc',
  ].map((path) => ({
    what: 'there is nothing',
    method: 'GET',
    path,
    status: 404,
  })),
  ...['%', '%zz', '%00', '%ff', '..%2fsettings', 'null', 'undefined', '0'].map((id) => ({
    what: 'an id that is none',
    method: 'GET',
    path: `/api/purchases/${id}`,
    status: 404,
  })),
  { what: 'there is nothing, for any method', method: 'POST', path: '/api/nowhere', init: { json: {} }, status: 404 },
  ...['PATCH', 'PUT', 'DELETE'].map((method) => ({
    what: 'a method that is not possible',
    method,
    path: '/api/purchases',
    status: 405,
    headers: { Allow: 'GET, POST, HEAD, OPTIONS' },
  })),
  ...['POST', 'PATCH'].map((method) => ({
    what: 'a method that is not possible',
    method,
    path: '/api/brands/{acme}',
    status: 405,
    headers: { Allow: 'GET, PUT, DELETE, HEAD, OPTIONS' },
  })),
  {
    what: 'a method that is not possible',
    method: 'DELETE',
    path: '/api/settings',
    status: 405,
    headers: { Allow: 'GET, PUT, HEAD, OPTIONS' },
  },
]

export const WRONG_REQUESTS: readonly WrongRequest[] = [
  ...EVERY_WRITE,
  ...QUERIES,
  ...BODIES_IN_FULL,
  ...BODIES_OF_DELETE,
  ...CONDITIONS,
  ...ROUTES,
]
