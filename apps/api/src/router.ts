import { analytics } from './routers/analytics.ts'
import { brands } from './routers/brands.ts'
import { purchases } from './routers/purchases.ts'
import { retailers } from './routers/retailers.ts'
import { settings } from './routers/settings.ts'
import { warranties } from './routers/warranties.ts'
import { router } from './trpc.ts'

/** Everything a caller can ask for. REST and OpenAPI are made from it; the typed client is its type. */
export const appRouter = router({ purchases, warranties, retailers, brands, analytics, settings })
export type AppRouter = typeof appRouter
