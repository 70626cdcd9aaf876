import currencies from 'currency-codes'
import { Decimal } from 'decimal.js'

/** Prices hold fewer minor units than this: ten digits, before and after the point together. */
const MAX_MINOR_UNITS = 10_000_000_000

/** ISO 4217 knows no currency with more decimals. */
export const MAX_CURRENCY_DIGITS = 4

/**
 * ISO 4217 code -> digits after the point. The Caribbean guilder (2025) is younger than the package's copy of the
 * table.
 */
const DIGITS: ReadonlyMap<string, number> = new Map([
  ...currencies.codes().map((code): [string, number] => [code, currencies.code(code)?.digits ?? 0]),
  ['XCG', 2],
])

/** Every ISO 4217 code this product knows, in alphabetical order. */
export const CURRENCY_CODES: readonly string[] = [...DIGITS.keys()].sort()

export function isCurrencyCode(code: string): boolean {
  return DIGITS.has(code)
}

/** Digits after the point of a currency. @throws Error for a code that is not in ISO 4217. */
export function currencyDigits(code: string): number {
  const digits = DIGITS.get(code)
  if (digits === undefined) throw new Error(`Unknown currency ${code}`)
  return digits
}

/**
 * Says why a decimal amount (`"19.99"`) can't be a price in the currency, or undefined when it can.
 * @param amount digits with at most one point, no sign, no exponent
 */
export function findPriceProblem(amount: string, currencyCode: string): string | undefined {
  const digits = currencyDigits(currencyCode)
  const decimals = amount.split('.')[1]?.length ?? 0
  if (decimals > digits) {
    return digits === 0
      ? `must be a whole number: ${currencyCode} has no decimals`
      : `must have at most ${digits} decimals in ${currencyCode}`
  }
  if (new Decimal(amount).times(10 ** digits).gte(MAX_MINOR_UNITS)) {
    return `is too large: a price in ${currencyCode} has at most ${10 - digits} digits${digits === 0 ? '' : ' before the point'}`
  }
  return undefined
}

/**
 * A decimal amount in whole minor units of its currency: `"19.99"` USD -> 1999.
 * @throws Error when the amount is not one that `findPriceProblem` accepts
 */
export function toMinorUnits(amount: string, currencyCode: string): number {
  const minor = new Decimal(amount).times(10 ** currencyDigits(currencyCode))
  if (!minor.isInteger() || minor.isNegative() || minor.gte(MAX_MINOR_UNITS)) {
    throw new Error(`${amount} is no price in ${currencyCode}`)
  }
  return minor.toNumber()
}

/** Minor units as a decimal string with exactly the currency's digits: 1999 USD -> `"19.99"`, 500 JPY -> `"500"`. */
export function formatMinorUnits(minor: number | bigint, currencyCode: string): string {
  const digits = currencyDigits(currencyCode)
  const text = String(minor)
  if (digits === 0) return text
  const padded = text.padStart(digits + 1, '0')
  return `${padded.slice(0, -digits)}.${padded.slice(-digits)}`
}

/** As `formatMinorUnits`, without the zeros that only the currency's digits add: 2000 USD -> `"20"`. */
export function plainAmount(minor: number, currencyCode: string): string {
  return new Decimal(formatMinorUnits(minor, currencyCode)).toFixed()
}

/** Price times quantity, exact beyond 2^53, as a decimal string. */
export function formatTotal(priceMinor: number, quantity: number, currencyCode: string): string {
  return formatMinorUnits(BigInt(priceMinor) * BigInt(quantity), currencyCode)
}

/**
 * A decimal amount in ten-thousandths of its major unit. It orders prices of currencies whose digits differ
 * (`"5.00"` USD stands before `"500"` JPY); it is never added up.
 */
export function toPriceKey(amount: string): number {
  return new Decimal(amount).times(10 ** MAX_CURRENCY_DIGITS).toNumber()
}

/** Amount by number of items, rounded half to even to the currency's digits. @param count at least 1 */
export function averageOf(amountMinor: bigint, count: number, currencyCode: string): string {
  const divisor = BigInt(count)
  const floor = amountMinor / divisor
  const twice = (amountMinor % divisor) * 2n
  const up = twice > divisor || (twice === divisor && floor % 2n === 1n)
  return formatMinorUnits(up ? floor + 1n : floor, currencyCode)
}
