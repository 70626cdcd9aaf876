import { isCurrencyCode } from '../money.ts'

/** Signs and abbreviations that mean one currency only. */
const CERTAIN: ReadonlyMap<string, string> = new Map(
  Object.entries({
    AUD: ['a$', 'au$', '$au'],
    AZN: ['₼'],
    BDT: ['৳'],
    BGN: ['лв', 'лв.'],
    BRL: ['r$', 'br$', '$br'],
    CAD: ['c$', 'ca$', 'can$', '$ca'],
    CHF: ['fr', 'fr.', 'sfr', 'sfr.'],
    CNY: ['cn¥', '元'],
    CRC: ['₡'],
    CZK: ['kč'],
    EUR: ['€', 'euro', 'euros'],
    GBP: ['£', '£gb', 'uk£'],
    GEL: ['₾'],
    GHS: ['₵'],
    HKD: ['hk$', '$hk'],
    HUF: ['ft'],
    IDR: ['rp'],
    ILS: ['₪'],
    INR: ['₹'],
    JPY: ['jp¥', '円'],
    KHR: ['៛'],
    KRW: ['₩', '원'],
    KZT: ['₸'],
    LAK: ['₭'],
    MNT: ['₮'],
    MXN: ['mx$'],
    MYR: ['rm'],
    NGN: ['₦'],
    NZD: ['nz$', '$nz'],
    PHP: ['₱'],
    PLN: ['zł'],
    PYG: ['₲'],
    RUB: ['₽', 'руб', 'руб.'],
    SGD: ['s$', 'sg$'],
    THB: ['฿'],
    TRY: ['₺', 'tl'],
    TWD: ['nt$'],
    UAH: ['₴', 'грн', 'грн.'],
    USD: ['us$', '$us'],
    VND: ['₫'],
  }).flatMap(([code, signs]) => signs.map((sign): [string, string] => [sign.normalize('NFKC'), code])),
)

const DOLLARS =
  'USD ARS AUD BBD BMD BND BSD BZD CAD CLP COP CUP DOP FJD GYD HKD JMD KYD LRD MXN NAD NIO NZD SBD SGD SRD TTD TWD UYU XCD'
const CROWNS = 'SEK NOK DKK ISK'
const RUPEES = 'INR PKR LKR NPR MUR SCR'

/** Signs that several countries use, the currencies they can mean, and the one they mean where nothing says otherwise. */
const SHARED: ReadonlyMap<string, { codes: readonly string[]; usual?: string }> = new Map([
  ['$', { codes: DOLLARS.split(' '), usual: 'USD' }],
  ['¥', { codes: ['JPY', 'CNY'] }],
  ['kr', { codes: CROWNS.split(' ') }],
  ['kr.', { codes: CROWNS.split(' ') }],
  ['rs', { codes: RUPEES.split(' ') }],
  ['rs.', { codes: RUPEES.split(' ') }],
])

/**
 * The currency that signs beside an amount mean. `$` is the dollar of the row, of the file or of the instance, and the
 * US dollar where none of them is a dollar; `kr`, `¥` and `Rs` have no such usual meaning.
 * @param signs as they stand in the cell, in plain characters; empty ones are none
 * @param expected the currency the row would have without the sign
 */
export function findCurrency(signs: readonly string[], expected: string): { code?: string } | { error: string } {
  const named = new Set<string>()
  const shared: string[] = []
  for (const sign of signs.map((sign) => sign.trim()).filter((sign) => sign !== '')) {
    const upper = sign.toUpperCase()
    const code = isCurrencyCode(upper) ? upper : CERTAIN.get(sign.toLowerCase())
    if (code !== undefined) named.add(code)
    else if (SHARED.has(sign.toLowerCase())) shared.push(sign)
    else return { error: 'is no amount' }
  }
  if (named.size > 1) return { error: `names more than one currency: ${[...named].join(' and ')}` }
  let [code] = named
  for (const sign of shared) {
    const { codes, usual } = SHARED.get(sign.toLowerCase()) ?? { codes: [] }
    const wanted = code ?? expected
    if (codes.includes(wanted)) code = wanted
    else if (code !== undefined) return { error: `names more than one currency: ${code} and ${sign}` }
    else if (usual !== undefined) code = usual
    else return { error: `does not say which currency "${sign}" is (${codes.join(', ')}): choose it by currency_code` }
  }
  return code === undefined ? {} : { code }
}
