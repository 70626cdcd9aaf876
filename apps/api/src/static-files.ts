import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import type { Handler } from 'hono'
import type { AppEnv } from './edge.ts'
import { isKnown } from './rest/etag.ts'

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
}

interface FixedAnswer {
  content: string | Uint8Array<ArrayBuffer>
  type: string
  headers?: Record<string, string>
}

/** Reads a file of `apps/api/static`. */
export function readStatic(name: string): string {
  return readFileSync(new URL(`../static/${name}`, import.meta.url), 'utf8')
}

/** Answers with a file of `apps/api/static`, read once; browsers ask again each time, and mostly get 304. */
export function serveStaticFile(name: string): Handler<AppEnv> {
  return serveFixed({ content: readStatic(name), type: typeOf(name) })
}

/** Answers with a file whose address changes whenever its content does, so that browsers keep it for a year. */
export function serveVersionedFile(file: URL): Handler<AppEnv> {
  return serveFixed({
    content: new Uint8Array(readFileSync(file)),
    type: typeOf(file.pathname),
    headers: { 'Cache-Control': 'public, max-age=31536000, immutable' },
  })
}

/** Answers every request with the same content, and with 304 where the caller has it already. */
export function serveFixed({ content, type, headers }: FixedAnswer): Handler<AppEnv> {
  const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`
  const kept = { ETag: etag, 'Cache-Control': 'no-cache', ...headers }
  return (c) => {
    const unchanged = isKnown(c.req.header('If-None-Match'), etag)
    return unchanged ? c.body(null, 304, kept) : c.body(content, 200, { ...kept, 'Content-Type': type })
  }
}

/** The content type of a file of ours, by its ending. @throws Error for one that nobody knows */
export function typeOf(name: string): string {
  const type = TYPES[extname(name)]
  if (!type) throw new Error(`No content type is known for ${name}`)
  return type
}
