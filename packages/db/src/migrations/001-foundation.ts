import { type RawBuilder, sql } from 'kysely'
import { engineOf } from '../dialect.ts'
import { columns } from './columns.ts'
import type { Migration } from './index.ts'

/** Purchases with their tags, warranties and attachments; retailers and brands; jobs; settings. */
export const foundation: Migration = {
  name: '001-foundation',

  async up(db) {
    const { uuid, date, instant, boolean, money, integer, text, key, rowNumber, matches, tableOptions } = columns(
      engineOf(db),
    )
    const run = (statement: RawBuilder<unknown>) => statement.execute(db)

    for (const table of ['retailers', 'brands']) {
      await run(sql`
        create table ${sql.table(table)} (
          id ${uuid('id')} not null primary key,
          name ${text} not null check (name <> ''),
          name_key ${key} not null unique,
          sort_key ${key} not null,
          search_text ${key} not null,
          url ${text},
          created_at ${instant('created_at')} not null,
          updated_at ${instant('updated_at')} not null
        ) ${tableOptions}`)
    }

    await run(sql`
      create table purchases (
        ${rowNumber}
        id ${uuid('id')} not null unique,
        product_name ${text} not null check (product_name <> ''),
        price ${money} not null check (price >= 0 and price < 10000000000),
        quantity ${integer} not null check (quantity >= 1),
        currency_code ${text} not null check (${matches('currency_code', 'currency')}),
        retailer_id ${uuid('retailer_id')} references retailers (id) on delete restrict,
        brand_id ${uuid('brand_id')} references brands (id) on delete restrict,
        status ${text} not null check (status in ('ORDERED', 'RECEIVED')),
        purchase_date ${date('purchase_date')} not null,
        notes ${text},
        model_number ${text},
        serial_number ${text},
        order_number ${text},
        link ${text},
        return_by ${date('return_by')},
        return_policy ${text},
        tax_deductible ${boolean('tax_deductible')} not null,
        version ${integer} not null check (version >= 1),
        created_at ${instant('created_at')} not null,
        updated_at ${instant('updated_at')} not null,
        sort_key ${key} not null,
        price_key ${integer} not null check (price_key >= 0),
        search_text ${key} not null
      ) ${tableOptions}`)

    await run(sql`
      create table purchase_tags (
        purchase_id ${uuid('purchase_id')} not null references purchases (id) on delete cascade,
        position ${integer} not null check (position >= 0),
        tag ${text} not null check (tag <> ''),
        tag_key ${key} not null,
        primary key (purchase_id, position),
        unique (purchase_id, tag_key)
      ) ${tableOptions}`)

    await run(sql`
      create table warranties (
        id ${uuid('id')} not null primary key,
        purchase_id ${uuid('purchase_id')} not null unique references purchases (id) on delete cascade,
        warranty_start ${date('warranty_start')} not null,
        warranty_end ${date('warranty_end')},
        warranty_type ${text} not null
          check (warranty_type in ('LIMITED', 'EXTENDED', 'LIFETIME', 'MANUFACTURER', 'RETAILER', 'OTHER')),
        voided_at ${instant('voided_at')},
        provider ${text},
        notes ${text},
        version ${integer} not null check (version >= 1),
        created_at ${instant('created_at')} not null,
        updated_at ${instant('updated_at')} not null,
        search_text ${key} not null,
        check (warranty_end is not null or warranty_type = 'LIFETIME'),
        check (warranty_end >= warranty_start)
      ) ${tableOptions}`)

    await run(sql`
      create table attachments (
        id ${uuid('id')} not null primary key,
        purchase_id ${uuid('purchase_id')} not null references purchases (id) on delete cascade,
        kind ${text} not null check (kind in ('RECEIPT', 'MANUAL', 'PHOTO', 'WARRANTY', 'OTHER')),
        filename ${text} not null check (filename <> ''),
        mime_type ${text} not null,
        size ${integer} not null check (size >= 0),
        sha256 ${text} not null check (${matches('sha256', 'sha256')}),
        available ${boolean('available')} not null,
        created_at ${instant('created_at')} not null
      ) ${tableOptions}`)

    await run(sql`
      create table jobs (
        id ${uuid('id')} not null primary key,
        kind ${text} not null check (kind <> ''),
        status ${text} not null
          check (status in ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'INTERRUPTED')),
        stage ${text},
        done ${integer} not null check (done >= 0),
        total ${integer} check (total >= 0),
        result ${text},
        error ${text},
        created_at ${instant('created_at')} not null,
        started_at ${instant('started_at')},
        finished_at ${instant('finished_at')}
      ) ${tableOptions}`)

    await run(sql`
      create table settings (
        id ${integer} not null default 1 primary key check (id = 1),
        base_currency ${text} not null check (${matches('base_currency', 'currency')}),
        locale ${text} not null,
        time_zone ${text} not null,
        date_format ${text} not null check (date_format in ('YMD', 'DMY', 'MDY')),
        week_start ${text} not null check (week_start in ('MONDAY', 'SATURDAY', 'SUNDAY')),
        expiring_soon_days ${integer} not null check (expiring_soon_days >= 0),
        dashboard_cards ${text} not null
      ) ${tableOptions}`)

    for (const [table, ...columns] of indexes) {
      const name = sql.id(`${table}_${columns.join('_')}_idx`)
      await run(
        sql`create index ${name} on ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))})`,
      )
    }
  },

  async down(db) {
    for (const table of tables) await sql`drop table ${sql.table(table)}`.execute(db)
  },
}

/** One for every filter and every order of the lists; what a UNIQUE already covers is not repeated. */
const indexes: readonly [table: string, ...columns: string[]][] = [
  ['retailers', 'sort_key', 'id'],
  ['brands', 'sort_key', 'id'],
  ['purchases', 'purchase_date', 'id'],
  ['purchases', 'sort_key', 'id'],
  ['purchases', 'price_key', 'id'],
  ['purchases', 'created_at', 'id'],
  ['purchases', 'status', 'purchase_date', 'id'],
  ['purchases', 'retailer_id', 'purchase_date', 'id'],
  ['purchases', 'brand_id', 'purchase_date', 'id'],
  ['purchases', 'currency_code', 'purchase_date', 'id'],
  ['purchase_tags', 'tag_key', 'purchase_id'],
  ['warranties', 'warranty_end', 'id'],
  ['warranties', 'warranty_start', 'id'],
  ['warranties', 'created_at', 'id'],
  ['warranties', 'warranty_type', 'warranty_end', 'id'],
  ['attachments', 'purchase_id'],
  ['attachments', 'sha256'],
  ['jobs', 'status', 'created_at'],
]

/** Those that point before those that are pointed at. */
const tables = ['settings', 'jobs', 'attachments', 'warranties', 'purchase_tags', 'purchases', 'brands', 'retailers']
