import type { CellError } from './item.ts'
import { shown } from './values.ts'

export type JsonObject = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/** Reads the fields of one object of a file, and notes those that are of another kind than they should be. */
export class JsonFields {
  readonly #object: JsonObject
  readonly #errors: CellError[]
  readonly #prefix: string

  /** @param errors where what is wrong is noted @param prefix of the object's own path, as in `warranty.` */
  constructor(object: JsonObject, errors: CellError[], prefix = '') {
    this.#object = object
    this.#errors = errors
    this.#prefix = prefix
  }

  #read<T>(key: string, is: (value: unknown) => value is T, kind: string): T | null | undefined {
    const value = Object.hasOwn(this.#object, key) ? this.#object[key] : undefined
    if (value === undefined || value === null || is(value)) return value
    this.refuse(key, `must be ${kind}`)
    return undefined
  }

  /** Says what is wrong with a field. */
  refuse(key: string, message: string): void {
    this.#errors.push({ column: this.#prefix + key, value: shown(this.#object[key]), message })
  }

  text(key: string): string | null | undefined {
    return this.#read(key, (value) => typeof value === 'string', 'a text')
  }

  number(key: string): number | null | undefined {
    return this.#read(key, (value) => typeof value === 'number', 'a number')
  }

  boolean(key: string): boolean | null | undefined {
    return this.#read(key, (value) => typeof value === 'boolean', 'true or false')
  }

  /** A text, or a number as it is written. */
  textOrNumber(key: string): string | null | undefined {
    const value = this.#read(key, (v): v is string | number => typeof v === 'string' || typeof v === 'number', 'a text')
    return typeof value === 'number' ? String(value) : value
  }

  texts(key: string): string[] | null | undefined {
    const isTexts = (value: unknown): value is string[] =>
      Array.isArray(value) && value.every((entry) => typeof entry === 'string')
    return this.#read(key, isTexts, 'a list of texts')
  }

  object(key: string): JsonObject | null | undefined {
    return this.#read(key, isObject, 'an object')
  }

  objects(key: string): JsonObject[] | null | undefined {
    const isObjects = (value: unknown): value is JsonObject[] => Array.isArray(value) && value.every(isObject)
    return this.#read(key, isObjects, 'a list of objects')
  }
}

/** The object without the fields of which nothing is said. */
export function saidOnly<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  for (const key of Object.keys(fields) as (keyof T)[]) if (fields[key] === undefined) delete fields[key]
  return fields as { [K in keyof T]: Exclude<T[K], undefined> }
}
