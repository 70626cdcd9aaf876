import type { Fact } from './facts.ts'

/** Sums of facts, by what they count. */
export class Deltas {
  readonly #sums = new Map<string, Fact>()

  /** Different figures held. */
  get size(): number {
    return this.#sums.size
  }

  /** @param sign -1 for what goes */
  add(facts: readonly Fact[], sign: 1 | -1): void {
    for (const fact of facts) {
      const name = nameOf(fact)
      const sum = this.#sums.get(name)
      if (sum) {
        sum.row_count += sign * fact.row_count
        sum.item_count += sign * fact.item_count
        sum.amount += BigInt(sign) * fact.amount
      } else {
        this.#sums.set(name, {
          ...fact,
          row_count: sign * fact.row_count,
          item_count: sign * fact.item_count,
          amount: BigInt(sign) * fact.amount,
        })
      }
    }
  }

  /** What changes at all, in an order that is the same for everyone: who locks rows in one order can't deadlock. */
  sorted(): Fact[] {
    return [...this.#sums]
      .filter(([, { row_count, item_count, amount }]) => row_count !== 0 || item_count !== 0 || amount !== 0n)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, sum]) => sum)
  }
}

/** The fields that tell figures apart, joined by a character that stands in none of them. */
export function nameOf({
  kind,
  key,
  currency_code,
  period,
}: Omit<Fact, 'row_count' | 'item_count' | 'amount'>): string {
  return [kind, key, currency_code, period].join('\u001f')
}
