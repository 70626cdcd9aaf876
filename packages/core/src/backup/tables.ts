import type { Schema } from '@spends/db'

/** A table that a backup holds. */
export interface BackupTable {
  name: keyof Schema
  /** Columns that no two rows share: in their order the rows stand in a backup. */
  order: readonly string[]
  /** Columns that belong to the instance, and are not in a backup. */
  without?: readonly string[]
}

/**
 * What a backup holds, those that are pointed at before those that point. Jobs and what they need belong to the
 * instance; statistics follow from the rows.
 */
export const BACKUP_TABLES: readonly BackupTable[] = [
  { name: 'settings', order: ['id'], without: ['revision'] },
  { name: 'retailers', order: ['id'] },
  { name: 'brands', order: ['id'] },
  { name: 'purchases', order: ['id'] },
  { name: 'purchase_tags', order: ['purchase_id', 'position'] },
  { name: 'warranties', order: ['id'] },
  { name: 'attachments', order: ['id'] },
  { name: 'import_mappings', order: ['header'] },
]

/** Where the rows of a table stand in a backup. */
export function dataName(table: string): string {
  return `data/${table}.ndjson`
}

/** Where the bytes of an attachment stand in a backup. */
export function uploadName(sha256: string): string {
  return `uploads/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`
}

const UPLOAD = /^uploads\/([0-9a-f]{2})\/([0-9a-f]{2})\/(\1\2[0-9a-f]{60})$/

/** The hash of the upload that an entry holds; undefined for every other name. */
export function uploadHash(name: string): string | undefined {
  return UPLOAD.exec(name)?.[3]
}
