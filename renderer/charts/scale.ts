/** Axes: the map from values to positions in [0, 1], and where ticks stand. Linear or base-10 logarithmic. */

export type ScaleKind = 'linear' | 'log'

export interface Scale {
  kind: ScaleKind
  /** In values; min < max, both positive for log. */
  min: number
  max: number
}

export interface Tick {
  value: number
  label: string
}

const SUPERSCRIPT = {
  '-': '⁻',
  0: '⁰',
  1: '¹',
  2: '²',
  3: '³',
  4: '⁴',
  5: '⁵',
  6: '⁶',
  7: '⁷',
  8: '⁸',
  9: '⁹',
} as Record<string, string>

/** −3 → "10⁻³". */
export function powerOfTen(exponent: number): string {
  return `10${String(exponent).replace(/./g, (character) => SUPERSCRIPT[character])}`
}

/** The coordinate that a linear chart axis is given. NaN where a logarithm does not exist. */
export function toAxis(kind: ScaleKind, value: number): number {
  if (kind === 'linear') return value
  return value > 0 ? Math.log10(value) : NaN
}

export function fromAxis(kind: ScaleKind, coordinate: number): number {
  return kind === 'linear' ? coordinate : 10 ** coordinate
}

/** Share of the axis at which a value stands: 0 at min, 1 at max. */
export function position(scale: Scale, value: number): number {
  const low = toAxis(scale.kind, scale.min)
  return (toAxis(scale.kind, value) - low) / (toAxis(scale.kind, scale.max) - low)
}

/** Inverse of {@link position}. */
export function valueAt(scale: Scale, share: number): number {
  const low = toAxis(scale.kind, scale.min)
  return fromAxis(scale.kind, low + share * (toAxis(scale.kind, scale.max) - low))
}

/**
 * A scale that covers all usable values with a little air.
 *
 * @param values finite or not; what the scale cannot show (≤ 0 on log) is passed over
 * @param airLow share of the span added below, airHigh above
 */
export function fitScale(kind: ScaleKind, values: Iterable<number>, airLow = 0.04, airHigh = 0.04): Scale {
  let low = Infinity
  let high = -Infinity
  for (const value of values) {
    const coordinate = toAxis(kind, value)
    if (!Number.isFinite(coordinate)) continue
    if (coordinate < low) low = coordinate
    if (coordinate > high) high = coordinate
  }
  if (low > high) return kind === 'log' ? { kind, min: 0.1, max: 1 } : { kind, min: 0, max: 1 }
  const span = high - low || (kind === 'log' ? 0.2 : Math.abs(high) * 0.1 || 1)
  const middle = (low + high) / 2
  const from = high > low ? low : middle - span / 2
  const to = high > low ? high : middle + span / 2
  return { kind, min: fromAxis(kind, from - span * airLow), max: fromAxis(kind, to + span * airHigh) }
}

/** The step 1, 2 or 5 times a power of ten that cuts `span` into about `wanted` pieces. */
function niceStep(span: number, wanted: number): number {
  const raw = span / wanted
  const power = 10 ** Math.floor(Math.log10(raw))
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= raw * 0.999_999)!
  return factor * power
}

const decimals = (step: number) => Math.max(0, -Math.floor(Math.log10(step) + 1e-9))

/** A round number in plain digits, or as 2×10⁻⁵ far from one. */
function plainLabel(value: number, digits: number): string {
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) {
    const [mantissa, exponent] = value.toExponential().split('e')
    const short = String(Number(Number(mantissa).toFixed(3)))
    return short === '1' ? powerOfTen(Number(exponent)) : `${short}×${powerOfTen(Number(exponent))}`
  }
  return value.toFixed(digits).replace('-', '−')
}

function linearTicks(min: number, max: number, wanted: number): Tick[] {
  const step = niceStep(max - min, wanted)
  const first = Math.ceil(min / step - 1e-9)
  const last = Math.floor(max / step + 1e-9)
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const value = Number(((first + i) * step).toPrecision(12))
    return { value, label: plainLabel(value, decimals(step)) }
  })
}

function logTicks(min: number, max: number, wanted: number): Tick[] {
  const low = Math.log10(min)
  const high = Math.log10(max)
  const decades = Math.floor(high + 1e-9) - Math.ceil(low - 1e-9) + 1
  // Less than two decades in view: round numbers say more than one or two powers of ten.
  if (decades < 2) return linearTicks(min, max, wanted).filter(({ value }) => value > 0)
  const stride = Math.max(1, Math.ceil(decades / wanted))
  const first = Math.ceil(Math.ceil(low - 1e-9) / stride) * stride
  const count = Math.floor((high + 1e-9 - first) / stride) + 1
  return Array.from({ length: count }, (_, i) => {
    const exponent = first + i * stride
    return { value: 10 ** exponent, label: powerOfTen(exponent) }
  })
}

/** About `wanted` ticks at round values: decades 10⁻³ on log axes that span more than one. */
export function ticks(scale: Scale, wanted: number): Tick[] {
  const make = scale.kind === 'log' ? logTicks : linearTicks
  return make(scale.min, scale.max, Math.max(2, wanted))
}
