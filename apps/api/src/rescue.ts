import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import {
  AppError,
  BackupById,
  BackupFilter,
  backupPath,
  invalid,
  listBackups,
  OpenPassphrase,
  planRestore,
  readBackup,
  toBackup,
  toFieldErrors,
  verifyListed,
} from '@spends/core'
import { type Context, Hono } from 'hono'
import type { Logger } from 'pino'
import { z } from 'zod'
import { ownName } from './app.ts'
import { takesBackup } from './backup-routes.ts'
import { isMended } from './database.ts'
import { type AppEnv, edge } from './edge.ts'
import type { Env } from './env.ts'
import { openFiles } from './files.ts'
import { foldersOf } from './folders.ts'
import { listen } from './http-server.ts'
import { restoreOffline, scratchOf } from './offline-restore.ts'
import { answerProblem, HttpError, isForeseen } from './problem.ts'
import { readUpload } from './uploads.ts'
import { mountRescueWeb } from './web.ts'

/** How often it is looked whether somebody else has mended the database. */
const LOOK_MS = 2_000
const STOP_DEADLINE_MS = 10_000
const NO_STORE = { 'Cache-Control': 'no-store' }

const Opening = z.strictObject({ passphrase: OpenPassphrase })
const RestoreRequest = z.strictObject({ backup_id: BackupById.shape.id, ...Opening.shape })
const RestoreQuery = z.strictObject({ dry_run: z.stringbool().default(false) })

/** A server that can do nothing but restore. */
export interface RescueServer {
  readonly url: string
  /** Resolves once the database can be opened again, whoever has restored it. */
  readonly mended: Promise<void>
  stop(): Promise<void>
}

/**
 * Serves what helps against a damaged database, with the addresses of the whole server: the list of backups, their proof
 * and their restore, which is answered when it is done, and a page that offers them. Everything else is refused with a
 * sentence that says why.
 * @param reason what is wrong with the database, in words that continue a sentence
 * @throws StartError
 */
export async function startRescue(env: Env, log: Logger, reason: string): Promise<RescueServer> {
  const now = () => new Date(env.SPENDS_NOW ?? Date.now())
  const { promise: mended, resolve, reject } = Promise.withResolvers<void>()
  const stopping = new AbortController()
  const app = createRescueApp({ env, log, now, reason, isStopping: () => stopping.signal.aborted })
  const server = await listen(app, env.HOST, env.PORT)
  const look = () => isMended(env).then((is) => (is ? resolve() : undefined), reject)
  const timer = setInterval(look, LOOK_MS)
  log
    .child({}, { level: 'info' })
    .warn(
      { url: server.url, reason },
      `RESCUE MODE: the database is damaged (${reason}). Spends Tracker is listening on ${server.url} only to restore a backup: POST ${server.url}/api/backup/restore, or "spends restore latest"`,
    )
  return {
    url: server.url,
    mended,
    stop: async () => {
      clearInterval(timer)
      stopping.abort()
      await server.close(STOP_DEADLINE_MS)
    },
  }
}

interface RescueOptions {
  env: Env
  log: Logger
  now: () => Date
  /** What is wrong with the database. */
  reason: string
  isStopping: () => boolean
}

function createRescueApp({ env, log, now, reason, isStopping }: RescueOptions): Hono<AppEnv> {
  const folder = foldersOf(env).backups
  const refusal =
    'The database is damaged, and only a restore is possible: POST /api/backup/restore with the id of a backup from /api/backup/list, or with the file of one.'
  const app = new Hono<AppEnv>({ strict: false })
  let isRestoring = false

  app.use(
    edge({
      log,
      allowedHosts: [...env.ALLOWED_HOSTS, ...ownName(env.HOST)],
      corsOrigins: env.CORS_ORIGINS,
      bodyLimitOf: (path) =>
        takesBackup(path)
          ? { max: env.MAX_BACKUP_BYTES, streamed: true }
          : { max: env.MAX_BODY_BYTES, streamed: false },
      isStopping,
      isClosed: () => false,
    }),
  )
  app.get('/healthz', (c) => c.json({ status: 'ok', mode: 'rescue', reason }, 200, NO_STORE))

  app.get('/api/backup/list', async (c) => {
    const { skip, limit } = check(BackupFilter, numbersOf(c.req.query()))
    const records = await listBackups(folder)
    return c.json({ items: records.slice(skip, skip + limit).map(toBackup), total: records.length, skip, limit })
  })

  app.post('/api/backup/:id/verify', async (c) => {
    const { id } = check(BackupById, c.req.param())
    const { passphrase } = check(Opening, await readJson(c))
    return c.json(await verifyListed(folder, id, { scratch: scratchOf(env), now: now(), passphrase }))
  })

  app.post('/api/backup/restore', async (c) => {
    const { dry_run } = check(RestoreQuery, c.req.query())
    if (isRestoring) throw new AppError('CONFLICT', 'A restore is under way. Try again when it is over.')
    isRestoring = true
    try {
      return await withSource(c, env, async (source) => {
        const files = await openFiles(env)
        if (dry_run) return c.json(await planRestore({ ctx: null, files, scratch: scratchOf(env), ...source }))
        const { report, aside } = await restoreOffline({ env, now, ...source })
        log.warn({ aside, report }, 'the database was restored')
        return c.json({ ...report, aside })
      })
    } finally {
      isRestoring = false
    }
  })

  mountRescueWeb(app, log)
  app.notFound((c) => answerProblem(c, new HttpError(503, refusal, { 'Retry-After': '60', ...NO_STORE })))
  app.onError((error, c) => {
    if (!isForeseen(error)) log.error({ err: error, request_id: c.get('requestId') }, 'A request failed')
    return answerProblem(c, error)
  })
  return app
}

interface Source {
  path: string
  passphrase: string | undefined
}

/** The backup of a request: one from the list, or the file that was sent, which lives as long as `use` takes. */
async function withSource(c: Context<AppEnv>, env: Env, use: (source: Source) => Promise<Response>): Promise<Response> {
  const folder = foldersOf(env).backups
  if (/^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? '')) {
    const { backup_id, passphrase } = check(RestoreRequest, await readJson(c))
    return use({ path: backupPath(folder, await readBackup(folder, backup_id)), passphrase })
  }
  const path = join(scratchOf(env), `${randomUUID()}.partial.upload`)
  try {
    const types = ['application/zip', 'application/octet-stream']
    const { bytes, fields } = await readUpload(c.req, { types, fields: ['passphrase'], maxBytes: env.MAX_BACKUP_BYTES })
    await mkdir(scratchOf(env), { recursive: true })
    await pipeline(bytes, createWriteStream(path, { flags: 'wx', mode: 0o600 }))
    return await use({ path, passphrase: check(Opening, fields()).passphrase })
  } finally {
    await rm(path, { force: true })
  }
}

/** An empty body says nothing. */
async function readJson(c: Context<AppEnv>): Promise<unknown> {
  const text = await c.req.text()
  try {
    return text === '' ? {} : JSON.parse(text)
  } catch {
    throw new HttpError(400, 'The body is not JSON.')
  }
}

function numbersOf(query: Record<string, string>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, /^\d+$/.test(value) ? Number(value) : value]),
  )
}

function check<T>(schema: z.ZodType<T>, given: unknown): T {
  const { success, data, error } = schema.safeParse(given)
  if (success) return data
  throw invalid(toFieldErrors(error.issues, given))
}
