/** What a file is that is not a table of text, as far as its beginning tells. */
export type FileKind = 'zip' | 'gzip' | 'archive' | 'workbook' | 'pdf' | 'image' | 'html' | 'xml' | 'json'

const SIGNATURES: readonly (readonly [FileKind, string])[] = [
  ['zip', 'PK\x03\x04'],
  ['zip', 'PK\x05\x06'],
  ['zip', 'PK\x07\x08'],
  ['gzip', '\x1f\x8b'],
  ['archive', '7z\xbc\xaf\x27\x1c'],
  ['archive', 'Rar!\x1a\x07'],
  ['archive', '\xfd7zXZ\x00'],
  ['archive', '\x28\xb5\x2f\xfd'],
  ['archive', 'BZh'],
  ['workbook', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
  ['pdf', '%PDF-'],
  ['image', '\x89PNG\r\n'],
  ['image', '\xff\xd8\xff'],
  ['image', 'GIF87a'],
  ['image', 'GIF89a'],
  ['image', 'II*\x00'],
  ['image', 'MM\x00*'],
]

/** Names of columns may begin with a bracket too, so that one alone proves nothing. */
const TEXTS: readonly (readonly [FileKind, RegExp])[] = [
  ['html', /^<(?:!doctype\s+html|html|head|body|table|meta|style)\b/i],
  ['xml', /^<(?:\?xml|!--|[a-z][^<>]*>\s*<)/i],
  ['json', /^(?:\{\s*(?:["}]|$)|\[\s*(?:[[{"\]]|$))/],
]

/**
 * Says what a file is by its first bytes (4 KiB are plenty), in whatever Unicode it is written; undefined: it may well
 * be a table of text.
 */
export function sniffKind(head: Buffer): FileKind | undefined {
  const bytes = head.toString('latin1')
  const signed = SIGNATURES.find(([, signature]) => bytes.startsWith(signature))
  if (signed) return signed[0]
  if (bytes.startsWith('RIFF') && bytes.startsWith('WEBP', 8)) return 'image'
  if (/^ftyp(?:heic|heix|mif1|avif)/.test(bytes.slice(4, 12))) return 'image'
  // Without its marks and NULs, ASCII reads the same in every Unicode encoding.
  const text = bytes
    .replace(/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '')
    .replaceAll('\0', '')
    .trimStart()
  return TEXTS.find(([, beginning]) => beginning.test(text))?.[0]
}
