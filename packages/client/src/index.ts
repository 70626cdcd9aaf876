import { createTRPCClient, httpBatchLink, httpSubscriptionLink, splitLink, type TRPCClient } from '@trpc/client'
import type { AppRouter } from './router.ts'

export { type Failure, type FailureData, type FieldError, getFailure } from './failure.ts'
export type { AppRouter } from './router.ts'
export type * from './types.ts'

/** The procedures of one instance, by name: `client.purchases.create.mutate({ ... })`. */
export type Client = TRPCClient<AppRouter>

export interface ClientOptions {
  /** Where the instance runs, as in `http://localhost:8000`; in a page that it serves itself, `location.origin`. */
  url: string
  /** Sent with every call, as a proxy in front of the instance may ask for. */
  headers?: Record<string, string>
}

/** As many calls as the server takes in one request. */
const MAX_CALLS_IN_A_REQUEST = 50

/** Reads go into the address, and proxies take 8 KiB of it at most; what would be longer is sent in more requests. */
const MAX_ADDRESS_LENGTH = 8000

/**
 * A typed client of one instance. Calls made in the same tick travel in one request; subscriptions stream.
 * A call that fails rejects with an error that `getFailure` reads.
 */
export function createClient({ url, headers = {} }: ClientOptions): Client {
  const endpoint = `${url.replace(/\/+$/, '')}/trpc`
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (operation) => operation.type === 'subscription',
        true: httpSubscriptionLink({ url: endpoint }),
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
