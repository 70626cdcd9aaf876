import type { Operation } from './operations.ts'
import { takesList } from './query.ts'
import type { JsonSchema, SchemaBook } from './schemas.ts'

/** The fields of an input that stand in the path, and, where no body carries them, in the query. */
export function describeFields(
  { input, hasBody, fields, pathParameters }: Pick<Operation, 'input' | 'hasBody' | 'fields' | 'pathParameters'>,
  book: SchemaBook,
): object[] {
  if (!input) return []
  const { properties, required } = book.fields(input)
  return Object.entries(properties)
    .filter(([name]) => !hasBody || pathParameters.includes(name))
    .map(([name, property]) => {
      const field = fields[name]
      const isList = field !== undefined && takesList(field)
      const { description, ...schema } = isList ? asList(property) : property
      const inPath = pathParameters.includes(name)
      return {
        name,
        in: inPath ? 'path' : 'query',
        required: inPath || required.includes(name),
        ...(description === undefined ? {} : { description }),
        ...(isList ? { style: 'form', explode: true } : {}),
        schema,
      }
    })
}

/** In a query a single value is a list of one anyway. */
function asList(schema: JsonSchema): JsonSchema {
  const { anyOf, ...outer } = schema
  const list = anyOf?.find((branch) => branch.type === 'array')
  return list ? { ...list, ...outer } : schema
}
