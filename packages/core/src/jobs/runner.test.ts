import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { AppError, invalid } from '../errors.ts'
import { openContext, refusalOf, type TestContext } from '../testing.ts'
import { newWorkerName } from './claim.ts'
import { type JobHandler, JobStopped } from './handler.ts'
import { cancelJob, enqueueJob, getJob, listJobs } from './store.ts'
import { ageHeartbeat, createRetailerJob, createTestRunner, madeBy, statusOf, work } from './testing.ts'
import { resultOf, waitForJob } from './wait.ts'

describeEachEngine('jobs', (engine) => {
  let ctx: TestContext
  beforeEach(async () => {
    ctx = await openContext(engine)
  })

  it('are done, the oldest first, and keep their results', async () => {
    const order: string[] = []
    const { handler } = createRetailerJob(({ id }) => void order.push(id))
    const ids = [
      await enqueueJob(ctx, 'IMPORT', { count: 1 }),
      await enqueueJob(ctx, 'IMPORT', { count: 2 }),
      await enqueueJob(ctx, 'IMPORT', { count: 1 }),
    ]
    await work(createTestRunner(ctx, handler).runner)
    expect(order).toEqual([ids[0], ids[1], ids[1], ids[2]])
    expect(await getJob(ctx, { id: ids[1] ?? '' })).toEqual({
      id: ids[1],
      kind: 'IMPORT',
      status: 'SUCCEEDED',
      stage: 'write',
      done: 2,
      total: 2,
      result: { added: 2 },
      error: null,
      created_at: '2026-03-15T12:00:00Z',
      started_at: '2026-03-15T12:00:00Z',
      finished_at: '2026-03-15T12:00:00Z',
    })
    const { total, items } = await listJobs(ctx, { skip: 0, limit: 2, status: ['SUCCEEDED'] })
    expect([total, ...items.map(({ id }) => id)]).toEqual([3, ids[2], ids[1]])
    expect(await listJobs(ctx, { skip: 0, limit: 2, kind: ['UNDO'] })).toMatchObject({ total: 0, items: [] })
  })

  it('are done once, whoever looks for them', async () => {
    const done: string[] = []
    const { handler } = createRetailerJob(({ id }) => void done.push(id))
    const ids = await Promise.all(Array.from({ length: 20 }, () => enqueueJob(ctx, 'IMPORT', { count: 1 })))
    const runners = ['a:1:x', 'b:1:y', 'c:1:z'].map((worker) => createTestRunner(ctx, handler, { worker }).runner)
    await Promise.all(runners.map(work))
    expect(done.toSorted()).toEqual(ids.toSorted())
    expect((await listJobs(ctx, { skip: 0, limit: 1, status: ['SUCCEEDED'] })).total).toBe(20)
  })

  it('that nobody here can do are left in the queue', async () => {
    const id = await enqueueJob(ctx, 'UNDO', {})
    await work(createTestRunner(ctx, createRetailerJob().handler).runner)
    expect(await statusOf(ctx, id)).toBe('QUEUED')
  })

  it('are not there when their transaction fails', async () => {
    const failing = ctx.db.transaction().execute(async (db) => {
      await enqueueJob({ ...ctx, db }, 'IMPORT', { count: 1 })
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect((await listJobs(ctx, { skip: 0, limit: 1 })).total).toBe(0)
  })

  describe('that are cancelled', () => {
    it('end at once while they wait, and are never done', async () => {
      const id = await enqueueJob(ctx, 'IMPORT', { count: 1 })
      expect(await cancelJob(ctx, { id })).toMatchObject({ status: 'CANCELLED', finished_at: '2026-03-15T12:00:00Z' })
      const { handler, cleaned } = createRetailerJob()
      await work(createTestRunner(ctx, handler).runner)
      expect([await statusOf(ctx, id), await madeBy(ctx, id), cleaned]).toEqual(['CANCELLED', 0, []])
    })

    it('stop where they are and take back what they have done', async () => {
      const seen: unknown[] = []
      const { handler, cleaned } = createRetailerJob(async ({ id }, added) => {
        if (added === 3) seen.push(await madeBy(ctx, id), (await cancelJob(ctx, { id })).status)
      })
      const id = await enqueueJob(ctx, 'IMPORT', { count: 1000 })
      const cleanUp: JobHandler['cleanUp'] = async (job) => {
        seen.push((await getJob(ctx, { id })).stage, await statusOf(ctx, id))
        return handler.cleanUp(job)
      }
      await work(createTestRunner(ctx, { ...handler, cleanUp }).runner)
      expect(seen).toEqual([3, 'RUNNING', 'undo', 'RUNNING'])
      expect([await statusOf(ctx, id), await madeBy(ctx, id), cleaned]).toEqual(['CANCELLED', 0, [id]])
      expect((await getJob(ctx, { id })).result).toBeNull()
    })

    it('stop in the last moment too', async () => {
      const { handler } = createRetailerJob(async ({ id }) => void (await cancelJob(ctx, { id })))
      const id = await enqueueJob(ctx, 'IMPORT', { count: 1 })
      await work(createTestRunner(ctx, handler).runner)
      expect([await statusOf(ctx, id), await madeBy(ctx, id)]).toEqual(['CANCELLED', 0])
    })

    it('refuse it when they are over, and say how they ended', async () => {
      const id = await enqueueJob(ctx, 'IMPORT', { count: 1 })
      await work(createTestRunner(ctx, createRetailerJob().handler).runner)
      await expect(cancelJob(ctx, { id })).rejects.toThrow('it is SUCCEEDED')
      expect(await refusalOf(cancelJob(ctx, { id }))).toMatchObject({ code: 'CONFLICT' })
      expect(await refusalOf(cancelJob(ctx, { id: '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071' }))).toMatchObject({
        code: 'NOT_FOUND',
      })
    })
  })

  describe('that fail', () => {
    async function failWith(error: unknown) {
      const { handler } = createRetailerJob((_, added) => {
        if (added === 2) throw error
      })
      const id = await enqueueJob(ctx, 'IMPORT', { count: 5 })
      const { runner, logged } = createTestRunner(ctx, handler)
      await work(runner)
      expect(await madeBy(ctx, id)).toBe(0)
      return { job: await getJob(ctx, { id }), logged: logged.filter(({ level }) => level === 'error') }
    }

    it('say why, and say it to who waited as if he had been told directly', async () => {
      const { job, logged } = await failWith(invalid([{ path: 'columns', message: 'must name a price' }]))
      expect(job).toMatchObject({ status: 'FAILED', error: 'columns: must name a price.', result: null })
      expect(await refusalOf(resultOf(ctx, job))).toEqual({ code: 'UNPROCESSABLE_CONTENT', paths: ['columns'] })
      expect(logged).toEqual([])
    })

    it('say no more than that of a bug, which is logged', async () => {
      const bug = new Error('select * from secrets')
      const { job, logged } = await failWith(bug)
      expect(job).toMatchObject({ status: 'FAILED', error: expect.stringMatching(/^Something went wrong .*\.$/) })
      expect(logged).toMatchObject([{ details: { err: bug, job_id: job.id } }])
      await expect(resultOf(ctx, job)).rejects.not.toBeInstanceOf(AppError)
    })

    it('keep their reason when somebody else has to take them back', async () => {
      let isBroken = true
      const { handler } = createRetailerJob(() => {
        throw new AppError('BAD_REQUEST', 'The file is no CSV.')
      })
      const cleanUp: JobHandler['cleanUp'] = async (job) => {
        if (isBroken) throw new Error('the database is gone')
        return handler.cleanUp(job)
      }
      const id = await enqueueJob(ctx, 'IMPORT', { count: 5 })
      const { runner, logged } = createTestRunner(ctx, { ...handler, cleanUp })
      await work(runner)
      expect([await statusOf(ctx, id), await madeBy(ctx, id)]).toEqual(['RUNNING', 1])
      expect(logged.at(-1)).toMatchObject({ level: 'error', message: expect.stringContaining('tried again') })

      // Others wait for its heartbeat to grow old; it is tried again by the one that could not.
      const other = createTestRunner(ctx, handler, { worker: 'elsewhere:1:x' })
      await work(other.runner)
      expect(await statusOf(ctx, id)).toBe('RUNNING')
      isBroken = false
      await work(runner)
      expect(await getJob(ctx, { id })).toMatchObject({ status: 'FAILED', error: 'The file is no CSV.' })
      expect(await madeBy(ctx, id)).toBe(0)
    })

    it('do not keep others from being done when they cannot be taken back', async () => {
      const broken = createRetailerJob(({ params }) => {
        if ((params as { count: number }).count === 5) throw new Error('a bug')
      }).handler
      const cleanUp = () => Promise.reject(new Error('another bug'))
      const id = await enqueueJob(ctx, 'IMPORT', { count: 5 })
      const next = await enqueueJob(ctx, 'IMPORT', { count: 1 })
      await work(createTestRunner(ctx, { ...broken, cleanUp }).runner)
      expect([await statusOf(ctx, id), await statusOf(ctx, next)]).toEqual(['RUNNING', 'SUCCEEDED'])
    })
  })

  describe('whose worker', () => {
    /** A job that stands still after its second retailer, and what makes it go on. */
    async function beginJob(worker: string) {
      const { promise: isHalfWay, resolve: sayHalfWay } = Promise.withResolvers<void>()
      const { promise: mayGoOn, resolve: goOn } = Promise.withResolvers<void>()
      const { handler, cleaned } = createRetailerJob(async (_, added) => {
        if (added !== 2) return
        sayHalfWay()
        await mayGoOn
      })
      const id = await enqueueJob(ctx, 'IMPORT', { count: 5 })
      const { runner, logged } = createTestRunner(ctx, handler, { worker })
      runner.poke()
      await isHalfWay
      return { id, runner, logged, cleaned, goOn }
    }

    it('gave no sign of life for long are taken back, and it writes nothing more', async () => {
      const { id, runner, logged, cleaned, goOn } = await beginJob('far:1:x')
      const rescue = createRetailerJob()
      const other = createTestRunner(ctx, rescue.handler, { worker: 'near:1:y' }).runner
      await work(other)
      expect(await statusOf(ctx, id)).toBe('RUNNING')

      await ageHeartbeat(ctx, id)
      await work(other)
      expect(await getJob(ctx, { id })).toMatchObject({
        status: 'INTERRUPTED',
        error: expect.stringMatching(/\.$/),
        finished_at: expect.any(String),
      })
      expect([await madeBy(ctx, id), rescue.cleaned]).toEqual([0, [id]])

      goOn()
      await runner.idle()
      expect([await madeBy(ctx, id), await statusOf(ctx, id), cleaned]).toEqual([0, 'INTERRUPTED', []])
      expect(logged.at(-1)).toMatchObject({ level: 'warn', message: expect.stringContaining('another worker') })
      expect(await refusalOf(resultOf(ctx, await getJob(ctx, { id })))).toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    })

    it('had a process of this machine that ended are taken back at once', async () => {
      const [host] = newWorkerName().split(':')
      const endedPid = 2 ** 22 + 1
      for (const dead of [`${host}:${endedPid}:x`, `${host}:${process.pid}:an-earlier-one`]) {
        const { id, runner, goOn } = await beginJob(dead)
        await work(createTestRunner(ctx, createRetailerJob().handler).runner)
        expect([await statusOf(ctx, id), await madeBy(ctx, id)]).toEqual(['INTERRUPTED', 0])
        goOn()
        await runner.idle()
      }
    })

    it('is alive on this machine are left alone', async () => {
      const { id, runner, goOn } = await beginJob(`${newWorkerName().split(':')[0]}:${process.ppid}:x`)
      await work(createTestRunner(ctx, createRetailerJob().handler).runner)
      expect(await statusOf(ctx, id)).toBe('RUNNING')
      goOn()
      await runner.idle()
      expect([await statusOf(ctx, id), await madeBy(ctx, id)]).toEqual(['SUCCEEDED', 5])
    })

    it('died after somebody had cancelled them are CANCELLED', async () => {
      const { id, runner, goOn } = await beginJob('far:1:x')
      await cancelJob(ctx, { id })
      await ageHeartbeat(ctx, id)
      await work(createTestRunner(ctx, createRetailerJob().handler).runner)
      expect([await statusOf(ctx, id), await madeBy(ctx, id)]).toEqual(['CANCELLED', 0])
      goOn()
      await runner.idle()
      expect(await statusOf(ctx, id)).toBe('CANCELLED')
    })

    it('dies while it takes them back are taken back by the next', async () => {
      const { id, runner, goOn } = await beginJob('far:1:x')
      await ageHeartbeat(ctx, id)
      const { handler } = createRetailerJob()
      const { promise: begun, resolve: sayBegun } = Promise.withResolvers<void>()
      const { promise: never, resolve: atLast } = Promise.withResolvers<void>()
      const cleaner = createTestRunner(
        ctx,
        {
          ...handler,
          cleanUp: async (job) => {
            sayBegun()
            await never
            return handler.cleanUp(job)
          },
        },
        { worker: 'cleaner:1:x' },
      ).runner
      cleaner.poke()
      await begun
      await ageHeartbeat(ctx, id)
      await work(createTestRunner(ctx, handler).runner)
      expect([await statusOf(ctx, id), await madeBy(ctx, id)]).toEqual(['INTERRUPTED', 0])
      goOn()
      atLast()
      await Promise.all([runner.idle(), cleaner.idle()])
      expect(await statusOf(ctx, id)).toBe('INTERRUPTED')
    })

    it('is told to stop are left for the next, at once', async () => {
      const { id, runner, cleaned, goOn } = await beginJob('far:1:x')
      const stopped = runner.stop()
      goOn()
      await stopped
      expect([await statusOf(ctx, id), await madeBy(ctx, id), cleaned]).toEqual(['RUNNING', 2, []])
      const waiting = await enqueueJob(ctx, 'IMPORT', { count: 1 })
      await work(runner)
      expect(await statusOf(ctx, waiting)).toBe('QUEUED')
      await work(createTestRunner(ctx, createRetailerJob().handler).runner)
      expect([await statusOf(ctx, id), await madeBy(ctx, id)]).toEqual(['INTERRUPTED', 0])
      expect(await statusOf(ctx, waiting)).toBe('SUCCEEDED')
    })
  })

  describe('progress', () => {
    it('is written four times a second, however often it is told', async () => {
      let elapsed = 0
      const written: (number | null)[] = []
      const handler: JobHandler = {
        async run(job) {
          for (let done = 1; done <= 1000; done += 1) {
            elapsed += 10
            await job.progress('read', done, 1000)
            const { done: stored } = await getJob(ctx, job)
            if (written.at(-1) !== stored) written.push(stored)
          }
        },
        cleanUp: () => Promise.reject(new Error('nothing to take back')),
      }
      const id = await enqueueJob(ctx, 'IMPORT', {})
      await work(createTestRunner(ctx, handler, { elapsed: () => elapsed }).runner)
      expect(written).toEqual(Array.from({ length: 40 }, (_, index) => 1 + index * 25))
      expect(await getJob(ctx, { id })).toMatchObject({ stage: 'read', done: 1000, total: 1000, result: null })
    })

    it('may be told inside a transaction, and shows when that ends', async () => {
      const seen: number[] = []
      const handler: JobHandler = {
        async run(job) {
          await job.inTransaction(async () => {
            await job.progress('write', 7)
            seen.push((await getJob(ctx, job)).done)
          })
          seen.push((await getJob(ctx, job)).done)
        },
        cleanUp: () => Promise.reject(new Error('nothing to take back')),
      }
      const id = await enqueueJob(ctx, 'IMPORT', {})
      await work(createTestRunner(ctx, handler).runner)
      expect(seen).toEqual([0, 7])
      expect(await getJob(ctx, { id })).toMatchObject({ status: 'SUCCEEDED', total: null })
    })

    it('stops a job that only reads when it was cancelled', async () => {
      let elapsed = 0
      let told = 0
      const handler: JobHandler = {
        async run(job) {
          for (;;) {
            elapsed += 100
            await job.progress('read', ++told)
            if (told === 2) await cancelJob(ctx, job)
          }
        },
        cleanUp: () => Promise.resolve(),
      }
      const id = await enqueueJob(ctx, 'IMPORT', {})
      await work(createTestRunner(ctx, handler, { elapsed: () => elapsed }).runner)
      expect([await statusOf(ctx, id), told]).toEqual(['CANCELLED', 4])
    })
  })

  describe('waiting for one', () => {
    it('ends when it is over', async () => {
      const { handler } = createRetailerJob()
      const id = await enqueueJob(ctx, 'IMPORT', { count: 2 })
      const waiting = waitForJob(ctx, id, new AbortController().signal)
      await work(createTestRunner(ctx, handler).runner)
      const job = await waiting
      expect(job).toMatchObject({ id, status: 'SUCCEEDED' })
      expect(await resultOf(ctx, job)).toEqual({ added: 2 })
    })

    it('can be given up, with the reason of whoever gives up', async () => {
      const id = await enqueueJob(ctx, 'IMPORT', { count: 2 })
      const giveUp = new AbortController()
      const waiting = waitForJob(ctx, id, giveUp.signal)
      giveUp.abort(new AppError('SERVICE_UNAVAILABLE', 'Enough.'))
      expect(await refusalOf(waiting)).toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
      await cancelJob(ctx, { id })
      const job = await waitForJob(ctx, id, new AbortController().signal)
      expect(await refusalOf(resultOf(ctx, job))).toMatchObject({ code: 'CONFLICT' })
    })

    it('pokes the worker that the context knows', async () => {
      const { runner } = createTestRunner(ctx, createRetailerJob().handler)
      const id = await enqueueJob({ ...ctx, jobs: runner }, 'IMPORT', { count: 1 })
      expect(await waitForJob(ctx, id, new AbortController().signal)).toMatchObject({ status: 'SUCCEEDED' })
    })
  })

  it('fail when their handler stops though nobody has stopped it', async () => {
    const handler: JobHandler = {
      run: () => Promise.reject(new JobStopped()),
      cleanUp: () => Promise.resolve(),
    }
    const id = await enqueueJob(ctx, 'IMPORT', {})
    await work(createTestRunner(ctx, handler).runner)
    expect(await statusOf(ctx, id)).toBe('FAILED')
  })
})
