import Alpine from '@alpinejs/csp'
import { announce } from './announcements.ts'
import { onFailure } from './failure.ts'
import { t } from './messages.ts'

interface Connection {
  offline: boolean
  /** The instance answers that it cannot answer: it restores, stops, or its database is away. */
  unavailable: boolean
  reason: string
}

/** How often an instance is asked that does not answer. */
const ASK_MS = 2000

/**
 * Registers the store that knows whether the instance can be reached. When it is back, `spends:back` is sent to the
 * window, upon which everything that failed is read again.
 */
export function registerConnection(): void {
  Alpine.store('connection', { offline: !navigator.onLine, unavailable: false, reason: '' } satisfies Connection)
  const connection = Alpine.store('connection') as unknown as Connection
  window.addEventListener('offline', () => {
    connection.offline = true
  })
  window.addEventListener('online', () => {
    connection.offline = false
    comeBack()
  })

  let asking = false
  onFailure(({ code, text }) => {
    if (code !== 'SERVICE_UNAVAILABLE' && code !== 'NO_ANSWER') return
    connection.unavailable = code === 'SERVICE_UNAVAILABLE'
    connection.reason = code === 'SERVICE_UNAVAILABLE' ? `${text} ${t('common.unavailable')}` : ''
    if (!asking) void askUntilBack()
  })

  async function askUntilBack(): Promise<void> {
    asking = true
    while (!(await isReady())) await new Promise((resolve) => setTimeout(resolve, ASK_MS))
    asking = false
    connection.unavailable = false
    comeBack()
  }

  function comeBack(): void {
    announce(t('common.back'))
    window.dispatchEvent(new Event('spends:back'))
  }
}

async function isReady(): Promise<boolean> {
  try {
    return (await fetch('/readyz')).ok
  } catch {
    // No answer at all is no readiness either.
    return false
  }
}
