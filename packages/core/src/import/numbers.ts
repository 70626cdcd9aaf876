import { findCurrency } from './currency-signs.ts'
import { plainText, type Reading, saysNothing } from './reading.ts'

/** What separates decimals. */
export type DecimalMark = '.' | ','

export interface ParsedAmount {
  /** A decimal amount without sign, grouping and needless zeros: `"1299.9"`. */
  amount: string
  /** Only where the cell names it. */
  currency_code?: string
}

const LONGEST = 60
const NO_AMOUNT = 'is no amount'

/**
 * An amount as people write it: `1.299,90 EUR`, `$1,299.90`, `1 299,90`, `1'299.90`, `1,23,456.78`, `12,-`.
 * @param options.decimal undefined: only what can be read in one way is read, so that `1.234` is an error
 * @param options.currency_code what the row's currency is without this cell; settles which `$`, `kr` or `¥` is meant
 */
export function parseAmount(
  text: string,
  options: { decimal?: DecimalMark | undefined; currency_code: string },
): Reading<ParsedAmount> {
  const parts = takeApart(text)
  if ('error' in parts || 'value' in parts) return parts
  const digits = readDigits(parts.digits, options.decimal)
  if (digits.error !== undefined) return digits
  if (parts.negative && digits.value !== '0') return { error: 'is negative' }
  const amount = digits.value
  if (parts.words.length === 0) return { value: { amount } }
  const currency = findCurrency(parts.words, options.currency_code)
  if ('error' in currency) return currency
  return { value: currency.code === undefined ? { amount } : { amount, currency_code: currency.code } }
}

const UNITS = /^(?:x|×|pcs?\.?|pieces?|units?|ea\.?|stk\.?|st\.?|stück)$/i

/** A number of pieces: `2`, `2.0`, `2 x`. */
export function parseQuantity(text: string, options: { decimal?: DecimalMark | undefined }): Reading<number> {
  const parts = takeApart(text)
  if ('value' in parts) return parts
  if ('error' in parts || parts.words.some((word) => !UNITS.test(word))) return { error: 'is no number' }
  const digits = readDigits(parts.digits, options.decimal)
  if (digits.error !== undefined) return { error: digits.error === NO_AMOUNT ? 'is no number' : digits.error }
  if (parts.negative && digits.value !== '0') return { error: 'is negative' }
  if (digits.value.includes('.')) return { error: 'must be a whole number' }
  const value = Number(digits.value)
  if (value < 1) return { error: 'must be at least 1' }
  return Number.isSafeInteger(value) ? { value } : { error: 'is too large' }
}

/** `either`: no value depends on it, each can be read by itself. `ambiguous`: only a person knows. */
export type DecimalDecision = DecimalMark | 'either' | 'ambiguous'

/** Finds what separates decimals from all values of a column: one that can be read in one way decides for the others. */
export class DecimalDecider {
  readonly #certain = new Set<DecimalMark>()
  #example: string | undefined

  add(text: string): void {
    const parts = takeApart(text)
    if (!('digits' in parts)) return
    const [point, comma] = [canonical(POINT, parts.digits), canonical(COMMA, parts.digits)]
    if (point === comma) return
    if (comma === undefined) this.#certain.add('.')
    else if (point === undefined) this.#certain.add(',')
    else this.#example ??= text
  }

  decide(): DecimalDecision {
    const [mark] = this.#certain
    if (mark !== undefined && this.#certain.size === 1) return mark
    return this.#example === undefined ? 'either' : 'ambiguous'
  }

  /** The first value that can be read in both ways. */
  get example(): string | undefined {
    return this.#example
  }
}

/** As `DecimalDecider`, for values that are at hand. */
export function decideDecimal(values: Iterable<string>): DecimalDecision {
  const decider = new DecimalDecider()
  for (const value of values) decider.add(value)
  return decider.decide()
}

interface Parts {
  digits: string
  negative: boolean
  /** What stands before and behind the number. */
  words: string[]
}

const PLAIN = /^\d{1,12}(?:[.,]\d{1,4})?$/
/** From the first digit, or the mark right before it, to the last one. A point behind letters belongs to them: `Rs.5`. */
const NUMBER = /^(?<before>\D*?)(?<digits>(?:(?<![\p{L}\d])[.,])?\d(?:.*\d)?)(?<after>\D*)$/u
/** `12,-`, `12.–`, `12.`: whole amounts in some countries. */
const WHOLE = /^([.,])(?:\s?[-–—−]{1,2})?(?=\s|$|\p{Sc})/u
const SIGNS = /[-–—−+()]/g

function takeApart(text: string): Parts | { value: null } | { error: string } {
  if (PLAIN.test(text)) return { digits: text, negative: false, words: [] }
  const plain = plainText(text)
  if (saysNothing(plain)) return { value: null }
  if (plain.length > LONGEST) return { error: NO_AMOUNT }
  const { before = '', digits = '', after = '' } = NUMBER.exec(plain)?.groups ?? {}
  // Bookkeeping prints nothing as a dash beside the sign of the currency.
  if (digits === '') return /^\p{Sc}?\s*[-–—]{1,2}\s*\p{Sc}?$/u.test(plain) ? { value: null } : { error: NO_AMOUNT }
  if (/^[\d.,]+e[-+]?\d+$/i.test(digits)) return { error: 'is written with an exponent, which hides digits' }
  const whole = WHOLE.exec(after)
  const behind = after.slice(whole?.[0].length ?? 0)
  const signs = `${before}${behind}`.match(SIGNS)?.join('') ?? ''
  if (!/^(?:[-–—−+]?|\(\)|\([-–—−]\))$/.test(signs)) return { error: NO_AMOUNT }
  const words = [before, behind].flatMap(wordsOf)
  return {
    digits: whole ? `${digits}${whole[1]}0` : digits,
    negative: signs !== '' && signs !== '+',
    words,
  }
}

/** "US $" and "$ US" are one word, "USD $" is two. */
function wordsOf(text: string): string[] {
  const joined = text
    .replace(SIGNS, ' ')
    .replace(/\b([a-z]{1,2}) +\$/i, '$1$$')
    .replace(/\$ +([a-z]{2})\b/i, '$$$1')
  return joined.split(/\s+/).filter((word) => word !== '')
}

const SPACED = "[1-9]\\d{0,2}(?: \\d{3})+|[1-9]\\d{0,2}(?:['’‘`]\\d{3})+"
const POINT = new RegExp(`^(\\d+|[1-9]\\d{0,2}(?:,\\d{3})+|[1-9]\\d?(?:,\\d{2})+,\\d{3}|${SPACED})?(?:\\.(\\d+))?$`)
const COMMA = new RegExp(`^(\\d+|[1-9]\\d{0,2}(?:\\.\\d{3})+|${SPACED})?(?:,(\\d+))?$`)
/** Arabic has marks of its own, which mean one thing only. */
const ARABIC = /^(\d+|[1-9]\d{0,2}(?:٬\d{3})+)?(?:٫(\d+))?$/

function canonical(pattern: RegExp, text: string): string | undefined {
  const match = pattern.exec(text) ?? ARABIC.exec(text)
  if (!match) return undefined
  const whole = (match[1] ?? '').replace(/\D/g, '').replace(/^0+(?=\d)/, '') || '0'
  const fraction = (match[2] ?? '').replace(/0+$/, '')
  return fraction === '' ? whole : `${whole}.${fraction}`
}

function readDigits(
  text: string,
  decimal: DecimalMark | undefined,
): { value: string; error?: undefined } | { error: string } {
  const [point, comma] = [canonical(POINT, text), canonical(COMMA, text)]
  if (point === undefined && comma === undefined) return { error: NO_AMOUNT }
  if (decimal !== undefined) {
    const value = decimal === '.' ? point : comma
    return value === undefined ? { error: `is no amount with decimals behind a "${decimal}"` } : { value }
  }
  if (point !== undefined && comma !== undefined && point !== comma) {
    return { error: `can be ${point} or ${comma}: choose by decimal` }
  }
  return { value: point ?? comma ?? '' }
}
