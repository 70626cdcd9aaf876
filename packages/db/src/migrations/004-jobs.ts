import { sql } from 'kysely'
import { engineOf } from '../dialect.ts'
import { columns } from './columns.ts'
import type { Migration } from './index.ts'

/** Long work: who does it and what it was asked, what it changed so that it can be taken back, and files to import. */
export const jobs: Migration = {
  name: '004-jobs',

  async up(db) {
    const { uuid, instant, integer, text, key, tableOptions } = columns(engineOf(db))
    for (const [name, type] of [
      ['params', text],
      ['claimed_by', text],
      ['heartbeat_at', instant('heartbeat_at')],
      ['cancel_requested_at', instant('cancel_requested_at')],
    ] as const) {
      await sql`alter table jobs add column ${sql.ref(name)} ${type}`.execute(db)
    }
    await sql`
      create table job_changes (
        job_id ${uuid('job_id')} not null references jobs (id) on delete cascade,
        entity ${text} not null check (entity in ('purchase', 'retailer', 'brand', 'settings')),
        entity_id ${uuid('entity_id')} not null,
        before ${text},
        stamp ${text} not null,
        primary key (job_id, entity, entity_id)
      ) ${tableOptions}`.execute(db)
    await sql`
      create table import_files (
        id ${uuid('id')} not null primary key,
        filename ${text} not null,
        kind ${text} not null check (kind in ('CSV', 'JSON', 'ZIP')),
        size ${integer} not null check (size >= 0),
        created_at ${instant('created_at')} not null
      ) ${tableOptions}`.execute(db)
    await sql`
      create table import_errors (
        job_id ${uuid('job_id')} not null references jobs (id) on delete cascade,
        position ${integer} not null check (position >= 0),
        row_number ${integer} not null check (row_number >= 0),
        column_name ${text},
        value ${text},
        message ${text} not null,
        primary key (job_id, position)
      ) ${tableOptions}`.execute(db)
    await sql`
      create table import_mappings (
        header ${key} not null primary key,
        columns ${text} not null,
        updated_at ${instant('updated_at')} not null
      ) ${tableOptions}`.execute(db)
    // Two purchases that may be one are looked for by name and day. With the day first, lists of some days would take it
    // for theirs.
    await sql`create index purchases_sort_key_purchase_date_idx on purchases (sort_key, purchase_date)`.execute(db)
  },

  async down(db) {
    await sql`drop index purchases_sort_key_purchase_date_idx`.execute(db)
    for (const table of ['import_mappings', 'import_errors', 'import_files', 'job_changes']) {
      await sql`drop table ${sql.table(table)}`.execute(db)
    }
    for (const column of ['cancel_requested_at', 'heartbeat_at', 'claimed_by', 'params']) {
      await sql`alter table jobs drop column ${sql.ref(column)}`.execute(db)
    }
  },
}
