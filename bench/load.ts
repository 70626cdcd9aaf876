import { Agent, request } from 'node:http'

/** One HTTP request to either server. */
export interface Call {
  method: 'GET' | 'POST'
  path: string
  /** Sent as JSON. */
  body?: unknown
}

/** Connections that are kept open to a server, each with one request in flight. */
export const CONNECTIONS = 8

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })

/** Sends all the calls, each as soon as a connection is free. @throws Error for an answer that is no success */
export async function sendAll(url: string, calls: Iterable<Call>): Promise<void> {
  const queue = calls[Symbol.iterator]()
  async function work(): Promise<void> {
    for (let next = queue.next(); !next.done; next = queue.next()) await send(url, next.value)
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, work))
}

/** @returns the body of the answer. @throws Error for an answer that is no success */
export function send(url: string, { method, path, body }: Call): Promise<string> {
  const text = body === undefined ? undefined : JSON.stringify(body)
  const headers =
    text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}${path}`, { method, headers, agent }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () => {
        const received = Buffer.concat(chunks).toString()
        const { statusCode = 0 } = answer
        if (statusCode >= 200 && statusCode < 300) resolve(received)
        else reject(new Error(`${method} ${path} was answered with ${statusCode}: ${received}`))
      })
    })
    outgoing.on('error', reject)
    outgoing.end(text)
  })
}
