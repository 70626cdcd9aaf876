import type { PurchaseSelection } from '@spends/client'

export type WarrantyTab = 'expiring' | 'active' | 'expired' | 'voided' | 'lifetime'

/** The address of the purchases that a selection finds. */
export function inventoryLink(selection: PurchaseSelection): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(selection)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) query.append(name, String(one))
  }
  return query.size === 0 ? '/inventory' : `/inventory?${query}`
}

/** The address of a purchase. */
export function purchaseLink(id: string): string {
  return `/inventory?id=${encodeURIComponent(id)}`
}

/** The address of the warranties that stand like this. */
export function warrantiesLink(tab: WarrantyTab): string {
  return `/warranties?tab=${tab}`
}
