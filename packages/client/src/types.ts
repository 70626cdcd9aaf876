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

export type Settings = Outputs['settings']['get']
export type SettingsChanges = Inputs['settings']['update']
