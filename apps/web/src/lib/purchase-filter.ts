import type { PurchaseFilter, PurchaseSelection } from '@spends/client'
import { type ListPlace, placeInAddress, readPlace } from './list-place.ts'

type ListQuery = Extract<PurchaseFilter, object>
export type Sort = NonNullable<ListQuery['sort']>
export type Order = NonNullable<ListQuery['order']>

/** Which purchases a list shows, under the names of the API; each list holds one value or more. */
export type Filter = {
  [Name in keyof Omit<PurchaseSelection, 'id'>]: Name extends ManyName
    ? Extract<NonNullable<PurchaseSelection[Name]>, readonly unknown[]>
    : Name extends OneName
      ? string
      : PurchaseSelection[Name]
}

/** In which order a list shows them, and which part. */
export interface View extends ListPlace {
  sort: Sort
  order: Order
}

const MANY = ['retailer_id', 'brand_id', 'currency_code', 'tag'] as const
const ONE = ['search', 'date_from', 'date_to', 'price_from', 'price_to', 'return_from', 'return_to'] as const
const YES_OR_NO = ['has_warranty', 'tax_deductible', 'has_retailer', 'has_brand'] as const
export type ManyName = (typeof MANY)[number] | 'status'
export type OneName = (typeof ONE)[number]
export type YesOrNoName = (typeof YES_OR_NO)[number]

const STATUSES = ['ORDERED', 'RECEIVED'] as const
const SORTS = ['purchase_date', 'product_name', 'price', 'created_at', 'retailer', 'brand', 'status'] as const

/** Reads which purchases an address asks for. What no filter can mean is passed over. */
export function readFilter(query: URLSearchParams): Filter {
  const filter: Filter = {}
  const statuses = STATUSES.filter((status) => query.getAll('status').includes(status))
  if (statuses.length > 0) filter.status = statuses
  for (const name of MANY) {
    const values = [...new Set(query.getAll(name))].filter((value) => value !== '')
    if (values.length > 0) filter[name] = values
  }
  for (const name of ONE) {
    const value = query.get(name)?.trim() ?? ''
    if (value !== '') filter[name] = value
  }
  for (const name of YES_OR_NO) {
    const value = query.get(name)
    if (value === 'true' || value === 'false') filter[name] = value === 'true'
  }
  return filter
}

/** Reads in which order, and which part of it. */
export function readView(query: URLSearchParams): View {
  const sort = SORTS.find((one) => one === query.get('sort')) ?? 'purchase_date'
  const order = query.get('order')
  return {
    sort,
    order: order === 'asc' || order === 'desc' ? order : usualOrder(sort),
    ...readPlace(query),
  }
}

/** The order that a column has when nobody says one: the newest and dearest first, names from A. */
export function usualOrder(sort: Sort): Order {
  return sort === 'purchase_date' || sort === 'created_at' || sort === 'price' ? 'desc' : 'asc'
}

/** The state of a list as `writeAddress` takes it; what goes without saying is left out. */
export function toAddress(filter: Filter, view: View, id = ''): Record<string, string | readonly string[] | undefined> {
  const query: Record<string, string | readonly string[] | undefined> = {}
  for (const [name, value] of Object.entries(filter)) {
    if (value !== undefined) query[name] = typeof value === 'boolean' ? String(value) : value
  }
  return {
    ...query,
    sort: view.sort === 'purchase_date' ? undefined : view.sort,
    order: view.order === usualOrder(view.sort) ? undefined : view.order,
    ...placeInAddress(view),
    id,
  }
}

/** Whether a list shows less than everything. */
export function isFiltered(filter: Filter): boolean {
  return Object.values(filter).some((value) => value !== undefined)
}

/** The filter without one of its values, or without all that it says under a name. */
export function without(filter: Filter, name: keyof Filter, value?: string): Filter {
  const { [name]: said, ...rest } = filter
  if (value === undefined || !Array.isArray(said)) return rest
  const left = said.filter((one) => one !== value)
  return left.length === 0 ? rest : { ...rest, [name]: left }
}
