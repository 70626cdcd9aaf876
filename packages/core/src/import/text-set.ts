import { hash } from 'node:crypto'

const START = 1024
const FULLEST = 0.75

/**
 * A set of texts in some 8 bytes each, by the first 64 bits of their hash: a file may hold a million of them, and of so
 * many two share a hash once in thirty million files.
 */
export class TextSet {
  #high = new Uint32Array(START)
  #low = new Uint32Array(START)
  #size = 0

  get size(): number {
    return this.#size
  }

  has(text: string): boolean {
    const [high, low] = hashOf(text)
    return this.#high[this.#find(high, low)] !== 0
  }

  /** @returns whether it is new */
  add(text: string): boolean {
    if (this.#size >= this.#high.length * FULLEST) this.#grow()
    const [high, low] = hashOf(text)
    const isNew = this.#put(high, low)
    if (isNew) this.#size++
    return isNew
  }

  #put(high: number, low: number): boolean {
    const at = this.#find(high, low)
    if (this.#high[at] !== 0) return false
    this.#high[at] = high
    this.#low[at] = low
    return true
  }

  /** Where a hash stands, or would. */
  #find(high: number, low: number): number {
    const mask = this.#high.length - 1
    let at = low & mask
    while (this.#high[at] !== 0 && (this.#high[at] !== high || this.#low[at] !== low)) at = (at + 1) & mask
    return at
  }

  #grow(): void {
    const [high, low] = [this.#high, this.#low]
    this.#high = new Uint32Array(high.length * 2)
    this.#low = new Uint32Array(low.length * 2)
    for (const [at, value] of high.entries()) if (value !== 0) this.#put(value, low[at] ?? 0)
  }
}

/** Its first half is never 0, which marks a free place. */
function hashOf(text: string): [high: number, low: number] {
  const digest = hash('sha1', text, 'buffer')
  return [digest.readUInt32LE(0) || 1, digest.readUInt32LE(4)]
}
