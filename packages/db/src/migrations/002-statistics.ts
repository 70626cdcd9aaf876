import { sql } from 'kysely'
import { engineOf } from '../dialect.ts'
import { columns } from './columns.ts'
import type { Migration } from './index.ts'

/** Figures derived from purchases and warranties. They are empty until core computes them from the rows. */
export const statistics: Migration = {
  name: '002-statistics',

  async up(db) {
    const { integer, key, tableOptions } = columns(engineOf(db))
    await sql`
      create table statistics (
        kind ${key} not null,
        currency_code ${key} not null,
        key ${key} not null,
        period ${key} not null,
        row_count ${integer} not null,
        item_count ${integer} not null,
        amount ${integer} not null,
        primary key (kind, currency_code, key, period)
      ) ${tableOptions}`.execute(db)
    // The most bought products first, without looking at the others.
    await sql`
      create index statistics_products_idx
      on statistics (currency_code, item_count desc, amount desc, key) where kind = 'product'`.execute(db)
    // Rises with every change of the data: what a caller has seen is still current while this is the same.
    await sql`alter table settings add column revision ${integer} not null default 0`.execute(db)
  },

  async down(db) {
    await sql`alter table settings drop column revision`.execute(db)
    await sql`drop table statistics`.execute(db)
  },
}
