import {
  BackupById,
  BackupConfig,
  BackupConfigChanges,
  BackupFilter,
  BackupList,
  BackupStatus,
  BackupToOpen,
  BackupVerification,
  DestinationTest,
  DestinationToTest,
  deleteBackupById,
  Erasing,
  getBackupConfig,
  getBackupStatus,
  Job,
  listAllBackups,
  NewBackup,
  NewBackupReport,
  planRestoreOf,
  RestorePreview,
  startBackup,
  startErasing,
  startRestore,
  testPlace,
  updateBackupConfig,
  verifyBackupById,
  waitForBackup,
} from '@spends/core'
import { z } from 'zod'
import { admin, router } from '../trpc.ts'

const tags = ['Backup'] as const

/** Backups; their bytes come and go through `/api/backup/restore` and `/api/backup/{id}/download`. */
export const backup = router({
  create: admin
    .meta({
      openapi: {
        method: 'POST',
        path: '/backup/create',
        operation_id: 'createBackup',
        summary: 'Make a backup',
        description:
          'As a job. It is proven before it counts: read again, hashed, and loaded into a database. While another backup or a restore is under way, this is a conflict.',
        tags,
        status: 202,
        location: (job) => `/jobs/${job.id}`,
        wait: { output: NewBackupReport, result: waitForBackup },
        errors: ['CONFLICT'],
      },
    })
    .input(NewBackup.prefault({}))
    .output(Job)
    .mutation(({ ctx, input }) => startBackup(ctx, input)),

  status: admin
    .meta({
      openapi: {
        method: 'GET',
        path: '/backup/status',
        operation_id: 'getBackupStatus',
        summary: 'Say how it stands with the backups',
        tags,
      },
    })
    .output(BackupStatus)
    .query(({ ctx }) => getBackupStatus(ctx)),

  list: admin
    .meta({
      openapi: {
        method: 'GET',
        path: '/backup/list',
        operation_id: 'listBackups',
        summary: 'List backups',
        description: 'The newest first, restore points too.',
        tags,
      },
    })
    .input(BackupFilter.prefault({}))
    .output(BackupList)
    .query(({ ctx, input }) => listAllBackups(ctx, input)),

  verify: admin
    .meta({
      openapi: {
        method: 'POST',
        path: '/backup/{id}/verify',
        operation_id: 'verifyBackup',
        summary: 'Prove a backup anew',
        description:
          'The answer comes when all of it was read and loaded, also where that failed: then with the problem.',
        tags,
      },
    })
    .input(BackupToOpen)
    .output(BackupVerification)
    .mutation(({ ctx, input }) => verifyBackupById(ctx, input)),

  plan: admin
    .meta({
      openapi: {
        method: 'POST',
        path: '/backup/{id}/plan',
        operation_id: 'planRestore',
        summary: 'Say what restoring a backup would change',
        tags,
      },
    })
    .input(BackupToOpen)
    .output(RestorePreview)
    .mutation(({ ctx, input: { id, passphrase } }) => planRestoreOf(ctx, { backup_id: id }, { passphrase })),

  restore: admin
    .meta({
      openapi: {
        method: 'POST',
        path: '/backup/{id}/restore',
        operation_id: 'restoreListedBackup',
        summary: 'Restore a backup of the list',
        description:
          'As `POST /api/backup/restore` with a `backup_id`: it is read first, then comes the job. Its result names the restore point, which undoes it.',
        tags,
        status: 202,
        location: (job) => `/jobs/${job.id}`,
        errors: ['CONFLICT'],
      },
    })
    .input(BackupToOpen)
    .output(Job)
    .mutation(({ ctx, input: { id, passphrase } }) => startRestore(ctx, { backup_id: id }, { passphrase })),

  erase: admin
    .meta({
      openapi: {
        method: 'POST',
        path: '/backup/erase',
        operation_id: 'eraseAll',
        summary: 'Erase all data',
        description:
          'As a job. A backup is made and proven first; then a fresh instance takes the place of all data in one step, settings and the history of jobs included, while requests are answered with 503. The result names the restore point, which undoes it. Where something is changed while the backup is made, nothing is erased. Backups and their configuration stay; files that were sent to be imported or restored go too.',
        tags,
        status: 202,
        location: (job) => `/jobs/${job.id}`,
        errors: ['CONFLICT'],
      },
    })
    .input(Erasing)
    .output(Job)
    .mutation(({ ctx }) => startErasing(ctx)),

  delete: admin
    .meta({
      openapi: {
        method: 'DELETE',
        path: '/backup/{id}',
        operation_id: 'deleteBackup',
        summary: 'Delete a backup',
        description: 'Copies elsewhere stay. One that is being proven or restored is a conflict.',
        tags,
        status: 204,
        errors: ['CONFLICT'],
      },
    })
    .input(BackupById)
    .output(z.void())
    .mutation(({ ctx, input }) => deleteBackupById(ctx, input)),

  config: admin
    .meta({
      openapi: {
        method: 'GET',
        path: '/backup/config',
        operation_id: 'getBackupConfig',
        summary: 'Read when backups are made, how many are kept, and where',
        tags,
      },
    })
    .output(BackupConfig)
    .query(({ ctx }) => getBackupConfig(ctx)),

  configure: admin
    .meta({
      openapi: {
        method: 'PUT',
        path: '/backup/config',
        operation_id: 'updateBackupConfig',
        summary: 'Change when backups are made, how many are kept, and where',
        description:
          'Only the fields sent change. It belongs to this instance: no backup holds it, no restore changes it.',
        tags,
      },
    })
    .input(BackupConfigChanges)
    .output(BackupConfig)
    .mutation(({ ctx, input }) => updateBackupConfig(ctx, input)),

  test: admin
    .meta({
      openapi: {
        method: 'POST',
        path: '/backup/destinations/test',
        operation_id: 'testBackupDestination',
        summary: 'Try a place for copies of backups',
        description: 'A small file is written there, read back, listed and removed.',
        tags,
      },
    })
    .input(DestinationToTest)
    .output(DestinationTest)
    .mutation(({ ctx, input }) => testPlace(ctx, input)),
})
