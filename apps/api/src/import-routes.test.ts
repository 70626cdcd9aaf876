import { AppError, type JobRun } from '@spends/core'
import { describeEachEngine } from '@spends/db/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startTestApp, type TestApp } from './testing.ts'

describeEachEngine('waiting for an import', ({ openDatabase }) => {
  let server: TestApp
  let stopping: AbortController
  let begun: PromiseWithResolvers<void>
  let held: PromiseWithResolvers<void>
  beforeEach(async () => {
    stopping = new AbortController()
    begun = Promise.withResolvers()
    held = Promise.withResolvers()
    const handler = { run, cleanUp: async () => {} }
    server = await startTestApp(await openDatabase(), { stopping: stopping.signal, handlers: { IMPORT: handler } })
  })
  afterEach(async () => {
    held.resolve()
    await server.close()
  })

  /** An import that takes as long as the test wants, and stops when it should. */
  async function run(job: JobRun): Promise<unknown> {
    begun.resolve()
    let isHeld = true
    held.promise.then(() => {
      isHeld = false
    })
    while (isHeld) {
      await job.progress('importing', 1)
      await new Promise((resolve) => setImmediate(resolve))
    }
    return { job_id: job.id }
  }

  const readJob = async () => {
    const { items } = (await (await server.request('/api/jobs')).json()) as { items: { id: string; status: string }[] }
    return items[0] ?? expect.fail('There is no job')
  }
  const sendFile = (init: RequestInit = {}) =>
    server.app.request('/api/import/csv', {
      method: 'POST',
      headers: { 'Content-Type': 'text/csv' },
      body: 'a,b\r\n1,2',
      ...init,
    })

  it('gives its report once it is over', async () => {
    const answer = sendFile()
    await begun.promise
    expect(await readJob()).toMatchObject({ status: 'RUNNING' })
    held.resolve()
    const response = await answer
    expect([response.status, await response.json()]).toEqual([200, { job_id: (await readJob()).id }])
  })

  it('ends when the caller hangs up; the import goes on', async () => {
    const caller = new AbortController()
    const answer = sendFile({ signal: caller.signal })
    await begun.promise
    caller.abort()
    expect((await answer).ok).toBe(false)
    expect(await readJob()).toMatchObject({ status: 'RUNNING' })
    held.resolve()
    await server.jobs.idle()
    expect(await readJob()).toMatchObject({ status: 'SUCCEEDED' })
  })

  it('says that somebody has cancelled it', async () => {
    const answer = sendFile()
    await begun.promise
    await server.request(`/api/jobs/${(await readJob()).id}/cancel`, { json: {} })
    const response = await answer
    expect([response.status, await response.json()]).toMatchObject([409, { code: 'CONFLICT' }])
  })

  it('ends when the server stops', async () => {
    const answer = sendFile()
    await begun.promise
    stopping.abort(new AppError('SERVICE_UNAVAILABLE', 'The server is shutting down.'))
    const response = await answer
    expect([response.status, response.headers.get('Retry-After')]).toEqual([503, '5'])
  })
})
