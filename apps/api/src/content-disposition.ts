/**
 * The header `Content-Disposition` for a name in any alphabet, after RFC 6266: in ASCII for programs that know no better,
 * and as it is, encoded after RFC 8187.
 * @param filename well-formed, without control characters
 */
export function contentDisposition(how: 'inline' | 'attachment', filename: string): string {
  const plain = filename
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    // Some programs decode percent signs in it, or take a backslash for a folder.
    .replace(/[^\x20-\x7e]|["\\%]/gu, '_')
  const fallback = `${how}; filename="${plain}"`
  return plain === filename ? fallback : `${fallback}; filename*=UTF-8''${encode(filename)}`
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}
