import type { HonoRequest } from 'hono'

/** How large a body may be. */
export interface BodyLimit {
  /** Bytes. */
  max: number
  /** Whether its handler reads it as it arrives, and counts it. */
  streamed: boolean
}

/**
 * Whether the body of a request is larger than its limit: by its announced length or, where none is announced, by
 * counting while it arrives; then the request gets the bytes that were read as its body.
 */
export async function exceedsLimit(request: HonoRequest, { max, streamed }: BodyLimit): Promise<boolean> {
  if (request.method === 'GET' || request.method === 'HEAD') return false
  // Node hands over exactly as many bytes as were announced, so the number can be believed.
  const announced = request.header('content-length')
  if (announced !== undefined) return Number(announced) > max
  if (streamed || !request.raw.body) return false

  const chunks: Uint8Array[] = []
  let size = 0
  // Cancelling the stream would cut the connection before the refusal is out.
  for await (const chunk of request.raw.body.values({ preventCancel: true })) {
    size += chunk.byteLength
    if (size > max) return true
    chunks.push(chunk)
  }
  request.raw = new Request(request.raw, { body: Buffer.concat(chunks) })
  return false
}
