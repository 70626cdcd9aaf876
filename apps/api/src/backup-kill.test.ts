import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type Backup, type Job, verifyStatistics } from '@spends/core'
import { seededRandom } from '@spends/core/demo/random'
import { connectDatabase } from '@spends/db'
import { describeEachEngine } from '@spends/db/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type SpawnedServer, spawnServer } from './testing.ts'

const PURCHASES = 1_000
const FILE_BYTES = 2 * 1024 * 1024
// The steps at which it is killed are other ones in each run; packages/core kills at each of them.
const KILLS = { sqlite: 2, postgres: 1 }

describeEachEngine('a process that is killed', ({ name, createDatabaseUrl }) => {
  let env: { DATABASE_URL: string; DATA_DIR: string }
  let server: SpawnedServer
  beforeEach(async () => {
    env = { DATABASE_URL: await createDatabaseUrl(), DATA_DIR: await mkdtemp(join(tmpdir(), 'spends-kill-')) }
    server = await spawnServer({ env })
  })
  afterEach(async () => {
    await server.kill()
    await rm(env.DATA_DIR, { recursive: true, force: true })
  })

  async function restart(): Promise<void> {
    await server.kill()
    server = await spawnServer({ env })
  }

  async function ask<T>(path: string, init?: RequestInit, status = 200): Promise<T> {
    const response = await fetch(`${server.url}/api/${path}`, init)
    const text = await response.text()
    expect([response.status, response.ok ? '' : text]).toEqual([status, ''])
    return JSON.parse(text) as T
  }
  const post = <T>(path: string, json: object, status = 202) =>
    ask<T>(
      path,
      { method: 'POST', body: JSON.stringify(json), headers: { 'Content-Type': 'application/json' } },
      status,
    )

  async function fill(word: string): Promise<void> {
    const lines = Array.from({ length: PURCHASES }, (_, index) => `${word} ${index},${index}.50,2026-01-31,EUR`)
    const body = ['product_name,price,purchase_date,currency_code', ...lines].join('\r\n')
    await ask('import/csv', { method: 'POST', body, headers: { 'Content-Type': 'text/csv' } })
    const { items } = await ask<{ items: { id: string }[] }>('purchases?limit=3')
    for (const [index, { id }] of items.entries()) {
      const form = new FormData()
      form.set('file', new File([Buffer.alloc(FILE_BYTES, `${word} ${index}`)], 'manual.bin'))
      await ask(`purchases/${id}/attachments`, { method: 'POST', body: form }, 201)
    }
  }

  /** All that an owner can see of his data, and whether the kept figures are those of the purchases. */
  async function readState(): Promise<string> {
    const response = await fetch(`${server.url}/api/export/json`)
    expect(response.status).toBe(200)
    const { exported_at: _, ...data } = (await response.json()) as { exported_at: string }
    const { db, close } = connectDatabase({ url: env.DATABASE_URL, dataDir: '' })
    expect(await verifyStatistics({ db, now: () => new Date() }).finally(close)).toEqual([])
    return createHash('sha256').update(JSON.stringify(data)).digest('hex')
  }

  /** Asks until the job is over; while rows are replaced nobody is answered. */
  async function jobOver(id: string, onClosed: (answer: Response) => void = () => {}): Promise<Job> {
    for (;;) {
      const response = await fetch(`${server.url}/api/jobs/${id}`)
      if (response.status === 503) onClosed(response)
      const job = (await response.json()) as Job
      if (response.ok && job.finished_at !== null) return job
      await setTimeout(5)
    }
  }

  /** Names in the folder of backups that are neither a backup nor its record. */
  async function leftovers(): Promise<string[]> {
    const names = await readdir(join(env.DATA_DIR, 'backups'), { recursive: true })
    const known = new Set((await listed()).flatMap(({ filename }) => [filename, `${filename}.json`]))
    return names.filter((name) => name !== 'tmp' && !known.has(name))
  }

  async function listed(): Promise<Backup[]> {
    return (await ask<{ items: Backup[] }>('backup/list?limit=100')).items
  }

  it('while it makes backups leaves no half of one, and makes the next', { timeout: 600_000 }, async () => {
    await fill('Lamp')
    const before = await readState()
    const start = performance.now()
    const { id } = await post<Job>('backup/create', {})
    expect(await jobOver(id)).toMatchObject({ status: 'SUCCEEDED' })
    const duration = performance.now() - start
    const seed = Date.now() % 2 ** 31
    const random = seededRandom(seed)
    const seen: Record<string, number> = {}
    // However fast it goes, one of them is hit while it works.
    for (let kill = 1; kill <= KILLS[name] || !seen.INTERRUPTED; kill += 1) {
      const { id } = await post<Job>('backup/create', {})
      await setTimeout(random.below(duration))
      await restart()
      const job = await jobOver(id)
      const where = `kill ${kill} of seed ${seed}, job ${job.status}`
      seen[job.status] = (seen[job.status] ?? 0) + 1
      expect(await leftovers(), where).toEqual([])
      for (const backup of await listed()) expect(backup.verified_at, where).not.toBeNull()
      expect(await readState(), where).toBe(before)
    }
    expect(seen, `seed ${seed}`).toHaveProperty('INTERRUPTED')
    for (const { id } of await listed()) {
      expect(await post(`backup/${id}/verify`, {}, 200)).toMatchObject({ problems: [] })
    }
    const last = await post<Job>('backup/create', {})
    expect(await jobOver(last.id)).toMatchObject({ status: 'SUCCEEDED' })
  })

  it('while it restores has the old data or the new, and the job says which', { timeout: 600_000 }, async () => {
    await fill('Lamp')
    const first = await readState()
    const { id } = await post<Job>('backup/create', {})
    const { id: backup_id } = (await jobOver(id)).result as Backup
    await fill('Chair')
    const second = await readState()
    const spare = await post<Job>('backup/create', {})
    const { id: spare_id } = (await jobOver(spare.id)).result as Backup

    async function restore(backup_id: string): Promise<string> {
      return (await post<Job>('backup/restore', { backup_id })).id
    }

    const start = performance.now()
    const waits: (string | null)[] = []
    const whole = await jobOver(await restore(backup_id), ({ headers }) => waits.push(headers.get('Retry-After')))
    const duration = performance.now() - start
    expect(whole).toMatchObject({ status: 'SUCCEEDED', result: { restore_point: expect.any(String) } })
    expect(new Set(waits)).toEqual(new Set(['5']))
    expect(await readState()).toBe(first)

    const seed = Date.now() % 2 ** 31
    const random = seededRandom(seed)
    const seen: Record<string, number> = {}
    for (let kill = 1; kill <= KILLS[name] || !seen.INTERRUPTED; kill += 1) {
      expect(await jobOver(await restore(spare_id))).toMatchObject({ status: 'SUCCEEDED' })
      expect(await readState()).toBe(second)
      const id = await restore(backup_id)
      // The later half, in which the switch is, more often.
      await setTimeout(random.happens(0.3) ? random.below(duration / 2) : duration / 2 + random.below(duration / 2))
      await restart()
      const job = await jobOver(id)
      const where = `kill ${kill} of seed ${seed}, job ${job.status}`
      seen[job.status] = (seen[job.status] ?? 0) + 1
      expect(await readState(), where).toBe(job.status === 'SUCCEEDED' ? first : second)
      expect(['SUCCEEDED', 'INTERRUPTED'], where).toContain(job.status)
      expect(await leftovers(), where).toEqual([])
    }
    expect(seen, `seed ${seed}`).toHaveProperty('INTERRUPTED')
  })
})
