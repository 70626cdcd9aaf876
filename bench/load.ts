import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Agent, type IncomingMessage, request } from 'node:http'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'

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

/** Takes what a server sends, never whole in memory. @param to a file that it goes to. @returns its SHA-256 */
export async function receive(url: string, path: string, to?: string): Promise<string> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request(`${url}${path}`, resolve).on('error', reject).end()
  })
  if (answer.statusCode !== 200) throw new Error(`GET ${path} was answered with ${answer.statusCode}`)
  const hash = createHash('sha256')
  const file = to === undefined ? undefined : createWriteStream(to)
  await pipeline(
    answer,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk)
        yield chunk
      }
    },
    file ?? new Writable({ write: (_chunk, _encoding, done) => done() }),
  )
  return hash.digest('hex')
}

/** Sends a file as it is. @returns the JSON of the answer. @throws Error for an answer that is no success */
export async function sendFile(url: string, path: string, file: string, type = 'text/csv'): Promise<unknown> {
  const { size } = await stat(file)
  const outgoing = request(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': type, 'content-length': size },
  })
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>
  const [[answer]] = await Promise.all([answered, pipeline(createReadStream(file), outgoing)])
  const body = await text(answer)
  if (answer.statusCode !== 200 && answer.statusCode !== 202)
    throw new Error(`POST ${path} was answered with ${answer.statusCode}: ${body}`)
  return JSON.parse(body)
}

export async function readJson(url: string, call: Call): Promise<unknown> {
  return JSON.parse((await send(url, call)).body)
}
