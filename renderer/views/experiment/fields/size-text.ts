/** Side of a square, or height × width: the text of a filter's size. */
import type { Json } from '../../../stores/json-path.ts'
import { formatNumericValue, parseNumericText } from './numeric-text.ts'

const SIZE = /^(\d+)\s*[×x*]\s*(\d+)$/i

/** `3 × 5` as [3, 5]; anything else as {@link parseNumericText} reads it. */
export function parseSize(text: string): Json {
  const sides = SIZE.exec(text.trim())
  return sides ? sides.slice(1).map(Number) : parseNumericText(text)
}

/** The text that {@link parseSize} reads back as `value`. */
export function formatSize(value: Json): string {
  const isPair = Array.isArray(value) && value.length === 2 && value.every((side) => typeof side === 'number')
  return isPair ? value.join(' × ') : formatNumericValue(value)
}
