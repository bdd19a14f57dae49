/** Columns by name or zero-based number, as text with commas. Spaces at the end survive typing. */
import type { Json } from '../../../stores/json-path.ts'

/** A number stands for a column's index, everything else is a name. Undefined for an empty text. */
export function parseNames(text: string): Json {
  const items = text.split(',').map((item) => item.trimStart())
  if (items.every((item) => item === '')) return undefined
  return items.map((item) => (/^\d+$/.test(item) ? Number(item) : item))
}

/** The text that {@link parseNames} reads back. */
export function formatNames(value: Json): string {
  if (value === undefined || value === null) return ''
  return Array.isArray(value) ? value.map(String).join(', ') : JSON.stringify(value)
}
