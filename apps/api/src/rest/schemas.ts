import { z } from 'zod'

export type JsonSchema = z.core.JSONSchema.BaseSchema
type Direction = 'input' | 'output'

/** The JSON Schema of a document's shapes, and the named ones among them, which go to `components/schemas`. */
export interface SchemaBook {
  readonly components: Readonly<Record<string, JsonSchema>>
  /** What a caller gets. */
  output(schema: z.ZodType): JsonSchema
  /** What a caller sends as a body. A field that the path gives too is not required in it. */
  body(schema: z.ZodType, pathParameters: readonly string[]): JsonSchema
  /** The fields of an input, and which of them are required. */
  fields(schema: z.ZodType): { properties: Record<string, JsonSchema>; required: readonly string[] }
  /** The schema itself, where it is a reference to a component. */
  resolve(schema: JsonSchema): JsonSchema
}

export function createSchemaBook(): SchemaBook {
  const components: Record<string, JsonSchema> = {}

  /** @throws Error when two shapes have the same name: readers of the document could not tell them apart. */
  function add(name: string, schema: JsonSchema): void {
    const known = components[name]
    if (known && JSON.stringify(known) !== JSON.stringify(schema)) {
      throw new Error(`Two different schemas have the id ${name}. One that is read and written differently needs two.`)
    }
    components[name] = schema
  }

  function convert(schema: z.ZodType, io: Direction, edit: (root: JsonSchema) => void = () => {}): JsonSchema {
    const { root, rootName, named } = toJsonSchema(schema, io)
    edit(root)
    for (const [name, definition] of Object.entries(named)) add(name, definition)
    if (rootName === undefined) return root
    add(rootName, root)
    return { $ref: `${PREFIX}${rootName}` }
  }

  return {
    components,
    output: (schema) => convert(schema, 'output'),
    body: (schema, pathParameters) =>
      convert(schema, 'input', (root) => {
        const required = (root.required ?? []).filter((name) => !pathParameters.includes(name))
        if (required.length > 0) root.required = required
        else delete root.required
      }),
    fields(schema) {
      const { root, named } = toJsonSchema(schema, 'input')
      for (const [name, definition] of Object.entries(named)) add(name, definition)
      return { properties: (root.properties ?? {}) as Record<string, JsonSchema>, required: root.required ?? [] }
    },
    resolve(schema) {
      if (schema.$ref === undefined) return schema
      const found = components[schema.$ref.slice(PREFIX.length)]
      if (!found) throw new Error(`${schema.$ref} leads nowhere`)
      return found
    },
  }
}

const PREFIX = '#/components/schemas/'
const LOCAL = '#/$defs/'

/** One schema with its named parts beside it; references say where they stand in the document. */
function toJsonSchema(schema: z.ZodType, io: Direction) {
  const converted = z.toJSONSchema(schema, { io, override: (node) => tidy(node.zodSchema, node.jsonSchema, io) })
  const { $schema: _, $defs, ...top } = JSON.parse(JSON.stringify(converted).replaceAll(`"${LOCAL}`, `"${PREFIX}`))
  const { ...named }: Record<string, JsonSchema> = $defs ?? {}
  const rootName: string | undefined = z.globalRegistry.get(schema)?.id
  const root: JsonSchema = (rootName === undefined ? undefined : named[rootName]) ?? top
  if (rootName !== undefined) delete named[rootName]
  return { root, rootName, named }
}

function tidy(schema: z.core.$ZodType, json: JsonSchema, io: Direction): void {
  // Answers may gain fields later; only what we are sent is closed.
  if (io === 'output' && schema instanceof z.ZodObject && !schema._zod.def.catchall) delete json.additionalProperties
  // zod leaves examples out where a value changes on its way in; ours are always ones a caller may send.
  const examples = z.globalRegistry.get(schema)?.examples
  if (Array.isArray(examples) && !json.$ref) json.examples ??= examples
  // Every whole number in JSON is one that a double holds exactly: that says nothing.
  if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum
  if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum
}
