/** The smallest step of a percentage, as many to the whole. */
const STEPS = 10_000

/**
 * Shares of a whole in percent with two decimals that are exactly 100 when they are added as decimals: what rounding
 * down leaves over goes to the largest remainders, earlier ones first.
 * @param counts whole numbers, not negative
 */
export function toPercentages(counts: readonly number[]): number[] {
  const whole = counts.reduce((sum, count) => sum + count, 0)
  if (whole === 0) return counts.map(() => 0)
  const shares = counts.map((count, index) => ({
    index,
    steps: Number((BigInt(count) * BigInt(STEPS)) / BigInt(whole)),
    remainder: Number((BigInt(count) * BigInt(STEPS)) % BigInt(whole)),
  }))
  const left = STEPS - shares.reduce((sum, { steps }) => sum + steps, 0)
  for (const share of [...shares].sort((a, b) => b.remainder - a.remainder || a.index - b.index).slice(0, left)) {
    share.steps += 1
  }
  // Division by 100 gives the number that is written with these two decimals.
  return shares.map(({ steps }) => steps / 100)
}
