/** Reading zod schemas: defaults for placeholders, and the leaves that a form must cover. */
import { z } from 'zod'

/** The type inside optional, nullable and default wrappers. */
export function unwrapped(schema: z.ZodType): z.ZodType {
  let inner = schema
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodOptional || inner instanceof z.ZodNullable) {
    inner = inner.unwrap() as z.ZodType
  }
  return inner
}

function child(schema: z.ZodType, key: string): z.ZodType | undefined {
  const inner = unwrapped(schema)
  return inner instanceof z.ZodObject ? (inner.shape as Record<string, z.ZodType>)[key] : undefined
}

/** @returns the default of the value at `path`; undefined where there is none. */
export function defaultAt(schema: z.ZodType, path: readonly string[]): unknown {
  const field = path.reduce<z.ZodType | undefined>((at, key) => at && child(at, key), schema)
  const parsed = field?.safeParse(undefined)
  return parsed?.success ? parsed.data : undefined
}

/** Settings with defaults filled in where a person has written nothing; what is written stays, valid or not. */
export function withDefaults(schema: z.ZodType, settings: unknown): Record<string, unknown> {
  const own = typeof settings === 'object' && settings !== null ? (settings as Record<string, unknown>) : {}
  const inner = unwrapped(schema)
  if (!(inner instanceof z.ZodObject)) return own
  const filled: Record<string, unknown> = { ...own }
  for (const key of Object.keys(inner.shape)) {
    const value = own[key] ?? (key in own ? null : defaultAt(schema, [key]))
    const nested = child(schema, key)
    filled[key] =
      nested && unwrapped(nested) instanceof z.ZodObject && value ? withDefaults(nested, value) : value
  }
  return filled
}

/**
 * Paths of all values of an object schema. Literals (`id`, `family`) are tags, not settings; a nullable object
 * counts itself too, because it can be switched off.
 */
export function settingPaths(schema: z.ZodType, base = ''): string[] {
  const inner = unwrapped(schema)
  if (!(inner instanceof z.ZodObject)) return [base]
  return Object.entries(inner.shape as Record<string, z.ZodType>).flatMap(([key, field]) => {
    if (unwrapped(field) instanceof z.ZodLiteral) return []
    const path = base ? `${base}.${key}` : key
    if (!(unwrapped(field) instanceof z.ZodObject)) return [path]
    const nullable = field.safeParse(null).success
    return [...(nullable ? [path] : []), ...settingPaths(field, path)]
  })
}
