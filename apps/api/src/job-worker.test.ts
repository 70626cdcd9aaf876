import { enqueueJob, type Job, type JobKind } from '@spends/core'
import { connectDatabase, type DatabaseHandle } from '@spends/db'
import { describeEachEngine } from '@spends/db/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RetailerJob } from './testing/retailer-jobs.ts'
import { type SpawnedServer, spawnServer } from './testing.ts'

/** More than any test lets it do. */
const ENDLESS = 1_000_000

describeEachEngine('the thread that does the jobs', ({ createDatabaseUrl }) => {
  let env: { DATABASE_URL: string }
  let database: DatabaseHandle
  let servers: SpawnedServer[]
  beforeEach(async () => {
    env = { DATABASE_URL: await createDatabaseUrl() }
    database = connectDatabase({ url: env.DATABASE_URL, dataDir: '' })
    servers = []
  })
  afterEach(async () => {
    await Promise.all(servers.map((server) => server.kill()))
    await database.close()
  })

  async function startServer(more: Record<string, string> = {}): Promise<SpawnedServer> {
    const server = await spawnServer({ program: 'testing/server-of-retailer-jobs', env: { ...env, ...more } })
    servers.push(server)
    return server
  }

  /** As another process would: nobody pokes the thread. */
  function enqueue(params: Partial<RetailerJob>, kind: JobKind = 'IMPORT'): Promise<string> {
    return enqueueJob({ db: database.db, now: () => new Date() }, kind, { name: 'Shop', count: 3, ...params })
  }

  async function readJob({ url }: SpawnedServer, id: string): Promise<Job> {
    return (await (await fetch(`${url}/api/jobs/${id}`)).json()) as Job
  }

  /** Asks until the answer is right. */
  async function jobThat(server: SpawnedServer, id: string, isRight: (job: Job) => boolean): Promise<Job> {
    for (;;) {
      const job = await readJob(server, id)
      if (isRight(job)) return job
    }
  }
  const isOver = ({ finished_at }: Job) => finished_at !== null

  async function countRetailers({ url }: SpawnedServer, search = 'Shop'): Promise<number> {
    const answer = await fetch(`${url}/api/retailers?limit=1&search=${search}`)
    return ((await answer.json()) as { total: number }).total
  }

  it('does what other processes have queued, in the time of SPENDS_NOW', async () => {
    const server = await startServer({ SPENDS_NOW: '2020-02-29T10:00:00Z' })
    const job = await jobThat(server, await enqueue({ count: 3 }), isOver)
    expect(job).toMatchObject({ status: 'SUCCEEDED', result: { added: 3 }, started_at: '2020-02-29T10:00:00Z' })
    const { items } = (await (await fetch(`${server.url}/api/retailers?search=Shop`)).json()) as {
      items: { created_at: string }[]
    }
    expect(items.map(({ created_at }) => created_at)).toEqual(Array(3).fill('2020-02-29T10:00:00Z'))
  })

  it('cancels the job at work, and takes back what it has done', async () => {
    const server = await startServer()
    const id = await enqueue({ count: ENDLESS })
    await jobThat(server, id, ({ done }) => done > 0)
    const answer = await fetch(`${server.url}/api/jobs/${id}/cancel`, { method: 'POST' })
    expect(answer.status).toBe(200)
    expect((await jobThat(server, id, isOver)).status).toBe('CANCELLED')
    expect(await countRetailers(server)).toBe(0)
  })

  it('is killed with its process, and the next one takes the job back and does the rest', async () => {
    const first = await startServer()
    const id = await enqueue({ count: ENDLESS })
    await jobThat(first, id, ({ done }) => done > 2)
    const next = await enqueue({ name: 'Stall', count: 2 })
    await first.kill()

    const second = await startServer()
    const job = await jobThat(second, id, isOver)
    expect(job).toMatchObject({ status: 'INTERRUPTED', error: expect.stringContaining('ended in the middle') })
    expect(await countRetailers(second)).toBe(0)
    expect((await jobThat(second, next, isOver)).status).toBe('SUCCEEDED')
    expect(await countRetailers(second, 'Stall')).toBe(2)
  })

  it('is started again when it dies, and takes back what it was doing', async () => {
    const server = await startServer()
    const deadly = await enqueue({}, 'UNDO')
    const next = await enqueue({ count: 1 })
    expect((await jobThat(server, next, isOver)).status).toBe('SUCCEEDED')
    expect((await readJob(server, deadly)).status).toBe('INTERRUPTED')
    const { stdout } = await server.stop()
    expect(stdout).toMatch(/"level":50.*"code":3.*thread that does the jobs died/)
  })

  describe('when the server stops', () => {
    it('leaves its job to the next one, and holds nobody up', async () => {
      const first = await startServer()
      const id = await enqueue({ count: ENDLESS })
      await jobThat(first, id, ({ done }) => done > 0)
      const start = performance.now()
      const { code, stdout } = await first.stop()
      expect([code, performance.now() - start < 3000]).toEqual([0, true])
      expect(stdout).not.toMatch(/"level":[4-6]0/)

      const second = await startServer()
      expect((await jobThat(second, id, isOver)).status).toBe('INTERRUPTED')
      expect(await countRetailers(second)).toBe(0)
    })

    it('lets go of those who watch', async () => {
      const server = await startServer()
      const id = await enqueue({ count: ENDLESS })
      const watching = await fetch(`${server.url}/trpc/jobs.watch?input=${JSON.stringify({ id })}`)
      const start = performance.now()
      const [{ code }, text] = await Promise.all([server.stop(), watching.text()])
      expect([code, performance.now() - start < 3000]).toEqual([0, true])
      expect(text).toContain('event: serialized-error')
      expect(text).toContain('"code":"SERVICE_UNAVAILABLE"')
    })
  })
})
