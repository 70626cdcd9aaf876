import type { z } from 'zod'

/**
 * The fields of an input that are right on their own, read from one that as a whole is not. The rules that need the
 * database are checked on these too, so that one answer names every wrong field.
 */
export function validPart<S extends z.ZodObject>(schema: S, raw: unknown): Partial<z.output<S>> {
  const part: Record<string, unknown> = {}
  if (raw === null || typeof raw !== 'object') return part as Partial<z.output<S>>
  for (const [field, fieldSchema] of Object.entries(schema.shape)) {
    if (!Object.hasOwn(raw, field)) continue
    const parsed = (fieldSchema as z.ZodType).safeParse((raw as Record<string, unknown>)[field])
    if (parsed.success) part[field] = parsed.data
  }
  return part as Partial<z.output<S>>
}
