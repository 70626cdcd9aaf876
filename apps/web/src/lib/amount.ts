/** What somebody wrote as an amount: the amount as the API takes it, or why it is none. */
export type ParsedAmount =
  | { amount: string; problem?: undefined }
  | { amount?: undefined; problem: 'empty' | 'unclear' | 'negative' | 'digits' | 'long' }

const MAX_DIGITS = 10
const SPACES = /[\s\u00a0\u2007\u202f]/g
const MINUS = /^[-−–(]|[-−)]$/

/**
 * Reads an amount as people write it in a place: `1.299,90` in German, `1,299.90` in English, `1 299,90` in French.
 * Signs of currencies and spaces are passed over. What could mean two things is never guessed.
 * @param digits how many the currency has after the point
 */
export function parseAmount(text: string, locale: string, digits: number): ParsedAmount {
  const bare = text
    .normalize('NFKC')
    .replace(SPACES, '')
    // Signs of currencies, with the points of their abbreviations, and marks of the direction of writing.
    .replace(/(?:\p{L}\.?)+|[\p{Sc}\p{Cf}'’]/gu, '')
  if (bare === '') return { problem: text.trim() === '' ? 'empty' : 'unclear' }
  if (MINUS.test(bare)) return { problem: 'negative' }
  const plain = toPlain(toLatinDigits(bare, locale), locale)
  if (plain === undefined) return { problem: 'unclear' }
  const [whole = '', decimals = ''] = plain.split('.')
  const kept = decimals.replace(/0+$/, '')
  if (kept.length > digits) return { problem: 'digits' }
  const bareWhole = whole.replace(/^0+(?=\d)/, '')
  if (bareWhole.length + digits > MAX_DIGITS) return { problem: 'long' }
  return { amount: digits === 0 ? bareWhole : `${bareWhole}.${kept.padEnd(digits, '0')}` }
}

/** How an amount is written in a place, as an example. */
export function exampleAmount(locale: string, digits: number): string {
  return new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(1299.9)
}

/** An amount of the API as people of a place write it into a field: `"1299.90"` gives `1299,90` in German. */
export function writeAmount(amount: string, locale: string): string {
  const digits = amount.split('.')[1]?.length ?? 0
  const format = new Intl.NumberFormat(locale, {
    useGrouping: false,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
  return format.format(amount as `${number}`)
}

/** An amount so many times, exactly. @param amount as the API gives it @param quantity a whole number */
export function multiplyAmount(amount: string, quantity: number): string {
  const [whole = '', decimals = ''] = amount.split('.')
  const units = String(BigInt(`${whole}${decimals}`) * BigInt(quantity))
  if (decimals === '') return units
  const padded = units.padStart(decimals.length + 1, '0')
  return `${padded.slice(0, -decimals.length)}.${padded.slice(-decimals.length)}`
}

/** Where browsers count the digits that are in use, instead of those of ISO 4217, which the API takes. */
const ISO_DIGITS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    'AFN ALL COP HUF IDR IRR KPW LAK LBP MGA MMK PKR SOS SYP YER'.split(' ').map((code) => [code, 2]),
  ),
  IQD: 3,
  XDR: 0,
  XSU: 0,
}

/** How many digits a currency has after the point, by ISO 4217. */
export function digitsOf(currency: string): number {
  const known = ISO_DIGITS[currency]
  if (known !== undefined) return known
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
}

/** Digits and at most one point; undefined where it is not clear which sign is which. */
function toPlain(bare: string, locale: string): string | undefined {
  const { group, decimal } = signsOf(locale)
  if (!/^[\d.,]+$/.test(bare) || !/\d/.test(bare)) return undefined
  const signs = [...new Set(bare.replace(/\d/g, ''))]
  if (signs.length === 0) return bare
  if (signs.length === 2) {
    const [first = '', last = ''] = signs
    // Groups come first, the point once and last, whatever the place.
    return isGrouped(bare.slice(0, bare.lastIndexOf(last)), first) && bare.split(last).length === 2
      ? withPoint(bare, first, last)
      : undefined
  }
  const [sign = ''] = signs
  if (sign === decimal) return bare.split(sign).length === 2 ? withPoint(bare, '', sign) : undefined
  if (isGrouped(bare, sign)) return sign === group ? bare.replaceAll(sign, '') : undefined
  // No group of digits looks like this, so it can only be the point.
  return bare.split(sign).length === 2 ? withPoint(bare, '', sign) : undefined
}

function withPoint(bare: string, group: string, decimal: string): string {
  const plain = (group === '' ? bare : bare.replaceAll(group, '')).replace(decimal, '.')
  return plain.startsWith('.') ? `0${plain}` : plain
}

/** In threes, or as in India: the last three, and twos before them. */
function isGrouped(bare: string, sign: string): boolean {
  const parts = bare.split(sign)
  return /^\d{1,3}( \d{3})+$|^\d{1,2}( \d{2})* \d{3}$/.test(parts.join(' '))
}

function signsOf(locale: string): { group: string; decimal: string } {
  const parts = new Intl.NumberFormat(locale, { useGrouping: true }).formatToParts(1234567.8)
  const find = (type: string) => parts.find((part) => part.type === type)?.value ?? ''
  const decimal = find('decimal') === ',' ? ',' : '.'
  return { group: find('group').replace(SPACES, ''), decimal }
}

function toLatinDigits(text: string, locale: string): string {
  const own = new Intl.NumberFormat(locale, { useGrouping: false })
  const digits = Array.from({ length: 10 }, (_, digit) => own.format(digit))
  return [...text]
    .map((sign) =>
      digits.includes(sign) ? String(digits.indexOf(sign)) : sign === '٫' ? '.' : sign === '٬' ? '' : sign,
    )
    .join('')
}
