import { Agent, request } from 'node:http'

/** One HTTP request. */
export interface Call {
  method: 'GET' | 'POST'
  path: string
  headers?: Record<string, string>
  /** Sent as JSON. */
  body?: unknown
}

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

/** Requests in flight to a server while it is measured, each on a connection that is kept open. */
export const CONNECTIONS = 8

const agent = new Agent({ keepAlive: true })

/** Sends all the calls, each as soon as a connection is free. @throws Error for an answer that is no success */
export async function sendAll(url: string, calls: Iterable<Call>): Promise<void> {
  const queue = calls[Symbol.iterator]()
  async function work(): Promise<void> {
    for (let next = queue.next(); !next.done; next = queue.next()) await send(url, next.value)
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, work))
}

/** @throws Error for an answer that is no success; "not modified" is one */
export function send(url: string, { method, path, body, headers = {} }: Call): Promise<Answer> {
  const text = body === undefined ? undefined : JSON.stringify(body)
  const ofBody =
    text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}${path}`, { method, headers: { ...headers, ...ofBody }, agent }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () => {
        const received = Buffer.concat(chunks).toString()
        const { statusCode: status = 0 } = answer
        if ((status >= 200 && status < 300) || status === 304) {
          resolve({ status, headers: answer.headers, body: received })
        } else reject(new Error(`${method} ${path} was answered with ${status}: ${received}`))
      })
    })
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      // The server closes connections that were idle, and this process may be too busy to hear of it in time.
      const wasIdle = error.code === 'ECONNRESET' && outgoing.reusedSocket && method === 'GET'
      if (wasIdle) send(url, { method, path, headers }).then(resolve, reject)
      else reject(error)
    })
    outgoing.end(text)
  })
}

export async function readJson(url: string, call: Call): Promise<unknown> {
  return JSON.parse((await send(url, call)).body)
}
