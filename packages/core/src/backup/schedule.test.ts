import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays, daysBetween, today } from '../calendar.ts'
import { nextRun, type Schedule } from './schedule.ts'

const NEVER: Schedule = { schedule: 'OFF', hour: 2, weekday: 'SUNDAY', day_of_month: 31 }
const HOUR_MS = 3_600_000

/** With summer time by the hour and the half hour, at midnight, in either half of the year, and none. */
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Santiago',
  'Australia/Lord_Howe',
  'Asia/Beirut',
  'Asia/Kathmandu',
  'Africa/Casablanca',
  'Pacific/Auckland',
] as const

const WEEKDAYS = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'] as const

/** The runs that follow, as instants. */
function runsAfter(schedule: Partial<Schedule>, zone: string, after: string, count = 3): string[] {
  const runs: string[] = []
  for (let time = new Date(after); runs.length < count; ) {
    time = nextRun({ ...NEVER, ...schedule }, zone, time) ?? expect.unreachable()
    runs.push(time.toISOString().replace('.000', ''))
  }
  return runs
}

describe('the next run of a schedule', () => {
  it('is none where there is no schedule', () => {
    expect(nextRun(NEVER, 'UTC', new Date())).toBeUndefined()
  })

  it('is later than the moment it is asked for, also on the second', () => {
    expect(runsAfter({ schedule: 'DAILY' }, 'UTC', '2026-05-05T02:00:00Z', 1)).toEqual(['2026-05-06T02:00:00Z'])
    expect(runsAfter({ schedule: 'DAILY' }, 'UTC', '2026-05-05T01:59:59.999Z', 1)).toEqual(['2026-05-05T02:00:00Z'])
  })

  it('comes right after the hour that summer time skips', () => {
    expect(runsAfter({ schedule: 'DAILY' }, 'Europe/Berlin', '2026-03-28T12:00:00Z')).toEqual([
      '2026-03-29T01:00:00Z',
      '2026-03-30T00:00:00Z',
      '2026-03-31T00:00:00Z',
    ])
  })

  it('comes once in the hour that is there twice', () => {
    const runs = ['2026-10-25T00:00:00Z', '2026-10-26T01:00:00Z', '2026-10-27T01:00:00Z']
    expect(runsAfter({ schedule: 'DAILY' }, 'Europe/Berlin', '2026-10-24T12:00:00Z')).toEqual(runs)
    // Also for who asks between the two.
    expect(runsAfter({ schedule: 'DAILY' }, 'Europe/Berlin', '2026-10-25T00:30:00Z', 2)).toEqual(runs.slice(1))
  })

  it('is on the last day of months that have no such day', () => {
    const daysFor = (day_of_month: number, after: string) =>
      runsAfter({ schedule: 'MONTHLY', day_of_month }, 'UTC', after, 4).map((run) => run.slice(5, 10))
    expect(daysFor(31, '2026-01-15T00:00:00Z')).toEqual(['01-31', '02-28', '03-31', '04-30'])
    expect(daysFor(30, '2026-01-15T00:00:00Z')).toEqual(['01-30', '02-28', '03-30', '04-30'])
    expect(daysFor(29, '2028-01-30T00:00:00Z')).toEqual(['02-29', '03-29', '04-29', '05-29'])
    expect(daysFor(1, '2026-01-15T00:00:00Z')).toEqual(['02-01', '03-01', '04-01', '05-01'])
  })

  const schedules = fc.record({
    schedule: fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY'),
    hour: fc.integer({ min: 0, max: 23 }),
    weekday: fc.constantFrom(...WEEKDAYS),
    day_of_month: fc.integer({ min: 1, max: 31 }),
  })
  const moments = fc.date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true })
  const questions = fc.record({ schedule: schedules, zone: fc.constantFrom(...ZONES), after: moments })

  it('is the same for every moment before it, from the run before on', () => {
    fc.assert(
      fc.property(questions, fc.double({ min: 0, max: 1, noNaN: true }), ({ schedule, zone, after }, part) => {
        const run = nextRun(schedule, zone, after) ?? expect.unreachable()
        expect(run.getTime()).toBeGreaterThan(after.getTime())
        const between = new Date(after.getTime() + Math.floor((run.getTime() - 1 - after.getTime()) * part))
        expect(nextRun(schedule, zone, between)).toEqual(run)
      }),
    )
  })

  it('is at the hour, on the day, in the time zone; later only where clocks skip it', () => {
    fc.assert(
      fc.property(questions, ({ schedule, zone, after }) => {
        const run = nextRun(schedule, zone, after) ?? expect.unreachable()
        const day = today(run, zone)
        if (schedule.schedule === 'WEEKLY') expect(WEEKDAYS[new Date(day).getUTCDay()]).toBe(schedule.weekday)
        if (schedule.schedule === 'MONTHLY') {
          const last = Number(addDays(`${addDays(`${day.slice(0, 7)}-28`, 4).slice(0, 7)}-01`, -1).slice(8))
          expect(Number(day.slice(8))).toBe(Math.min(schedule.day_of_month, last))
        }
        const late = clockOf(run, zone) - schedule.hour
        const wasSkipped = clockOf(new Date(run.getTime() - 1), zone) < schedule.hour && late > 0
        expect(late === 0 || (wasSkipped && late <= 1)).toBe(true)
      }),
    )
  })

  it('of every day is one a day', () => {
    fc.assert(
      fc.property(questions, ({ schedule, zone, after }) => {
        const daily = { ...schedule, schedule: 'DAILY' } as const
        const run = nextRun(daily, zone, after) ?? expect.unreachable()
        const following = nextRun(daily, zone, run) ?? expect.unreachable()
        expect(daysBetween(today(run, zone), today(following, zone))).toBe(1)
        expect(Math.abs(following.getTime() - run.getTime() - 24 * HOUR_MS)).toBeLessThanOrEqual(HOUR_MS)
      }),
    )
  })
})

/** What a clock there shows, in hours. */
function clockOf(time: Date, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(time)
  const read = (type: string) => Number(parts.find((part) => part.type === type)?.value)
  return read('hour') + read('minute') / 60 + read('second') / 3600
}
