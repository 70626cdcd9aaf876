import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Backup, enqueueJob, JOB_HANDLERS, type Job, type NewBackupReport } from '@spends/core'
import { describeEachEngine } from '@spends/db/testing'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { NOBODY, restOf } from './contract/verbs.ts'
import type { DatabaseHandle } from './database.ts'
import { startTestApp, type TestApp } from './testing.ts'

describeEachEngine('backups over HTTP', ({ name, openDatabase }) => {
  let database: DatabaseHandle
  let server: TestApp
  beforeEach(async () => {
    database = await openDatabase()
    server = await startTestApp(database)
  })
  afterEach(() => server.close())
  const { ask, post, put, remove, buy } = restOf(() => ({ server }))

  async function create(json: object = {}): Promise<NewBackupReport> {
    const { status, body } = await ask('/api/backup/create', { json, headers: { Prefer: 'wait' } })
    expect([status, body.detail]).toEqual([200, undefined])
    return body
  }

  async function list(): Promise<Backup[]> {
    return (await ask('/api/backup/list')).body.items
  }

  async function attach(purchase: string, text = 'the receipt'): Promise<void> {
    const body = new FormData()
    body.set('file', new File([text], 'Beleg.txt'))
    expect((await ask(`/api/purchases/${purchase}/attachments`, { method: 'POST', body })).status).toBe(201)
  }

  async function download(id: string, headers: Record<string, string> = {}): Promise<Response> {
    return server.request(`/api/backup/${id}/download`, { headers })
  }

  /** Waits for the job that an answer is, and tells how it ended. */
  async function endOf({ status, body, headers }: Awaited<ReturnType<typeof ask>>): Promise<Job> {
    expect([status, body.detail]).toEqual([202, undefined])
    expect(headers.get('Location')).toBe(`/api/jobs/${body.id}`)
    await server.jobs.idle()
    return (await ask(`/api/jobs/${body.id}`)).body
  }

  /** All that an owner has. */
  async function everything(): Promise<unknown> {
    const { body } = await ask('/api/export/json')
    const attachments = body.purchases.flatMap((purchase: { attachments: { id: string }[] }) => purchase.attachments)
    const bytes = await Promise.all(
      attachments.map(async ({ id }: { id: string }) =>
        (await server.request(`/api/attachments/${id}/content`)).text(),
      ),
    )
    const { exported_at: _, ...rest } = body
    return { ...rest, bytes }
  }

  /** What lies about in the folder of backups, beside backups. */
  async function leftovers(): Promise<string[]> {
    const names = await readdir(server.folders.backups, { recursive: true }).catch(() => [])
    return names.filter((name) => name !== 'tmp' && !/^spends-backup-\w+(-\d+)?\.zip(\.age)?(\.json)?$/.test(name))
  }

  function form(bytes: Uint8Array<ArrayBuffer> | string, fields: Record<string, string> = {}): FormData {
    const body = new FormData()
    for (const [name, value] of Object.entries(fields)) body.set(name, value)
    body.set('file', new File([bytes], 'backup.zip'))
    return body
  }

  async function fillAndBackUp() {
    const { id } = await buy({ product_name: 'Lamp' })
    await attach(id)
    const before = await everything()
    return { backup: await create(), before, id: id as string }
  }

  it('are asked for without a body where there is nothing to say', async () => {
    const made = await endOf(await ask('/api/backup/create', { method: 'POST' }))
    const { id } = made.result as NewBackupReport
    expect((await ask(`/api/backup/${id}/verify`, { method: 'POST' })).body).toMatchObject({ problems: [] })
    expect((await ask('/api/backup/config', { method: 'PUT' })).status).toBe(415)
    const body = new URLSearchParams({ passphrase: 'correct horse' })
    expect((await ask('/api/backup/create', { method: 'POST', body })).status).toBe(415)
  })

  it('are made, listed, proven, sent, and deleted', async () => {
    const { backup } = await fillAndBackUp()
    expect(backup).toMatchObject({
      trigger: 'MANUAL',
      file_count: 1,
      missing_files: 0,
      row_counts: { purchases: 1, attachments: 1 },
      encrypted: false,
      verified_at: expect.any(String),
      destination: 'LOCAL',
      copies: [],
    })
    const { copies: _, ...listed } = backup
    expect((await ask('/api/backup/list?limit=1')).body).toEqual({ items: [listed], total: 1, skip: 0, limit: 1 })
    expect((await ask('/api/backup/list?skip=1')).body).toMatchObject({ items: [], total: 1 })

    const whole = await download(backup.id)
    const bytes = Buffer.from(await whole.arrayBuffer())
    expect([whole.status, bytes.length, whole.headers.get('Content-Type')]).toEqual([
      200,
      backup.size,
      'application/zip',
    ])
    expect(whole.headers.get('Content-Disposition')).toBe(`attachment; filename="${backup.filename}"`)
    const part = await download(backup.id, { Range: 'bytes=10-19', 'If-Range': `"${backup.sha256}"` })
    expect([part.status, part.headers.get('Content-Range')]).toEqual([206, `bytes 10-19/${backup.size}`])
    expect(Buffer.from(await part.arrayBuffer())).toEqual(bytes.subarray(10, 20))
    expect((await download(backup.id, { 'If-None-Match': `"${backup.sha256}"` })).status).toBe(304)
    expect((await download(backup.id, { Range: `bytes=${backup.size}-` })).status).toBe(416)
    expect((await download(NOBODY)).status).toBe(404)

    server.jobs.poke()
    expect((await post(`/api/backup/${backup.id}/verify`, {})).body).toEqual({
      verified_at: expect.any(String),
      problems: [],
    })
    expect((await remove(`/api/backup/${backup.id}`)).status).toBe(204)
    expect((await remove(`/api/backup/${backup.id}`)).status).toBe(404)
    expect(await list()).toEqual([])
    expect(await leftovers()).toEqual([])
  })

  it('come as a job unless somebody waits', async () => {
    const job = await endOf(await post('/api/backup/create', {}))
    expect(job).toMatchObject({ kind: 'BACKUP', status: 'SUCCEEDED', result: { id: (await list())[0]?.id } })
  })

  it('that are damaged say so', async () => {
    const { backup } = await fillAndBackUp()
    const path = join(server.folders.backups, backup.filename)
    const bytes = await readFile(path)
    bytes[60] = (bytes[60] ?? 0) ^ 1
    await writeFile(path, bytes)
    expect((await post(`/api/backup/${backup.id}/verify`, {})).body).toEqual({
      verified_at: null,
      problems: [expect.any(String)],
    })
    expect(await list()).toMatchObject([{ id: backup.id, verified_at: null }])
    const refused = await post('/api/backup/restore', { backup_id: backup.id })
    expect([refused.status, refused.body.code]).toEqual([400, 'BAD_REQUEST'])
    expect((await ask('/api/jobs?kind=RESTORE')).body.total).toBe(0)
  })

  describe('are restored', () => {
    it.each(['upload', 'body', 'id'])('from an %s, and back again by the restore point', async (how) => {
      const { backup, before, id } = await fillAndBackUp()
      const bytes = new Uint8Array(await (await download(backup.id)).arrayBuffer())
      await remove(`/api/purchases/${id}`)
      await buy({ product_name: 'Bought later' })
      const later = await everything()
      const given = {
        upload: { method: 'POST', body: form(bytes) },
        body: { method: 'POST', body: bytes, headers: { 'Content-Type': 'application/zip' } },
        id: { json: { backup_id: backup.id } },
      }[how]

      const plan = await ask('/api/backup/restore?dry_run=true', given)
      expect([plan.status, plan.body]).toMatchObject([
        200,
        {
          created_at: backup.created_at,
          tables: { purchases: { now: 1, after: 1 }, attachments: { now: 0, after: 1 } },
        },
      ])
      expect(await everything()).toEqual(later)

      const job = await endOf(await ask('/api/backup/restore', given))
      expect(job).toMatchObject({ kind: 'RESTORE', status: 'SUCCEEDED', error: null })
      expect(await everything()).toEqual(before)
      const { restore_point } = job.result as { restore_point: string }
      expect(job.result).toMatchObject({ created_at: backup.created_at, row_counts: { purchases: 1, attachments: 1 } })
      expect(await list()).toContainEqual(expect.objectContaining({ id: restore_point, trigger: 'RESTORE_POINT' }))

      const undone = await endOf(await post(`/api/backup/${restore_point}/restore`, {}))
      expect(undone).toMatchObject({ status: 'SUCCEEDED' })
      expect(await everything()).toEqual(later)
      expect(await leftovers()).toEqual([])
    })

    it('not from a file that is gone when its turn comes, which is said', async () => {
      const handler = JOB_HANDLERS.RESTORE
      if (!handler) throw new Error('Nobody restores')
      await server.close()
      const run: typeof handler.run = async (job) => {
        await rm(join(job.folders.backups, 'tmp'), { recursive: true })
        return handler.run(job)
      }
      server = await startTestApp(database, { handlers: { ...JOB_HANDLERS, RESTORE: { ...handler, run } } })
      const { backup, before } = await fillAndBackUp()
      const bytes = new Uint8Array(await (await download(backup.id)).arrayBuffer())
      expect(await endOf(await ask('/api/backup/restore', { method: 'POST', body: form(bytes) }))).toMatchObject({
        status: 'FAILED',
        error: 'The backup that was sent is not there any more. Send it again.',
      })
      expect(await everything()).toEqual(before)
    })

    it('while no import can be undone after it', async () => {
      const csv = 'product_name,price,purchase_date\r\nCup,4.50,2026-01-31\r\n'
      const init = { method: 'POST', body: csv, headers: { 'Content-Type': 'text/csv' } }
      const { body: report } = await ask('/api/import/csv?currency_code=EUR', init)
      expect(report).toMatchObject({ created: 1 })
      const backup = await create()
      expect(await endOf(await post('/api/backup/restore', { backup_id: backup.id }))).toMatchObject({
        status: 'SUCCEEDED',
      })
      const undo = await post(`/api/import/${report.job_id}/undo`, {})
      expect([undo.status, undo.body.detail]).toEqual([409, expect.stringContaining('restored since this import')])
      expect((await ask('/api/purchases')).body.total).toBe(1)
    })

    it('with 503 for everybody else while rows are replaced', async () => {
      await server.close()
      const seen: number[] = []
      server = await startTestApp(database, {
        handlers: {
          ...JOB_HANDLERS,
          VERIFY: {
            async run(job) {
              await job.withRequestsClosed(async () => {
                for (const path of ['/api/purchases', '/readyz', '/healthz']) {
                  const response = await server.request(path)
                  seen.push(response.status)
                  if (response.status === 503) expect(response.headers.get('Retry-After')).toBe('5')
                }
              })
            },
            cleanUp: () => Promise.resolve(),
          },
        },
      })
      await enqueueJob({ db: database.db, now: () => new Date() }, 'VERIFY', {})
      server.jobs.poke()
      await server.jobs.idle()
      expect(seen).toEqual([503, 503, 200])
      expect((await ask('/api/purchases')).status).toBe(200)
    })

    it('not from what is no backup, and nothing is left of it', async () => {
      await buy()
      const before = await everything()
      for (const body of [form('no zip at all'), form('')]) {
        const { status, body: problem } = await ask('/api/backup/restore', { method: 'POST', body })
        expect([status, problem.code]).toEqual([400, 'BAD_REQUEST'])
      }
      expect((await ask('/api/jobs')).body.total).toBe(0)
      expect(await leftovers()).toEqual([])
      expect(await everything()).toEqual(before)
    })

    it.each([
      ['no body', { method: 'POST' }, 415, []],
      ['an empty object', { json: {} }, 422, ['backup_id']],
      ['an id that leads nowhere', { json: { backup_id: NOBODY } }, 404, []],
      ['an id that is none', { json: { backup_id: 'first', colour: 'red' } }, 422, ['backup_id', 'colour']],
      ['no JSON', { body: '{', method: 'POST', headers: { 'Content-Type': 'application/json' } }, 400, []],
      ['a form without a file', { method: 'POST', body: new FormData() }, 422, ['file']],
      ['a field that is none', { method: 'POST', body: form('x', { colour: 'red' }) }, 422, ['colour']],
      ['a passphrase that is too short', { method: 'POST', body: form('x', { passphrase: 'x' }) }, 422, ['passphrase']],
    ] as const)('not from %s', async (_, init, status, paths) => {
      const answer = await ask('/api/backup/restore', init)
      expect([answer.status, (answer.body.errors ?? []).map(({ path }: { path: string }) => path)]).toEqual([
        status,
        [...paths],
      ])
      expect(await leftovers()).toEqual([])
    })

    it('not from more bytes than MAX_BACKUP_BYTES', async () => {
      await server.close()
      server = await startTestApp(database, { env: { MAX_BACKUP_BYTES: '2048' } })
      const { status } = await ask('/api/backup/restore', { method: 'POST', body: form('x'.repeat(3000)) })
      expect(status).toBe(413)
      expect(await leftovers()).toEqual([])
    })

    it('by no other method', async () => {
      const { status, headers } = await ask('/api/backup/restore', { method: 'DELETE' })
      expect([status, headers.get('Allow')]).toEqual([405, 'POST, OPTIONS'])
    })
  })

  describe('with a passphrase', () => {
    const passphrase = 'correct horse battery staple'

    // What a passphrase does to a file, it does for every engine, and takes its time.
    if (name === 'sqlite') {
      it('of their own open with it and with nothing else', async () => {
        await buy()
        const backup = await create({ passphrase })
        expect(backup).toMatchObject({ encrypted: true, filename: expect.stringMatching(/\.zip\.age$/) })
        expect((await download(backup.id)).headers.get('Content-Type')).toBe('application/octet-stream')
        for (const wrong of [{}, { passphrase: 'another passphrase' }]) {
          const { status, body } = await post('/api/backup/restore', { backup_id: backup.id, ...wrong })
          expect([status, body.errors[0].path]).toEqual([422, 'passphrase'])
          const verify = await post(`/api/backup/${backup.id}/verify`, wrong)
          expect([verify.status, verify.body.errors[0].path]).toEqual([422, 'passphrase'])
        }
        expect((await post(`/api/backup/${backup.id}/verify`, { passphrase })).body.problems).toEqual([])
        const bytes = new Uint8Array(await (await download(backup.id)).arrayBuffer())
        const job = await endOf(await ask('/api/backup/restore', { method: 'POST', body: form(bytes, { passphrase }) }))
        expect(job.status).toBe('SUCCEEDED')
      })
    }

    it('of the config are encrypted by themselves, and it is told to nobody', async () => {
      await buy()
      const { body } = await put('/api/backup/config', { passphrase })
      expect(body).toMatchObject({ has_passphrase: true })
      const backup = await create()
      expect(backup.encrypted).toBe(true)
      expect((await create({ passphrase: null })).encrypted).toBe(false)
      expect((await post(`/api/backup/${backup.id}/verify`, {})).body.problems).toEqual([])
      const job = await endOf(await post('/api/backup/restore', { backup_id: backup.id }))
      const { restore_point } = job.result as { restore_point: string }
      expect(await list()).toContainEqual(expect.objectContaining({ id: restore_point, encrypted: true }))
      for (const path of ['config', 'list', 'status']) {
        expect((await ask(`/api/backup/${path}`)).text).not.toContain(passphrase)
      }
      const rows = await database.db.selectFrom('jobs').select('params').execute()
      expect(JSON.stringify(rows)).not.toContain(passphrase)
    })

    it('is forgotten with a job that is cancelled before it begins', async () => {
      await server.jobs.stop()
      const { body } = await post('/api/backup/create', { passphrase })
      expect((await ask(`/api/jobs/${body.id}/cancel`, { method: 'POST' })).body.status).toBe('CANCELLED')
      const rows = await database.db.selectFrom('jobs').select('params').execute()
      expect(rows).toEqual([{ params: null }])
    })
  })

  describe('one at a time:', () => {
    /** Nobody does jobs any more, so whatever is queued stays so. */
    beforeEach(() => server.jobs.stop())

    it('a second one, and a restore, are refused while one is under way', async () => {
      expect((await post('/api/backup/create', {})).status).toBe(202)
      const second = await post('/api/backup/create', {})
      expect([second.status, second.body.detail]).toEqual([409, 'A backup is under way. Try again when it is over.'])
      expect((await ask('/api/backup/status')).body).toMatchObject({
        state: 'RUNNING',
        running_job: { kind: 'BACKUP' },
      })
    })

    it('of many that are asked for at once, one is made', async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => post('/api/backup/create', {})))
      expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409, 409, 409, 409, 409, 409])
    })

    it('no restore beside an import, no import beside a restore', async () => {
      const ctx = { db: database.db, now: () => new Date() }
      await enqueueJob(ctx, 'IMPORT', {})
      await expect(enqueueJob(ctx, 'RESTORE', {})).rejects.toMatchObject({ code: 'CONFLICT' })
      await database.db.deleteFrom('jobs').execute()
      await enqueueJob(ctx, 'RESTORE', {})
      for (const kind of ['IMPORT', 'CHANGE', 'DELETE', 'UNDO', 'BACKUP', 'RESTORE', 'ERASE'] as const) {
        await expect(enqueueJob(ctx, kind, {})).rejects.toMatchObject({ code: 'CONFLICT' })
      }
      await enqueueJob(ctx, 'VERIFY', {})
    })
  })

  it('that a job reads are not deleted', async () => {
    const { backup } = await fillAndBackUp()
    await server.jobs.stop()
    expect((await post('/api/backup/restore', { backup_id: backup.id })).status).toBe(202)
    const { status, body } = await remove(`/api/backup/${backup.id}`)
    expect([status, body.detail]).toEqual([409, 'The backup is being read. Try again when that is over.'])
  })

  describe('are kept', () => {
    it('as many as the config says, once a new one is proven', async () => {
      await put('/api/backup/config', { keep_last: 2 })
      const ids: string[] = []
      for (let number = 0; number < 4; number += 1) ids.unshift((await create()).id)
      expect((await list()).map(({ id }) => id)).toEqual(ids.slice(0, 2))
      expect(await leftovers()).toEqual([])
    })

    it('elsewhere too, and a place that is not there is told', async () => {
      await fillAndBackUp()
      const place = await mkdtemp(join(tmpdir(), 'spends-elsewhere-'))
      onTestFinished(() => rm(place, { recursive: true }))
      const missing = join(place, 'missing')
      expect((await post('/api/backup/destinations/test', { place })).body).toEqual({ problem: null })
      const { problem } = (await post('/api/backup/destinations/test', { place: missing })).body
      expect(problem).toContain('is not there')

      await put('/api/backup/config', { keep_last: 1, destinations: [missing, place] })
      await create()
      const { copies, filename } = await create()
      expect(copies).toEqual([
        { place: missing, problem },
        { place, problem: null },
      ])
      const kept = await readdir(join(place, 'backups'))
      expect(kept.filter((name) => name.endsWith('.zip'))).toEqual([filename])
      expect((await ask('/api/backup/status')).body).toMatchObject({ state: 'FAILED', problem })
      await put('/api/backup/config', { destinations: [place] })
      await create()
      expect((await ask('/api/backup/status')).body).toMatchObject({ state: 'IDLE', problem: null })
    })
  })

  describe('have a config', () => {
    it('that begins with no schedule, and takes back what it gave', async () => {
      const { body } = await ask('/api/backup/config')
      expect(body).toEqual({
        schedule: 'OFF',
        hour: 3,
        weekday: 'SUNDAY',
        day_of_month: 1,
        keep_last: 10,
        keep_daily: 0,
        keep_weekly: 0,
        keep_monthly: 0,
        destinations: [],
        has_passphrase: false,
      })
      expect((await put('/api/backup/config', body)).body).toEqual(body)
      const changed = await put('/api/backup/config', { schedule: 'DAILY', hour: 0, destinations: ['/mnt/backup'] })
      expect(changed.body).toEqual({ ...body, schedule: 'DAILY', hour: 0, destinations: ['/mnt/backup'] })
      expect((await ask('/api/backup/config')).body).toEqual(changed.body)
      const refused = await put('/api/backup/config', { has_passphrase: true })
      expect([refused.status, refused.body.errors[0].path]).toEqual([422, 'has_passphrase'])
    })

    it('that a restore leaves alone', async () => {
      const backup = await create()
      await put('/api/backup/config', { schedule: 'WEEKLY', keep_last: 3 })
      await endOf(await post('/api/backup/restore', { backup_id: backup.id }))
      expect((await ask('/api/backup/config')).body).toMatchObject({ schedule: 'WEEKLY', keep_last: 3 })
    })
  })
})
