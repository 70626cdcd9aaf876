/** An amount, as the API writes it, in the smallest unit of its currency. */
export function toMinorUnits(amount: string): bigint {
  return BigInt(amount.replace('.', ''))
}

/**
 * By how many percent a figure is above one of before, negative where it is below, in whole percent.
 * @param now,before amounts of one currency, or whole numbers
 * @returns null where there was nothing before
 */
export function changeInPercent(now: string, before: string): number | null {
  const [units, of] = [toMinorUnits(now), toMinorUnits(before)]
  if (of === 0n) return null
  const doubled = ((units - of) * 200n) / of
  // Half a percent counts as a whole one, away from nothing.
  return Number((doubled + (doubled < 0n ? -1n : 1n)) / 2n)
}

/** As many to a percent. */
const STEPS = 10

/**
 * What part of their sum amounts of one currency are, in percent with one digit after the point. Together they are
 * exactly 100, or 0 where nothing was spent: what rounding down leaves over goes to the largest remainders.
 */
export function sharesOf(amounts: readonly string[]): number[] {
  const units = amounts.map(toMinorUnits)
  const sum = units.reduce((all, one) => all + one, 0n)
  if (sum === 0n) return units.map(() => 0)
  const whole = BigInt(100 * STEPS)
  const shares = units.map((one, index) => ({ index, steps: Number((one * whole) / sum), rest: (one * whole) % sum }))
  const left = 100 * STEPS - shares.reduce((all, { steps }) => all + steps, 0)
  const byRest = [...shares].sort((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest < b.rest ? 1 : -1))
  for (const share of byRest.slice(0, left)) share.steps += 1
  return shares.map(({ steps }) => steps / STEPS)
}

/** How long the bars of a ranking are, beside the longest of them, from 0 to 1. Only to be drawn. */
export function barsOf(amounts: readonly string[]): number[] {
  const units = amounts.map(toMinorUnits)
  let longest = 0n
  for (const one of units) if (one > longest) longest = one
  return units.map((one) => (longest === 0n ? 0 : Number((one * 10_000n) / longest) / 10_000))
}
