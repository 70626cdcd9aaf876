import {
  exportErrors,
  GivenColumns,
  getImport,
  ImportById,
  ImportFile,
  type ImportFileKind,
  ImportReport,
  Job,
  optionsShape,
  startImport,
  storeImportFile,
  toFieldErrors,
  waitForImport,
} from '@spends/core'
import type { Context, Hono } from 'hono'
import { z } from 'zod'
import type { ApiContext } from './context.ts'
import { sendDownload } from './download.ts'
import type { AppEnv } from './edge.ts'
import { BYTES, type Content, mountPlainRoute, type PlainRoute } from './rest/plain-routes.ts'
import { prefers } from './rest/prefer.ts'
import { readUpload, skipRest } from './uploads.ts'

const TABLES = ['text/csv', 'text/tab-separated-values', 'text/plain']
const DOCUMENTS = ['application/json', 'application/zip']
const ANY = 'application/octet-stream'

/** What is taken at an address. */
interface Door {
  /** Content types of a body that is the file itself. */
  types: readonly string[]
  kinds: readonly ImportFileKind[]
}
const CSV: Door = { types: [...TABLES, ANY], kinds: ['CSV'] }
const JSON_OR_ZIP: Door = { types: [...DOCUMENTS, ANY], kinds: ['JSON', 'ZIP'] }
const ANY_FILE: Door = { types: [...TABLES, ...DOCUMENTS, ANY], kinds: ['CSV', 'JSON', 'ZIP'] }

/** In a query the columns are a JSON text. */
const Columns = z
  .string()
  .meta({
    description: 'A JSON object: our field -> their column, instead of what was proposed; null: none is read as it.',
    examples: ['{"product_name":"Artikel","price":"Preis","purchase_date":"Datum"}'],
  })
  .transform((text, check) => {
    const given = parseJson(text)
    const { success, data, error } = GivenColumns.safeParse(given)
    if (success) return data
    for (const { path, message } of toFieldErrors(error.issues, given)) {
      check.addIssue({ code: 'custom', path: path === '' ? [] : path.split('.'), message })
    }
    return z.NEVER
  })

/** Undefined for a text that is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const ImportQuery = z.strictObject({ ...optionsShape, columns: Columns.optional() })

const IMPORT_CSV = importRoute('csv', CSV, [
  'Bring purchases in from a table: our own export, one of the formats that are recognised by their header, or any other by its columns.',
])
const IMPORT_JSON = importRoute('json', JSON_OR_ZIP, [
  'Bring in what was exported as JSON, here or by the predecessor, or the predecessor’s backup (ZIP) with its files.',
])

function importRoute(format: 'csv' | 'json', door: Door, description: string[]) {
  return {
    method: 'POST',
    path: `/import/${format}`,
    operation_id: `import${format === 'csv' ? 'Csv' : 'Json'}`,
    summary: `Import ${format === 'csv' ? 'CSV' : 'JSON or a ZIP'}`,
    description: [
      ...description,
      'The answer comes when the import is over. It is a job: it goes on when the caller hangs up, and with `Prefer: respond-async` the answer is the job at once.',
      'Wrong rows are left out and named in the report, unless `on_error=abort`. An import can be undone.',
    ].join('\n\n'),
    tags: ['Import'],
    right: 'write',
    input: ImportQuery,
    body: bodyOf(door),
    requestHeaders: [
      {
        name: 'Prefer',
        description: '`respond-async`: do not wait for the end.',
        schema: { type: 'string', examples: ['respond-async'] },
      },
    ],
    responses: {
      200: {
        description: 'What was imported, or with `dry_run` would be.',
        content: { 'application/json': ImportReport },
      },
      202: {
        description: 'The import has been queued.',
        content: { 'application/json': Job },
        headers: ['Location', 'Preference-Applied'],
      },
    },
    errors: ['CONFLICT'],
  } as const satisfies PlainRoute
}

const UPLOAD = {
  method: 'POST',
  path: '/import/files',
  operation_id: 'uploadImportFile',
  summary: 'Send a file to be imported',
  description: 'It is kept for a day, to be looked at, tried and imported by its id.',
  tags: ['Import'],
  right: 'write',
  input: z.strictObject({}),
  body: bodyOf(ANY_FILE),
  responses: {
    201: { description: 'Kept.', content: { 'application/json': ImportFile } },
  },
} as const satisfies PlainRoute

const ERRORS = {
  method: 'GET',
  path: '/import/{job_id}/errors.csv',
  operation_id: 'getImportErrors',
  summary: 'Read every error of an import',
  description: 'As CSV (UTF-8, CRLF): `row,column,value,message`. While the import runs, those that were found so far.',
  tags: ['Import'],
  right: 'read',
  input: ImportById,
  responses: { 200: { description: 'The file.', content: { 'text/csv': BYTES }, headers: ['Content-Disposition'] } },
} as const satisfies PlainRoute

export const IMPORT_ROUTES: readonly PlainRoute[] = [IMPORT_CSV, IMPORT_JSON, UPLOAD, ERRORS]

function bodyOf({ types }: Door): { description: string; content: Content } {
  const properties = { file: BYTES }
  return {
    description: 'The file itself, or a form with the field `file` and nothing else.',
    content: {
      'multipart/form-data': { type: 'object', properties, required: ['file'], additionalProperties: false },
      ...Object.fromEntries(types.map((type) => [type, BYTES])),
    },
  }
}

const UPLOAD_PATHS = new Set([IMPORT_CSV, IMPORT_JSON, UPLOAD].map(({ path }) => `/api${path}`))

/** Whether the body at this address is a file to import, which is counted as it arrives. */
export function takesImportFile(path: string): boolean {
  return UPLOAD_PATHS.has(path.endsWith('/') ? path.slice(0, -1) : path)
}

export interface ImportRoutesOptions {
  createContext(c: Context<AppEnv>): ApiContext
  /** The largest body. */
  maxBytes: number
}

/** Serves what of importing is no JSON: the files that come, and the list of errors that leaves. */
export function mountImport(app: Hono<AppEnv>, { createContext, maxBytes }: ImportRoutesOptions): void {
  async function receive(c: Context<AppEnv>, context: ApiContext, { types, kinds }: Door): Promise<ImportFile> {
    try {
      const { filename, bytes } = await readUpload(c.req, { types, maxBytes })
      return await storeImportFile(context, context.folders.imports, bytes, { filename, kinds })
    } catch (error) {
      await skipRest(c.req)
      throw error
    }
  }

  for (const [route, door] of [
    [IMPORT_CSV, CSV],
    [IMPORT_JSON, JSON_OR_ZIP],
  ] as const) {
    mountPlainRoute(app, route, { createContext }, async (c, context, options) => {
      const file = await receive(c, context, door)
      const job = await startImport(context, { file_id: file.id, ...options })
      if (!prefers(c.req.header('prefer'), 'respond-async'))
        return c.json(await waitForImport(context, job, c.req.raw.signal))
      return c.json(job, 202, { Location: `/api/jobs/${job.id}`, 'Preference-Applied': 'respond-async' })
    })
  }

  mountPlainRoute(app, UPLOAD, { createContext }, async (c, context) => {
    return c.json(await receive(c, context, ANY_FILE), 201)
  })

  mountPlainRoute(app, ERRORS, { createContext }, async (c, context, input) => {
    const { id } = await getImport(context, input)
    const type = 'text/csv; charset=utf-8; header=present'
    return sendDownload(c, context, { filename: `import-errors-${id}.csv`, type, parts: exportErrors(context, id) })
  })
}
