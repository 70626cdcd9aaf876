import { z } from 'zod'
import { directory, entryChangesShape, entryShape, newEntryShape, wholeListOf } from './directory.ts'
import { reassignPurchases } from './purchases/reassign.ts'

export const Brand = z.object(entryShape).meta({ id: 'Brand' })
export type Brand = z.infer<typeof Brand>

export const BrandList = wholeListOf(
  z.object({ ...entryShape, purchase_count: z.int() }).meta({ id: 'BrandWithCount' }),
).meta({ id: 'BrandList' })

export const NewBrand = z.strictObject(newEntryShape).meta({ id: 'NewBrand' })
export type NewBrand = z.input<typeof NewBrand>

/** Only the fields sent change; `null` clears. */
export const BrandChanges = z.strictObject(entryChangesShape).meta({ id: 'BrandChanges' })
export type BrandChanges = z.input<typeof BrandChanges>

const brands = directory('brands', 'brand', (tx, from, to) => reassignPurchases(tx, 'brand_id', from, to))

/** Brands by name, with how many purchases each has. */
export const listBrands = brands.list
/** @throws AppError NOT_FOUND */
export const getBrand = brands.get
/** @throws AppError CONFLICT when the name is taken, whatever its case */
export const createBrand = brands.create
/** @throws AppError NOT_FOUND; CONFLICT when the name is taken; UNPROCESSABLE_CONTENT for a changed read-only field */
export const updateBrand = brands.update
/** @throws AppError NOT_FOUND; CONFLICT while purchases use it, unless `reassign_to` says where to move them */
export const deleteBrand = brands.remove
/** The rules of `updateBrand` on an input whose shape is wrong. @throws AppError NOT_FOUND */
export const checkBrandChanges = brands.checkChanges
/** The rules of `deleteBrand` on an input whose shape is wrong. @throws AppError NOT_FOUND */
export const checkBrandRemoval = brands.checkRemoval
