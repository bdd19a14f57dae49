/** What a number field accepts and how its arrow keys move, as pure functions. */

export interface NumberRules {
  min?: number
  max?: number
  /** The bounds themselves are excluded. */
  exclusive?: boolean
  integer?: boolean
}

export type ParsedNumber = { value: number; problem: null } | { value: null; problem: string }

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

function range({ min, max, exclusive }: NumberRules): string {
  const above = exclusive ? 'above' : 'at least'
  const below = exclusive ? 'below' : 'at most'
  return [min !== undefined && `${above} ${min}`, max !== undefined && `${below} ${max}`]
    .filter(Boolean)
    .join(' and ')
}

function outside(value: number, { min = -Infinity, max = Infinity, exclusive }: NumberRules): boolean {
  return exclusive ? value <= min || value >= max : value < min || value > max
}

/** @returns the number that a person typed, or one sentence on what was expected. */
export function parseNumber(text: string, rules: NumberRules = {}): ParsedNumber {
  const plain = text.trim().replace('−', '-').replace(/[\s_]/g, '')
  if (!plain) return { value: null, problem: 'Enter a number.' }
  if (/^\d+,\d+$/.test(plain)) return { value: null, problem: 'Use a point for decimals, as in 0.5.' }
  if (!NUMBER.test(plain)) return { value: null, problem: 'Enter a number, such as 0.01 or 1e-3.' }
  const value = Number(plain)
  if (rules.integer && !Number.isSafeInteger(value)) return { value: null, problem: 'Enter a whole number.' }
  if (outside(value, rules)) return { value: null, problem: `Enter a number ${range(rules)}.` }
  return { value, problem: null }
}

const clean = (value: number) => Number(value.toPrecision(12))

/** One unit in the leading digit: 0.01 → 0.02, and downwards 0.01 → 0.009. */
function leadingStep(value: number, direction: 1 | -1): number {
  if (value === 0) return direction * 0.1
  const size = Math.abs(value)
  const exponent = Math.floor(Math.log10(size) + 1e-12)
  const shrinks = direction * Math.sign(value) < 0
  const step = 10 ** exponent
  // Going towards zero from exactly one unit enters the decade below.
  const finer = shrinks && size <= step * (1 + 1e-12)
  return direction * (finer ? step / 10 : step)
}

/**
 * The number that an arrow key leads to, kept within the rules.
 * @param coarse ten times as far: tens for integers, a whole decade otherwise
 */
export function nudge(value: number, direction: 1 | -1, rules: NumberRules = {}, coarse = false): number {
  const { min = -Infinity, max = Infinity, integer } = rules
  const decade = value * (direction > 0 ? 10 : 0.1)
  const stepped = integer
    ? value + direction * (coarse ? 10 : 1)
    : coarse && value !== 0
      ? decade
      : value + leadingStep(value, direction)
  const next = clean(Math.min(max, Math.max(min, stepped)))
  return outside(next, rules) ? value : next
}

/** What a field shows for a value: shortest text that reads back as the same number. */
export function numberText(value: number | null): string {
  if (value === null) return ''
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential().replace('e+', 'e')
  return String(value)
}
