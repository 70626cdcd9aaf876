import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, expect, it } from 'vitest'
import { restOf } from './verbs.ts'
import { createWorld, type World } from './world.ts'

describeEachEngine('changing and deleting many purchases', ({ openDatabase }) => {
  let world: World
  beforeEach(async () => {
    world = await createWorld(await openDatabase())
  })
  const { ask, post } = restOf(() => world)
  const waiting = (path: string, json: object) => ask(path, { method: 'POST', json, headers: { Prefer: 'wait' } })

  it('is a job, whose result says how many', async () => {
    const { status, headers, body } = await post('/api/bulk/change', {
      filter: { status: 'RECEIVED' },
      changes: { add_tags: ['seen'] },
    })
    expect([status, headers.get('Location'), body.kind, body.status]).toEqual([
      202,
      `/api/jobs/${body.id}`,
      'CHANGE',
      'QUEUED',
    ])
    await world.server.jobs.idle()
    expect((await ask(`/api/jobs/${body.id}`)).body).toMatchObject({
      status: 'SUCCEEDED',
      done: 5,
      total: 5,
      result: { job_id: body.id, matched: 5, changed: 5, undone_at: null },
    })
    expect((await ask('/api/tags')).body.items[0]).toEqual({ tag: 'seen', purchase_count: 5 })
  })

  it('deletes and brings back what belongs to a purchase', async () => {
    const read = async () => (await ask(`/api/purchases/${world.ids.pan}`)).body
    const before = await read()
    const { status, body: report } = await waiting('/api/bulk/delete', { ids: [world.ids.pan, world.ids.lamp] })
    expect([status, report.matched, report.changed]).toEqual([200, 2, 2])
    expect(await read()).toMatchObject({ status: 404 })
    const undone = await post(`/api/bulk/${report.job_id}/undo`, {})
    expect([undone.status, undone.body.purchases_restored, undone.body.kept]).toEqual([200, 2, []])
    const after = await read()
    expect(after.attachments).toEqual(before.attachments)
    expect(after).toMatchObject({ ...before, version: 2, warranty: { ...before.warranty, version: 2 } })
    const content = await world.server.request(`/api/attachments/${world.ids.panReceipt}/content`)
    expect(await content.text()).toContain('the pan')
    expect((await ask(`/api/jobs/${report.job_id}`)).body.result).toMatchObject({ undone_at: '2026-03-15T10:20:30Z' })
  })

  it('is no longer undone where somebody changed something, by name', async () => {
    const { body: report } = await waiting('/api/bulk/change', {
      ids: [world.ids.lamp],
      changes: { status: 'ORDERED' },
    })
    await ask(`/api/purchases/${world.ids.lamp}`, { method: 'PUT', json: { notes: 'mine' } })
    const { status, body } = await post(`/api/bulk/${report.job_id}/undo`, {})
    expect([status, body.errors]).toEqual([
      409,
      [{ path: `purchase.${world.ids.lamp}`, message: '"Desk lamp" was changed since' }],
    ])
  })
})
