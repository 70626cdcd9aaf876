import type { Purchase } from '@spends/client'

/** What the drawer shall show: a purchase, `new`, or nothing. */
export interface DrawerRequest {
  id: string
  /** A new one begins as a copy of this. */
  copyOf?: string
  /** `address`: it stands there already; `page`: it is put there. */
  from: 'address' | 'page'
}

/** What the drawer did. `isOver`: it has closed, and the list has the focus. */
export type DrawerChange =
  | { kind: 'created' | 'changed'; purchase: Purchase; isOver: boolean }
  | { kind: 'deleted'; id: string; name: string }
  | { kind: 'closed'; id: string }

/** Asks the drawer to show something. */
export function ask(request: DrawerRequest): void {
  window.dispatchEvent(new CustomEvent('spends:drawer', { detail: request }))
}

/** Hears what the drawer is asked to show. */
export function onAsked(listener: (request: DrawerRequest) => void): void {
  window.addEventListener('spends:drawer', (event) => listener((event as CustomEvent<DrawerRequest>).detail))
}

/** Tells what the drawer did. */
export function tell(change: DrawerChange): void {
  window.dispatchEvent(new CustomEvent('spends:drawer-change', { detail: change }))
}

/** Hears what the drawer did. */
export function onSaved(listener: (change: DrawerChange) => void): void {
  window.addEventListener('spends:drawer-change', (event) => listener((event as CustomEvent<DrawerChange>).detail))
}

/** The purchase that the address names; empty for none. */
export function readId(): string {
  return new URLSearchParams(location.search).get('id') ?? ''
}

/** Names a purchase in the address, beside what stands there. */
export function writeId(id: string, how: 'push' | 'replace'): void {
  const query = new URLSearchParams(location.search)
  if (id === '') query.delete('id')
  else query.set('id', id)
  const address = `${location.pathname}${query.size > 0 ? `?${query}` : ''}`
  if (how === 'push') history.pushState(null, '', address)
  else history.replaceState(null, '', address)
}
