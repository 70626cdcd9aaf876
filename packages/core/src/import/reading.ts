/**
 * What a cell was read as: a value, null when it says nothing (empty, `-`, `N/A`), or why it can't be read, in a
 * sentence without a subject.
 */
export type Reading<T> = { value: T | null; error?: undefined } | { value?: undefined; error: string }

const NOTHING = /^(?:|[-–—−‒?/.]|[-–—]{2,3}|#?n\/?a!?|n\.\s?a\.|k\.\s?a\.|null|none|nil|\(none\))$/i

/** Whether a cell, trimmed, says that there is nothing. */
export function saysNothing(text: string): boolean {
  return NOTHING.test(text)
}

/** Digits of other scripts: the zero of each. */
const ZEROS = [0x0660, 0x06f0, 0x0966, 0x09e6]

/**
 * A cell in plain characters: wide and narrow forms, special spaces, and digits of Arabic, Persian, Hindi and Bengali
 * as their plain ones; marks of direction left out; trimmed.
 */
export function plainText(text: string): string {
  if (PLAIN.test(text)) return text
  return (
    text
      // A raised or circled digit is not one digit more: 12⁹⁹ is no 1299.
      .replace(/[^\p{No}]+/gu, (part) => part.normalize('NFKC'))
      .replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\u061c\ufeff]/g, '')
      .replace(/[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef]/g, plainDigit)
      .trim()
  )
}

const PLAIN = /^(?! )[ -~]*(?<! )$/

function plainDigit(digit: string): string {
  const code = digit.charCodeAt(0)
  const zero = ZEROS.findLast((zero) => zero <= code) ?? code
  return String(code - zero)
}
