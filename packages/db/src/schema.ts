import type { ColumnType, Generated } from 'kysely'

/**
 * Table name -> column types, as both engines hand them over.
 *
 * Ids are UUIDs in lower case, dates `YYYY-MM-DD`, instants `YYYY-MM-DDTHH:MM:SSZ` in UTC. Prices are whole minor
 * units of the row's currency. `*_key` columns hold a normalised form of their neighbour, made by core.
 */
export interface Schema {
  retailers: RetailersTable
  brands: BrandsTable
  purchases: PurchasesTable
  purchase_tags: PurchaseTagsTable
  warranties: WarrantiesTable
  attachments: AttachmentsTable
  jobs: JobsTable
  job_changes: JobChangesTable
  removed_attachments: RemovedAttachmentsTable
  import_files: ImportFilesTable
  import_errors: ImportErrorsTable
  import_mappings: ImportMappingsTable
  backup_config: BackupConfigTable
  settings: SettingsTable
  statistics: StatisticsTable
}

interface NamedTable {
  id: string
  name: string
  /** What "the same name" means: unique. */
  name_key: string
  /** What lists are ordered by, in binary order. */
  sort_key: string
  /** The name as search compares it. */
  search_text: string
  url: string | null
  created_at: string
  updated_at: string
}

export interface RetailersTable extends NamedTable {}
export interface BrandsTable extends NamedTable {}

export interface PurchasesTable {
  id: string
  product_name: string
  /** Minor units of `currency_code`; fewer than 10^10 of them, so a JavaScript number holds them exactly. */
  price: number
  quantity: number
  currency_code: string
  retailer_id: string | null
  brand_id: string | null
  status: 'ORDERED' | 'RECEIVED'
  purchase_date: string
  notes: string | null
  model_number: string | null
  serial_number: string | null
  order_number: string | null
  link: string | null
  return_by: string | null
  return_policy: string | null
  tax_deductible: boolean
  version: number
  created_at: string
  updated_at: string
  /** Product name in its sortable form. */
  sort_key: string
  /** Price in ten-thousandths of the major unit: orders prices of currencies with different digits. */
  price_key: number
  /** Every searched field of the row itself, normalised and joined; retailer and brand are searched by their own key. */
  search_text: string
}

export interface PurchaseTagsTable {
  purchase_id: string
  /** Order of the tag in the list, from 0. */
  position: number
  tag: string
  tag_key: string
}

export interface WarrantiesTable {
  id: string
  purchase_id: string
  warranty_start: string
  /** Null only where the warranty never ends. */
  warranty_end: string | null
  warranty_type: 'LIMITED' | 'EXTENDED' | 'LIFETIME' | 'MANUFACTURER' | 'RETAILER' | 'OTHER'
  voided_at: string | null
  provider: string | null
  notes: string | null
  version: number
  created_at: string
  updated_at: string
  search_text: string
}

export interface AttachmentsTable {
  id: string
  purchase_id: string
  kind: 'RECEIPT' | 'MANUAL' | 'PHOTO' | 'WARRANTY' | 'OTHER'
  filename: string
  mime_type: string
  /** Bytes. */
  size: number
  sha256: string
  available: boolean
  created_at: string
}

export interface JobsTable {
  id: string
  kind: string
  status: 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED' | 'INTERRUPTED'
  stage: string | null
  done: number
  total: number | null
  /** JSON. */
  result: string | null
  /** JSON: why it failed. */
  error: string | null
  created_at: string
  started_at: string | null
  finished_at: string | null
  /** JSON: what the job was asked to do. */
  params: string | null
  /** Which worker does it, while it is RUNNING. */
  claimed_by: string | null
  /** When that worker last showed that it lives. */
  heartbeat_at: string | null
  cancel_requested_at: string | null
}

/** What a job has changed, once for each thing: enough to take it back, and to see that nobody touched it since. */
export interface JobChangesTable {
  job_id: string
  entity: 'purchase' | 'retailer' | 'brand' | 'settings'
  entity_id: string
  /** JSON: the thing before the job; null where the job made it. */
  before: string | null
  /** What tells the thing as the job left it from the same thing after a later change. */
  stamp: string
}

/** An attachment of a purchase that a job deleted: undoing that brings it back. */
export interface RemovedAttachmentsTable extends AttachmentsTable {
  job_id: string
  removed_at: string
}

/** A file that was sent to be imported; its bytes lie in a folder under this id. */
export interface ImportFilesTable {
  id: string
  filename: string
  kind: 'CSV' | 'JSON' | 'ZIP'
  /** Bytes. */
  size: number
  created_at: string
}

/** A value of a file that could not be imported. */
export interface ImportErrorsTable {
  job_id: string
  /** Order of the error in the file, from 0. */
  position: number
  /** The line in the file. */
  row_number: number
  column_name: string | null
  value: string | null
  message: string
}

/** How somebody read the columns of a file, for the next one with the same header. */
export interface ImportMappingsTable {
  header: string
  /** JSON: our field -> their column. */
  columns: string
  updated_at: string
}

/** One row, `id` 1, once somebody has said something about backups. It is of the instance: no backup holds it. */
export interface BackupConfigTable {
  id: number
  schedule: 'OFF' | 'DAILY' | 'WEEKLY' | 'MONTHLY'
  hour: number
  weekday: 'MONDAY' | 'TUESDAY' | 'WEDNESDAY' | 'THURSDAY' | 'FRIDAY' | 'SATURDAY' | 'SUNDAY'
  day_of_month: number
  keep_last: number
  keep_daily: number
  keep_weekly: number
  keep_monthly: number
  /** JSON list of places. */
  destinations: string
  /** A secret: what backups are encrypted with. */
  passphrase: string | null
  /** Since when there is this schedule; null while there never was one. */
  scheduled_since: string | null
  /** What was due up to then is queued. */
  queued_until: string | null
}

/** One row, `id` 1. It exists from the first start on. */
export interface SettingsTable {
  id: Generated<number>
  base_currency: string
  locale: string
  time_zone: string
  date_format: 'YMD' | 'DMY' | 'MDY'
  week_start: 'MONDAY' | 'SATURDAY' | 'SUNDAY'
  expiring_soon_days: number
  /** JSON list of card names. */
  dashboard_cards: string
  /** Rises with every change of the data. */
  revision: Generated<number>
}

/** Figures that are kept in the transaction that changes what they count; core says what each kind is. */
export interface StatisticsTable {
  kind:
    | 'purchase'
    | 'purchase_month'
    | 'purchase_day'
    | 'retailer'
    | 'retailer_month'
    | 'brand'
    | 'brand_month'
    | 'product'
    | 'ordered'
    | 'ordered_day'
    | 'tax_deductible'
    | 'tax_deductible_day'
    | 'warranty'
    | 'voided_warranty'
    | 'warranty_start_month'
    | 'warranty_end_month'
    | 'warranty_end_day'
  currency_code: string
  key: string
  /** `YYYY-MM-DD`, `YYYY-MM`, or empty for all time. */
  period: string
  row_count: number
  item_count: number
  /** Minor units of the currency: read it as text, a sum may be larger than a JavaScript number holds. */
  amount: ColumnType<number, bigint, bigint>
}
