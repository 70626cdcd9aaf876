/**
 * Which coding a request with this `Accept-Encoding` (RFC 9110) is answered with: of those offered the one it likes best,
 * the first where it likes several alike. Undefined: plain bytes.
 */
export function chooseCoding<T extends string>(
  acceptEncoding: string | undefined,
  offered: readonly T[],
): T | undefined {
  const weights = new Map<string, number>()
  for (const part of (acceptEncoding ?? '').toLowerCase().split(',')) {
    const [coding = '', ...parameters] = part.split(';').map((word) => word.trim())
    if (coding !== '') weights.set(coding === 'x-gzip' ? 'gzip' : coding, weightOf(parameters))
  }
  const weigh = (coding: T) => weights.get(coding) ?? weights.get('*') ?? 0
  const [best] = offered.toSorted((one, other) => weigh(other) - weigh(one))
  // Plain bytes are always possible; only who names them can prefer them.
  return best !== undefined && weigh(best) > 0 && weigh(best) >= (weights.get('identity') ?? 0) ? best : undefined
}

function weightOf(parameters: readonly string[]): number {
  const given = parameters.find((parameter) => /^q\s*=/.test(parameter))
  if (given === undefined) return 1
  const weight = /^q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.exec(given)?.[1]
  return weight === undefined ? 0 : Number(weight)
}
