/** What may be typed where a number stands: a number, several (a sweep), or a logarithmic range. Nothing is lost. */
import { numberText } from '../../../composables/number-text.ts'
import { isObject } from '../../../stores/json-path.ts'
import type { Json } from '../../../stores/json-path.ts'

const NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`
const ONE = new RegExp(`^${NUMBER}$`, 'i')
/** `1e-4 … 1 × 5`, typed as `1e-4..1 x5` or `1e-4:1:5`. */
const RANGE = new RegExp(`^(${NUMBER})\\s*(?:…|\\.{2,3}|:)\\s*(${NUMBER})\\s*(?:×|x|\\*|:)\\s*(\\d+)$`, 'i')
/** A comma between two digits is somebody's decimal comma: not a sweep of two numbers. */
const DECIMAL_COMMA = /^\d+,\d+$/

const exponent = (value: number) => Number(Math.log10(value).toPrecision(12))

function parseRange(text: string): Json {
  const parts = RANGE.exec(text)
  if (!parts) return undefined
  const [from, to, count] = parts.slice(1).map(Number)
  return from > 0 && to > 0 && count >= 1 ? { logspace: [exponent(from), exponent(to), count] } : undefined
}

/**
 * The JSON value of a field's text.
 *
 * @param words accepted as they are, such as `full`
 * @returns undefined for an empty field; the text itself where it is no number, so that it is kept and reported
 */
export function parseNumericText(text: string, words: readonly string[] = []): Json {
  const plain = text.trim().replaceAll('−', '-')
  if (plain === '') return undefined
  if (words.includes(plain.toLowerCase())) return plain.toLowerCase()
  if (ONE.test(plain)) return Number(plain)
  const range = parseRange(plain)
  if (range !== undefined) return range
  const items = plain.split(/[\s,;]+/).filter(Boolean)
  if (DECIMAL_COMMA.test(plain) || items.length < 2 || !items.every((item) => ONE.test(item))) return text
  return { sweep: items.map(Number) }
}

/** The text that {@link parseNumericText} reads back as `value`. */
export function formatNumericValue(value: Json): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'number') return numberText(value)
  if (typeof value === 'string') return value
  if (
    isObject(value) &&
    Array.isArray(value.sweep) &&
    value.sweep.every((item) => typeof item === 'number')
  ) {
    return value.sweep.map(numberText).join(', ')
  }
  if (
    isObject(value) &&
    Array.isArray(value.logspace) &&
    value.logspace.every((item) => typeof item === 'number')
  ) {
    const [from, to, count] = value.logspace
    const power = (at: number) => numberText(Number((10 ** at).toPrecision(12)))
    return `${power(from)} … ${power(to)} × ${count}`
  }
  return JSON.stringify(value)
}

/** The text of a list of numbers; what is not a list is shown as it is. */
export const formatNumberList = (value: Json) =>
  Array.isArray(value)
    ? value.map((item) => (typeof item === 'number' ? numberText(item) : String(item))).join(', ')
    : formatNumericValue(value)

/** A list of numbers; elements that are none stay as text and are reported. Undefined for an empty field. */
export function parseNumberList(text: string): Json {
  const items = text
    .trim()
    .replaceAll('−', '-')
    .split(/[\s,;]+/)
    .filter(Boolean)
  return items.length === 0 ? undefined : items.map((item) => (ONE.test(item) ? Number(item) : item))
}

/** How many values a field stands for. */
export function sweepLength(value: Json): number {
  if (!isObject(value)) return 1
  if (Array.isArray(value.sweep)) return value.sweep.length
  return Array.isArray(value.logspace) ? Number(value.logspace[2]) : 1
}
