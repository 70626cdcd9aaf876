import type { Hono } from 'hono'
import { type DatabaseHandle, findDatabaseProblem } from './database.ts'
import type { AppEnv } from './edge.ts'
import { answerProblem, HttpError } from './problem.ts'

/** Serves `/healthz` (the process is alive) and `/readyz` (and its database can be used). */
export function mountHealth(app: Hono<AppEnv>, database: DatabaseHandle): void {
  const noStore = { 'Cache-Control': 'no-store' }
  app.get('/healthz', (c) => c.json({ status: 'ok' }, 200, noStore))
  app.get('/readyz', async (c) => {
    const problem = await findDatabaseProblem(database)
    if (problem) return answerProblem(c, new HttpError(503, problem, { 'Retry-After': '5', ...noStore }))
    return c.json({ status: 'ok', database: 'ok', migrations: 'current' }, 200, noStore)
  })
}
