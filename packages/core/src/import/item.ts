/*
 * What reading a file gives, whatever the format: the same words as everywhere, values as the file has them. Readers
 * make these; the run of an import checks them, compares them with what is stored, and writes.
 */

import type { BlobStore } from '../files.ts'
import type { ImportColumns } from './options.ts'

/** A retailer or brand as a file speaks of it. */
export interface NamedReference {
  /** In files of ours and the predecessor's. */
  id?: string
  name?: string
}

/** The warranty of a purchase as a file speaks of it. */
export interface WarrantyDraft {
  id?: string
  warranty_start?: string | null
  warranty_end?: string | null
  warranty_type?: string | null
  /** Only VOIDED says something: the others follow from the dates. */
  status?: string | null
  provider?: string | null
  notes?: string | null
  version?: number
  created_at?: string
  updated_at?: string
}

/** An attachment as a file speaks of it; its bytes may be missing. */
export interface AttachmentDraft {
  id?: string
  kind: string
  filename: string
  mime_type: string
  size: number
  sha256: string
  created_at?: string
}

/**
 * A purchase as a file speaks of it: the fields of a new purchase, not checked yet. Undefined: the file says nothing of
 * it. Null: the file says there is none, which clears it in an update.
 */
export interface PurchaseDraft {
  /** Ours, or made from an id of theirs by `idFrom`, so that the same row is found again. */
  id?: string
  product_name?: string | null
  /** A decimal amount as in the contract (`"1299.90"`), whatever the file's way to write it. */
  price?: string | null
  quantity?: number | null
  currency_code?: string | null
  retailer?: NamedReference | null
  brand?: NamedReference | null
  status?: string | null
  purchase_date?: string | null
  notes?: string | null
  model_number?: string | null
  serial_number?: string | null
  order_number?: string | null
  link?: string | null
  return_by?: string | null
  return_policy?: string | null
  tax_deductible?: boolean | null
  tags?: string[] | null
  warranty?: WarrantyDraft | null
  attachments?: AttachmentDraft[]
  version?: number
  created_at?: string
  updated_at?: string
}

/** A value that can't be read: where it stands, what it is, and what is wrong, in a sentence without a subject. */
export interface CellError {
  /** Their name of the column; null where the whole row is meant. */
  column: string | null
  value: string | null
  message: string
}

export interface PurchaseItem {
  kind: 'purchase'
  /** The line in the file as an editor shows it; in JSON the place in its list, from 1. */
  row: number
  draft: PurchaseDraft
  /** Values that can't be read; a row with any is not imported. */
  errors: CellError[]
  /** Things worth knowing that keep nobody from importing the row. */
  warnings: string[]
  /** Where the file says this field (`price`, `warranty.warranty_end`, `tags.0`), for an error that is found later. */
  cellOf(path: string): { column: string | null; value: string | null }
}

/** A retailer or brand with its own fields, as files of ours and the predecessor's list them before their purchases. */
export interface EntryItem {
  kind: 'retailer' | 'brand'
  row: number
  entry: { id?: string; name: unknown; url?: unknown; created_at?: string; updated_at?: string }
}

export interface SettingsItem {
  kind: 'settings'
  row: number
  settings: unknown
}

/** A row that is no purchase by its own word, such as a cancelled order. It is left out, and a warning says so. */
export interface SkippedItem {
  kind: 'skipped'
  row: number
  message: string
}

/** Something worth knowing that belongs to no purchase of the file. */
interface WarningItem {
  kind: 'warning'
  message: string
}

export type ImportItem = PurchaseItem | EntryItem | SettingsItem | SkippedItem | WarningItem

/** What a file was taken for. */
export const IMPORT_SOURCES = [
  'SPENDS_CSV',
  'SPENDS_JSON',
  'PREDECESSOR_CSV',
  'PREDECESSOR_JSON',
  'PREDECESSOR_ZIP',
  'HOMEBOX',
  'WARRACKER',
  'AMAZON_ORDER_HISTORY',
  'AMAZON_DATA_REQUEST',
  'OTHER_CSV',
] as const
export type ImportSourceName = (typeof IMPORT_SOURCES)[number]

/** A file that was understood, ready to be read any number of times. */
export interface ImportReader {
  source: ImportSourceName
  /** Whether it is a complete export of ours, which an empty instance takes as it is, settings included. */
  complete: boolean
  /** Bytes of the file, for the progress. */
  size: number
  /** What is worth knowing of the file as a whole. */
  warnings: string[]
  /**
   * Reads the file from its beginning, a few hundred items at a time; settings come first, then retailers and brands,
   * then purchases.
   * @param onProgress is told how many bytes have been read so far
   */
  read(onProgress: (bytes: number) => void): AsyncIterable<ImportItem[]>
  /** How a CSV was read, to be remembered for the next one with this header. */
  table?: { header: readonly string[]; columns: ImportColumns; mapping_from: MappingOrigin }
  /**
   * Brings the bytes of the attachments into the store, each one checked against its hash; only a file that has them
   * can. A `sha256` of an attachment that is not among `stored` stands for bytes that are missing.
   * @param onProgress is told how many bytes of how many have been stored so far
   */
  storeFiles?(
    files: BlobStore,
    onProgress: (done: number, total: number) => Promise<void>,
  ): Promise<{ stored: ReadonlySet<string>; warnings: string[] }>
}

/** Where a mapping of columns comes from: the format, an earlier import, their names, or the caller. */
export type MappingOrigin = 'FORMAT' | 'REMEMBERED' | 'PROPOSED' | 'GIVEN'
