import { z } from 'zod'
import { isCalendarDate } from './calendar.ts'
import { isCurrencyCode, MAX_CURRENCY_DIGITS } from './money.ts'

/*
 * The values all shapes are made of. Input fields normalise and check; output fields only say what the database holds,
 * because checking it again costs time at every read.
 */

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A UUID as input, in any case; lower case from here on. */
export const Id = z
  .string()
  .toLowerCase()
  .refine((id) => UUID.test(id), 'must be a UUID')
  .meta({ format: 'uuid', examples: ['019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071'] })

/** Characters are Unicode code points; lone halves of a pair can't be stored. */
function textProblem(text: string, max: number, lineBreaks: boolean): string | undefined {
  if (!text.isWellFormed()) return 'must be well-formed Unicode text'
  const control = lineBreaks ? /(?![\n\r\t])\p{Cc}/u : /\p{Cc}/u
  if (control.test(text)) return 'must not contain control characters'
  if (text.length > max && [...text].length > max) return `must be at most ${max} characters long`
  return undefined
}

function text(max: number, lineBreaks = false) {
  return z
    .string()
    .normalize('NFC')
    .trim()
    .check((payload) => {
      const message = textProblem(payload.value, max, lineBreaks)
      if (message) payload.issues.push({ code: 'custom', message, input: payload.value })
    })
}

/** Something to see: not only spaces, joiners and marks of direction. */
const VISIBLE = /[^\p{Cf}\p{Z}]/u

/** A text that must say something. @param max characters at most */
export function requiredText(max: number) {
  return text(max)
    .refine((value) => VISIBLE.test(value), 'must not be empty')
    .meta({ minLength: 1, maxLength: max })
}

/** A text that may be missing: empty means none, and `null` clears. @param max characters at most */
export function optionalText(max: number, options: { lineBreaks?: boolean } = {}) {
  return text(max, options.lineBreaks)
    .meta({ maxLength: max })
    .transform((value) => (value === '' ? null : value))
    .nullish()
}

function httpUrlProblem(value: string): string | undefined {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (!url || !/^https?:\/\//i.test(value)) return 'must be an http or https address'
  return undefined
}

/** An http(s) address that may be missing, as `optionalText`. */
export const OptionalHttpUrl = text(2000)
  .check((payload) => {
    const message = payload.value === '' ? undefined : httpUrlProblem(payload.value)
    if (message) payload.issues.push({ code: 'custom', message, input: payload.value })
  })
  .meta({ format: 'uri', maxLength: 2000, examples: ['https://shop.example/products/42'] })
  .transform((value) => (value === '' ? null : value))
  .nullish()

/** A calendar day that exists. */
export const CalendarDate = z
  .string()
  .refine(isCalendarDate, 'must be a real day, written YYYY-MM-DD')
  .meta({ format: 'date', examples: ['2026-01-31'] })

/** An ISO 4217 code. */
export const CurrencyCode = z
  .string()
  .refine(isCurrencyCode, 'must be an ISO 4217 currency code in upper case, such as USD')
  .meta({ pattern: '^[A-Z]{3}$', examples: ['USD'] })

const AMOUNT = /^(?:0|[1-9]\d*)(?:\.\d+)?$/

function amountProblem(amount: string): string | undefined {
  if (!AMOUNT.test(amount)) return 'must be a decimal amount such as "19.99", without sign, leading zeros or exponent'
  const [whole = '', decimals = ''] = amount.split('.')
  if (decimals.length > MAX_CURRENCY_DIGITS) return `must have at most ${MAX_CURRENCY_DIGITS} decimals`
  if (whole.length + decimals.length > 10) return 'must have at most 10 digits'
  return undefined
}

/**
 * An amount as input: a decimal string or a JSON number; a decimal string from here on. How many decimals it may have
 * depends on its currency, which a single field does not know: `findPriceProblem` has the last word.
 */
export const Amount = z
  .union([z.string(), z.number()], 'must be a decimal amount, as a string or a number')
  .transform(String)
  .check((payload) => {
    const message = amountProblem(payload.value)
    if (message) payload.issues.push({ code: 'custom', message, input: payload.value })
  })
  .meta({ examples: ['19.99'] })

/** A list in which a single value may stand for a list of one. */
export function oneOrMany<T extends z.ZodType>(item: T) {
  return z.union([z.array(item).min(1).max(100), item.transform((one) => [one])])
}

/** What a caller last saw; a stale one is refused. */
export const Version = z
  .int()
  .min(1)
  .meta({ description: 'The version last seen; refused when it is no longer the current one.' })

/** A field that only reading gives. Writing accepts it where it equals what is stored, so that what was read can be sent back. */
export const ReadOnly = z
  .unknown()
  .optional()
  .meta({ description: 'Read only: accepted where it equals what is stored.' })

const MAX_SKIP = 2 ** 31 - 1

/** The page of a list. */
export const page = {
  skip: z.int().min(0).max(MAX_SKIP).default(0),
  limit: z.int().min(1).max(100).default(20),
}

/** Text to find, anywhere and in any case; an empty one finds everything. */
export const Search = text(255).meta({ maxLength: 255, examples: ['lamp'] })

export const SortOrder = z.enum(['asc', 'desc'])

/** The envelope of every list. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), total: z.int(), skip: z.int(), limit: z.int() })
}

/* What reading gives. */

export const OutId = z.string().meta({ format: 'uuid', examples: ['019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071'] })
export const OutDate = z.string().meta({ format: 'date', examples: ['2026-01-31'] })
export const OutInstant = z.string().meta({ format: 'date-time', examples: ['2026-01-31T12:00:00Z'] })
export const OutAmount = z.string().meta({
  description: "Decimal amount with exactly the currency's digits.",
  pattern: '^\\d+(\\.\\d+)?$',
  examples: ['19.99'],
})
export const OutCurrencyCode = z.string().meta({ examples: ['USD'] })
