import { AppError, enqueueJob, type JobHandler } from '@spends/core'
import { describeEachEngine } from '@spends/db/testing'
import { createTRPCClient, httpSubscriptionLink } from '@trpc/client'
import { EventSource } from 'eventsource'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DatabaseHandle } from '../database.ts'
import type { AppRouter } from '../router.ts'
import { startTestApp, type TestApp } from '../testing.ts'
import { NOBODY, restOf } from './verbs.ts'

type Shown = { status: string; done: number }

/** A job that goes on when it is told to, step by step. */
function createSteps() {
  let goOn = Promise.withResolvers<void>()
  const handler: JobHandler = {
    async run(job) {
      const { count } = job.params as { count: number }
      for (let done = 1; done <= count; done += 1) {
        await goOn.promise
        goOn = Promise.withResolvers()
        await job.progress('write', done, count)
      }
      return { count }
    },
    cleanUp: () => Promise.resolve(),
  }
  return { handler, step: () => goOn.resolve() }
}

describeEachEngine('jobs', ({ openDatabase }) => {
  let database: DatabaseHandle
  let server: TestApp
  let stopping: AbortController
  let steps: ReturnType<typeof createSteps>
  beforeEach(async () => {
    database = await openDatabase()
    stopping = new AbortController()
    steps = createSteps()
    server = await startTestApp(database, { handlers: { IMPORT: steps.handler }, stopping: stopping.signal })
  })
  afterEach(() => server.close())
  const { ask, post } = restOf(() => ({ server }))
  const enqueue = (count = 1) => enqueueJob({ db: database.db, now: () => new Date() }, 'IMPORT', { count })

  async function finish(): Promise<void> {
    steps.step()
    server.jobs.poke()
    await server.jobs.idle()
  }

  describe('over REST', () => {
    it('are listed, the newest first, by status and kind', async () => {
      const [first, second] = [await enqueue(), await enqueue()]
      const { body } = await ask('/api/jobs')
      expect(body).toMatchObject({ total: 2, skip: 0, limit: 20, items: [{ id: second }, { id: first }] })
      expect((await ask('/api/jobs?status=QUEUED&status=RUNNING&kind=IMPORT&limit=1')).body).toMatchObject({
        total: 2,
        items: [{ id: second }],
      })
      expect((await ask('/api/jobs?kind=UNDO')).body).toMatchObject({ total: 0, items: [] })
    })

    it('are read with what came of them', async () => {
      const id = await enqueue()
      await finish()
      expect((await ask(`/api/jobs/${id}`)).body).toMatchObject({ id, status: 'SUCCEEDED', result: { count: 1 } })
    })

    it('are cancelled while they wait, and not twice', async () => {
      const id = await enqueue()
      expect(await post(`/api/jobs/${id}/cancel`, {})).toMatchObject({ status: 200, body: { status: 'CANCELLED' } })
      const again = await post(`/api/jobs/${id}/cancel`, {})
      expect([again.status, again.body.code, again.body.detail]).toEqual([
        409,
        'CONFLICT',
        'The job is over already: it is CANCELLED.',
      ])
    })

    it('are cancelled without a body too', async () => {
      const id = await enqueue()
      expect((await ask(`/api/jobs/${id}/cancel`, { method: 'POST' })).status).toBe(200)
    })

    it('are not there by an id that leads nowhere', async () => {
      expect((await ask(`/api/jobs/${NOBODY}`)).status).toBe(404)
      expect((await ask(`/api/jobs/${NOBODY}/cancel`, { method: 'POST' })).status).toBe(404)
    })
  })

  describe('that are watched', () => {
    /** Watches a job over a real connection, and tells what comes one by one. */
    async function watch(id: string, lastEventId?: string) {
      const url = `${await server.listen()}/trpc`
      const client = createTRPCClient<AppRouter>({ links: [httpSubscriptionLink({ url, EventSource })] })
      const seen: (Shown & { eventId: string })[] = []
      const ended = Promise.withResolvers<unknown>()
      let told = Promise.withResolvers<void>()
      const subscription = client.jobs.watch.subscribe(
        { id, ...(lastEventId ? { lastEventId } : {}) },
        {
          onData: ({ id: eventId, data: { status, done } }) => {
            seen.push({ status, done, eventId })
            told.resolve()
          },
          onComplete: () => ended.resolve('complete'),
          onError: (error) => ended.resolve(error),
          onConnectionStateChange: ({ error }) => {
            if (error) ended.resolve(error)
          },
        },
      )
      return {
        seen: () => seen.map(({ status, done }) => `${status} ${done}`),
        eventIds: () => seen.map(({ eventId }) => eventId),
        /** Resolves when so many states have come. */
        async hasSeen(count: number) {
          while (seen.length < count) {
            await told.promise
            told = Promise.withResolvers()
          }
        },
        ended: ended.promise,
        unsubscribe: () => subscription.unsubscribe(),
      }
    }

    it('are told as they are, at every change, and when they are over', async () => {
      const id = await enqueue()
      const watching = await watch(id)
      await watching.hasSeen(1)
      server.jobs.poke()
      await watching.hasSeen(2)
      steps.step()
      expect(await watching.ended).toBe('complete')
      expect(watching.seen()[0]).toBe('QUEUED 0')
      expect(watching.seen()[1]).toBe('RUNNING 0')
      expect(watching.seen().at(-1)).toBe('SUCCEEDED 1')
    })

    it('are not told twice to a caller who comes back', async () => {
      const id = await enqueue()
      const first = await watch(id)
      await first.hasSeen(1)
      first.unsubscribe()
      const [lastEventId = ''] = first.eventIds()
      const second = await watch(id, lastEventId)
      await finish()
      expect(await second.ended).toBe('complete')
      expect(second.seen()).not.toContain('QUEUED 0')
      expect(second.seen().at(-1)).toBe('SUCCEEDED 1')

      const third = await watch(id, second.eventIds().at(-1))
      expect(await third.ended).toBe('complete')
      expect(third.seen()).toEqual([])
    })

    it('are refused where there is none, or no id', async () => {
      for (const id of [NOBODY, 'first']) {
        const watching = await watch(id)
        const error = await watching.ended
        const code = id === NOBODY ? 'NOT_FOUND' : 'UNPROCESSABLE_CONTENT'
        expect(error).toMatchObject({ data: { code, path: 'jobs.watch', request_id: expect.any(String) } })
        watching.unsubscribe()
      }
    })

    it('are let go at once when the server stops, so that the caller comes back', async () => {
      const watching = await watch(await enqueue())
      await watching.hasSeen(1)
      stopping.abort(new AppError('SERVICE_UNAVAILABLE', 'The server is shutting down.'))
      expect(await watching.ended).toMatchObject({ data: { code: 'SERVICE_UNAVAILABLE', httpStatus: 503 } })
      watching.unsubscribe()
    })

    it('are looked at no more when the caller has hung up', async () => {
      const response = await server.request(`/trpc/jobs.watch?input=${JSON.stringify({ id: await enqueue() })}`)
      expect(response.headers.get('Content-Type')).toBe('text/event-stream')
      expect(response.headers.get('X-Accel-Buffering')).toBe('no')
      const reader = response.body?.getReader()
      expect((await reader?.read())?.done).toBe(false)
      await reader?.cancel()
    })
  })
})
