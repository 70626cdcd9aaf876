import { today, toInstant } from './calendar.ts'
import type { Context } from './context.ts'
import { getSettings } from './settings.ts'

/** The moment of a change: the instant, and what it means to this instance. */
export interface Moment {
  now: string
  /** The calendar day in the time zone of Settings. */
  today: string
  base_currency: string
}

export async function getMoment(ctx: Context): Promise<Moment> {
  const { time_zone, base_currency } = await getSettings(ctx)
  const now = ctx.now()
  return { now: toInstant(now), today: today(now, time_zone), base_currency }
}
