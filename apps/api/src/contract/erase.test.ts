import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { enqueueJob, JOB_HANDLERS, verifyStatistics } from '@spends/core'
import { describeEachEngine } from '@spends/db/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { DatabaseHandle } from '../database.ts'
import { startTestApp, type TestApp } from '../testing.ts'
import { restOf } from './verbs.ts'

const NOW = new Date('2026-03-15T10:20:30Z')

describeEachEngine('erasing all data', ({ openDatabase }) => {
  let database: DatabaseHandle
  let server: TestApp
  beforeEach(async () => {
    database = await openDatabase()
    server = await startTestApp(database, { now: () => NOW })
  })
  afterEach(() => server.close())
  const { ask, post, put, buy } = restOf(() => ({ server }))

  async function everything(): Promise<unknown> {
    const { exported_at: _, ...rest } = (await ask('/api/export/json')).body
    return rest
  }

  /** Data of an owner, with a file, and a retailer of the first start that is gone. */
  async function fill(): Promise<string> {
    const { id } = await buy({ tags: ['mine'], warranty: { warranty_start: '2026-01-01', warranty_end: '2027-01-01' } })
    const body = new FormData()
    body.set('file', new File(['the receipt'], 'Beleg.txt'))
    const { body: attachment } = await ask(`/api/purchases/${id}/attachments`, { method: 'POST', body })
    await put('/api/settings', { base_currency: 'JPY', locale: 'de-DE' })
    await ask('/api/retailers/00000000-0000-7000-8000-100000000001', { method: 'DELETE' })
    return attachment.id
  }

  /** Starts anew, with somebody who does something once the backup is made, and before anything is erased. */
  async function startWatched(onKept: () => Promise<void>): Promise<void> {
    await server.close()
    const handler = JOB_HANDLERS.ERASE
    if (!handler) throw new Error('Nobody erases')
    server = await startTestApp(database, {
      now: () => NOW,
      handlers: {
        ERASE: {
          ...handler,
          run: (job) =>
            handler.run({
              ...job,
              progress: async (stage, done, total) => {
                if (stage === 'erase' && done === 0) await onKept()
                await job.progress(stage, done, total)
              },
            }),
        },
      },
    })
  }

  async function erase() {
    const { status, body } = await post('/api/backup/erase', { confirm: 'ERASE' })
    expect([status, body.kind]).toEqual([202, 'ERASE'])
    await server.jobs.idle()
    return (await ask(`/api/jobs/${body.id}`)).body
  }

  it('leaves an instance as at its first start, and restoring the restore point brings all of it back', async () => {
    const fresh = await everything()
    const attachment = await fill()
    const csv = 'product_name,price,purchase_date\r\nCup,4.50,2026-01-31\r\n'
    const init = { method: 'POST', body: csv, headers: { 'Content-Type': 'text/csv' } }
    const imported = (await ask('/api/import/csv?currency_code=EUR', init)).body
    const mine = await everything()
    const { headers } = await ask('/api/purchases')

    const job = await erase()
    expect(job).toMatchObject({ status: 'SUCCEEDED', error: null, result: { erased_at: expect.any(String) } })
    expect(await everything()).toEqual(fresh)
    expect(await verifyStatistics({ db: database.db, now: () => new Date() })).toEqual([])
    expect((await ask('/api/jobs')).body.items).toMatchObject([{ id: job.id }])
    expect((await ask(`/api/import/${imported.job_id}/errors.csv`)).status).toBe(404)
    const again = await server.request('/api/purchases', { headers: { 'If-None-Match': headers.get('ETag') ?? '' } })
    expect(again.status).toBe(200)

    const { restore_point } = job.result
    expect((await ask('/api/backup/list')).body.items).toMatchObject([{ id: restore_point, trigger: 'RESTORE_POINT' }])
    await post(`/api/backup/${restore_point}/restore`, {})
    await server.jobs.idle()
    expect(await everything()).toEqual(mine)
    expect(await (await server.request(`/api/attachments/${attachment}/content`)).text()).toBe('the receipt')
  })

  it('takes along what was sent to be imported or restored, but nothing that is still arriving', async () => {
    let arriving = ''
    await startWatched(() => writeFile(arriving, 'not all of it'))
    await fill()
    const body = new FormData()
    body.set('file', new File(['product_name,price\r\nCup,4.50\r\n'], 'Einkäufe.csv'))
    const sent = (await ask('/api/import/files', { method: 'POST', body })).body
    expect(await readdir(server.folders.imports)).toEqual([sent.id])
    // As a crash leaves it.
    const tmp = join(server.folders.backups, 'tmp')
    await mkdir(tmp, { recursive: true })
    await writeFile(join(tmp, '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071.partial.upload'), 'a backup of mine')
    arriving = join(tmp, '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6072.partial.upload')

    expect(await erase()).toMatchObject({ status: 'SUCCEEDED' })
    expect(await readdir(server.folders.imports)).toEqual([])
    expect(await database.db.selectFrom('import_files').select('id').execute()).toEqual([])
    expect((await post(`/api/import/files/${sent.id}/detect`, {})).status).toBe(404)
    expect(await readdir(tmp)).toEqual([basename(arriving)])
  })

  it('answers everybody else with 503 while rows are replaced', async () => {
    await fill()
    await server.close()
    const handler = JOB_HANDLERS.ERASE
    if (!handler) throw new Error('Nobody erases')
    let status = 0
    server = await startTestApp(database, {
      now: () => NOW,
      handlers: {
        ERASE: {
          ...handler,
          run: (job) =>
            handler.run({
              ...job,
              withRequestsClosed: (work) =>
                job.withRequestsClosed(async () => {
                  status = (await server.request('/api/purchases')).status
                  return work()
                }),
            }),
        },
      },
    })
    expect(await erase()).toMatchObject({ status: 'SUCCEEDED' })
    expect(status).toBe(503)
    expect((await ask('/api/purchases')).body.total).toBe(0)
  })

  it('leaves everything as it was where something is written that the backup does not have', async () => {
    let mine: unknown
    await startWatched(async () => {
      await buy({ product_name: 'Bought meanwhile', currency_code: 'EUR' })
      mine = await everything()
    })
    await fill()
    expect(await erase()).toMatchObject({
      status: 'FAILED',
      result: null,
      error: expect.stringMatching(/changed while the backup was made/),
    })
    expect(await everything()).toEqual(mine)
    expect((await ask('/api/purchases')).body.total).toBe(2)
    expect(await verifyStatistics({ db: database.db, now: () => new Date() })).toEqual([])
  })

  it('leaves everything as it was where the backup can not be made', async () => {
    await fill()
    const mine = await everything()
    await rm(server.folders.backups, { recursive: true, force: true })
    await writeFile(server.folders.backups, 'a file where the folder should be')
    expect(await erase()).toMatchObject({ status: 'FAILED', result: null })
    expect(await everything()).toEqual(mine)
  })

  it('is refused without the word, and beside other long work', async () => {
    expect((await post('/api/backup/erase', { confirm: 'erase' })).status).toBe(422)
    await server.jobs.stop()
    const ctx = { db: database.db, now: () => new Date() }
    for (const kind of ['BACKUP', 'RESTORE', 'ERASE', 'IMPORT', 'CHANGE', 'DELETE', 'UNDO'] as const) {
      await enqueueJob(ctx, kind, {})
      expect((await post('/api/backup/erase', { confirm: 'ERASE' })).status).toBe(409)
      await database.db.deleteFrom('jobs').execute()
    }
    await enqueueJob(ctx, 'ERASE', {})
    expect((await post('/api/backup/create', {})).status).toBe(409)
    expect((await post('/api/bulk/delete', { filter: {} })).status).toBe(409)
  })
})
