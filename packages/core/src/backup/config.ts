import type { BackupConfigTable } from '@spends/db'
import { z } from 'zod'
import { toInstant } from '../calendar.ts'
import { type Context, inTransaction } from '../context.ts'
import { type FieldError, invalid } from '../errors.ts'
import { ReadOnly } from '../fields.ts'
import { lockBackups } from '../jobs/beside.ts'
import { BackupPlace } from './destinations/place.ts'

const WEEKDAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const

const Generations = z.int().min(0).max(1000)

/** Opens an encrypted backup. */
export const Passphrase = z
  .string()
  .refine(({ length }) => length >= 8 && length <= 1000, 'must be 8 to 1000 characters long')
  .meta({ minLength: 8, maxLength: 1000, examples: ['correct horse battery staple'] })

/** When backups are made by themselves, how many are kept, and where else. */
export const BackupConfig = z
  .object({
    schedule: z.enum(['OFF', 'DAILY', 'WEEKLY', 'MONTHLY']),
    hour: z.int().min(0).max(23).meta({ description: 'In the time zone of Settings.' }),
    weekday: z.enum(WEEKDAYS).meta({ description: 'For WEEKLY.' }),
    day_of_month: z
      .int()
      .min(1)
      .max(31)
      .meta({ description: 'For MONTHLY; in a month that has no such day it is the last one.' }),
    keep_last: z.int().min(1).max(1000).meta({
      description:
        'How many backups are kept; older ones are removed once a new one is proven. Restore points are counted on their own.',
    }),
    keep_daily: Generations.meta({ description: 'And beside them the last backup of each of so many days,' }),
    keep_weekly: Generations.meta({ description: 'of so many weeks,' }),
    keep_monthly: Generations.meta({ description: 'and of so many months.' }),
    destinations: z
      .array(BackupPlace)
      .refine(({ length }) => length <= 5, 'must be at most 5 places')
      .refine((places) => new Set(places).size === places.length, 'must name each place once')
      .meta({ maxItems: 5, description: 'Where each backup is copied to.' }),
    has_passphrase: z
      .boolean()
      .meta({ description: 'Whether backups are encrypted; the passphrase itself is never told.' }),
  })
  .meta({ id: 'BackupConfig' })
export type BackupConfig = z.infer<typeof BackupConfig>

const { has_passphrase: _, ...changeable } = BackupConfig.shape

/** What to change; the rest stays. */
export const BackupConfigChanges = z
  .strictObject({
    ...z.object(changeable).partial().shape,
    passphrase: Passphrase.nullish().meta({
      description: 'Encrypts backups from now on; null ends that. Who loses it has lost what was encrypted with it.',
    }),
    has_passphrase: ReadOnly,
  })
  .meta({ id: 'BackupConfigChanges' })
export type BackupConfigChanges = z.output<typeof BackupConfigChanges>

const DEFAULTS: Omit<BackupConfigTable, 'id'> = {
  schedule: 'OFF',
  hour: 3,
  weekday: 'SUNDAY',
  day_of_month: 1,
  keep_last: 10,
  keep_daily: 0,
  keep_weekly: 0,
  keep_monthly: 0,
  destinations: '[]',
  passphrase: null,
  scheduled_since: null,
  queued_until: null,
}

/** The config as it is stored, its secret included: not for callers. */
export async function readConfig({ db }: Context): Promise<Omit<BackupConfigTable, 'id'>> {
  const row = await db.selectFrom('backup_config').selectAll().executeTakeFirst()
  if (!row) return DEFAULTS
  const { id: _, ...config } = row
  return config
}

/** The config in force. */
export async function getBackupConfig(ctx: Context): Promise<BackupConfig> {
  return toConfig(await readConfig(ctx))
}

/** Changes what is given and returns all of it. @throws AppError UNPROCESSABLE_CONTENT where `has_passphrase` differs */
export async function updateBackupConfig(
  ctx: Context,
  { has_passphrase, destinations, ...changes }: BackupConfigChanges,
): Promise<BackupConfig> {
  return inTransaction(ctx, async (tx) => {
    await lockBackups(tx)
    const stored = await readConfig(tx)
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
    const wanted = {
      ...stored,
      ...given,
      ...(destinations === undefined ? {} : { destinations: JSON.stringify(destinations) }),
    }
    refuseDiffering(has_passphrase, wanted)
    const now = toInstant(tx.now())
    // A schedule begins when it is made: what it would have asked for yesterday is not overdue.
    const since = SCHEDULE.some((name) => stored[name] !== wanted[name])
      ? { scheduled_since: now, queued_until: now }
      : {}
    await storeConfig(tx, { ...wanted, ...since })
    return getBackupConfig(tx)
  })
}

const SCHEDULE = ['schedule', 'hour', 'weekday', 'day_of_month'] as const

/** Notes until when everything that was due is queued. @param tx a transaction that has locked backups */
export async function setQueuedUntil(tx: Context, queued_until: string): Promise<void> {
  await tx.db.updateTable('backup_config').set({ queued_until }).execute()
}

async function storeConfig({ db }: Context, config: Omit<BackupConfigTable, 'id'>): Promise<void> {
  await db
    .insertInto('backup_config')
    .values({ id: 1, ...config })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(config))
    .execute()
}

function toConfig(row: Omit<BackupConfigTable, 'id'>): BackupConfig {
  const { passphrase, destinations, scheduled_since: _, queued_until: __, ...config } = row
  return { ...config, destinations: JSON.parse(destinations), has_passphrase: passphrase !== null }
}

function refuseDiffering(given: unknown, { passphrase }: { passphrase: string | null }): void {
  if (given === undefined || given === (passphrase !== null)) return
  const error: FieldError = { path: 'has_passphrase', message: 'is read only: send a passphrase, or null for none' }
  throw invalid([error])
}
