import { sql } from 'kysely'
import { engineOf } from '../dialect.ts'
import { columns } from './columns.ts'
import type { Migration } from './index.ts'

/** When backups are made, how many are kept, and where. */
export const backup: Migration = {
  name: '005-backup',

  async up(db) {
    const { instant, integer, text, tableOptions } = columns(engineOf(db))
    await sql`
      create table backup_config (
        id ${integer} not null primary key check (id = 1),
        schedule ${text} not null check (schedule in ('OFF', 'DAILY', 'WEEKLY', 'MONTHLY')),
        hour ${integer} not null check (hour between 0 and 23),
        weekday ${text} not null check (
          weekday in ('MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY')
        ),
        day_of_month ${integer} not null check (day_of_month between 1 and 31),
        keep_last ${integer} not null check (keep_last >= 1),
        keep_daily ${integer} not null check (keep_daily >= 0),
        keep_weekly ${integer} not null check (keep_weekly >= 0),
        keep_monthly ${integer} not null check (keep_monthly >= 0),
        destinations ${text} not null,
        passphrase ${text},
        scheduled_since ${instant('scheduled_since')},
        queued_until ${instant('queued_until')}
      ) ${tableOptions}`.execute(db)
  },

  async down(db) {
    await sql`drop table backup_config`.execute(db)
  },
}
