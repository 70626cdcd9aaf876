import { exportCsv, exportJson, getToday, JsonExport, PurchaseSelection } from '@spends/core'
import type { Context, Hono } from 'hono'
import type { ApiContext } from './context.ts'
import { sendDownload } from './download.ts'
import type { AppEnv } from './edge.ts'
import { HttpError } from './problem.ts'
import { BYTES, type Content, mountPlainRoute, type PlainRoute } from './rest/plain-routes.ts'

const CSV_TYPE = 'text/csv; charset=utf-8; header=present'

const EXPORT_JSON = exportRoute(
  'json',
  'Everything as JSON, without loss: settings, retailers, brands, and the selected purchases, ordered by id.',
  { 'application/json': JsonExport },
)

const EXPORT_CSV = exportRoute(
  'csv',
  [
    'The selected purchases as CSV (UTF-8, CRLF, RFC 4180), one a row with the columns of its warranty, ordered by id.',
    'A cell that a spreadsheet would take for a formula begins with an apostrophe; importing it takes that away.',
  ].join('\n\n'),
  { 'text/csv': BYTES },
)

export const EXPORT_ROUTES: readonly PlainRoute[] = [EXPORT_JSON, EXPORT_CSV]

function exportRoute(
  format: 'json' | 'csv',
  description: string,
  content: Content,
): PlainRoute<typeof PurchaseSelection> {
  return {
    method: 'GET',
    path: `/export/${format}`,
    operation_id: `export${format === 'json' ? 'Json' : 'Csv'}`,
    summary: `Export as ${format.toUpperCase()}`,
    description: `${description}\n\nIt is the data of one moment, streamed, and compressed where \`Accept-Encoding\` asks for it.`,
    tags: ['Export'],
    right: 'read',
    input: PurchaseSelection,
    responses: { 200: { description: 'The file.', content, headers: ['Content-Disposition'] } },
  }
}

export interface ExportOptions {
  createContext: (c: Context<AppEnv>) => ApiContext
  /** How many exports may be under way at once: each holds a connection to the database as long as it is read. */
  atOnce: number
}

/** Serves `/api/export/json` and `/api/export/csv`. */
export function mountExport(app: Hono<AppEnv>, { createContext, atOnce }: ExportOptions): void {
  let underWay = 0

  async function* oneOfFew(parts: AsyncGenerator<string>): AsyncGenerator<string> {
    if (underWay >= atOnce)
      throw new HttpError(503, 'Enough exports are under way. Try again shortly.', { 'Retry-After': '5' })
    underWay += 1
    try {
      yield* parts
    } finally {
      underWay -= 1
    }
  }

  mountPlainRoute(app, EXPORT_JSON, { createContext }, async (c, context, selection) => {
    const filename = `spends-export-${await getToday(context)}.json`
    return sendDownload(c, context, {
      filename,
      type: 'application/json',
      parts: oneOfFew(exportJson(context, selection)),
    })
  })
  mountPlainRoute(app, EXPORT_CSV, { createContext }, async (c, context, selection) => {
    const filename = `spends-export-${await getToday(context)}.csv`
    return sendDownload(c, context, { filename, type: CSV_TYPE, parts: oneOfFew(exportCsv(context, selection)) })
  })
}
