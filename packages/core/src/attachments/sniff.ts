/** As much of a file as is looked at: office documents say what they are in their first entries. */
export const HEAD_BYTES = 64 * 1024

/** What a file is. */
export interface FileType {
  /** Its media type. */
  mime: string
  /** How names of such files end, without the dot; empty where nobody knows. */
  ext: string
}

const UNKNOWN: FileType = { mime: 'application/octet-stream', ext: '' }

/**
 * What a file is that begins like this. Only its bytes count: a name or a type that came with it may say anything.
 * @param head its first `HEAD_BYTES`, or all of it
 */
export async function sniffType(head: Uint8Array): Promise<FileType> {
  // It takes a while to load, and most processes never need it.
  const { fileTypeFromBuffer } = await import('file-type')
  const found = await fileTypeFromBuffer(head)
  if (found && found.mime !== 'application/xml') return { mime: found.mime, ext: found.ext }
  const text = readText(head)
  return text === undefined ? (found ?? UNKNOWN) : (nameText(text) ?? found ?? { mime: 'text/plain', ext: 'txt' })
}

/** Kinds of text that programs treat as more than text. */
const TEXTS: readonly (FileType & { pattern: RegExp })[] = [
  {
    mime: 'image/svg+xml',
    ext: 'svg',
    pattern: /^(<\?xml[^>]*>|<!--(?:(?!-->).)*-->|<!doctype svg[^>]*>|\s)*<svg[\s>/]/is,
  },
  {
    mime: 'text/html',
    ext: 'html',
    pattern: /^(<\?xml[^>]*>|<!--(?:(?!-->).)*-->|\s)*<(!doctype html|html|head|body|script)[\s>]/is,
  },
  // Two headers of a letter, the first of which is its first line.
  {
    mime: 'message/rfc822',
    ext: 'eml',
    pattern: /^(From|Received|Return-Path|Delivered-To|Date|Message-ID): .*\n([!-9;-~]+:|[ \t])/,
  },
]

function nameText(text: string): FileType | undefined {
  const known = TEXTS.find(({ pattern }) => pattern.test(text))
  return known && { mime: known.mime, ext: known.ext }
}

/** The bytes as text, or undefined when they are none: no known encoding, or with characters that no text has. */
function readText(head: Uint8Array): string | undefined {
  const [a, b] = head
  const encoding = a === 0xff && b === 0xfe ? 'utf-16le' : a === 0xfe && b === 0xff ? 'utf-16be' : 'utf-8'
  try {
    // The head may end in the middle of a character.
    const text = new TextDecoder(encoding, { fatal: true }).decode(head, { stream: true })
    return text === '' || /(?![\t\n\f\r])\p{Cc}/u.test(text) ? undefined : text
  } catch {
    return undefined
  }
}
