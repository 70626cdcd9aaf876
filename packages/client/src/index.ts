import {
  createTRPCClient,
  httpBatchLink,
  httpSubscriptionLink,
  retryLink,
  splitLink,
  type TRPCClient,
} from '@trpc/client'
import { getFailure } from './failure.ts'
import type { AppRouter } from './router.ts'

export { type AttachmentUploadOptions, attachmentUrl, uploadAttachment } from './attachments.ts'
export { backupUrl, planRestoreFile, type RestoreUploadOptions, restoreFile } from './backups.ts'
export type { BulkReport } from './bulk.ts'
export { exportUrl } from './export-url.ts'
export { type Failure, type FailureData, type FieldError, getFailure } from './failure.ts'
export { type ImportReport, importErrorsUrl } from './imports.ts'
export {
  findRescueReason,
  listRescueBackups,
  planRescue,
  type RescueReport,
  type RescueSource,
  rescue,
} from './rescue.ts'
export type { AppRouter } from './router.ts'
export type * from './types.ts'
export { type ImportFile, type UploadOptions, uploadImportFile } from './upload.ts'

/** The procedures of one instance, by name: `client.purchases.create.mutate({ ... })`. */
export type Client = TRPCClient<AppRouter>

export interface ClientOptions {
  /** Where the instance runs, as in `http://localhost:8000`; in a page that it serves itself, `location.origin`. */
  url: string
  /**
   * Sent with every call, as a proxy in front of the instance may ask for. The `EventSource` of browsers sends none: for
   * subscriptions they need one that takes a `fetch`.
   */
  headers?: Record<string, string>
  /** What connects subscriptions where there is none built in, as in Node.js; the package `eventsource` has one. */
  EventSource?: EventSourceConstructor
}

export type EventSourceConstructor = NonNullable<Parameters<typeof httpSubscriptionLink>[0]['EventSource']>

/** As many calls as the server takes in one request. */
const MAX_CALLS_IN_A_REQUEST = 50

/** Reads go into the address, and proxies take 8 KiB of it at most; what would be longer is sent in more requests. */
const MAX_ADDRESS_LENGTH = 8000

/** Pauses before a subscription whose connection broke is tried again: the first, and the longest. */
const FIRST_RETRY_MS = 500
const LONGEST_RETRY_MS = 30_000

/**
 * A typed client of one instance. Calls made in the same tick travel in one request; subscriptions stream, and go on
 * where they were after their connection broke.
 * A call that fails rejects with an error that `getFailure` reads.
 */
export function createClient({ url, headers = {}, EventSource = globalThis.EventSource }: ClientOptions): Client {
  const endpoint = `${url.replace(/\/+$/, '')}/trpc`
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (operation) => operation.type === 'subscription',
        true: [
          // What the instance says itself is final; anything else is a connection that broke.
          retryLink({
            retry: ({ error }) => EventSource !== undefined && getFailure(error)?.code === 'NO_ANSWER',
            retryDelayMs: (attempt) => Math.min(FIRST_RETRY_MS * 2 ** attempt, LONGEST_RETRY_MS),
          }),
          httpSubscriptionLink({
            url: () => {
              if (EventSource) return endpoint
              throw new Error('There is no EventSource here, which subscriptions need: give createClient one.')
            },
            EventSource,
            eventSourceOptions: { fetch: withHeaders(headers) },
          }),
        ],
        false: httpBatchLink({
          url: endpoint,
          headers,
          maxItems: MAX_CALLS_IN_A_REQUEST,
          maxURLLength: MAX_ADDRESS_LENGTH,
        }),
      }),
    ],
  })
}

/** A fetch that adds headers to those that are asked for. */
function withHeaders(headers: Record<string, string>) {
  return (url: string | URL, init: RequestInit = {}): Promise<Response> =>
    fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), ...headers } })
}
