/** How something is sent; see `UploadOptions`. */
export interface Sending {
  headers: Record<string, string>
  signal?: AbortSignal
  onProgress?: (share: number) => void
}

/** What is used of a browser's `XMLHttpRequest`. */
interface BrowserRequest {
  readonly upload: { onprogress: ((event: { loaded: number; total: number }) => void) | null }
  readonly status: number
  readonly responseText: string
  onload: (() => void) | null
  onerror: (() => void) | null
  onabort: (() => void) | null
  open(method: string, url: string): void
  setRequestHeader(name: string, value: string): void
  send(body: Blob): void
  abort(): void
}

/**
 * Sends a file as `fetch` does, and tells how far it is where the platform can: no `fetch` says that, and only browsers
 * have a request that does.
 */
export async function sendWatched(
  url: string,
  body: Blob,
  { headers, signal, onProgress }: Sending,
): Promise<Response> {
  const { XMLHttpRequest } = globalThis as { XMLHttpRequest?: new () => BrowserRequest }
  if (!onProgress || !XMLHttpRequest) {
    return fetch(url, { method: 'POST', headers, body, ...(signal ? { signal } : {}) })
  }
  signal?.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<Response>()
  const request = new XMLHttpRequest()
  const abort = () => request.abort()
  signal?.addEventListener('abort', abort)
  request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 1 : loaded / total)
  request.onload = () => resolve(new Response(request.responseText, { status: request.status }))
  request.onerror = () => reject(new TypeError('The connection broke off'))
  request.onabort = () => reject(signal?.reason)
  request.open('POST', url)
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
  request.send(body)
  return promise.finally(() => signal?.removeEventListener('abort', abort))
}
