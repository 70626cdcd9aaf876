import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toInstant } from '../calendar.ts'
import { type Judged, KEPT_RESTORE_POINTS, type Retention, whatToDelete } from './retention.ts'

const ONE: Retention = { keep_last: 1, keep_daily: 0, keep_weekly: 0, keep_monthly: 0 }

/** A good backup of an instant, or of a day's noon. */
function backup(time: string, more: Partial<Judged> = {}): Judged {
  const created_at = time.includes('T') ? time : `${time}T12:00:00Z`
  return { id: created_at, created_at, trigger: 'MANUAL', verified_at: created_at, missing_files: 0, ...more }
}

function keptOf(backups: readonly Judged[], retention: Partial<Retention>, timeZone = 'UTC'): string[] {
  const deleted = new Set(whatToDelete(backups, { ...ONE, ...retention }, timeZone))
  return backups
    .filter((backup) => !deleted.has(backup))
    .map(({ created_at }) => created_at.slice(0, 10))
    .sort()
}

describe('of backups', () => {
  const days = ['2026-01-30', '2026-01-31', '2026-02-01', '2026-02-02', '2026-02-08', '2026-02-09']
  const backups = days.map((day) => backup(day))

  it('the last ones are kept, in whatever order they come', () => {
    expect(keptOf(backups, { keep_last: 2 })).toEqual(['2026-02-08', '2026-02-09'])
    expect(keptOf(backups.toReversed(), { keep_last: 2 })).toEqual(['2026-02-08', '2026-02-09'])
    expect(keptOf(backups, { keep_last: 99 })).toEqual(days)
  })

  it('the last of each day, week and month are kept beside them', () => {
    expect(keptOf(backups, { keep_daily: 3 })).toEqual(['2026-02-02', '2026-02-08', '2026-02-09'])
    // Sunday the 8th ends the week that Monday the 2nd began.
    expect(keptOf(backups, { keep_weekly: 3 })).toEqual(['2026-02-01', '2026-02-08', '2026-02-09'])
    expect(keptOf(backups, { keep_monthly: 12 })).toEqual(['2026-01-31', '2026-02-09'])
  })

  it('the time zone says which day one is of', () => {
    const evening = [backup('2026-02-01T22:30:00Z'), backup('2026-02-01T23:30:00Z'), backup('2026-02-02T12:00:00Z')]
    expect(whatToDelete(evening, { ...ONE, keep_daily: 9 }, 'UTC')).toEqual([evening[0]])
    expect(whatToDelete(evening, { ...ONE, keep_daily: 9 }, 'Europe/Berlin')).toEqual([evening[1]])
  })

  it('restore points are counted on their own', () => {
    const points = days.map((day) => backup(`${day}T13:00:00Z`, { trigger: 'RESTORE_POINT' }))
    const deleted = whatToDelete([...backups, ...points], { ...ONE, keep_last: 6 }, 'UTC')
    expect(deleted).toEqual(points.slice(0, -KEPT_RESTORE_POINTS).toReversed())
  })

  it('one that could not be proven takes nobody’s place', () => {
    const damaged = backup('2026-02-10', { verified_at: null })
    expect(keptOf([...backups, damaged], {})).toEqual(['2026-02-09', '2026-02-10'])
    expect(keptOf([...backups, damaged, backup('2026-02-11')], {})).toEqual(['2026-02-11'])
  })

  it('the newest one with all its files stays, however many came after it', () => {
    const poor = ['2026-02-10', '2026-02-11', '2026-02-12'].map((day) => backup(day, { missing_files: 1 }))
    expect(keptOf([...backups, ...poor], {})).toEqual(['2026-02-09', '2026-02-12'])
  })

  const judged = fc.uniqueArray(
    fc.record({
      id: fc.uuid(),
      created_at: fc
        .date({ min: new Date('2025-11-01'), max: new Date('2026-03-01'), noInvalidDate: true })
        .map(toInstant),
      trigger: fc.constantFrom('MANUAL', 'SCHEDULED', 'RESTORE_POINT'),
      verified_at: fc.constantFrom('2026-03-01T00:00:00Z', '2026-03-01T00:00:00Z', null),
      missing_files: fc.constantFrom(0, 0, 3),
    }),
    { selector: ({ id }) => id, maxLength: 40 },
  ) as fc.Arbitrary<Judged[]>
  const counts = fc.integer({ min: 0, max: 6 })
  const retentions = fc.record({
    keep_last: fc.integer({ min: 1, max: 6 }),
    keep_daily: counts,
    keep_weekly: counts,
    keep_monthly: counts,
  })
  const zones = fc.constantFrom('UTC', 'Pacific/Auckland', 'America/New_York')

  it('the newest proven and complete one is never deleted, and as many as were asked for stay', () => {
    fc.assert(
      fc.property(judged, retentions, zones, (all, retention, zone) => {
        const deleted = new Set(whatToDelete(all, retention, zone))
        const newestFirst = all.toSorted((a, b) => (b.created_at + b.id > a.created_at + a.id ? 1 : -1))
        const complete = newestFirst.find(({ verified_at, missing_files }) => verified_at && missing_files === 0)
        if (complete) expect(deleted.has(complete)).toBe(false)
        const proven = newestFirst.filter(({ trigger, verified_at }) => trigger !== 'RESTORE_POINT' && verified_at)
        for (const one of proven.slice(0, retention.keep_last)) expect(deleted.has(one)).toBe(false)
      }),
    )
  })

  it('nothing more goes when it is asked again, and less goes when more is to be kept', () => {
    fc.assert(
      fc.property(judged, retentions, retentions, zones, (all, retention, more, zone) => {
        const deleted = new Set(whatToDelete(all, retention, zone))
        const kept = all.filter((one) => !deleted.has(one))
        expect(whatToDelete(kept, retention, zone)).toEqual([])
        const larger = {
          keep_last: retention.keep_last + more.keep_last,
          keep_daily: retention.keep_daily + more.keep_daily,
          keep_weekly: retention.keep_weekly + more.keep_weekly,
          keep_monthly: retention.keep_monthly + more.keep_monthly,
        }
        for (const one of whatToDelete(all, larger, zone)) expect(deleted.has(one)).toBe(true)
      }),
    )
  })
})
