import type { AnyRouter } from '@trpc/server'
import { z } from 'zod'
import { type Meta, pathParametersOf } from '../trpc.ts'

/** One REST operation: a procedure and what its meta and schemas say. */
export interface Operation {
  /** The procedure, `purchases.list`. */
  procedure: string
  rest: NonNullable<Meta['openapi']>
  /** Whether a JSON body carries its input; else the query does. */
  hasBody: boolean
  pathParameters: readonly string[]
  /** Undefined when the procedure takes nothing. */
  input: z.ZodType | undefined
  /** Every field of the input, those of the path too. */
  fields: Readonly<Record<string, z.ZodType>>
  output: z.ZodType
}

/** A procedure as far as it is needed here: its type says less than it holds. */
interface ProcedureDefinition {
  type: string
  meta: Meta | undefined
  inputs: readonly unknown[]
  output: unknown
}

/**
 * All procedures of a router with `meta.openapi`, in its order.
 * @throws Error when REST can't be made of one: these are mistakes of ours, found at the start.
 */
export function listOperations(router: AnyRouter): Operation[] {
  const operations = listProcedures(router).flatMap(([name, { _def }]) => toOperation(name, _def) ?? [])
  refuseTwins(operations, ({ rest }) => `${rest.method} ${rest.path.replaceAll(/\{\w+\}/g, '{}')}`)
  refuseTwins(operations, ({ rest }) => rest.operation_id)
  return operations
}

/** All procedures of a router by their names, `purchases.list`. */
export function listProcedures(router: AnyRouter): [string, { _def: ProcedureDefinition }][] {
  return Object.entries(router._def.procedures)
}

function toOperation(procedure: string, definition: ProcedureDefinition): Operation | undefined {
  const rest = definition.meta?.openapi
  if (!rest) return undefined
  const fail = (reason: string) => new Error(`${procedure} can't be a REST operation: ${reason}`)

  const [input, second] = definition.inputs
  if (second !== undefined) throw fail('it has more than one input')
  if (input !== undefined && !(input instanceof z.ZodType)) throw fail('its input is no zod schema')
  if (!(definition.output instanceof z.ZodType)) throw fail('it has no output schema')
  if (definition.type !== (rest.method === 'GET' ? 'query' : 'mutation')) {
    throw fail(`a ${definition.type} does not go with ${rest.method}`)
  }
  if (rest.conditional && (rest.method !== 'GET' || rest.etag)) throw fail('only a GET without an etag is conditional')
  const fields = input === undefined ? {} : fieldsOf(input)
  if (!fields) throw fail('its input is no strict object')
  const pathParameters = pathParametersOf(rest.path)
  for (const name of pathParameters) {
    if (!Object.hasOwn(fields, name)) throw fail(`its input has no field ${name}`)
  }
  const hasBody = rest.method === 'POST' || rest.method === 'PUT'
  return { procedure, rest, hasBody, pathParameters, input, fields, output: definition.output }
}

/** Whether a body has to be sent: what is made without saying anything may be asked for without one. */
export function needsBody({ rest, hasBody, input, fields, pathParameters }: Operation): boolean {
  if (!hasBody || Object.keys(fields).every((name) => pathParameters.includes(name))) return false
  if (rest.method !== 'POST') return true
  const issues = input?.safeParse({}).error?.issues ?? []
  return issues.some(({ path: [name] }) => !pathParameters.includes(String(name)))
}

/** The fields of a strict object, through what may stand around it; undefined for anything else. */
export function fieldsOf(schema: z.core.$ZodType): Record<string, z.ZodType> | undefined {
  if (schema instanceof z.ZodObject) {
    return schema._zod.def.catchall instanceof z.ZodNever ? (schema.shape as Record<string, z.ZodType>) : undefined
  }
  if (schema instanceof z.ZodPipe) return fieldsOf(schema._zod.def.in)
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly
  ) {
    return fieldsOf(schema._zod.def.innerType)
  }
  return undefined
}

function refuseTwins(operations: readonly Operation[], keyOf: (operation: Operation) => string): void {
  const seen = new Map<string, string>()
  for (const operation of operations) {
    const key = keyOf(operation)
    const twin = seen.get(key)
    if (twin !== undefined) throw new Error(`${twin} and ${operation.procedure} are both ${key}`)
    seen.set(key, operation.procedure)
  }
}
