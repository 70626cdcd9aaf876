const MAX_CHARACTERS = 255

/**
 * What a file is called, by the name that came with it: without folders, in characters that a page can show, at most
 * 255 of them; the ending stays. It is a label, and never becomes a path.
 * @param otherwise where nothing is left of it
 */
export function toFileLabel(filename: string, otherwise: string): string {
  const name = filename.split(/[/\\]/).at(-1) ?? ''
  const shown = name
    .toWellFormed()
    .normalize('NFC')
    .replace(/\p{Cc}|\p{Bidi_Control}|\p{Zl}|\p{Zp}/gu, '')
    .trim()
  if (!/[^\p{Cf}\p{Z}.]/u.test(shown)) return otherwise
  const characters = [...shown]
  if (characters.length <= MAX_CHARACTERS) return shown
  const ending = /\.[\p{L}\p{N}]{1,10}$/u.exec(shown)?.[0] ?? ''
  return characters.slice(0, MAX_CHARACTERS - [...ending].length).join('') + ending
}
