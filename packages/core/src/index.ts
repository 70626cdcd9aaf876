export * from './analytics/shapes.ts'
export { getBrandShares, getRetailerShares } from './analytics/shares.ts'
export { getSpending, getSpendingByPeriod } from './analytics/spending.ts'
export { getSummary } from './analytics/summary.ts'
export { getTopProducts } from './analytics/top-products.ts'
export { getWarrantySummary, getWarrantyTimeline } from './analytics/warranties.ts'
export * from './brands.ts'
export { type Context, newId } from './context.ts'
export { EntryById, EntryFilter, EntryRemoval } from './directory.ts'
export { AppError, type ErrorCode, type FieldError, invalid, notFound } from './errors.ts'
export { Refused, speakPlainly, toFieldErrors, valueAt } from './field-errors.ts'
export { getPurchase, listPurchases, listRecentPurchases } from './purchases/read.ts'
export * from './purchases/shapes.ts'
export {
  checkNewPurchase,
  checkPurchaseChanges,
  createPurchase,
  deletePurchase,
  updatePurchase,
} from './purchases/write.ts'
export * from './retailers.ts'
export { getRevision } from './revision.ts'
export { seedDatabase } from './seed.ts'
export { getSettings, Settings, SettingsChanges, updateSettings } from './settings.ts'
export {
  ensureStatistics,
  rebuildStatistics,
  type StatisticsDifference,
  verifyStatistics,
} from './statistics/rebuild.ts'
export { asStorageError } from './storage-errors.ts'
export { foldCase, joinSearchKeys, sortKey } from './text.ts'
export { getWarranty, listExpiringWarranties, listRecentWarranties, listWarranties } from './warranties/read.ts'
export * from './warranties/shapes.ts'
export {
  checkNewWarranty,
  checkWarrantyChanges,
  createWarranty,
  deleteWarranty,
  updateWarranty,
} from './warranties/write.ts'
