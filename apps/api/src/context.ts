import type { BlobStore, BucketAccess, Context, JobFolders } from '@spends/core'

/** What a caller may be allowed to do: look, change, or run the instance. */
export type Right = 'read' | 'write' | 'admin'

/** Headers in which a procedure may say what its output has no room for. */
export type HeaderName = 'X-Currency-Code'

/** What every procedure gets: the ground of the services, who calls, and where to write what went wrong. */
export interface ApiContext extends Context {
  readonly caller: { readonly name: string; readonly may: ReadonlySet<Right> }
  readonly jobs: { poke(): void }
  /** Aborted when the server stops, with what a caller may be told: what would go on for long ends then. */
  readonly stopping: AbortSignal
  /** The bytes of attachments. */
  readonly files: BlobStore
  /** Where bytes lie. */
  readonly folders: JobFolders
  /** How to reach buckets that backups are copied to. */
  readonly buckets: BucketAccess
  /** Stands in the answer, in its header `X-Request-Id` and in the log. */
  readonly requestId: string
  readonly log: { error(details: object, message: string): void }
  /** Adds to the headers of a REST answer; behind other doors it does nothing. */
  setHeader(name: HeaderName, value: string): void
}
