import { isDeepStrictEqual } from 'node:util'
import { prepared } from '@spends/db'
import { z } from 'zod'
import { today } from './calendar.ts'
import { type Context, inTransaction } from './context.ts'
import { CurrencyCode } from './fields.ts'

const DASHBOARD_CARDS = [
  'total_spent',
  'item_count',
  'avg_price',
  'active_warranties',
  'expiring_warranties',
  'expired_warranties',
  'tax_deductible',
] as const

const Locale = z
  .string()
  .refine(isLocale, 'must be a language tag such as en-US')
  .meta({ examples: ['en-US'] })

const TimeZone = z
  .string()
  .refine(isTimeZone, 'must be an IANA time zone such as Europe/Berlin')
  .meta({ examples: ['Europe/Berlin'] })

/** How this instance counts and shows. One row; it exists from the first start on. */
export const Settings = z
  .object({
    base_currency: CurrencyCode.meta({ description: 'Currency of purchases and figures that name none.' }),
    locale: Locale,
    time_zone: TimeZone.meta({ description: 'Decides which day is today.' }),
    date_format: z.enum(['YMD', 'DMY', 'MDY']),
    week_start: z.enum(['MONDAY', 'SATURDAY', 'SUNDAY']),
    expiring_soon_days: z
      .int()
      .min(0)
      .max(3650)
      .meta({ description: 'A warranty that ends within so many days is expiring soon.' }),
    dashboard_cards: z
      .array(z.enum(DASHBOARD_CARDS))
      .refine((cards) => new Set(cards).size === cards.length, 'must name each card once'),
  })
  .meta({ id: 'Settings' })
export type Settings = z.infer<typeof Settings>

/** The settings to change; the others stay. */
export const SettingsChanges = z.strictObject(Settings.partial().shape).meta({ id: 'SettingsChanges' })
export type SettingsChanges = z.input<typeof SettingsChanges>

export const DEFAULT_SETTINGS: Settings = {
  base_currency: 'USD',
  locale: 'en-US',
  time_zone: 'UTC',
  date_format: 'YMD',
  week_start: 'MONDAY',
  expiring_soon_days: 30,
  dashboard_cards: [...DASHBOARD_CARDS],
}

const selectRow = prepared((db) => db.selectFrom('settings').selectAll())

async function readRow(ctx: Context) {
  const [row] = await selectRow(ctx.db)
  if (!row) throw new Error('The database was never seeded')
  return row
}

/** The settings in force. */
export async function getSettings(ctx: Context): Promise<Settings> {
  const row = await readRow(ctx)
  const { id: _, revision: __, dashboard_cards, ...settings } = row
  return { ...settings, dashboard_cards: JSON.parse(dashboard_cards) }
}

/** Changes the settings that are given and returns all of them. */
export async function updateSettings(ctx: Context, changes: z.output<typeof SettingsChanges>): Promise<Settings> {
  return inTransaction(ctx, async (tx) => {
    const stored = await getSettings(tx)
    const given = Object.entries(changes).filter(([, value]) => value !== undefined)
    if (given.every(([name, value]) => isDeepStrictEqual(value, stored[name as keyof Settings]))) return stored
    const { dashboard_cards, ...rest } = changes
    const row = { ...rest, ...(dashboard_cards ? { dashboard_cards: JSON.stringify(dashboard_cards) } : {}) }
    await tx.db
      .updateTable('settings')
      .set((eb) => ({ ...row, revision: eb('revision', '+', 1) }))
      .execute()
    return getSettings(tx)
  })
}

/** The current day of this instance. */
export async function getToday(ctx: Context): Promise<string> {
  const { time_zone } = await readRow(ctx)
  return today(ctx.now(), time_zone)
}

function isLocale(tag: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(tag).length > 0
  } catch {
    // Intl throws a RangeError for what is no language tag at all.
    return false
  }
}

function isTimeZone(name: string): boolean {
  // Intl also takes plain offsets, which know no summer time and which not every browser takes.
  if (/^[+-]/.test(name)) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    // Intl has no other way to ask.
    return false
  }
}
