import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createGzip } from 'node:zlib'
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { chooseCoding } from './accept-encoding.ts'
import type { ApiContext } from './context.ts'
import type { AppEnv } from './edge.ts'

/** A file that is made while it is sent. */
export interface Download {
  /** Plain ASCII without quotes. */
  filename: string
  type: string
  /** Its text, in parts. It is begun only when it is sent, and then always ended: read to its end, or returned from. */
  parts: AsyncGenerator<string>
}

/** How long a caller may take to accept one part before it counts as gone. */
const PATIENCE_MS = 30_000

/**
 * Answers with a file. Its parts are made as fast as the caller takes them; one that hangs up, or takes nothing for half
 * a minute, ends the making. A failure before the first part is thrown; a later one breaks the connection, so that what
 * has arrived can't be taken for the whole file.
 */
export async function sendDownload(
  c: Context<AppEnv>,
  { log, requestId }: Pick<ApiContext, 'log' | 'requestId'>,
  { filename, type, parts }: Download,
  patienceMs = PATIENCE_MS,
): Promise<Response> {
  const gzip = chooseCoding(c.req.header('accept-encoding'), ['gzip']) === 'gzip'
  c.header('Content-Type', type)
  c.header('Content-Disposition', `attachment; filename="${filename}"`)
  c.header('Cache-Control', 'no-store')
  c.header('Vary', 'Accept-Encoding', { append: true })
  if (gzip) c.header('Content-Encoding', 'gzip')
  if (c.req.method === 'HEAD') return c.body(null)

  return sendBytes(c, { log, requestId }, gzip ? compressed(parts) : encoded(parts), { patienceMs })
}

/** Answers with bytes as they come, as `sendDownload` does, under the headers that are set already. */
export async function sendBytes(
  c: Context<AppEnv>,
  { log, requestId }: Pick<ApiContext, 'log' | 'requestId'>,
  bytes: AsyncGenerator<Uint8Array>,
  { status = 200, patienceMs = PATIENCE_MS }: { status?: 200 | 206; patienceMs?: number } = {},
): Promise<Response> {
  const first = await bytes.next()
  const { outgoing } = (c.env ?? {}) as Partial<HttpBindings>
  return c.body(
    streamOf(first, bytes, {
      patienceMs,
      // An error of the stream would be written into the file, and look like its end.
      breakOff: (controller, reason) => (outgoing ? outgoing.destroy() : controller.error(reason)),
      onFailure: (err) => log.error({ err, request_id: requestId }, 'A download broke off'),
    }),
    status,
  )
}

interface Flow {
  patienceMs: number
  breakOff(controller: ReadableStreamDefaultController, reason: unknown): void
  onFailure(error: unknown): void
}

function streamOf(
  first: IteratorResult<Uint8Array>,
  rest: AsyncGenerator<Uint8Array>,
  { patienceMs, breakOff, onFailure }: Flow,
): ReadableStream<Uint8Array> {
  let begun = false
  let ended = false
  let patience: NodeJS.Timeout | undefined
  const end = async () => {
    ended = true
    clearTimeout(patience)
    await rest.return(undefined).catch(onFailure)
  }
  const waitForCaller = (controller: ReadableStreamDefaultController) => {
    patience = setTimeout(() => {
      breakOff(controller, new Error('The caller took nothing for too long'))
      void end()
    }, patienceMs)
  }
  return new ReadableStream<Uint8Array>(
    {
      start: waitForCaller,
      async pull(controller) {
        clearTimeout(patience)
        try {
          const { done, value } = begun ? await rest.next() : first
          begun = true
          // The caller may have gone while the part was made.
          if (ended) return
          if (done) return controller.close()
          controller.enqueue(value)
          waitForCaller(controller)
        } catch (error) {
          if (ended) return
          onFailure(error)
          breakOff(controller, error)
        }
      },
      cancel: end,
    },
    // Nothing is made before it is asked for.
    { highWaterMark: 0 },
  )
}

async function* encoded(parts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const part of parts) yield Buffer.from(part)
}

async function* compressed(parts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  // Every browser asks for gzip, also of the machine under the desk: speed is worth more than the last tenth.
  const gzip = createGzip({ level: constants.Z_BEST_SPEED })
  const source = Readable.from(parts)
  // Whatever ends one of the two ends the other; a failure is met by whoever reads.
  const flow = pipeline(source, gzip).catch(() => {})
  try {
    yield* gzip
  } finally {
    gzip.destroy()
    await flow
  }
}
