import { randomUUID } from 'node:crypto'
import { createServer, STATUS_CODES } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener, RequestError } from '@hono/node-server'
import type { Hono } from 'hono'
import type { AppEnv } from './edge.ts'
import { HttpError, toProblem } from './problem.ts'
import { reasonOf, StartError } from './start-error.ts'

/** How long a request may take to arrive: a large file over a slow line takes its time. */
const REQUEST_TIMEOUT_MS = 60 * 60 * 1000

/** Why Node's parser refuses, by its error code; anything else it refuses is no HTTP. */
const PARSER_REFUSALS: Record<string, string> = {
  HPE_HEADER_OVERFLOW: 'The address and headers of the request are larger than 16 KiB.',
  ERR_HTTP_REQUEST_TIMEOUT: 'The request did not arrive in time.',
}

export interface HttpServer {
  /** Where it listens; the port is the real one, also when 0 was asked for. */
  readonly url: string
  /**
   * Stops accepting, lets requests in flight finish, and closes every connection, at the latest after `deadlineMs`.
   * @returns whether everything in flight was answered
   */
  close(deadlineMs: number): Promise<boolean>
}

/** Serves the app. @throws StartError when the address cannot be listened on. */
export async function listen(app: Hono<AppEnv>, host: string, port: number): Promise<HttpServer> {
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS },
    getRequestListener(app.fetch, { errorHandler: answerBrokenRequest }),
  )
  server.on('clientError', refuseNoHttp)
  const connections = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new StartError(explainListenError(error, host, port))))
    server.listen(port, host, resolve)
  })

  return {
    url: urlOf(host, (server.address() as AddressInfo).port),
    close: (deadlineMs) =>
      new Promise((resolve) => {
        let complete = true
        const deadline = setTimeout(() => {
          complete = false
          server.closeAllConnections()
        }, deadlineMs)
        // Node closes connections that are idle now, but not those that become idle after their last answer.
        const sweep = setInterval(() => server.closeIdleConnections(), 20)
        server.close(() => {
          clearTimeout(deadline)
          clearInterval(sweep)
          resolve(complete)
        })
        // Browsers open connections ahead of need. Node would wait for a first request on them.
        for (const socket of connections) if (socket.bytesRead === 0) socket.destroy()
      }),
  }
}

/** Explains a request whose address or Host header is no such thing: it never reaches the app. */
function answerBrokenRequest(error: unknown): Response {
  const broken = error instanceof RequestError
  const { status, text, headers } = standaloneProblem(
    broken ? new HttpError(400, 'The address or the Host header of the request is malformed.') : error,
  )
  return new Response(text, { status, headers })
}

/** Answers what Node's parser would not hand over. */
function refuseNoHttp(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const detail = PARSER_REFUSALS[error.code ?? ''] ?? 'The request is not HTTP.'
  const { status, text, headers } = standaloneProblem(new HttpError(400, detail))
  const lines = Object.entries({ ...headers, 'Content-Length': Buffer.byteLength(text), Connection: 'close' })
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}\r\n${text}`)
}

/** A problem that is answered outside of the app, without what its edge adds. */
function standaloneProblem(error: unknown) {
  const requestId = randomUUID()
  const { status, body, headers } = toProblem(error, requestId)
  const own = {
    'Content-Type': 'application/problem+json',
    'X-Request-Id': requestId,
    'X-Content-Type-Options': 'nosniff',
  }
  return { status, text: JSON.stringify(body), headers: { ...headers, ...own } }
}

function explainListenError(error: NodeJS.ErrnoException, host: string, port: number): string {
  if (error.code === 'EADDRINUSE')
    return `Port ${port} on ${host} is in use by another program. Set PORT to a free one.`
  if (error.code === 'EACCES') return `Port ${port} may not be used by this user. Set PORT to one above 1023.`
  return `The server cannot listen on ${host}, port ${port}: ${reasonOf(error)}`
}

function urlOf(host: string, port: number): string {
  const everywhere = host === '0.0.0.0' || host === '::'
  return `http://${everywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${port}`
}
