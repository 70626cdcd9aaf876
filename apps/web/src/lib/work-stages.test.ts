import type { Job } from '@spends/client'
import { describe, expect, it } from 'vitest'
import { stagesOf } from './work-stages.ts'

const job: Job = {
  id: '01890a5d-ac96-774b-bcce-b302099a8057',
  kind: 'RESTORE',
  status: 'RUNNING',
  stage: 'load',
  done: 30,
  total: 120,
  result: null,
  error: null,
  created_at: '2026-03-15T12:00:00Z',
  started_at: '2026-03-15T12:00:00Z',
  finished_at: null,
}
const states = (given: Partial<Job>) => stagesOf({ ...job, ...given }).map(({ state }) => state)

describe('the stages of work', () => {
  it('are done before the one under way, and still to come after it', () => {
    expect(states({})).toEqual(['done', 'now', 'later', 'later', 'later', 'later'])
  })

  it('say how far the one under way is, where that is known', () => {
    const percents = (given: Partial<Job>) => stagesOf({ ...job, ...given }).map(({ percent }) => percent)
    expect(percents({})).toEqual([null, 25, null, null, null, null])
    expect(percents({ total: null })).toEqual([null, null, null, null, null, null])
  })

  it('are all still to come for a job that waits, or takes back what it did', () => {
    expect(new Set(states({ status: 'QUEUED', stage: null }))).toEqual(new Set(['later']))
    expect(new Set(states({ stage: 'undo' }))).toEqual(new Set(['later']))
  })

  it('are none for work of other pages', () => {
    expect(states({ kind: 'IMPORT' })).toEqual([])
  })
})
