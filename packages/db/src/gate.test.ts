import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { connectDatabase, type DatabaseHandle } from './connect.ts'
import { newGateMemory } from './gate.ts'
import { describeEachEngine } from './testing.ts'

describeEachEngine('a thread that writes without a pause', ({ name, createDatabaseUrl }) => {
  let database: DatabaseHandle
  let worker: Worker
  beforeEach(async () => {
    const url = await createDatabaseUrl()
    const memory = newGateMemory()
    database = connectDatabase({ url, dataDir: '', gate: { memory, isBackground: false } })
    worker = new Worker(new URL('./testing/background-program.ts', import.meta.url), { workerData: { url, memory } })
    await once(worker, 'message')
  })
  afterEach(async () => {
    const exited = once(worker, 'exit')
    worker.postMessage('end')
    await exited
    await database.close()
  })

  const write = (header: string) =>
    database.db
      .insertInto('import_mappings')
      .values({ header, columns: '{}', updated_at: '2026-01-01T00:00:00Z' })
      .execute()

  it('lets those of other threads go first', async () => {
    const times: number[] = []
    for (let turn = 0; turn < 50; turn += 1) {
      const start = performance.now()
      await write(`foreground ${turn}`)
      times.push(performance.now() - start)
      // Time for the other thread to take the lock again.
      await once(worker, 'message')
    }
    const median = times.sort((a, b) => a - b)[25] ?? 0
    // On a file it is some 90 ms without the gate.
    expect(median).toBeLessThan(20)
  })

  it('gets its turns however many others write', async () => {
    let written = 0
    const others = (async () => {
      for (; written < 2000; written += 1) await write(`foreground ${written}`)
    })()
    await once(worker, 'message')
    const atFirst = written
    await once(worker, 'message')
    expect(atFirst).toBeLessThan(2000)
    await others
  })

  if (name === 'sqlite') {
    it('hears that somebody waits, as long as he does', async () => {
      const url = await createDatabaseUrl()
      const memory = newGateMemory()
      const background = connectDatabase({ url, dataDir: '', gate: { memory, isBackground: true } })
      const foreground = connectDatabase({ url, dataDir: '', gate: { memory, isBackground: false } })
      const row = { columns: '{}', updated_at: '2026-01-01T00:00:00Z' }
      const { waiting } = await background.db.transaction().execute(async (trx) => {
        await trx
          .insertInto('import_mappings')
          .values({ header: 'background', ...row })
          .execute()
        expect(background.isContended()).toBe(false)
        const waiting = foreground.db
          .insertInto('import_mappings')
          .values({ header: 'foreground', ...row })
          .execute()
        while (!background.isContended()) await new Promise(setImmediate)
        expect(foreground.isContended()).toBe(false)
        return { waiting }
      })
      await waiting
      expect(background.isContended()).toBe(false)
      await Promise.all([background.close(), foreground.close()])
    })
  }
})
