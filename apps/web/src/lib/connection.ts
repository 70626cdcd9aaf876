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

/** How long it takes until an instance that does not answer is asked again: at first, and at most. */
const PAUSE_MS = 2000
const LONGEST_PAUSE_MS = 30_000
/** Who was back for so long has recovered; who was not is asked more and more rarely. */
const CALM_MS = 60_000

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
  let pause = PAUSE_MS
  let backSince = Number.NEGATIVE_INFINITY
  onFailure(({ code, text }) => {
    if (code !== 'SERVICE_UNAVAILABLE' && code !== 'NO_ANSWER') return
    connection.unavailable = code === 'SERVICE_UNAVAILABLE'
    connection.reason = code === 'SERVICE_UNAVAILABLE' ? `${text} ${t('common.unavailable')}` : ''
    if (!asking) void askUntilBack()
  })

  async function askUntilBack(): Promise<void> {
    asking = true
    // The probe may be answered while calls are not: a proxy may treat them differently.
    pause = performance.now() - backSince > CALM_MS ? PAUSE_MS : Math.min(pause * 2, LONGEST_PAUSE_MS)
    do await new Promise((resolve) => setTimeout(resolve, pause))
    while (!(await isReady()))
    asking = false
    backSince = performance.now()
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
