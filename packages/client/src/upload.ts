import { TRPCClientError } from '@trpc/client'
import { isProblem, type Problem, toFailure } from './failure.ts'
import type { AppRouter } from './router.ts'
import { type Sending, sendWatched } from './send-watched.ts'

/** A file that was sent to be imported. */
export interface ImportFile {
  id: string
  /** As its owner calls it, without folders. */
  filename: string
  /** Found in its bytes. CSV stands for any table of text. */
  kind: 'CSV' | 'JSON' | 'ZIP'
  /** Bytes. */
  size: number
  created_at: string
}

export interface UploadOptions {
  /** What the file is called; a `File` of a page brings its own name. */
  filename?: string
  /** Sent with the file, as a proxy in front of the instance may ask for. */
  headers?: Record<string, string>
  /** Breaks the upload off. */
  signal?: AbortSignal
  /** Told what share of the upload has been sent so far, 0 to 1. Only browsers know; elsewhere it is not called. */
  onProgress?: (share: number) => void
}

/**
 * Sends a file to be imported, of any size: a `File` of a page, or what `openAsBlob` of `node:fs` gives, is read as it
 * is sent. The procedures under `client.import` work with the id in the answer; the instance keeps the file for a day.
 * An upload that fails rejects with an error that `getFailure` reads.
 * @param url where the instance runs, as for `createClient`
 */
export async function uploadImportFile(
  url: string,
  file: Blob,
  { filename, headers = {}, ...sending }: UploadOptions = {},
): Promise<ImportFile> {
  const name = filename ?? ('name' in file ? String(file.name) : undefined)
  return postFile<ImportFile>(url, '/api/import/files', file, {
    ...sending,
    headers: {
      ...headers,
      'Content-Type': 'application/octet-stream',
      ...(name === undefined ? {} : { 'Content-Disposition': `attachment; filename*=UTF-8''${encode(name)}` }),
    },
  })
}

/** Sends bytes to the instance. @throws TRPCClientError, which `getFailure` reads */
export async function postFile<T>(url: string, path: string, file: Blob, sending: Sending): Promise<T> {
  return answerOf<T>(sendWatched(addressOf(url, path), file, sending))
}

/** Asks the instance over REST. @throws TRPCClientError, which `getFailure` reads */
export async function ask<T>(url: string, path: string, init: RequestInit): Promise<T> {
  return answerOf<T>(fetch(addressOf(url, path), init))
}

function addressOf(url: string, path: string): string {
  return `${url.replace(/\/+$/, '')}${path}`
}

async function answerOf<T>(asked: Promise<Response>): Promise<T> {
  try {
    const response = await asked
    const body: unknown = await response.json()
    if (response.ok) return body as T
    throw isProblem(body) ? refusalOf(body) : new Error(`it says ${response.status}`)
  } catch (error) {
    throw TRPCClientError.from(error as Error)
  }
}

/** As a header may hold it (RFC 8187). */
function encode(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
}

/** JSON-RPC's number for a request that is refused; it says no more than that. */
const INVALID_REQUEST = -32600

/** The error that a call of the client rejects with when it is refused like this. */
function refusalOf(problem: Problem): TRPCClientError<AppRouter> {
  const { detail } = problem
  const data = toFailure(problem)
  return new TRPCClientError(detail, { result: { error: { code: INVALID_REQUEST, message: detail, data } } })
}
