import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import {
  createBackup,
  createRetailer,
  JOB_HANDLERS,
  type JobHandlers,
  listBackups,
  verifyStatistics,
} from '@spends/core'
import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { restOf } from './contract/verbs.ts'
import { type DatabaseHandle, openDatabase, prepareDatabase } from './database.ts'
import { type Env, readEnv } from './env.ts'
import { openFiles } from './files.ts'
import { foldersOf } from './folders.ts'
import { restoreOffline } from './offline-restore.ts'
import { startTestApp, type TestApp } from './testing.ts'

const now = () => new Date('2026-03-15T10:20:30Z')
const GIVEN_UP =
  'Something was changed while the backup was made, which would be lost. Nothing was restored: try again when nobody else is at work.'

/*
 * What is written after a restore has kept the data that is there, and before it replaces it: the moment in which it
 * would be in neither.
 */
describeEachEngine('what is written while a server restores', (engine) => {
  let database: DatabaseHandle
  let server: TestApp
  let backup_id: string
  /** Is called each time that the restore point is there and the switch is not. */
  let onKept: () => Promise<unknown>
  const { ask, post, buy } = restOf(() => ({ server }))

  beforeEach(async () => {
    database = await engine.openDatabase()
    server = await startTestApp(database, { now, handlers: watching(() => onKept()) })
    onTestFinished(() => server.close())
    await buy({ product_name: 'In the backup' })
    backup_id = (await ask('/api/backup/create', { json: {}, headers: { Prefer: 'wait' } })).body.id
    await buy({ product_name: 'Bought later' })
  })

  const restore = async (id: string) => {
    const { body } = await post(`/api/backup/${id}/restore`, {})
    await server.jobs.idle()
    return (await ask(`/api/jobs/${body.id}`)).body
  }
  const names = async () => {
    const { items } = (await ask('/api/purchases?sort=product_name')).body
    return items.map((item: { product_name: string }) => item.product_name).sort()
  }
  const allNames = async () => {
    const { purchases } = (await ask('/api/export/json')).body
    return purchases.map((purchase: { product_name: string }) => purchase.product_name) as string[]
  }
  const points = async () => (await listBackups(server.folders.backups)).filter(({ id }) => id !== backup_id)

  it('is in the restore point, for which others have to wait then', async () => {
    const answers: number[] = []
    onKept = async () => {
      const { status } = await post('/api/purchases', {
        product_name: 'Bought meanwhile',
        price: '1',
        purchase_date: '2026-03-01',
      })
      answers.push(status)
    }
    const job = await restore(backup_id)
    expect(job).toMatchObject({ status: 'SUCCEEDED', error: null })
    expect(answers).toEqual([201, 503])
    expect(await names()).toEqual(['In the backup'])
    expect(await points()).toMatchObject([{ id: job.result.restore_point, trigger: 'RESTORE_POINT' }])

    onKept = async () => {}
    expect(await restore(job.result.restore_point)).toMatchObject({ status: 'SUCCEEDED' })
    expect(await names()).toEqual(['Bought later', 'Bought meanwhile', 'In the backup'])
  })

  it('and acknowledged, whenever that was, is there or in the restore point', async () => {
    onKept = async () => {}
    const acknowledged: string[] = []
    let isOver = false
    const buyOn = async (buyer: number) => {
      for (let number = 0; !isOver; number += 1) {
        const product_name = `Bought by ${buyer}, ${number}`
        const { status } = await post('/api/purchases', { product_name, price: '1', purchase_date: '2026-03-01' })
        expect([201, 503]).toContain(status)
        if (status === 201) acknowledged.push(product_name)
        await setImmediate()
      }
    }
    const buyers = [0, 1, 2].map(buyOn)
    const job = await restore(backup_id).finally(() => {
      isOver = true
    })
    await Promise.all(buyers)
    expect(job).toMatchObject({ status: 'SUCCEEDED', error: null })
    const now = await allNames()
    await restore(job.result.restore_point)
    const before = await allNames()
    expect(before.length).toBeGreaterThan(2)
    expect(acknowledged.filter((name) => !now.includes(name) && !before.includes(name))).toEqual([])
    expect(now.filter((name) => before.includes(name))).toEqual(['In the backup'])
  })

  it('again and again, by somebody who need not wait, is there, and the restore says why it is not', async () => {
    const written: string[] = []
    onKept = async () => {
      const name = `Made meanwhile ${written.length}`
      await createRetailer({ db: database.db, now }, { name })
      written.push(name)
    }
    expect(await restore(backup_id)).toMatchObject({ status: 'FAILED', result: null, error: GIVEN_UP })
    expect(written).toHaveLength(3)
    expect((await ask('/api/retailers?search=made meanwhile')).body.total).toBe(3)
    expect(await names()).toEqual(['Bought later', 'In the backup'])
    expect(await points()).toEqual([])
    expect(await verifyStatistics({ db: database.db, now })).toEqual([])
  })
})

describeEachEngine('what is written to a server while a program restores', (engine) => {
  let env: Env
  let database: DatabaseHandle
  let written: string[]
  beforeEach(async () => {
    const DATA_DIR = await mkdtemp(join(tmpdir(), 'spends-meanwhile-'))
    onTestFinished(() => rm(DATA_DIR, { recursive: true, force: true }))
    env = readEnv({ DATA_DIR, DATABASE_URL: await engine.createDatabaseUrl({ empty: true }) })
    written = []
  })

  async function open(): Promise<void> {
    database = await openDatabase(env)
    onTestFinished(database.close)
    await prepareDatabase(database, now)
  }

  async function backUp(): Promise<string> {
    const files = await openFiles(env)
    const folder = foldersOf(env).backups
    const ctx = { db: database.db, now }
    const { filename } = await createBackup({ ctx, files, folder, trigger: 'MANUAL', appVersion: '1.2.3' })
    return join(folder, filename)
  }

  /** Restores, while somebody writes `times` times after his data was kept. */
  function restore(path: string, times: number) {
    return restoreOffline({
      env,
      now,
      path,
      onProgress: async (stage) => {
        if (stage !== 'switch' || written.length >= times) return
        const name = `Made meanwhile ${written.length}`
        await createRetailer({ db: database.db, now }, { name })
        written.push(name)
      },
    })
  }

  const made = async () => {
    const query = database.db.selectFrom('retailers').select('name').where('name', 'like', 'Made%').orderBy('name')
    return (await query.execute()).map(({ name }) => name)
  }

  it('is in the restore point', async () => {
    await open()
    const path = await backUp()
    const { restorePoint } = await restore(path, 2)
    expect(await made()).toEqual([])
    expect(await listBackups(foldersOf(env).backups)).toHaveLength(2)
    await restore(join(foldersOf(env).backups, restorePoint?.filename ?? ''), 0)
    expect(await made()).toEqual(written)
    expect(written).toHaveLength(2)
  })

  it('again and again is there, and the restore says why it is not', async () => {
    await open()
    const path = await backUp()
    await expect(restore(path, 9)).rejects.toMatchObject({ code: 'CONFLICT', message: GIVEN_UP })
    expect(written).toHaveLength(3)
    expect(await made()).toEqual(written)
    expect(await listBackups(foldersOf(env).backups)).toHaveLength(1)
  })

  it('that is as new as its database, is kept as well', async () => {
    const elsewhere = env
    await open()
    const path = await backUp()
    env = readEnv({ DATA_DIR: elsewhere.DATA_DIR, DATABASE_URL: await engine.createDatabaseUrl({ empty: true }) })
    // A server that starts on it only once the restore is under way.
    database = await openDatabase(env)
    onTestFinished(database.close)
    const { restorePoint } = await restore(path, 1)
    expect(await made()).toEqual([])
    await restore(join(foldersOf(env).backups, restorePoint?.filename ?? ''), 1)
    expect(await made()).toEqual(written)
    expect(written).toHaveLength(1)
  })
})

/** Tells when the restore of a server is about to switch. */
function watching(onKept: () => Promise<unknown>): JobHandlers {
  const handler = JOB_HANDLERS.RESTORE
  if (!handler) throw new Error('Nobody restores')
  return {
    ...JOB_HANDLERS,
    RESTORE: {
      ...handler,
      run: (job) =>
        handler.run({
          ...job,
          progress: async (stage, done, total) => {
            await job.progress(stage, done, total)
            if (stage === 'switch') await onKept()
          },
        }),
    },
  }
}
