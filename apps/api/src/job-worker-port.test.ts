import { pino } from 'pino'
import { expect, it } from 'vitest'
import { readEnv } from './env.ts'
import { startJobWorker } from './job-worker.ts'

it('the thread that does the jobs is heard, also where Node speaks on its port in watch mode', async () => {
  const source = `
    import { parentPort } from 'node:worker_threads'
    parentPort.postMessage({ 'watch:import': ['file:///a.ts'] })
    parentPort.postMessage({ level: 'info', details: {}, message: 'here' })
    parentPort.once('message', () => process.exit())`
  const { promise: heard, resolve, reject } = Promise.withResolvers<string>()
  process.once('uncaughtException', reject)
  const worker = startJobWorker({
    env: readEnv({}),
    log: pino({}, { write: (line: string) => resolve(line) }),
    gateMemory: new SharedArrayBuffer(8),
    closeRequests: () => {},
    program: new URL(`data:text/javascript,${encodeURIComponent(source)}`),
  })
  expect(await heard).toContain('here')
  await worker.stop()
  process.off('uncaughtException', reject)
})
