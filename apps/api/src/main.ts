import './node-version.ts'
import { loadEnv } from './env.ts'
import { createLogger } from './log.ts'
import { start } from './start.ts'
import { explainFailure } from './start-error.ts'

try {
  const env = loadEnv()
  const log = await createLogger(env.LOG_LEVEL)
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error) => {
      log.fatal({ err: error }, event)
      process.exit(1)
    })
  }
  const server = await start(env, log, (error) => process.exit(explainFailure(error)))

  let stopping = false
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, async () => {
      // Somebody who asks twice does not want to wait.
      if (stopping) process.exit(1)
      stopping = true
      await server.stop()
      process.exit(0)
    })
  }
} catch (error) {
  process.exit(explainFailure(error))
}
