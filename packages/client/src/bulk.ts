/** What came of changing or deleting many purchases: the `result` of its job, once that has succeeded. */
export interface BulkReport {
  job_id: string
  /** Purchases that were meant. */
  matched: number
  /** Those of them that are not as before. */
  changed: number
  /** When it was undone; null if it was not. */
  undone_at: string | null
}
