import type { PurchaseSelection } from './types.ts'

/**
 * The address of all selected purchases as a file, for a link or `fetch`; the instance names the file.
 *
 *     <a href="..." download>   link.href = exportUrl(location.origin, 'csv', { status: 'ORDERED' })
 *
 * JSON holds everything and can be imported without loss; CSV is for spreadsheets.
 * @param url where the instance runs, as for `createClient`
 */
export function exportUrl(url: string, format: 'csv' | 'json', selection: PurchaseSelection = {}): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(selection)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) query.append(name, String(one))
  }
  const address = `${url.replace(/\/+$/, '')}/api/export/${format}`
  return query.size === 0 ? address : `${address}?${query}`
}
