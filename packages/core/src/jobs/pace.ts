/** How long a transaction may take: others wait for it to write. */
const ALONE_MS = 60
const CONTENDED_MS = 8
const SMALLEST = 5
const LARGEST = 2000
/** After somebody had to wait, for how long others are expected. */
const WARY_MS = 1000

/** Finds how many rows one transaction of a job takes, by how long the last one took and whether anybody waited. */
export class Pace {
  readonly #isContended: () => boolean
  #waryUntil = 0
  #size = 200

  constructor(isContended: () => boolean) {
    this.#isContended = isContended
  }

  /** Rows for the next transaction. */
  get size(): number {
    return this.#size
  }

  /** Runs the transaction of so many rows and learns from it. */
  async time(rows: number, transaction: () => Promise<void>): Promise<void> {
    const start = performance.now()
    await transaction()
    const end = performance.now()
    if (this.#isContended()) this.#waryUntil = end + WARY_MS
    const target = end < this.#waryUntil ? CONTENDED_MS : ALONE_MS
    const fitting = (rows * target) / Math.max(end - start, 0.1)
    // No faster than doubled: a small batch says little of a large one.
    this.#size = Math.round(Math.min(Math.max(fitting, SMALLEST), LARGEST, this.#size * 2))
  }
}
