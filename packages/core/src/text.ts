/** Most texts are, and all that follows is longer ways to the same end for them. */
function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what ASCII begins with
  return /^[\x00-\x7f]*$/.test(text)
}

/**
 * The form in which texts are compared without regard to case: two names are the same, two tags are the same.
 * Lower case by way of upper case, where letters with several small forms meet (ς and σ, ß and ss, ı and i), so that
 * every alphabet folds. The first step is for ẞ, which has no other way to ss.
 */
export function foldCase(text: string): string {
  if (isAscii(text)) return text.toLowerCase()
  const small = text.normalize('NFC').toLowerCase().toUpperCase().toLowerCase()
  // Lower case makes a sigma final by its place in the word, and keeps the dot of İ as a mark.
  return small.replaceAll('ς', 'σ').replaceAll('i\u0307', 'i').normalize('NFC')
}

/** The form in which search compares: as `foldCase`, and wide, narrow and ligature forms are their plain letters. */
export function searchKey(text: string): string {
  if (isAscii(text)) return text.toLowerCase()
  return foldCase(text.normalize('NFKC')).normalize('NFKC')
}

/**
 * The form by which lists are ordered, byte by byte, alike on every engine: case and accents do not count, so that
 * "Äpfel" stands beside "Apfel". Equal keys are told apart by the id. Texts that `foldCase` makes equal have one key.
 */
export function sortKey(text: string): string {
  if (isAscii(text)) return text.toLowerCase().trim()
  return searchKey(foldCase(text))
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .trim()
}

/** Joins the searched fields of a row; the separator is a control character, which no search can contain. */
export function joinSearchKeys(parts: readonly (string | null)[]): string {
  return parts.flatMap((part) => (part === null ? [] : [searchKey(part)])).join('\u001f')
}

/** The order of keys as every engine compares them: by code points, which are not JavaScript's halves of pairs. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
