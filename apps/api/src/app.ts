import type { BlobStore } from '@spends/core'
import { type Context, Hono } from 'hono'
import type { Logger } from 'pino'
import { attachmentLimit, mountAttachments } from './attachment-routes.ts'
import { mountBackup, takesBackup } from './backup-routes.ts'
import type { ApiContext } from './context.ts'
import type { DatabaseHandle } from './database.ts'
import { mountDocs } from './docs.ts'
import { type AppEnv, edge } from './edge.ts'
import type { Env } from './env.ts'
import { mountExport } from './export-routes.ts'
import { bucketAccess } from './files.ts'
import { foldersOf } from './folders.ts'
import { mountHealth } from './health.ts'
import { mountImport, takesImportFile } from './import-routes.ts'
import { answerProblem, HttpError, isForeseen } from './problem.ts'
import { mountRest } from './rest/adapter.ts'
import { appRouter } from './router.ts'
import { mountTrpc } from './trpc-http.ts'
import { mountWeb } from './web.ts'

export interface AppOptions {
  database: DatabaseHandle
  env: Env
  /** The bytes of attachments. */
  files: BlobStore
  log: Logger
  now: () => Date
  /** Who does the long work. */
  jobs: ApiContext['jobs']
  /** Once aborted, every request is refused with 503, and subscriptions end. */
  stopping: AbortSignal
  /** Whether the data is being replaced: then every request is refused with 503. */
  isClosed(): boolean
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE']
/** How many handlers match every address. */
const AT_THE_EDGE = 1

/** Accounts come later; until then whoever reaches the server is its owner. */
const OWNER: ApiContext['caller'] = { name: 'owner', may: new Set(['read', 'write', 'admin']) }

/** The whole server as one Hono app, in the order in which a request meets it. */
export function createApp({ database, env, files, log, now, jobs, stopping, isClosed }: AppOptions): Hono<AppEnv> {
  const app = new Hono<AppEnv>({ strict: false })
  const folders = foldersOf(env)
  const createContext = (c: Context<AppEnv>, setHeader: ApiContext['setHeader']): ApiContext => ({
    db: database.db,
    now,
    caller: OWNER,
    jobs,
    stopping,
    files,
    folders,
    buckets: bucketAccess(env),
    requestId: c.get('requestId'),
    log,
    setHeader,
  })

  app.use(
    edge({
      log,
      allowedHosts: [...env.ALLOWED_HOSTS, ...ownName(env.HOST)],
      corsOrigins: env.CORS_ORIGINS,
      bodyLimitOf: (path) => {
        const max =
          attachmentLimit(path, env.MAX_UPLOAD_BYTES) ??
          (takesImportFile(path) ? env.MAX_IMPORT_BYTES : undefined) ??
          (takesBackup(path) ? env.MAX_BACKUP_BYTES : undefined)
        return max === undefined ? { max: env.MAX_BODY_BYTES, streamed: false } : { max, streamed: true }
      },
      isStopping: () => stopping.aborted,
      isClosed,
    }),
  )
  mountHealth(app, database)
  mountDocs(app, appRouter)
  // Before the procedures: one of them is at /api/backup/{id}.
  mountBackup(app, { createContext: (c) => createContext(c, () => {}), maxBytes: env.MAX_BACKUP_BYTES })
  mountRest(app, appRouter, { createContext: (c) => createContext(c, (name, value) => c.header(name, value)) })
  mountAttachments(app, { createContext: (c) => createContext(c, () => {}), maxBytes: env.MAX_UPLOAD_BYTES })
  mountImport(app, { createContext: (c) => createContext(c, () => {}), maxBytes: env.MAX_IMPORT_BYTES })
  mountExport(app, {
    createContext: (c) => createContext(c, () => {}),
    // The other half of the connections is for everybody else.
    atOnce: Math.max(1, Math.floor(env.DATABASE_POOL_SIZE / 2)),
  })
  // One answer of tRPC may hold those of many procedures: its headers can't speak for one of them.
  mountTrpc(app, appRouter, { createContext: (c) => createContext(c, () => {}) })
  mountWeb(app, log, (c) => createContext(c, () => {}))

  app.notFound((c) => {
    const allowed = METHODS.filter((method) => app.router.match(method, c.req.path)[0].length > AT_THE_EDGE)
    if (allowed.length === 0) return answerProblem(c, new HttpError(404, `There is nothing at ${c.req.path}.`))
    const Allow = allowed.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ')
    return answerProblem(c, new HttpError(405, `${c.req.path} answers only to ${Allow}.`, { Allow }))
  })
  app.onError((error, c) => {
    // The caller hung up in the middle of its body: not our failure, whatever it looks like from here.
    if (c.req.raw.signal.aborted) return answerProblem(c, new HttpError(400, 'The body of the request broke off.'))
    if (!isForeseen(error)) log.error({ err: error, request_id: c.get('requestId') }, 'A request failed')
    return answerProblem(c, error)
  })
  return app
}

/** The host name that HOST stands for; an address that means every interface is no name. */
export function ownName(host: string): string[] {
  if (host === '0.0.0.0' || host === '::') return []
  return [host.includes(':') ? `[${host.toLowerCase()}]` : host.toLowerCase()]
}
