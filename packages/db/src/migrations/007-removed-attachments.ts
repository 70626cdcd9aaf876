import { sql } from 'kysely'
import { engineOf } from '../dialect.ts'
import { columns } from './columns.ts'
import type { Migration } from './index.ts'

/** What a deletion of many purchases took with it, so that undoing it brings it back. */
export const removedAttachments: Migration = {
  name: '007-removed-attachments',

  async up(db) {
    const { uuid, instant, integer, text, boolean, tableOptions } = columns(engineOf(db))
    await sql`
      create table removed_attachments (
        job_id ${uuid('job_id')} not null references jobs (id) on delete cascade,
        removed_at ${instant('removed_at')} not null,
        id ${uuid('id')} not null,
        purchase_id ${uuid('purchase_id')} not null,
        kind ${text} not null,
        filename ${text} not null,
        mime_type ${text} not null,
        size ${integer} not null,
        sha256 ${text} not null,
        available ${boolean('available')} not null,
        created_at ${instant('created_at')} not null,
        primary key (job_id, purchase_id, id)
      ) ${tableOptions}`.execute(db)
    await sql`create index removed_attachments_sha256_idx on removed_attachments (sha256)`.execute(db)
  },

  async down(db) {
    await sql`drop table removed_attachments`.execute(db)
  },
}
