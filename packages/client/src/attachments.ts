import type { Attachment } from './types.ts'
import { postFile, type UploadOptions } from './upload.ts'

export interface AttachmentUploadOptions extends UploadOptions {
  /** What the file is; `OTHER` where nothing is said. */
  kind?: Attachment['kind']
}

/**
 * Attaches a file to a purchase: a `File` of a page, or what `openAsBlob` of `node:fs` gives, is read as it is sent.
 * Sent again under the same name and kind, it is not attached again. An upload that fails rejects with an error that
 * `getFailure` reads.
 * @param url where the instance runs, as for `createClient`
 */
export async function uploadAttachment(
  url: string,
  purchaseId: string,
  file: Blob,
  { filename, kind, headers = {}, ...sending }: AttachmentUploadOptions = {},
): Promise<Attachment> {
  const name = filename ?? ('name' in file ? String(file.name) : '')
  const form = encodeForm(kind === undefined ? {} : { kind }, file, name)
  return postFile<Attachment>(url, `/api/purchases/${encodeURIComponent(purchaseId)}/attachments`, form, {
    ...sending,
    headers: { ...headers, 'Content-Type': form.type },
  })
}

/**
 * A form as one blob, read as it is sent. Node's own fetch fails where nobody can catch it when a `FormData` is refused
 * or broken off on its way.
 */
export function encodeForm(fields: Readonly<Record<string, string>>, file: Blob, filename: string): Blob {
  const boundary = `spends-${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)}`
  const open = (words: string) => `--${boundary}\r\nContent-Disposition: form-data; ${words}\r\n`
  const texts = Object.entries(fields).map(([name, value]) => `${open(`name="${name}"`)}\r\n${value}\r\n`)
  // As browsers write a name that would end too early.
  const quoted = filename.replace(/["\r\n]/g, (sign) => encodeURIComponent(sign))
  const head = `${open(`name="file"; filename="${quoted}"`)}Content-Type: application/octet-stream\r\n\r\n`
  const type = `multipart/form-data; boundary=${boundary}`
  return new Blob([...texts, head, file, `\r\n--${boundary}--\r\n`], { type })
}

/**
 * The address of the bytes of an attachment, for a link, an `<img>` or `fetch`; what is there never changes. Pictures and
 * PDF are shown, anything else is saved under its name.
 * @param url where the instance runs, as for `createClient`
 */
export function attachmentUrl(url: string, { id }: Pick<Attachment, 'id'>): string {
  return `${url.replace(/\/+$/, '')}/api/attachments/${encodeURIComponent(id)}/content`
}
