import { z } from 'zod'
import type { FieldError } from './errors.ts'

/**
 * A value that the transport already refuses, such as a parameter that is given twice. It stands in the input where the
 * value would, and no schema accepts it: so the refusal is named together with everything else that is wrong.
 */
export class Refused {
  readonly reason: string

  constructor(reason: string) {
    this.reason = reason
  }
}

type Issue = z.core.$ZodIssue
type RawIssue = z.core.$ZodRawIssue
type Path = readonly PropertyKey[]

/** The general text for a union in which no branch fits; a text the schema itself brings is better. */
const NO_BRANCH = ''

/** Puts zod's messages into sentences for people, for the whole process. A schema's own message comes first. */
export function speakPlainly(): void {
  z.config({ localeError: describe })
}

/** Every wrong field of an input, in the order zod found them. @param input what was parsed */
export function toFieldErrors(issues: readonly Issue[], input: unknown): FieldError[] {
  const nearest = issues.filter((issue, at) => !issues.slice(at + 1).some((later) => isSameBound(issue, later)))
  const errors = nearest.flatMap((issue) => flatten(issue, [], input))
  return errors.filter(
    (error, at) => errors.findIndex((e) => e.path === error.path && e.message === error.message) === at,
  )
}

/** A number too large for a double to hold exactly is too large for the bound of its field as well: that one says more. */
function isSameBound(a: Issue, b: Issue): boolean {
  const isBound = a.code === 'too_big' || a.code === 'too_small'
  return isBound && a.code === b.code && toText(a.path) === toText(b.path)
}

/** What stands at a path of the input, or undefined. Sees only what the caller sent, never what objects inherit. */
export function valueAt(input: unknown, path: Path): unknown {
  let value = input
  for (const key of path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<PropertyKey, unknown>)[key]
  }
  return value
}

function flatten(issue: Issue, above: Path, input: unknown): FieldError[] {
  const path = [...above, ...issue.path]
  const value = valueAt(input, path)
  const one = (message: string): FieldError[] => [{ path: toText(path), message }]

  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const given = valueAt(input, [...path, key])
      return { path: toText([...path, key]), message: given instanceof Refused ? given.reason : issue.message }
    })
  }
  if (value instanceof Refused) return one(value.reason)
  if (issue.code === 'invalid_type' || issue.code === 'invalid_value' || issue.code === 'invalid_union') {
    if (value === undefined) return one('is required')
    if (value === null) return one('must not be null')
  }
  if (issue.code === 'invalid_union' && issue.message === NO_BRANCH) return flattenUnion(issue, path, input)
  if (issue.code === 'invalid_key' || issue.code === 'invalid_element') {
    return issue.issues.flatMap((inner) => flatten(inner, path, input))
  }
  return one(issue.message)
}

/** The complaints of the branch that got furthest; where all fail at the door, what each of them wants. */
function flattenUnion(issue: z.core.$ZodIssueInvalidUnion, path: Path, input: unknown): FieldError[] {
  const ranked = issue.errors.map((branch) => ({ branch, progress: progressOf(branch, valueAt(input, path)) }))
  const furthest = Math.max(0, ...ranked.map(({ progress }) => progress))
  const best = ranked.find(({ progress }) => progress === furthest)
  if (best && furthest > 0) return best.branch.flatMap((inner) => flatten(inner, path, input))
  const wants = ranked.flatMap(({ branch }) => branch.flatMap((inner) => flatten(inner, path, input)))
  const messages = [...new Set(wants.map(({ message }) => message))]
  return [{ path: toText(path), message: joinAlternatives(messages) }]
}

/** 0 when the branch is for another type of value altogether, more the deeper it looked. */
function progressOf(branch: readonly Issue[], value: unknown): number {
  const depth = Math.max(0, ...branch.map((issue) => issue.path.length))
  if (depth > 0) return depth + 1
  const wrongType = branch.some(
    (issue) => issue.code === 'invalid_type' || (issue.code === 'invalid_value' && typeof value === 'object'),
  )
  return wrongType ? 0 : 1
}

function joinAlternatives(messages: readonly string[]): string {
  const [first = 'is not one of the forms that are possible here', ...others] = messages
  return [first, ...others.map((message) => message.replace(/^must be /, ''))].join(' or ')
}

function toText(path: Path): string {
  return path.map(String).join('.')
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'must be text',
  number: 'must be a number',
  int: 'must be a whole number',
  boolean: 'must be true or false',
  array: 'must be a list',
  tuple: 'must be a list',
  object: 'must be an object',
  record: 'must be an object',
  null: 'must be null',
}

const FORMATS: Readonly<Record<string, string>> = {
  date: 'must be a real day, written YYYY-MM-DD',
  datetime: 'must be an instant, written YYYY-MM-DDTHH:MM:SSZ',
  time: 'must be a time, written HH:MM:SS',
  uuid: 'must be a UUID',
  guid: 'must be a UUID',
  url: 'must be a web address',
  email: 'must be an email address',
}

function describe(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return isWhole(issue.inst) ? 'must be a whole number' : (TYPES[issue.expected] ?? 'is of the wrong type')
    case 'too_small':
      return describeBound(issue.origin, Number(issue.minimum), issue.inclusive !== false, 'least')
    case 'too_big':
      return describeBound(issue.origin, Number(issue.maximum), issue.inclusive !== false, 'most')
    case 'invalid_format':
      return FORMATS[issue.format] ?? 'is not written in the right form'
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    case 'unrecognized_keys':
      return 'is not a field here'
    case 'invalid_value':
      return describeChoice(issue.values)
    case 'invalid_union':
      return Array.isArray(issue.options) ? describeChoice(issue.options) : NO_BRANCH
    default:
      return 'is not allowed here'
  }
}

/** zod asks whole numbers for a "number" first; only the schema knows that it wants a whole one. */
function isWhole(schema: unknown): boolean {
  return schema instanceof z.ZodNumberFormat && schema._zod.def.format.endsWith('int')
}

function describeChoice(values: readonly unknown[]): string {
  return values.length === 1 ? `must be ${String(values[0])}` : `must be one of ${values.map(String).join(', ')}`
}

function describeBound(origin: string, bound: number, inclusive: boolean, side: 'least' | 'most'): string {
  if (origin === 'string') {
    return side === 'least' && bound === 1
      ? 'must not be empty'
      : `must be at ${side} ${bound} ${bound === 1 ? 'character' : 'characters'} long`
  }
  if (origin === 'array' || origin === 'set' || origin === 'map') {
    return side === 'least' && bound === 1
      ? 'must not be empty'
      : `must have at ${side} ${bound} ${bound === 1 ? 'entry' : 'entries'}`
  }
  return inclusive ? `must be at ${side} ${bound}` : `must be ${side === 'least' ? 'more' : 'less'} than ${bound}`
}
