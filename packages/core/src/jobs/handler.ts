import type { BucketAccess } from '../backup/destinations/place.ts'
import type { Context } from '../context.ts'
import type { BlobStore } from '../files.ts'

/** What a running job is given: the ground of the services, its order, and the ways to speak of itself. */
export interface JobRun extends Context {
  readonly id: string
  /** As it was enqueued. */
  readonly params: unknown
  /** The bytes of attachments. */
  readonly files: BlobStore
  readonly folders: JobFolders
  /** How to reach buckets that backups are copied to. */
  readonly buckets: BucketAccess
  /** Of the program. */
  readonly appVersion: string
  /**
   * Says how far the work is. It is written a few times a second at most, however often it is called.
   * @param total undefined while nobody knows
   * @throws JobStopped when the job was cancelled, or another worker has taken it for dead
   */
  progress(stage: string, done: number, total?: number): Promise<void>
  /**
   * A transaction in which the job surely still belongs to this worker: one that was taken for dead writes nothing
   * more. It runs again from its start after a deadlock, as `inTransaction` does.
   * @throws JobStopped as `progress`
   */
  inTransaction<T>(work: (tx: Context) => Promise<T>): Promise<T>
  /** Work during which this process answers no requests: 503. */
  withRequestsClosed<T>(work: () => Promise<T>): Promise<T>
  /** Whether a request waits to write, so that a long transaction had better end soon. */
  isContended(): boolean
}

export interface JobFolders {
  /** Files to import, named by their id. */
  imports: string
  /** Backups, and below `tmp` what is needed while they are made, read and restored. */
  backups: string
}

/** What one kind of job does. */
export interface JobHandler {
  /** @returns the job's result, which becomes JSON. */
  run(job: JobRun): Promise<unknown>
  /** Takes back what a run left behind that failed, was cancelled or was cut off; may be called again after a crash. */
  cleanUp(job: JobRun): Promise<void>
}

/** The job is to stop: it was cancelled, or is no longer this worker's. */
export class JobStopped extends Error {
  override readonly name = 'JobStopped'
}
