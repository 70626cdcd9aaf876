import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { DEFAULT_SETTINGS, getSettings, getToday, SettingsChanges, updateSettings } from './settings.ts'
import { openContext, type TestContext } from './testing.ts'

describeEachEngine('settings', (engine) => {
  let ctx: TestContext
  beforeEach(async () => {
    ctx = await openContext(engine)
  })

  it('begin with the defaults', async () => {
    expect(await getSettings(ctx)).toEqual({
      base_currency: 'USD',
      locale: 'en-US',
      time_zone: 'UTC',
      date_format: 'YMD',
      week_start: 'MONDAY',
      expiring_soon_days: 30,
      dashboard_cards: DEFAULT_SETTINGS.dashboard_cards,
    })
  })

  it('change one by one, and the others stay', async () => {
    const changes: SettingsChanges[] = [
      { base_currency: 'JPY' },
      { locale: 'de-CH' },
      { time_zone: 'Asia/Kathmandu' },
      { date_format: 'DMY' },
      { week_start: 'SUNDAY' },
      { expiring_soon_days: 0 },
      { dashboard_cards: ['item_count', 'total_spent'] },
      { dashboard_cards: [] },
    ]
    let expected = await getSettings(ctx)
    for (const change of changes) {
      expected = { ...expected, ...change } as typeof expected
      expect(await updateSettings(ctx, SettingsChanges.parse(change))).toEqual(expected)
      expect(await getSettings(ctx)).toEqual(expected)
    }
    expect(await updateSettings(ctx, {})).toEqual(expected)
    expect(await updateSettings(ctx, { ...DEFAULT_SETTINGS })).toEqual(DEFAULT_SETTINGS)
  })

  it('decide which day is today', async () => {
    const days: [zone: string, day: string][] = [
      ['UTC', '2026-03-15'],
      ['Pacific/Kiritimati', '2026-03-16'],
      ['Pacific/Pago_Pago', '2026-03-14'],
    ]
    ctx.setNow('2026-03-15T10:30:00Z')
    for (const [time_zone, day] of days) {
      await updateSettings(ctx, { time_zone })
      expect(await getToday(ctx)).toBe(day)
    }
  })
})

describe('the shape of settings', () => {
  it.each([
    { base_currency: 'usd' },
    { base_currency: null },
    { locale: 'not a locale' },
    { locale: '' },
    { locale: 'xx-XX' },
    { time_zone: 'Europe/Atlantis' },
    { time_zone: '+01:00' },
    { time_zone: '' },
    { time_zone: null },
    { date_format: 'DDMMYY' },
    { week_start: 'TUESDAY' },
    { expiring_soon_days: -1 },
    { expiring_soon_days: 3651 },
    { expiring_soon_days: 1.5 },
    { expiring_soon_days: '30' },
    { dashboard_cards: ['weather'] },
    { dashboard_cards: ['item_count', 'item_count'] },
    { colour: 'red' },
  ])('refuses %j', (changes) => {
    expect(SettingsChanges.safeParse(changes).success).toBe(false)
  })

  it('names every wrong field', () => {
    const parsed = SettingsChanges.safeParse({ locale: '', time_zone: 'x', week_start: 5 })
    expect(parsed.error?.issues.map(({ path }) => path.join('.'))).toEqual(['locale', 'time_zone', 'week_start'])
  })
})
