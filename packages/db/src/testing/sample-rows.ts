import type { Insertable } from 'kysely'
import type { Schema } from '../schema.ts'

const instant = '2025-03-01T12:30:59Z'

export const retailer = {
  id: '01890a5d-ac96-774b-bcce-b302099a8057',
  name: 'Ärzte & Co',
  name_key: 'ärzte & co',
  sort_key: 'ärzte & co',
  search_text: 'ärzte & co',
  url: null,
  created_at: instant,
  updated_at: instant,
} satisfies Insertable<Schema['retailers']>

export const brand = { ...retailer, id: '01890a5d-ac96-774b-bcce-b302099a8058', url: 'https://example.org/' }

export const purchase = {
  id: '01890a5d-ac96-774b-bcce-b302099a8059',
  product_name: 'Kettle 🫖',
  price: 9_999_999_999,
  quantity: 3,
  currency_code: 'EUR',
  retailer_id: retailer.id,
  brand_id: brand.id,
  status: 'ORDERED',
  purchase_date: '2024-02-29',
  notes: 'line one\nline "two"\t\\',
  model_number: null,
  serial_number: null,
  order_number: '0001',
  link: null,
  return_by: null,
  return_policy: null,
  tax_deductible: true,
  version: 1,
  created_at: instant,
  updated_at: instant,
  sort_key: 'kettle 🫖',
  price_key: 99_999_999_990_000,
  search_text: 'kettle 🫖',
} satisfies Insertable<Schema['purchases']>

const purchaseTag = {
  purchase_id: purchase.id,
  position: 0,
  tag: 'Tea',
  tag_key: 'tea',
} satisfies Insertable<Schema['purchase_tags']>

export const warranty = {
  id: '01890a5d-ac96-774b-bcce-b302099a805a',
  purchase_id: purchase.id,
  warranty_start: '2024-02-29',
  warranty_end: '2024-02-29',
  warranty_type: 'LIMITED',
  voided_at: instant,
  provider: null,
  notes: null,
  version: 2,
  created_at: instant,
  updated_at: instant,
  search_text: '',
} satisfies Insertable<Schema['warranties']>

export const attachment = {
  id: '01890a5d-ac96-774b-bcce-b302099a805b',
  purchase_id: purchase.id,
  kind: 'RECEIPT',
  filename: 'receipt.pdf',
  mime_type: 'application/pdf',
  size: 5_000_000_000,
  sha256: '0123456789abcdef'.repeat(4),
  available: false,
  created_at: instant,
} satisfies Insertable<Schema['attachments']>

const job = {
  id: '01890a5d-ac96-774b-bcce-b302099a805c',
  kind: 'IMPORT',
  status: 'RUNNING',
  stage: 'reading',
  done: 1,
  total: null,
  result: null,
  error: null,
  created_at: instant,
  started_at: instant,
  finished_at: null,
  params: '{}',
  claimed_by: 'host:1:a',
  heartbeat_at: instant,
  cancel_requested_at: null,
} satisfies Insertable<Schema['jobs']>

const jobChange = {
  job_id: job.id,
  entity: 'purchase',
  entity_id: purchase.id,
  before: null,
  stamp: '1',
} satisfies Insertable<Schema['job_changes']>

const removedAttachment = {
  ...attachment,
  job_id: job.id,
  removed_at: instant,
} satisfies Insertable<Schema['removed_attachments']>

const importFile = {
  id: '01890a5d-ac96-774b-bcce-b302099a805d',
  filename: 'kaufe.csv',
  kind: 'CSV',
  size: 5_000_000_000,
  created_at: instant,
} satisfies Insertable<Schema['import_files']>

const importError = {
  job_id: job.id,
  position: 0,
  row_number: 2,
  column_name: 'Preis',
  value: 'viel',
  message: 'is no amount',
} satisfies Insertable<Schema['import_errors']>

const importMapping = {
  header: 'artikel;preis',
  columns: '{}',
  updated_at: instant,
} satisfies Insertable<Schema['import_mappings']>

const backupConfig = {
  id: 1,
  schedule: 'MONTHLY',
  hour: 23,
  weekday: 'SUNDAY',
  day_of_month: 31,
  keep_last: 7,
  keep_daily: 0,
  keep_weekly: 4,
  keep_monthly: 12,
  destinations: '[]',
  passphrase: null,
  scheduled_since: instant,
  queued_until: null,
} satisfies Insertable<Schema['backup_config']>

const settings = {
  id: 1,
  base_currency: 'USD',
  locale: 'en-US',
  time_zone: 'UTC',
  date_format: 'YMD',
  week_start: 'MONDAY',
  expiring_soon_days: 30,
  dashboard_cards: '[]',
  revision: 7,
} satisfies Insertable<Schema['settings']>

const statistic = {
  kind: 'purchase_day',
  currency_code: 'EUR',
  key: '',
  period: '2026-01-31',
  row_count: 1,
  item_count: 2,
  amount: 9_980,
}

/** One row for each table, in an order that foreign keys allow. */
export const sampleRows: readonly [keyof Schema, Record<string, unknown>][] = [
  ['retailers', retailer],
  ['brands', brand],
  ['purchases', purchase],
  ['purchase_tags', purchaseTag],
  ['warranties', warranty],
  ['attachments', attachment],
  ['jobs', job],
  ['job_changes', jobChange],
  ['removed_attachments', removedAttachment],
  ['import_files', importFile],
  ['import_errors', importError],
  ['import_mappings', importMapping],
  ['backup_config', backupConfig],
  ['settings', settings],
  ['statistics', statistic],
]
