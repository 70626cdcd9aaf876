import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import type { Context, Hono } from 'hono'
import type { ApiContext } from './context.ts'
import type { AppEnv } from './edge.ts'
import type { AppRouter } from './router.ts'
import { handlerHooks } from './trpc.ts'

/** Calls in one request at most; a page needs a handful. */
const MAX_BATCH_SIZE = 50

/** Serves the router under `/trpc`. */
export function mountTrpc(
  app: Hono<AppEnv>,
  router: AppRouter,
  { createContext }: { createContext: (c: Context<AppEnv>) => ApiContext },
): void {
  app.on(['GET', 'POST'], '/trpc/:path', async (c) => {
    const answer = await fetchRequestHandler({
      endpoint: '/trpc',
      req: c.req.raw,
      router,
      createContext: () => createContext(c),
      maxBatchSize: MAX_BATCH_SIZE,
      ...handlerHooks(c.get('requestId')),
    })
    // The answer depends on the caller's origin as well (CORS).
    answer.headers.append('Vary', 'Origin')
    // A Response of its own would lose the headers that the edge has prepared.
    return c.newResponse(answer.body, answer)
  })
}
