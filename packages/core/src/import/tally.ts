import { hash } from 'node:crypto'

/** How often a text was counted, and whether it is marked. */
interface Count {
  count: number
  marked: boolean
}

const MARK = 0x80000000
const START = 1024

/**
 * Counts texts in 12 bytes each, by the first 64 bits of their hash: a million of them is what a file may hold, and two
 * of those share a hash once in thirty million files.
 */
export class Tally {
  #high = new Uint32Array(START)
  #low = new Uint32Array(START)
  /** The count, and the mark in its highest bit; 0 where nothing stands. */
  #counts = new Uint32Array(START)
  #size = 0

  /** Counts the text once more. */
  add(text: string): Count {
    if (this.#size >= this.#counts.length * 0.75) this.#grow()
    const at = this.#find(text)
    if (this.#counts[at] === 0) this.#size++
    const next = (this.#counts[at] ?? 0) + 1
    this.#counts[at] = next
    return read(next)
  }

  /** Marks a text that was counted. */
  mark(text: string): void {
    const at = this.#find(text)
    this.#counts[at] = ((this.#counts[at] ?? 0) | MARK) >>> 0
  }

  isMarked(text: string): boolean {
    return read(this.#counts[this.#find(text)] ?? 0).marked
  }

  /** How many different texts were counted. */
  get size(): number {
    return this.#size
  }

  /** The place of a text, with its hash in it. */
  #find(text: string): number {
    const digest = hash('sha1', text, 'buffer')
    const high = digest.readUInt32LE(0)
    const low = digest.readUInt32LE(4)
    const at = this.#probe(high, low)
    this.#high[at] = high
    this.#low[at] = low
    return at
  }

  #probe(high: number, low: number): number {
    const mask = this.#counts.length - 1
    let at = low & mask
    while (this.#counts[at] !== 0 && (this.#high[at] !== high || this.#low[at] !== low)) at = (at + 1) & mask
    return at
  }

  #grow(): void {
    const [high, low, counts] = [this.#high, this.#low, this.#counts]
    this.#high = new Uint32Array(counts.length * 2)
    this.#low = new Uint32Array(counts.length * 2)
    this.#counts = new Uint32Array(counts.length * 2)
    for (const [from, count] of counts.entries()) {
      if (count === 0) continue
      const at = this.#probe(high[from] ?? 0, low[from] ?? 0)
      this.#high[at] = high[from] ?? 0
      this.#low[at] = low[from] ?? 0
      this.#counts[at] = count
    }
  }
}

function read(value: number): Count {
  return { count: value & ~MARK, marked: value >= MARK }
}
