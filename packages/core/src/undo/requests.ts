import type { Context } from '../context.ts'
import { enqueueJob } from '../jobs/store.ts'
import { resultOf, waitForJob } from '../jobs/wait.ts'
import type { Undo } from './take-back.ts'
import { checkUndo } from './undo.ts'
import type { UndoableKind } from './undoable.ts'

/** What a request to undo stands on. */
export interface UndoContext extends Context {
  readonly jobs: { poke(): void }
  /** Aborted when the process stops; its reason is for the caller. */
  readonly stopping: AbortSignal
}

/**
 * Takes back what a job of one of these kinds did, and waits for that; once begun, it is carried through.
 * @throws AppError NOT_FOUND; CONFLICT where there is nothing to undo, or something was changed since, naming it
 */
export async function undoJob(ctx: UndoContext, job_id: string, kinds: readonly UndoableKind[]): Promise<Undo> {
  await checkUndo(ctx, job_id, kinds)
  const id = await enqueueJob(ctx, 'UNDO', { job_id })
  ctx.jobs.poke()
  return (await resultOf(ctx, await waitForJob(ctx, id, ctx.stopping))) as Undo
}
