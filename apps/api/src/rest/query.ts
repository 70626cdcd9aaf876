import { AppError, Refused } from '@spends/core'
import { z } from 'zod'

/** What a field takes, as far as text in an address can say it. */
interface Takes {
  text: boolean
  number: boolean
  boolean: boolean
  /** What the entries of a list are, where the field takes one. */
  list: Takes | undefined
}

/** Parameters by name, each with the values given for it, in order. */
export type QueryParameters = ReadonlyMap<string, readonly string[]>

/** The query of an address, without the question mark. */
export function queryOf(url: string): string {
  const question = url.indexOf('?')
  return question < 0 ? '' : url.slice(question + 1)
}

/** Stand-ins for the values of fields that the transport refuses. */
export function refuse(names: Iterable<string>, reason: string): Record<string, Refused> {
  return Object.fromEntries(Array.from(names, (name) => [name, new Refused(reason)]))
}

/** The parameters of the query whose value the path gives. */
export function inBoth(query: QueryParameters, inPath: ReadonlySet<string>): string[] {
  return [...query.keys()].filter((name) => inPath.has(name))
}

/**
 * The parameters of a query string, decoded.
 * @param query without the question mark
 * @throws AppError BAD_REQUEST for bad percent-encoding
 */
export function parseQuery(query: string): QueryParameters {
  const parameters = new Map<string, string[]>()
  for (const pair of query.split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = decode(equals < 0 ? pair : pair.slice(0, equals))
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1))
    const values = parameters.get(name)
    if (values) values.push(value)
    else parameters.set(name, [value])
  }
  return parameters
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new AppError('BAD_REQUEST', 'The query holds bad percent-encoding.')
  }
}

/**
 * Makes the reader of a procedure's query, once; the schemas are only looked at. Text becomes a number or a boolean
 * where the field takes one and the text is exactly one; any other text stays, and the schema names the field.
 * Parameters without a field are passed on, so that the schema names them too.
 */
export function createQueryReader(
  fields: Readonly<Record<string, z.ZodType>>,
): (parameters: QueryParameters) => Record<string, unknown> {
  const takes = new Map(Object.entries(fields).map(([name, schema]) => [name, takesOf(schema)]))
  return (parameters) =>
    Object.fromEntries(Array.from(parameters, ([name, values]) => [name, readValues(values, takes.get(name))]))
}

function readValues(values: readonly string[], takes: Takes | undefined): unknown {
  const [first = ''] = values
  if (!takes) return first
  const { list } = takes
  // A field that takes one value as well gets it as one: then a complaint names the field, not its first entry.
  const takesOne = takes.text || takes.number || takes.boolean
  if (list && !(takesOne && values.length === 1)) return values.map((value) => readValue(value, list))
  return values.length > 1 ? new Refused('is given more than once') : readValue(first, takes)
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/

function readValue(text: string, takes: Takes): unknown {
  if (takes.text) return text
  if (takes.number && NUMBER.test(text)) return Number(text)
  if (takes.boolean && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

/** Whether a field takes a list of values. */
export function takesList(schema: z.core.$ZodType): boolean {
  return takesOf(schema).list !== undefined
}

const TEXT: Takes = { text: true, number: false, boolean: false, list: undefined }
const NUMBERS: Takes = { ...TEXT, text: false, number: true }
const BOOLEANS: Takes = { ...TEXT, text: false, boolean: true }
const NOTHING: Takes = { ...TEXT, text: false }

function takesOf(schema: z.core.$ZodType): Takes {
  if (schema instanceof z.ZodNumber) return NUMBERS
  if (schema instanceof z.ZodBoolean) return BOOLEANS
  if (schema instanceof z.ZodNull || schema instanceof z.ZodUndefined) return NOTHING
  if (schema instanceof z.ZodLiteral || schema instanceof z.ZodEnum)
    return merge([...literalsOf(schema)].map(takesLiteral))
  if (schema instanceof z.ZodArray) return { ...NOTHING, list: takesOf(schema._zod.def.element) }
  if (schema instanceof z.ZodUnion) return merge(schema._zod.def.options.map(takesOf))
  if (schema instanceof z.ZodPipe) {
    // What begins with a function of its own takes the text as it is.
    return schema._zod.def.in instanceof z.ZodTransform ? TEXT : takesOf(schema._zod.def.in)
  }
  if (schema instanceof z.ZodLazy) return takesOf(schema._zod.innerType)
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodCatch ||
    schema instanceof z.ZodNonOptional ||
    schema instanceof z.ZodReadonly
  ) {
    return takesOf(schema._zod.def.innerType)
  }
  return TEXT
}

function literalsOf(schema: z.ZodLiteral | z.ZodEnum): Iterable<unknown> {
  return schema instanceof z.ZodLiteral ? schema.values : schema.options
}

function takesLiteral(value: unknown): Takes {
  return typeof value === 'number' ? NUMBERS : typeof value === 'boolean' ? BOOLEANS : TEXT
}

function merge(all: readonly Takes[]): Takes {
  const lists = all.flatMap(({ list }) => list ?? [])
  return {
    text: all.some(({ text }) => text),
    number: all.some(({ number }) => number),
    boolean: all.some(({ boolean }) => boolean),
    list: lists.length > 0 ? merge(lists) : undefined,
  }
}
