import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { Hono } from 'hono'
import type { Logger } from 'pino'
import type { ApiContext } from './context.ts'
import type { DatabaseHandle } from './database.ts'
import { mountDocs } from './docs.ts'
import { type AppEnv, edge } from './edge.ts'
import type { Env } from './env.ts'
import { mountHealth } from './health.ts'
import { mountHome } from './home.ts'
import { answerProblem, HttpError } from './problem.ts'
import { mountRest } from './rest/adapter.ts'
import { appRouter } from './router.ts'

export interface AppOptions {
  database: DatabaseHandle
  env: Env
  log: Logger
  now: () => Date
  /** Once true, every request is refused with 503. */
  isStopping?: () => boolean
}
