import { sql } from 'kysely'
import type { Migration } from './index.ts'

/** Purchases by the end of their return window, and those that taxes know. Few have either, so few are in the index. */
export const filters: Migration = {
  name: '006-filters',

  async up(db) {
    await sql`
      create index purchases_return_by_id_idx on purchases (return_by, id) where return_by is not null`.execute(db)
    await sql`
      create index purchases_tax_deductible_idx on purchases (purchase_date, id) where tax_deductible is true`.execute(
      db,
    )
  },

  async down(db) {
    await sql`drop index purchases_tax_deductible_idx`.execute(db)
    await sql`drop index purchases_return_by_id_idx`.execute(db)
  },
}
