import { setTimeout } from 'node:timers/promises'

/** First come, first served: one holder at a time. */
export class Turns {
  #last: Promise<void> = Promise.resolve()
  #waiting = 0

  /**
   * Waits for everyone who asked before.
   * @returns the function that ends the turn.
   * @throws what `late` makes when the turn has not come after `timeoutMs`.
   */
  async take(timeoutMs: number, late: () => Error): Promise<() => void> {
    const before = this.#last
    const { promise: ended, resolve } = Promise.withResolvers<void>()
    this.#last = before.then(() => ended)
    this.#waiting += 1
    const end = () => {
      this.#waiting -= 1
      resolve()
    }
    if (this.#waiting === 1) return end
    const timer = new AbortController()
    const timeout = setTimeout(timeoutMs, 'late', { signal: timer.signal, ref: false }).catch(() => 'cancelled')
    const outcome = await Promise.race([before, timeout])
    timer.abort()
    if (outcome === 'late') {
      end()
      throw late()
    }
    return end
  }
}
