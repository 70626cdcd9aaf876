import { sql } from 'kysely'
import type { Migration } from './index.ts'

/**
 * Purchases by the end of their return window, and those that taxes know: few have either, so few are in the index.
 * Tags with the ways in which they are written, so that counting them needs nothing else.
 */
export const filters: Migration = {
  name: '006-filters',

  async up(db) {
    await sql`
      create index purchases_return_by_id_idx on purchases (return_by, id) where return_by is not null`.execute(db)
    await sql`
      create index purchases_tax_deductible_idx on purchases (purchase_date, id) where tax_deductible is true`.execute(
      db,
    )
    await sql`create index purchase_tags_tag_key_tag_idx on purchase_tags (tag_key, tag)`.execute(db)
  },

  async down(db) {
    await sql`drop index purchase_tags_tag_key_tag_idx`.execute(db)
    await sql`drop index purchases_tax_deductible_idx`.execute(db)
    await sql`drop index purchases_return_by_id_idx`.execute(db)
  },
}
