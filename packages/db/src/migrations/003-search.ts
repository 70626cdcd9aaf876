import { sql } from 'kysely'
import { engineOf } from '../dialect.ts'
import type { Migration } from './index.ts'

/** An index of all groups of three characters in the searched texts: finds what stands anywhere in them. */
export const search: Migration = {
  name: '003-search',

  async up(db) {
    for (const statement of UP[engineOf(db)]) await statement.execute(db)
  },

  async down(db) {
    for (const statement of DOWN[engineOf(db)]) await statement.execute(db)
  },
}

const UP = {
  // The index holds no text of its own, so it has to be told the old one when a row changes.
  sqlite: [
    sql`create virtual table purchase_search using fts5(
      search_text, content = 'purchases', content_rowid = 'row_number', tokenize = 'trigram case_sensitive 1'
    )`,
    sql`create trigger purchases_search_insert after insert on purchases begin
      insert into purchase_search (rowid, search_text) values (new.row_number, new.search_text);
    end`,
    sql`create trigger purchases_search_delete after delete on purchases begin
      insert into purchase_search (purchase_search, rowid, search_text)
      values ('delete', old.row_number, old.search_text);
    end`,
    sql`create trigger purchases_search_update after update of search_text on purchases
    when old.search_text <> new.search_text begin
      insert into purchase_search (purchase_search, rowid, search_text)
      values ('delete', old.row_number, old.search_text);
      insert into purchase_search (rowid, search_text) values (new.row_number, new.search_text);
    end`,
    sql`insert into purchase_search (purchase_search) values ('rebuild')`,
  ],
  postgres: [
    sql`create extension if not exists pg_trgm`,
    sql`create index purchases_search_idx on purchases using gin (search_text gin_trgm_ops)`,
  ],
} as const

const DOWN = {
  sqlite: [
    sql`drop trigger purchases_search_update`,
    sql`drop trigger purchases_search_delete`,
    sql`drop trigger purchases_search_insert`,
    sql`drop table purchase_search`,
  ],
  // The extension stays: others may use it.
  postgres: [sql`drop index purchases_search_idx`],
} as const
