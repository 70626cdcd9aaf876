import type { JsonSchema, SchemaBook } from './schemas.ts'

/** Texts that fit a format, where a schema brings no example of its own. */
const FORMATS: Readonly<Record<string, string>> = {
  date: '2026-01-31',
  'date-time': '2026-01-31T12:00:00Z',
  uuid: '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071',
  uri: 'https://shop.example/products/42',
}

/** A value that fits a schema, made of the examples, defaults and choices inside it. */
export function exampleOf(schema: JsonSchema, book: Pick<SchemaBook, 'resolve'>): unknown {
  const resolved = book.resolve(schema)
  const { examples, enum: choices, anyOf, oneOf } = resolved
  const given = { ...resolved, ...schema }
  if (Array.isArray(examples) && examples.length > 0) return examples[0]
  if ('default' in given) return given.default
  if ('const' in resolved) return resolved.const
  if (choices) return choices[0]
  const branch = [...(anyOf ?? []), ...(oneOf ?? [])][0]
  if (branch) return exampleOf(branch, book)
  return exampleOfType(resolved, book)
}

function exampleOfType(schema: JsonSchema, book: Pick<SchemaBook, 'resolve'>): unknown {
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  switch (type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {})
          // A field of any type and without an example is one that only reading gives: nobody needs to send it.
          .filter(([, property]) => typeof property === 'object' && !isAnything(property, book))
          .map(([name, property]) => [name, exampleOf(property as JsonSchema, book)]),
      )
    case 'array':
      return typeof schema.items === 'object' ? [exampleOf(schema.items as JsonSchema, book)] : []
    case 'string':
      return FORMATS[schema.format ?? ''] ?? 'text'.slice(0, schema.maxLength)
    case 'integer':
    case 'number':
      return Math.max(1, schema.minimum ?? 1)
    case 'boolean':
      return true
    default:
      return null
  }
}

function isAnything(schema: JsonSchema, book: Pick<SchemaBook, 'resolve'>): boolean {
  const resolved = book.resolve(schema)
  return !['type', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', 'examples'].some((keyword) => keyword in resolved)
}
