/*
 * A cell that begins with one of = + - @ TAB CR is a formula to a spreadsheet, wherever it came from. An apostrophe
 * before it makes it a text. So that the apostrophe can be told from one that was there, a text of apostrophes and then
 * one of those signs gets one more as well; no other text is touched, and none is changed by the way there and back.
 */

const RISKY = /^'*[=+\-@\t\r]/
const ESCAPED = /^'+[=+\-@\t\r]/

/** A text as a cell that no spreadsheet takes for a formula. */
export function escapeFormula(text: string): string {
  return RISKY.test(text) ? `'${text}` : text
}

/** The text that `escapeFormula` made a cell of. */
export function unescapeFormula(cell: string): string {
  return ESCAPED.test(cell) ? cell.slice(1) : cell
}
