import {
  BulkById,
  BulkChange,
  BulkDeletion,
  BulkReport,
  changePurchases,
  deletePurchases,
  Job,
  Undo,
  undoBulk,
  waitForBulk,
} from '@spends/core'
import { router, write } from '../trpc.ts'

const tags = ['Bulk'] as const

/** Work on many purchases at once. */
export const bulk = router({
  change: write
    .meta({
      openapi: {
        method: 'POST',
        path: '/bulk/change',
        operation_id: 'changePurchases',
        summary: 'Change many purchases',
        description:
          'Some by their ids, or all that match a filter: all of them, or none. As a job, whose result is the report; it can be undone.',
        tags,
        status: 202,
        location: (job) => `/jobs/${job.id}`,
        wait: { output: BulkReport, result: waitForBulk },
        errors: ['CONFLICT'],
      },
    })
    .input(BulkChange)
    .output(Job)
    .mutation(({ ctx, input }) => changePurchases(ctx, input)),

  delete: write
    .meta({
      openapi: {
        method: 'POST',
        path: '/bulk/delete',
        operation_id: 'deletePurchases',
        summary: 'Delete many purchases',
        description:
          'Some by their ids, or all that match a filter, with their warranties and attachments: all of them, or none. As a job, whose result is the report; it can be undone, for 30 days with the files.',
        tags,
        status: 202,
        location: (job) => `/jobs/${job.id}`,
        wait: { output: BulkReport, result: waitForBulk },
        errors: ['CONFLICT'],
      },
    })
    .input(BulkDeletion)
    .output(Job)
    .mutation(({ ctx, input }) => deletePurchases(ctx, input)),

  undo: write
    .meta({
      openapi: {
        method: 'POST',
        path: '/bulk/{job_id}/undo',
        operation_id: 'undoBulk',
        summary: 'Undo a change or deletion of many purchases',
        description:
          'What it changed is as before, what it deleted is there again. Refused, by name, where something was changed since.',
        tags,
        errors: ['CONFLICT'],
      },
    })
    .input(BulkById)
    .output(Undo)
    .mutation(({ ctx, input }) => undoBulk(ctx, input)),
})
