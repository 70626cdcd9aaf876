/** A thread that writes without a pause until it is told to end: transactions of 20 ms, or shorter while it is awaited. */
import { once } from 'node:events'
import { parentPort, workerData } from 'node:worker_threads'
import { connectDatabase } from '../connect.ts'

const { url, memory }: { url: string; memory: SharedArrayBuffer } = workerData
const database = connectDatabase({ url, dataDir: '', gate: { memory, isBackground: true } })
let ended = false
const told =
  parentPort &&
  once(parentPort, 'message').then(() => {
    ended = true
  })
let written = 0
while (!ended) {
  await database.db.transaction().execute(async (trx) => {
    const end = performance.now() + 20
    do {
      const header = `background ${written}`
      await trx
        .insertInto('import_mappings')
        .values({ header, columns: '{}', updated_at: '2026-01-01T00:00:00Z' })
        .execute()
      written += 1
    } while (performance.now() < end && !database.isContended())
  })
  parentPort?.postMessage(written)
  await new Promise(setImmediate)
}
await told
await database.close()
