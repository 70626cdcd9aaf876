import { z } from 'zod'
import { Id, listOf, OutId, OutInstant, oneOrMany, page } from '../fields.ts'

/** What long work there is. */
export const JobKind = z.enum([
  'IMPORT',
  'CHANGE',
  'DELETE',
  'UNDO',
  'BACKUP',
  'RESTORE',
  'VERIFY',
  'ERASE',
  'INTEGRITY',
])
export type JobKind = z.infer<typeof JobKind>

export const JobStatus = z.enum(['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'INTERRUPTED'])
export type JobStatus = z.infer<typeof JobStatus>

/** Work that takes longer than a request. */
export const Job = z
  .object({
    id: OutId,
    kind: JobKind,
    status: JobStatus.meta({
      description:
        'FAILED, CANCELLED and INTERRUPTED (its process ended) come after everything the job had changed is back.',
    }),
    stage: z
      .string()
      .nullable()
      .meta({ description: 'What it does at the moment.', examples: ['write'] }),
    done: z.int().meta({ description: 'How far the stage is.' }),
    total: z.int().nullable().meta({ description: 'When the stage is through; null while nobody knows.' }),
    result: z.unknown().meta({
      description:
        'What came of it, once it has SUCCEEDED: the report of an import, change or deletion, a backup, or what was restored. Null till then.',
      examples: [null],
    }),
    error: z.string().nullable().meta({ description: 'Why there is no result, in a sentence.' }),
    created_at: OutInstant,
    started_at: OutInstant.nullable(),
    finished_at: OutInstant.nullable(),
  })
  .meta({ id: 'Job' })
export type Job = z.infer<typeof Job>

export const JobList = listOf(Job).meta({ id: 'JobList' })
export type JobList = z.infer<typeof JobList>

export const JobFilter = z.strictObject({
  ...page,
  status: oneOrMany(JobStatus).optional(),
  kind: oneOrMany(JobKind).optional(),
})
export type JobFilter = z.output<typeof JobFilter>

export const JobById = z.strictObject({ id: Id })
