/** What an import did, or (`dry_run`) would do: the `result` of its job, once that has succeeded. */
export interface ImportReport {
  job_id: string
  /** As it was sent. */
  filename: string
  /** What the file was taken for. */
  source:
    | 'SPENDS_CSV'
    | 'SPENDS_JSON'
    | 'PREDECESSOR_CSV'
    | 'PREDECESSOR_JSON'
    | 'PREDECESSOR_ZIP'
    | 'HOMEBOX'
    | 'WARRACKER'
    | 'AMAZON_ORDER_HISTORY'
    | 'AMAZON_DATA_REQUEST'
    | 'OTHER_CSV'
  dry_run: boolean
  duplicates: 'skip' | 'update' | 'create'
  /** Purchases in the file. */
  rows: number
  created: number
  updated: number
  skipped: number
  failed: number
  /** What each row was recognised as; what was done about it depends on `duplicates`. */
  classes: { new: number; identical: number; changed: number; probable_duplicate: number; error: number }
  retailers_created: number
  brands_created: number
  /** The first 1,000; all of them are at `importErrorsUrl`. `row` is the line in the file, in JSON the place in its list. */
  errors: { row: number; column: string | null; value: string | null; message: string }[]
  error_count: number
  warnings: { row?: number; message: string }[]
  /** When the import was taken back; null where it was not. */
  undone_at: string | null
}

/**
 * The address of every error of an import as CSV (`row,column,value,message`), for a link or `fetch`; the instance names
 * the file.
 * @param url where the instance runs, as for `createClient`
 */
export function importErrorsUrl(url: string, jobId: string): string {
  return `${url.replace(/\/+$/, '')}/api/import/${encodeURIComponent(jobId)}/errors.csv`
}
