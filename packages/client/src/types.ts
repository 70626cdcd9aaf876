import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server'
import type { AppRouter } from './router.ts'

type Inputs = inferRouterInputs<AppRouter>
type Outputs = inferRouterOutputs<AppRouter>

/** A purchase as lists give it. */
export type Purchase = Outputs['purchases']['list']['items'][number]
/** A purchase as the single read gives it, with its attachments. */
export type PurchaseDetails = Outputs['purchases']['get']
export type PurchaseList = Outputs['purchases']['list']
export type NewPurchase = Inputs['purchases']['create']
export type PurchaseChanges = Inputs['purchases']['update']
export type PurchaseFilter = Inputs['purchases']['list']
/** Which purchases, where they are not divided into pages. */
export type PurchaseSelection = Omit<Extract<PurchaseFilter, object>, 'skip' | 'limit' | 'sort' | 'order'>
export type TagList = Outputs['purchases']['tags']
export type TagFilter = Inputs['purchases']['tags']
export type Attachment = PurchaseDetails['attachments'][number]

export type Warranty = Outputs['warranties']['get']
export type WarrantyList = Outputs['warranties']['list']
export type NewWarranty = Inputs['warranties']['create']
export type WarrantyChanges = Inputs['warranties']['update']
export type WarrantyFilter = Inputs['warranties']['list']
export type ExpiringFilter = Inputs['warranties']['expiring']

export type Retailer = Outputs['retailers']['get']
export type RetailerList = Outputs['retailers']['list']
export type NewRetailer = Inputs['retailers']['create']
export type RetailerChanges = Inputs['retailers']['update']
export type RetailerFilter = Inputs['retailers']['list']

export type Brand = Outputs['brands']['get']
export type BrandList = Outputs['brands']['list']
export type NewBrand = Inputs['brands']['create']
export type BrandChanges = Inputs['brands']['update']
export type BrandFilter = Inputs['brands']['list']

export type Spending = Outputs['analytics']['spending']
export type SpendingQuery = Inputs['analytics']['spending']
export type SpendingByPeriod = Outputs['analytics']['spendingByPeriod']
export type SpendingByPeriodQuery = Inputs['analytics']['spendingByPeriod']
export type Summary = Outputs['analytics']['summary']
/** Which purchases figures are about: two days, a currency; all of it may be left out. */
export type RangeQuery = Inputs['analytics']['summary']
export type WarrantyTimeline = Outputs['analytics']['warrantyTimeline']
export type WarrantyTimelineQuery = Inputs['analytics']['warrantyTimeline']
export type WarrantySummary = Outputs['analytics']['warrantySummary']
export type RetailerShares = Outputs['analytics']['retailers']
export type BrandShares = Outputs['analytics']['brands']
export type TopProducts = Outputs['analytics']['topProducts']
export type TopProductsQuery = Inputs['analytics']['topProducts']
export type RecentPurchases = Outputs['analytics']['recentPurchases']
export type RecentWarranties = Outputs['analytics']['recentWarranties']

/** What a subscription tells, and the id from which it can go on. */
export interface Tracked<T> {
  id: string
  data: T
}

export type Job = Outputs['jobs']['get']
export type JobList = Outputs['jobs']['list']
export type JobFilter = Inputs['jobs']['list']

/** The same change of many purchases, by their ids or by a filter. */
export type BulkChange = Inputs['bulk']['change']
export type BulkDeletion = Inputs['bulk']['delete']

/** What a file to import was understood as. */
export type ImportDetection = Outputs['import']['detect']
export type ImportDetectionQuery = Inputs['import']['detect']
export type ImportRequest = Inputs['import']['run']
/** What taking back an import, a change or a deletion did. */
export type Undo = Outputs['import']['undo']

export type BackupList = Outputs['backup']['list']
export type Backup = BackupList['items'][number]
export type NewBackup = Inputs['backup']['create']
export type BackupStatus = Outputs['backup']['status']
export type BackupVerification = Outputs['backup']['verify']
/** What restoring a backup would change. */
export type RestorePlan = Outputs['backup']['plan']
export type BackupConfig = Outputs['backup']['config']
export type BackupConfigChanges = Inputs['backup']['configure']

export type Settings = Outputs['settings']['get']
export type SettingsChanges = Inputs['settings']['update']
