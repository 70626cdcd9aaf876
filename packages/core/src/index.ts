export * from './analytics/shapes.ts'
export { getBrandShares, getRetailerShares } from './analytics/shares.ts'
export { getSpending, getSpendingByPeriod } from './analytics/spending.ts'
export { getSummary } from './analytics/summary.ts'
export { getTopProducts } from './analytics/top-products.ts'
export { getWarrantySummary, getWarrantyTimeline } from './analytics/warranties.ts'
export { type DamagedFile, type FilesReport, type VerifyOptions, verifyFiles } from './attachments/integrity.ts'
export { IntegrityReport, startIntegrity, waitForIntegrity } from './attachments/integrity-job.ts'
export { getAttachment, openAttachment } from './attachments/read.ts'
export { type ReceivedFile, receiveFile } from './attachments/receive.ts'
export * from './attachments/shapes.ts'
export { type Sweep, type SweepOptions, sweepFiles } from './attachments/sweep.ts'
export { addAttachment, deleteAttachment, type NewAttachment } from './attachments/write.ts'
export { readPassphrase, refuseBesideBackup, switchBesideServer } from './backup/beside-server.ts'
export { BackupConfig, BackupConfigChanges, getBackupConfig, Passphrase, updateBackupConfig } from './backup/config.ts'
export { copyToAll } from './backup/copy-to-all.ts'
export { type BackupStage, type CreateBackupOptions, createBackup } from './backup/create.ts'
export { BackupCopy, deleteCopy, listCopies, pruneCopies, readCopy } from './backup/destinations/copies.ts'
export { type CopyBackupOptions, copyBackup } from './backup/destinations/copy.ts'
export type { BackupDestination } from './backup/destinations/destination.ts'
export { type FetchCopyOptions, fetchCopy } from './backup/destinations/fetch.ts'
export { BackupPlace, type BucketAccess, openDestination } from './backup/destinations/place.ts'
export { testDestination } from './backup/destinations/try.ts'
export { queueDueBackup } from './backup/due.ts'
export { Erasing, startErasing } from './backup/erase.ts'
export { backupPath, deleteBackup, listBackups, readBackup, readFolder, sweepBackups } from './backup/folder.ts'
export { BackupTrigger, type Manifest } from './backup/manifest.ts'
export { type RestoreFilesOptions, restoreFiles } from './backup/only-files.ts'
export { type PlanOptions, planRestore, type RestorePlan } from './backup/plan.ts'
export {
  inspectBackup,
  type ReadBackupOptions,
  type Verification,
  type VerifyBackupOptions,
  verifyBackup,
  verifyListed,
} from './backup/proof.ts'
export { type Keeping, pruneBackups, pruneRestorePoints, readKeeping } from './backup/prune.ts'
export { BackupRecord } from './backup/record.ts'
export * from './backup/requests.ts'
export { type RestoreOptions, type RestoreReport, type RestoreStage, restoreBackup } from './backup/restore.ts'
export { createRestorePoint, type RestorePoint, replaceKept } from './backup/restore-point.ts'
export * from './backup/shapes.ts'
export { getBackupStatus } from './backup/status.ts'
export * from './brands.ts'
export { changePurchases, deletePurchases, undoBulk, waitForBulk } from './bulk/requests.ts'
export { BulkById, BulkChange, BulkDeletion, BulkReport } from './bulk/shapes.ts'
export { type Context, inTransaction, newId } from './context.ts'
export { EntryById, EntryFilter, EntryRemoval } from './directory.ts'
export { AppError, type ErrorCode, type FieldError, invalid, notFound } from './errors.ts'
export { exportCsv } from './export/csv.ts'
export { exportJson, JsonExport } from './export/json.ts'
export { Refused, speakPlainly, toFieldErrors, valueAt } from './field-errors.ts'
export { type BlobStore, BlobTooLarge, type ByteRange, localFiles } from './files.ts'
export { ImportDetection } from './import/detect.ts'
export {
  ImportFile,
  ImportFileKind,
  storeImportFile,
  sweepImportFiles,
} from './import/files.ts'
export * from './import/options.ts'
export { exportErrors } from './import/report.ts'
export * from './import/requests.ts'
export { type JobFolders, type JobHandler, type JobRun, JobStopped } from './jobs/handler.ts'
export { JOB_HANDLERS, type JobHandlers } from './jobs/handlers.ts'
export { createRunner, type Runner, type RunnerOptions } from './jobs/runner.ts'
export * from './jobs/shapes.ts'
export { cancelJob, enqueueJob, getJob, listJobs } from './jobs/store.ts'
export { resultOf, waitForJob, watchJob } from './jobs/wait.ts'
export type { JobLog } from './jobs/work.ts'
export { getPurchase, listPurchases, listRecentPurchases } from './purchases/read.ts'
export * from './purchases/shapes.ts'
export { listTags, TagCount, TagList } from './purchases/tags.ts'
export {
  checkNewPurchase,
  checkPurchaseChanges,
  createPurchase,
  deletePurchase,
  updatePurchase,
} from './purchases/write.ts'
export * from './retailers.ts'
export { getRevision } from './revision.ts'
export { parseS3Url, type S3Location } from './s3-url.ts'
export { seedDatabase } from './seed.ts'
export { getSettings, getToday, Settings, SettingsChanges, updateSettings } from './settings.ts'
export {
  ensureStatistics,
  rebuildStatistics,
  type StatisticsDifference,
  verifyStatistics,
} from './statistics/rebuild.ts'
export { asStorageError } from './storage-errors.ts'
export { foldCase, joinSearchKeys, sortKey } from './text.ts'
export { Undo } from './undo/take-back.ts'
export { getWarranty, listExpiringWarranties, listRecentWarranties, listWarranties } from './warranties/read.ts'
export * from './warranties/shapes.ts'
export {
  checkNewWarranty,
  checkWarrantyChanges,
  createWarranty,
  deleteWarranty,
  updateWarranty,
} from './warranties/write.ts'
