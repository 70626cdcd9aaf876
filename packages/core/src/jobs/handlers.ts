import { integrityHandler } from '../attachments/integrity-job.ts'
import { eraseHandler } from '../backup/erase.ts'
import { backupHandler, restoreHandler, verifyHandler } from '../backup/jobs.ts'
import { changeHandler } from '../bulk/change.ts'
import { deleteHandler } from '../bulk/delete.ts'
import { importHandler } from '../import/run.ts'
import { undoHandler } from '../undo/undo.ts'
import type { JobHandler } from './handler.ts'
import type { JobKind } from './shapes.ts'

/** Who does which kind of job. Kinds that nobody does are left in the queue, for a version that knows them. */
export type JobHandlers = Readonly<Partial<Record<JobKind, JobHandler>>>

/** The long work of this product. */
export const JOB_HANDLERS: JobHandlers = {
  IMPORT: importHandler,
  CHANGE: changeHandler,
  DELETE: deleteHandler,
  UNDO: undoHandler,
  BACKUP: backupHandler,
  RESTORE: restoreHandler,
  VERIFY: verifyHandler,
  ERASE: eraseHandler,
  INTEGRITY: integrityHandler,
}
