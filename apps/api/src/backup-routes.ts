import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import {
  BackupById,
  backupPath,
  invalid,
  Job,
  newUpload,
  OpenPassphrase,
  planRestoreOf,
  RestorePreview,
  type RestoreSource,
  readBackup,
  startRestore,
  toFieldErrors,
} from '@spends/core'
import type { Context, Hono } from 'hono'
import { z } from 'zod'
import { RANGE_HEADERS, readRange } from './byte-range.ts'
import { contentDisposition } from './content-disposition.ts'
import type { ApiContext } from './context.ts'
import { sendBytes } from './download.ts'
import type { AppEnv } from './edge.ts'
import { answerProblem, HttpError } from './problem.ts'
import { isKnown } from './rest/etag.ts'
import { BYTES, mountPlainRoute, type PlainRoute } from './rest/plain-routes.ts'
import { readUpload, skipRest } from './uploads.ts'

/** What a body may say beside a file. */
const RestoreFields = z.strictObject({ passphrase: OpenPassphrase })
const RestoreRequest = z
  .strictObject({ backup_id: BackupById.shape.id, ...RestoreFields.shape })
  .meta({ id: 'RestoreRequest' })

/** A body without a file is no larger. */
const MAX_JSON_BYTES = 64 * 1024

const RESTORE = {
  method: 'POST',
  path: '/backup/restore',
  operation_id: 'restoreBackup',
  summary: 'Restore a backup',
  description: [
    'All of it is read before the answer: one that is damaged, hostile or of a newer version is refused by name, and nothing happens. Then a job makes a restore point and puts the backup in the place of all data, in one step; meanwhile requests are answered with 503. Until then it can be cancelled.',
    'The result of the job names the restore point: restoring that undoes it.',
  ].join('\n\n'),
  tags: ['Backup'],
  right: 'admin',
  input: z.strictObject({
    dry_run: z.boolean().default(false).meta({ description: 'Only says what would change.' }),
  }),
  body: {
    description:
      'A form with the file, and maybe the `passphrase` it is encrypted with; the file itself; or as JSON the id of one from the list.',
    content: {
      'multipart/form-data': {
        type: 'object',
        properties: { file: BYTES, passphrase: { type: 'string' } },
        required: ['file'],
        additionalProperties: false,
      },
      'application/zip': BYTES,
      'application/octet-stream': BYTES,
      'application/json': RestoreRequest,
    },
  },
  responses: {
    200: { description: 'What would change, for `dry_run`.', content: { 'application/json': RestorePreview } },
    202: {
      description: 'The restore has been queued.',
      content: { 'application/json': Job },
      headers: ['Location'],
    },
  },
  errors: ['CONFLICT', 'NOT_FOUND'],
} as const satisfies PlainRoute

const DOWNLOAD_HEADERS = ['ETag', 'Accept-Ranges', 'Content-Disposition'] as const

const DOWNLOAD = {
  method: 'GET',
  path: '/backup/{id}/download',
  operation_id: 'downloadBackup',
  summary: 'Read the bytes of a backup',
  tags: ['Backup'],
  right: 'admin',
  input: BackupById,
  requestHeaders: RANGE_HEADERS,
  responses: {
    200: { description: 'The file.', content: { 'application/octet-stream': BYTES }, headers: DOWNLOAD_HEADERS },
    206: {
      description: 'The part.',
      content: { 'application/octet-stream': BYTES },
      headers: [...DOWNLOAD_HEADERS, 'Content-Range'],
    },
    304: { description: 'What was read with this ETag is still right.', headers: ['ETag'] },
  },
  errors: ['RANGE_NOT_SATISFIABLE'],
} as const satisfies PlainRoute

export const BACKUP_ROUTES: readonly PlainRoute[] = [RESTORE, DOWNLOAD]

/** Whether the body at this address is a backup, which is counted as it arrives. */
export function takesBackup(path: string): boolean {
  return /^\/api\/backup\/restore\/?$/.test(path)
}

export interface BackupRoutesOptions {
  createContext(c: Context<AppEnv>): ApiContext
  /** The largest body. */
  maxBytes: number
}

/** Serves what of backups is no JSON: the files that come, and go. */
export function mountBackup(app: Hono<AppEnv>, { createContext, maxBytes }: BackupRoutesOptions): void {
  mountPlainRoute(app, RESTORE, { createContext }, async (c, context, { dry_run }) => {
    const { source, passphrase, discard } = await readRestore(c, context, maxBytes)
    const options = { passphrase, signal: AbortSignal.any([context.stopping, c.req.raw.signal]) }
    if (dry_run) return c.json(await planRestoreOf(context, source, options).finally(discard))
    const job = await startRestore(context, source, options)
    return c.json(job, 202, { Location: `/api/jobs/${job.id}` })
  })
  // Any other method there would be taken for one of /api/backup/{id}.
  app.all(`/api${RESTORE.path}`, (c) => {
    if (c.req.method === 'OPTIONS') return c.body(null, 204, { Allow: 'POST, OPTIONS' })
    return answerProblem(c, new HttpError(405, `${c.req.method} is not possible here.`, { Allow: 'POST, OPTIONS' }))
  })

  mountPlainRoute(app, DOWNLOAD, { createContext }, async (c, context, { id }) => {
    const record = await readBackup(context.folders.backups, id)
    const { size, sha256, filename } = record
    const etag = `"${sha256}"`
    c.header('ETag', etag)
    c.header('Cache-Control', 'private, no-cache')
    if (isKnown(c.req.header('if-none-match'), etag)) return c.body(null, 304)
    const isHead = c.req.method === 'HEAD'
    const asked = { range: isHead ? undefined : c.req.header('range'), ifRange: c.req.header('if-range') }
    const range = readRange(asked, { size, etag })
    c.header('Accept-Ranges', 'bytes')
    c.header('Content-Type', filename.endsWith('.zip') ? 'application/zip' : 'application/octet-stream')
    c.header('Content-Disposition', contentDisposition('attachment', filename))
    c.header('Content-Length', String(range ? range.end - range.start + 1 : size))
    if (range) c.header('Content-Range', `bytes ${range.start}-${range.end}/${size}`)
    if (isHead) return c.body(null)
    const bytes = readOut(backupPath(context.folders.backups, record), range)
    return sendBytes(c, context, bytes, { status: range ? 206 : 200 })
  })
}

interface Restore {
  source: RestoreSource
  passphrase: string | undefined
  /** Removes the file that was sent. */
  discard(): Promise<void>
}

/** What is to be restored; a file is kept until it is discarded, or its restore is over. */
async function readRestore(c: Context<AppEnv>, context: ApiContext, maxBytes: number): Promise<Restore> {
  if (isJson(c.req.header('content-type'))) {
    const { backup_id, passphrase } = check(RestoreRequest, await readJson(c))
    return { source: { backup_id }, passphrase, discard: () => Promise.resolve() }
  }
  const { upload, path } = newUpload(context)
  const discard = () => rm(path, { force: true })
  try {
    const types = ['application/zip', 'application/octet-stream']
    const { bytes, fields } = await readUpload(c.req, { types, fields: ['passphrase'], maxBytes })
    await mkdir(dirname(path), { recursive: true })
    await pipeline(bytes, createWriteStream(path, { flags: 'wx', mode: 0o600 }))
    const { passphrase } = check(RestoreFields, fields())
    return { source: { upload }, passphrase, discard }
  } catch (error) {
    await discard()
    await skipRest(c.req)
    throw error
  }
}

function isJson(type = ''): boolean {
  return /^application\/json\s*(;|$)/i.test(type)
}

async function readJson(c: Context<AppEnv>): Promise<unknown> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of c.req.raw.body?.values({ preventCancel: true }) ?? []) {
    size += chunk.byteLength
    if (size > MAX_JSON_BYTES) throw new HttpError(413, `The body is larger than ${MAX_JSON_BYTES} bytes.`)
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString())
  } catch {
    throw new HttpError(400, 'The body is not JSON.')
  }
}

function check<T>(schema: z.ZodType<T>, given: unknown): T {
  const { success, data, error } = schema.safeParse(given)
  if (success) return data
  throw invalid(toFieldErrors(error.issues, given))
}

async function* readOut(path: string, range: { start: number; end: number } | undefined): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path, { ...range, highWaterMark: 1 << 18 })
}
