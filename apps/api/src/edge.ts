import { randomUUID } from 'node:crypto'
import type { HonoRequest, MiddlewareHandler } from 'hono'
import type { Logger } from 'pino'
import { type BodyLimit, exceedsLimit } from './body-limit.ts'
import { answerProblem, HttpError } from './problem.ts'

/** What the edge leaves in the Hono context for everything behind it. */
export interface AppEnv {
  Variables: { requestId: string }
}

export interface EdgeOptions {
  log: Logger
  /** Host names the server answers to, beside localhost and the loopback addresses; lower case, without a port. */
  allowedHosts: readonly string[]
  /** Origins whose pages may call this server from a browser, beside its own. */
  corsOrigins: readonly string[]
  /** @param path as it was asked for, maybe with a slash at its end */
  bodyLimitOf(path: string): BodyLimit
  isStopping: () => boolean
  /** Whether the data is being replaced. */
  isClosed: () => boolean
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/
const REQUEST_ID = /^[\w.:-]{8,128}$/
const EXPOSED =
  'ETag, Location, X-Request-Id, X-Currency-Code, Retry-After, Content-Disposition, Content-Range, Preference-Applied, Allow'
const PROBES = new Set(['/healthz', '/readyz'])

/**
 * What happens to every request around its handler: request id, security headers, refusals, CORS, a line in the log.
 * One function instead of a tower of them, because each request pays for each.
 */
export function edge(options: EdgeOptions): MiddlewareHandler<AppEnv> {
  const { log } = options
  const hosts = new Set(options.allowedHosts)
  const origins = new Set(options.corsOrigins)

  /** The reason to refuse the request, or undefined. `trusted`: its Origin is one of CORS_ORIGINS. */
  async function findRefusal(request: HonoRequest, trusted: boolean): Promise<HttpError | undefined> {
    if (options.isStopping()) {
      return new HttpError(503, 'The server is shutting down. Try again shortly.', {
        'Retry-After': '5',
        Connection: 'close',
      })
    }
    if (options.isClosed() && request.path !== '/healthz') {
      return new HttpError(503, 'A backup is being restored. Try again shortly.', { 'Retry-After': '5' })
    }
    // Requests that never left the process have no Host header, but an address.
    const host = (request.header('host') ?? new URL(request.url).host).toLowerCase()
    const name = host.replace(/:\d*$/, '')
    // A foreign page can make its own name lead to this machine, but then it has to ask by that name.
    if (!LOOPBACK.test(name) && !hosts.has(name)) {
      return new HttpError(421, 'This server does not answer to that host name. ALLOWED_HOSTS adds names.')
    }
    if (!trusted && (isPreflight(request) || (isUnsafe(request.method) && isForeign(request, host)))) {
      return new HttpError(403, 'This is a request from a page of another origin. CORS_ORIGINS adds origins.')
    }
    const limit = options.bodyLimitOf(request.path)
    if (await exceedsLimit(request, limit)) return new HttpError(413, `The body is larger than ${limit.max} bytes.`)
    return undefined
  }

  return async (c, next) => {
    const start = performance.now()
    const given = c.req.header('x-request-id')
    const requestId = given && REQUEST_ID.test(given) ? given : randomUUID()
    c.set('requestId', requestId)
    c.header('X-Request-Id', requestId)
    c.header('X-Content-Type-Options', 'nosniff')
    c.header('Referrer-Policy', 'same-origin')
    c.header('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'")
    c.header('Cross-Origin-Resource-Policy', 'same-site')
    c.header('Vary', 'Origin')
    const origin = c.req.header('origin')
    const trusted = origin !== undefined && origins.has(origin)
    if (trusted) {
      c.header('Access-Control-Allow-Origin', origin)
      c.header('Access-Control-Expose-Headers', EXPOSED)
    }

    const refusal = await findRefusal(c.req, trusted)
    if (refusal) c.res = answerProblem(c, refusal)
    else if (isPreflight(c.req)) c.res = c.body(null, 204, preflightHeaders(c.req))
    else await next()

    const { status } = c.res
    const level = status >= 500 ? 'error' : PROBES.has(c.req.path) ? 'debug' : 'info'
    const ms = Math.round((performance.now() - start) * 100) / 100
    // The path only: a query may hold what somebody searched for.
    log[level]({ request_id: requestId, method: c.req.method, path: c.req.path, status, ms }, 'request')
  }
}

function isUnsafe(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS'
}

function isPreflight(request: HonoRequest): boolean {
  return request.method === 'OPTIONS' && request.header('access-control-request-method') !== undefined
}

/** Whether a browser says that a page of another origin sends this. Programs that are no browsers say nothing. */
function isForeign(request: HonoRequest, host: string): boolean {
  const origin = request.header('origin')
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) return true
  const site = request.header('sec-fetch-site')
  return site !== undefined && site !== 'same-origin' && site !== 'none'
}

function preflightHeaders(request: HonoRequest): Record<string, string> {
  return {
    'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT, DELETE',
    'Access-Control-Allow-Headers': request.header('access-control-request-headers') ?? '',
    'Access-Control-Max-Age': '600',
  }
}
