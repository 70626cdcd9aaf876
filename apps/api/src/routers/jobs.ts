import { cancelJob, getJob, Job, JobById, JobFilter, JobList, listJobs } from '@spends/core'
import { JobWatch, watchTracked } from '../job-watch.ts'
import { read, router, write } from '../trpc.ts'

const tags = ['Jobs'] as const

export const jobs = router({
  list: read
    .meta({
      openapi: {
        method: 'GET',
        path: '/jobs',
        operation_id: 'listJobs',
        summary: 'List jobs',
        description: 'The newest first. Filters combine with AND; a repeated parameter is OR.',
        tags,
      },
    })
    .input(JobFilter.prefault({}))
    .output(JobList)
    .query(({ ctx, input }) => listJobs(ctx, input)),

  get: read
    .meta({
      openapi: {
        method: 'GET',
        path: '/jobs/{id}',
        operation_id: 'getJob',
        summary: 'Read a job',
        tags,
      },
    })
    .input(JobById)
    .output(Job)
    .query(({ ctx, input }) => getJob(ctx, input)),

  cancel: write
    .meta({
      openapi: {
        method: 'POST',
        path: '/jobs/{id}/cancel',
        operation_id: 'cancelJob',
        summary: 'Cancel a job',
        description:
          'One that waits is CANCELLED at once; one that runs takes back what it has done first, so ask again. One that is over is a conflict.',
        tags,
        errors: ['CONFLICT'],
      },
    })
    .input(JobById)
    .output(Job)
    .mutation(({ ctx, input }) => cancelJob(ctx, input)),

  /** The job as it is, and again at each change, until it is over. Over server-sent events; REST has no such thing. */
  watch: read.input(JobWatch).subscription(({ ctx, input, signal }) => watchTracked(ctx, input, signal)),
})
