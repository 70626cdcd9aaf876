import {
  Attachment,
  AttachmentById,
  deleteAttachment,
  getAttachment,
  IntegrityReport,
  Job,
  startIntegrity,
  waitForIntegrity,
} from '@spends/core'
import { z } from 'zod'
import { admin, read, router, write } from '../trpc.ts'

const tags = ['Attachments'] as const

/** What is known of files; their bytes go through `/api/purchases/{id}/attachments` and `/api/attachments/{id}/content`. */
export const attachments = router({
  get: read
    .meta({
      openapi: {
        method: 'GET',
        path: '/attachments/{id}',
        operation_id: 'getAttachment',
        summary: 'Read what is known of an attachment',
        tags,
      },
    })
    .input(AttachmentById)
    .output(Attachment)
    .query(({ ctx, input }) => getAttachment(ctx, input)),

  integrity: admin
    .meta({
      openapi: {
        method: 'POST',
        path: '/attachments/integrity',
        operation_id: 'checkIntegrity',
        summary: 'Check the files of all attachments',
        description:
          'As a job, whose result is the report: every file is read and hashed. What is lost or altered is no longer `available`, what is there again is; nothing is removed.',
        tags,
        status: 202,
        location: (job) => `/jobs/${job.id}`,
        wait: { output: IntegrityReport, result: waitForIntegrity },
      },
    })
    .input(z.strictObject({}).prefault({}))
    .output(Job)
    .mutation(({ ctx }) => startIntegrity(ctx)),

  delete: write
    .meta({
      openapi: {
        method: 'DELETE',
        path: '/attachments/{id}',
        operation_id: 'deleteAttachment',
        summary: 'Delete an attachment',
        description: 'Its bytes stay as long as another attachment has the same, and a day longer.',
        tags,
        status: 204,
      },
    })
    .input(AttachmentById)
    .output(z.void())
    .mutation(({ ctx, input }) => deleteAttachment(ctx, input)),
})
