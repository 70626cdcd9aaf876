import {
  DetectionRequest,
  detectImportFile,
  ImportById,
  ImportDetection,
  ImportRequest,
  Job,
  startImport,
  Undo,
  undoImport,
} from '@spends/core'
import { router, write } from '../trpc.ts'

const tags = ['Import'] as const

/** The steps of an import, by the file that was sent; that itself goes to `/api/import/files`. */
export const imports = router({
  detect: write
    .meta({
      openapi: {
        method: 'POST',
        path: '/import/files/{file_id}/detect',
        operation_id: 'detectImport',
        summary: 'Say how a file would be read',
        description:
          'What it was taken for, its columns and what they are read as, the first rows, and the questions that an import would ask. Nothing is imported.',
        tags,
      },
    })
    .input(DetectionRequest)
    .output(ImportDetection)
    .mutation(({ ctx, input }) => detectImportFile(ctx, input)),

  run: write
    .meta({
      openapi: {
        method: 'POST',
        path: '/import/files/{file_id}/run',
        operation_id: 'runImport',
        summary: 'Import a file that was sent',
        description:
          'As a job, which comes back at once; its result is the report. Wrong rows are left out and named there, unless `on_error` is `abort`. The same file may be run again: first with `dry_run`, then without.',
        tags,
        status: 202,
        location: (job) => `/jobs/${job.id}`,
      },
    })
    .input(ImportRequest)
    .output(Job)
    .mutation(({ ctx, input }) => startImport(ctx, input)),

  undo: write
    .meta({
      openapi: {
        method: 'POST',
        path: '/import/{job_id}/undo',
        operation_id: 'undoImport',
        summary: 'Undo an import',
        description:
          'What it made goes, what it changed is as before. Refused, by name, where something was changed since.',
        tags,
        errors: ['CONFLICT'],
      },
    })
    .input(ImportById)
    .output(Undo)
    .mutation(({ ctx, input }) => undoImport(ctx, input)),
})
