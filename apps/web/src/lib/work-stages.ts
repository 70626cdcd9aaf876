import type { Job } from '@spends/client'
import { progressOf } from './jobs.ts'

/** What long work goes through, in order. */
const STAGES = {
  BACKUP: ['snapshot', 'rows', 'files', 'manifest', 'proof', 'listed', 'copy'],
  RESTORE: ['inspect', 'load', 'migrate', 'files', 'restore_point', 'switch'],
  VERIFY: ['proof'],
  ERASE: ['restore_point', 'erase'],
  INTEGRITY: ['reading'],
} as const

/** The kinds of work that the settings begin and show. */
export type WorkKind = keyof typeof STAGES
export const WORK_KINDS = Object.keys(STAGES) as WorkKind[]

export interface Stage<Name = (typeof STAGES)[WorkKind][number]> {
  name: Name
  state: 'done' | 'now' | 'later'
  /** Of the stage under way, where it is known. */
  percent: number | null
}

/** Whether a job is work that the settings show. */
export function isWork(job: Pick<Job, 'kind'>): job is Pick<Job, 'kind'> & { kind: WorkKind } {
  return job.kind in STAGES
}

/** How far a job is, stage by stage; all are still to come where it waits for its turn. */
export function stagesOf(job: Job): Stage[] {
  if (!isWork(job)) return []
  const names: readonly Stage['name'][] = STAGES[job.kind]
  const at = (names as readonly (string | null)[]).indexOf(job.stage)
  return names.map((name, index) => ({
    name,
    state: index < at ? 'done' : index === at ? 'now' : 'later',
    percent: index === at ? progressOf(job) : null,
  }))
}
