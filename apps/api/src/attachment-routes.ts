import type { Readable } from 'node:stream'
import {
  Attachment,
  AttachmentById,
  AttachmentFields,
  addAttachment,
  getAttachment,
  getPurchase,
  invalid,
  openAttachment,
  PurchaseById,
  receiveFile,
  toFieldErrors,
} from '@spends/core'
import type { Context, Hono } from 'hono'
import { RANGE_HEADERS, readRange } from './byte-range.ts'
import { contentDisposition } from './content-disposition.ts'
import type { ApiContext } from './context.ts'
import { sendBytes } from './download.ts'
import type { AppEnv } from './edge.ts'
import { isKnown } from './rest/etag.ts'
import { BYTES, mountPlainRoute, type PlainRoute } from './rest/plain-routes.ts'
import { readUpload } from './uploads.ts'

/** What a form may be larger than its file: boundaries, headers, a long name, the other fields. */
const FORM_BYTES = 64 * 1024

const ADD = {
  method: 'POST',
  path: '/purchases/{id}/attachments',
  operation_id: 'addAttachment',
  summary: 'Attach a file to a purchase',
  description: [
    'The type is found in the bytes. The same file under the same name and kind is attached once, however often it is sent.',
    'A file that many purchases have is kept once.',
  ].join('\n\n'),
  tags: ['Attachments'],
  right: 'write',
  input: PurchaseById,
  body: {
    description: 'A form with the field `file`, and maybe `kind`, in any order.',
    content: {
      'multipart/form-data': {
        type: 'object',
        properties: {
          file: BYTES,
          kind: { type: 'string', enum: ['RECEIPT', 'MANUAL', 'PHOTO', 'WARRANTY', 'OTHER'], default: 'OTHER' },
        },
        required: ['file'],
        additionalProperties: false,
      },
    },
  },
  responses: {
    200: {
      description: 'It was attached already.',
      content: { 'application/json': Attachment },
      headers: ['Location'],
    },
    201: { description: 'Attached.', content: { 'application/json': Attachment }, headers: ['Location'] },
  },
} as const satisfies PlainRoute

const CONTENT_HEADERS = ['ETag', 'Accept-Ranges', 'Content-Disposition'] as const

const CONTENT = {
  method: 'GET',
  path: '/attachments/{id}/content',
  operation_id: 'getAttachmentContent',
  summary: 'Read the bytes of an attachment',
  description:
    'With its type as it was found in the bytes. Browsers may show images and PDF; anything else they are told to save.',
  tags: ['Attachments'],
  right: 'read',
  input: AttachmentById,
  requestHeaders: RANGE_HEADERS,
  responses: {
    200: { description: 'The file.', content: { '*/*': BYTES }, headers: CONTENT_HEADERS },
    206: { description: 'The part.', content: { '*/*': BYTES }, headers: [...CONTENT_HEADERS, 'Content-Range'] },
    304: { description: 'What was read with this ETag is still right.', headers: ['ETag'] },
  },
  errors: ['GONE', 'RANGE_NOT_SATISFIABLE'],
} as const satisfies PlainRoute

export const ATTACHMENT_ROUTES: readonly PlainRoute[] = [ADD, CONTENT]

/** How large the body at this address may be, where it is a file to attach; it is counted as it arrives. */
export function attachmentLimit(path: string, maxBytes: number): number | undefined {
  return /^\/api\/purchases\/[^/]+\/attachments\/?$/.test(path) ? maxBytes + FORM_BYTES : undefined
}

export interface AttachmentRoutesOptions {
  createContext(c: Context<AppEnv>): ApiContext
  /** The largest file. */
  maxBytes: number
}

/** Serves what of attachments is no JSON: the files that come, and go. */
export function mountAttachments(app: Hono<AppEnv>, { createContext, maxBytes }: AttachmentRoutesOptions): void {
  mountPlainRoute(app, ADD, { createContext }, async (c, context, { id }) => {
    // Before anything arrives: a file for nothing is not worth its way.
    await getPurchase(context, { id })
    const upload = await readUpload(c.req, { types: [], fields: ['kind'], maxBytes: maxBytes + FORM_BYTES })
    const file = await receiveFile(context.files, upload.bytes, { maxBytes })
    const { kind } = readFields(upload.fields())
    const { filename } = upload
    const { attachment, isNew } = await addAttachment(context, context.files, { purchase_id: id, kind, filename, file })
    return c.json(attachment, isNew ? 201 : 200, { Location: `/api/attachments/${attachment.id}` })
  })

  mountPlainRoute(app, CONTENT, { createContext }, async (c, context, input) => {
    const attachment = await getAttachment(context, input)
    const { size, sha256 } = attachment
    const etag = `"${sha256}"`
    c.header('ETag', etag)
    // The bytes behind an id never change.
    c.header('Cache-Control', 'private, max-age=31536000, immutable')
    if (isKnown(c.req.header('if-none-match'), etag)) return c.body(null, 304)

    const isHead = c.req.method === 'HEAD'
    const asked = { range: isHead ? undefined : c.req.header('range'), ifRange: c.req.header('if-range') }
    const range = readRange(asked, { size, etag })
    const bytes = await openAttachment(context, context.files, attachment, range)
    describeContent(c, attachment)
    c.header('Content-Length', String(range ? range.end - range.start + 1 : size))
    if (range) c.header('Content-Range', `bytes ${range.start}-${range.end}/${size}`)
    if (!isHead) return sendBytes(c, context, readOut(bytes), { status: range ? 206 : 200 })
    bytes.destroy()
    return c.body(null)
  })
}

function readFields(given: Readonly<Record<string, string>>) {
  const { success, data, error } = AttachmentFields.safeParse(given)
  if (success) return data
  throw invalid(toFieldErrors(error.issues, given))
}

/** What browsers show by drawing it. Anything else could bring a page of its own, and is only saved. */
const PICTURES = /^image\/(png|apng|jpeg|gif|webp|avif|heic|heif)$/
const MEDIA_TYPE = /^[\w.+-]+\/[\w.+-]+$/

/** Nothing runs in it, and nothing is loaded; styles are what browsers add to show a picture. */
const SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
/** A sandbox keeps the viewers of browsers from showing anything; they are sandboxes themselves. */
const PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"

function describeContent(c: Context<AppEnv>, { mime_type, filename }: Attachment): void {
  const isPdf = mime_type === 'application/pdf'
  c.header('Accept-Ranges', 'bytes')
  // An imported one is what its file says it is.
  c.header('Content-Type', MEDIA_TYPE.test(mime_type) ? mime_type : 'application/octet-stream')
  c.header(
    'Content-Disposition',
    contentDisposition(isPdf || PICTURES.test(mime_type) ? 'inline' : 'attachment', filename),
  )
  c.header('Content-Security-Policy', isPdf ? PDF_POLICY : SANDBOX)
}

async function* readOut(bytes: Readable): AsyncGenerator<Uint8Array> {
  yield* bytes
}
