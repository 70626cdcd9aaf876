import { analytics } from './routers/analytics.ts'
import { attachments } from './routers/attachments.ts'
import { backup } from './routers/backup.ts'
import { brands } from './routers/brands.ts'
import { bulk } from './routers/bulk.ts'
import { imports } from './routers/import.ts'
import { jobs } from './routers/jobs.ts'
import { purchases } from './routers/purchases.ts'
import { retailers } from './routers/retailers.ts'
import { settings } from './routers/settings.ts'
import { warranties } from './routers/warranties.ts'
import { router } from './trpc.ts'

/** Everything a caller can ask for. REST and OpenAPI are made from it; the typed client is its type. */
export const appRouter = router({
  purchases,
  bulk,
  warranties,
  attachments,
  retailers,
  brands,
  analytics,
  import: imports,
  backup,
  jobs,
  settings,
})
export type AppRouter = typeof appRouter
