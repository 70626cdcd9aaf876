import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { Busboy } from '@fastify/busboy'
import { type FieldError, invalid } from '@spends/core'
import type { HonoRequest } from 'hono'
import { HttpError } from './problem.ts'

/** The longest field beside the file, in characters. */
const MAX_FIELD = 1000

/** A file on its way here. */
export interface Upload {
  /** What its sender calls it; empty where nothing was said. */
  filename: string
  /** Its bytes as they arrive, once. Fails when the request turns out to be wrong, even at its very end. */
  bytes: AsyncIterable<Uint8Array>
  /** The other fields of a form; all of them are known once `bytes` was read to its end. */
  fields(): Readonly<Record<string, string>>
}

export interface UploadRules {
  /** Content types of a body that is the file itself. A form is always possible. */
  types: readonly string[]
  /** What a form may say beside its file, in a few words each, before it or after. */
  fields?: readonly string[]
  /** The largest body, in bytes. */
  maxBytes: number
}

/**
 * The one file of a request: the field `file` of a form, or the body itself. Nothing of it is held in memory.
 * @throws HttpError 415 for another type of body, 413 once it is too large, 400 for a form that can't be read;
 *   AppError UNPROCESSABLE_CONTENT for a form with anything else in it. So does reading `bytes`.
 */
export async function readUpload(request: HonoRequest, { types, fields = [], maxBytes }: UploadRules): Promise<Upload> {
  const encoding = request.header('content-encoding') ?? 'identity'
  if (encoding !== 'identity') {
    throw new HttpError(415, 'The body must be sent as it is, without Content-Encoding.')
  }
  const contentType = request.header('content-type') ?? ''
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  if (type === 'multipart/form-data') return readForm(contentType, fields, countedBody(request, maxBytes))
  if (types.includes(type)) {
    return { filename: readFilename(request), bytes: countedBody(request, maxBytes), fields: () => ({}) }
  }
  const orItself = types.length === 0 ? '' : ` or the file itself: ${types.join(', ')}`
  throw new HttpError(415, `The body must be a form (multipart/form-data)${orItself}.`)
}

/** Of a body that is refused, as much is still read: most are then over, and their connection can be used again. */
const MAX_SKIPPED = 32 * 1024 * 1024

/** Reads on after a refusal, within reason. Where more is to come, the connection ends with the answer. */
export async function skipRest(request: HonoRequest): Promise<void> {
  let left = MAX_SKIPPED
  try {
    for await (const chunk of request.raw.body?.values({ preventCancel: true }) ?? []) {
      left -= chunk.byteLength
      if (left < 0) return
    }
  } catch {
    // The caller hung up, or was the reason for the refusal.
  }
}

/** The bytes of the body, up to the limit: a body may come without a length. */
async function* countedBody(request: HonoRequest, maxBytes: number): AsyncGenerator<Uint8Array> {
  let size = 0
  // Cancelling the stream would cut the connection before the refusal is out.
  for await (const chunk of request.raw.body?.values({ preventCancel: true }) ?? []) {
    size += chunk.byteLength
    if (size > maxBytes) throw new HttpError(413, `The body is larger than ${maxBytes} bytes.`)
    yield chunk
  }
}

/** Reads a form up to its file; the rest is read as the file is. */
async function readForm(
  contentType: string,
  fields: readonly string[],
  body: AsyncGenerator<Uint8Array>,
): Promise<Upload> {
  const form = openForm(contentType, fields)
  let ended = false
  async function readOn(): Promise<void> {
    const { done, value } = await body.next()
    if (done) await form.end()
    else await form.write(value)
    ended = done === true
    if (form.wrong.length > 0) throw invalid(form.wrong)
  }

  while (form.filename === undefined && !ended) await readOn()
  if (form.filename === undefined) throw invalid([{ path: 'file', message: 'is required' }])
  async function* bytes() {
    for (;;) {
      yield* form.arrived.splice(0)
      if (ended) return
      await readOn()
    }
  }
  return { filename: form.filename, bytes: bytes(), fields: () => Object.fromEntries(form.fields) }
}

interface Form {
  /** Of the file, once it has begun. */
  filename: string | undefined
  /** What came of the file and nobody has taken yet. */
  arrived: Uint8Array[]
  /** What it says beside the file. */
  fields: Map<string, string>
  /** What the form should not hold. */
  wrong: FieldError[]
  write(chunk: Uint8Array): Promise<void>
  end(): Promise<void>
}

/**
 * A form that is taken apart as it is written. Every part flows as a file does, so that none is ever held whole; what
 * of the file has arrived is never more than was written last.
 */
function openForm(contentType: string, allowed: readonly string[]): Form {
  const parser = createParser(contentType)
  const form: Form = {
    filename: undefined,
    arrived: [],
    fields: new Map(),
    wrong: [],
    write: (chunk) => new Promise((resolve) => parser.write(chunk, () => resolve())),
    end: async () => {
      const finished = once(parser, 'finish')
      parser.end()
      await finished.catch(refuseForm)
    },
  }
  // It fails at its end only, and `end` waits for that.
  parser.on('error', () => {})
  parser.on('file', (name: string | undefined, part, filename: string | undefined) => {
    // The parser says the same of itself.
    part.on('error', () => {})
    if (name === 'file' && form.filename === undefined) {
      // Browsers write quotes so, and nothing else.
      form.filename = filename?.replaceAll('%22', '"') ?? ''
      part.on('data', (chunk: Uint8Array) => form.arrived.push(chunk))
      return
    }
    if (name !== undefined && allowed.includes(name) && !form.fields.has(name)) {
      readField(form, name, part)
      return
    }
    part.resume()
    form.wrong.push({
      path: name ?? '',
      message:
        name === 'file' || form.fields.has(name ?? '') ? 'is given more than once' : 'is not a field of this form',
    })
  })
  return form
}

/** Takes a field as it arrives. */
function readField(form: Form, name: string, part: Readable): void {
  const decoder = new TextDecoder()
  let text = ''
  form.fields.set(name, text)
  part.on('data', (chunk: Uint8Array) => {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > MAX_FIELD)
      form.wrong.push({ path: name, message: `must be at most ${MAX_FIELD} characters long` })
    form.fields.set(name, text)
  })
}

function createParser(contentType: string) {
  try {
    return new Busboy({ headers: { 'content-type': contentType }, isPartAFile: () => true })
  } catch {
    // It has no boundary.
    return refuseForm()
  }
}

function refuseForm(): never {
  throw new HttpError(400, 'The form cannot be read: it breaks off, or its boundary is not the announced one.')
}

/** What `Content-Disposition` calls a body that is the file itself. */
function readFilename(request: HonoRequest): string {
  const given = request.header('content-disposition') ?? ''
  // Headers arrive byte by byte, and most programs mean UTF-8.
  const asUtf8 = Buffer.from(given, 'latin1').toString('utf8')
  const header = asUtf8.includes('\ufffd') ? given : asUtf8
  const encoded = /;\s*filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(header)?.[1]
  const [, quoted, token] = /;\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s"]+))/i.exec(header) ?? []
  return decode(encoded) ?? quoted?.replace(/\\(.)/g, '$1') ?? token ?? ''
}

/** Undefined also for bad percent-encoding. */
function decode(encoded: string | undefined): string | undefined {
  try {
    return encoded === undefined ? undefined : decodeURIComponent(encoded)
  } catch {
    return undefined
  }
}
