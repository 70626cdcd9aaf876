import { v5 } from 'uuid'

/** Of this product; never to change, or files that were imported once would not be recognised. */
const NAMESPACE = '6f0c2a54-8d0e-5b1f-9a3c-41d7c2e89b60'

/** The id of a row that a foreign program names by `reference`: the same one each time that row is met. */
export function idFrom(source: string, reference: string): string {
  return v5(`${source}\n${reference}`, NAMESPACE)
}
