/** The real server, but for its jobs: they are those of `retailer-jobs.ts`. */
import { loadEnv } from '../env.ts'
import { createLogger } from '../log.ts'
import { startServer } from '../server.ts'

const env = loadEnv()
const server = await startServer(env, await createLogger(env.LOG_LEVEL), new URL('./retailer-jobs.ts', import.meta.url))
process.once('SIGTERM', async () => {
  await server.stop()
  process.exit(0)
})
