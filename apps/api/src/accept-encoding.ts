/** Whether a request with this `Accept-Encoding` (RFC 9110) is answered with gzip rather than with plain bytes. */
export function prefersGzip(acceptEncoding: string | undefined): boolean {
  const weights = new Map<string, number>()
  for (const part of (acceptEncoding ?? '').toLowerCase().split(',')) {
    const [coding = '', ...parameters] = part.split(';').map((word) => word.trim())
    if (coding !== '') weights.set(coding, weightOf(parameters))
  }
  const gzip = weights.get('gzip') ?? weights.get('x-gzip') ?? weights.get('*') ?? 0
  // Plain bytes are always possible; only who names them can prefer them.
  return gzip > 0 && gzip >= (weights.get('identity') ?? 0)
}

function weightOf(parameters: readonly string[]): number {
  const given = parameters.find((parameter) => /^q\s*=/.test(parameter))
  if (given === undefined) return 1
  const weight = /^q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.exec(given)?.[1]
  return weight === undefined ? 0 : Number(weight)
}
