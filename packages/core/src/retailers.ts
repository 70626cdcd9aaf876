import { z } from 'zod'
import { directory, entryChangesShape, entryShape, newEntryShape, wholeListOf } from './directory.ts'
import { reassignPurchases } from './purchases/reassign.ts'

export const Retailer = z.object(entryShape).meta({ id: 'Retailer' })
export type Retailer = z.infer<typeof Retailer>

export const RetailerList = wholeListOf(
  z.object({ ...entryShape, purchase_count: z.int() }).meta({ id: 'RetailerWithCount' }),
).meta({ id: 'RetailerList' })

export const NewRetailer = z.strictObject(newEntryShape).meta({ id: 'NewRetailer' })
export type NewRetailer = z.input<typeof NewRetailer>

/** Only the fields sent change; `null` clears. */
export const RetailerChanges = z.strictObject(entryChangesShape).meta({ id: 'RetailerChanges' })
export type RetailerChanges = z.input<typeof RetailerChanges>

const retailers = directory('retailers', 'retailer', (tx, from, to) => reassignPurchases(tx, 'retailer_id', from, to))

/** Retailers by name, with how many purchases each has. */
export const listRetailers = retailers.list
/** @throws AppError NOT_FOUND */
export const getRetailer = retailers.get
/** @throws AppError CONFLICT when the name is taken, whatever its case */
export const createRetailer = retailers.create
/** @throws AppError NOT_FOUND; CONFLICT when the name is taken; UNPROCESSABLE_CONTENT for a changed read-only field */
export const updateRetailer = retailers.update
/** @throws AppError NOT_FOUND; CONFLICT while purchases use it, unless `reassign_to` says where to move them */
export const deleteRetailer = retailers.remove
/** The rules of `updateRetailer` on an input whose shape is wrong. @throws AppError NOT_FOUND */
export const checkRetailerChanges = retailers.checkChanges
/** The rules of `deleteRetailer` on an input whose shape is wrong. @throws AppError NOT_FOUND */
export const checkRetailerRemoval = retailers.checkRemoval
