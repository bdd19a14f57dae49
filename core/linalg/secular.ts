/**
 * The secular equation of divide and conquer: f(λ) = 1 + Σ wⱼ/(δⱼ − λ) = 0 with δ₀ < δ₁ < ⋯ and w > 0; root i lies
 * between δᵢ and δᵢ₊₁.
 *
 * For eigenvalues δⱼ = pⱼ. For singular values (`squared`) δⱼ = pⱼ² and λ = σ², and the unknown is σ itself: pⱼ² − σ²
 * is formed as (pⱼ − σ)(pⱼ + σ), which keeps its relative accuracy.
 */
export interface SecularProblem {
  /** Ascending; non-negative when `squared`. */
  readonly poles: Float64Array
  readonly weights: Float64Array
  readonly squared: boolean
}

/** A root as its distance from a pole: poles[origin] + shift. */
export interface SecularRoot {
  readonly origin: number
  readonly shift: number
}

const maxIterations = 120

/**
 * Root i, by the rational interpolation of Bunch, Nielsen and Sorensen (1978) inside a shrinking bracket.
 *
 * @param gaps receives δⱼ − λ for every j, accurate to a few units in the last place
 */
export function secularRoot(problem: SecularProblem, i: number, gaps: Float64Array): SecularRoot {
  const { poles } = problem
  const start = bracket(problem, i, gaps)
  let { low, high } = start
  let shift = start.guess
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    setGaps(problem, start.origin, shift, gaps)
    const value = evaluate(problem, i, gaps)
    if (value.f < 0) low = shift
    else high = shift
    if (Math.abs(value.f) <= value.rounding) break
    const sigma = problem.squared ? poles[start.origin] + shift : 0
    const next = shift + toShift(rationalStep(value, i, gaps), sigma, problem.squared)
    const inside = next > low && next < high
    const candidate = inside ? next : halve(low, high)
    if (candidate === shift || Math.abs(candidate - shift) <= (Number.EPSILON * Math.abs(candidate)) / 2)
      break
    shift = candidate
  }
  setGaps(problem, start.origin, shift, gaps)
  return { origin: start.origin, shift }
}

interface Bracket {
  readonly origin: number
  readonly low: number
  readonly high: number
  readonly guess: number
}

/** Measures the root from the nearer of its two poles. */
function bracket(problem: SecularProblem, i: number, gaps: Float64Array): Bracket {
  const { poles, weights, squared } = problem
  if (i === poles.length - 1) {
    const total = weights.reduce((sum, w) => sum + w, 0)
    const reach = squared ? total / (poles[i] + Math.sqrt(poles[i] ** 2 + total)) : total
    // A little beyond the bound, so that rounding cannot leave the root outside.
    return { origin: i, low: 0, high: reach * (1 + 1e-10), guess: reach / 2 }
  }
  const half = (poles[i + 1] - poles[i]) / 2
  setGaps(problem, i, half, gaps)
  if (evaluate(problem, i, gaps).f >= 0) return { origin: i, low: 0, high: half, guess: half }
  return { origin: i + 1, low: -half, high: 0, guess: -half }
}

function setGaps(
  { poles, squared }: SecularProblem,
  origin: number,
  shift: number,
  gaps: Float64Array,
): void {
  const base = poles[origin]
  for (let j = 0; j < poles.length; j++) {
    const difference = poles[j] - base - shift
    gaps[j] = squared ? difference * (poles[j] + base + shift) : difference
  }
}

interface Evaluation {
  readonly f: number
  /** Derivative of the terms up to i, and of those after it. */
  readonly left: number
  readonly right: number
  /** What rounding may have done to f. */
  readonly rounding: number
}

function evaluate({ weights }: SecularProblem, i: number, gaps: Float64Array): Evaluation {
  let [psi, left, phi, right] = [0, 0, 0, 0]
  for (let j = 0; j <= i; j++) {
    const ratio = weights[j] / gaps[j]
    psi += ratio
    left += ratio / gaps[j]
  }
  for (let j = gaps.length - 1; j > i; j--) {
    const ratio = weights[j] / gaps[j]
    phi += ratio
    right += ratio / gaps[j]
  }
  return { f: 1 + psi + phi, left, right, rounding: 4 * Number.EPSILON * (1 + phi - psi) }
}

/** The step in λ to the root of c + s/(δᵢ − λ) + S/(δᵢ₊₁ − λ), which agrees with f in value and both derivatives. */
function rationalStep({ f, left, right }: Evaluation, i: number, gaps: Float64Array): number {
  const gap = gaps[i]
  if (i === gaps.length - 1) {
    const c = f - left * gap
    return c > 0 ? (f * gap) / c : Infinity
  }
  const gapRight = gaps[i + 1]
  const c = f - left * gap - right * gapRight
  const a = c * (gap + gapRight) + left * gap * gap + right * gapRight * gapRight
  const b = gap * gapRight * f
  const root = Math.sqrt(Math.max(0, a * a - 4 * b * c))
  return a <= 0 ? (a - root) / (2 * c) : (2 * b) / (a + root)
}

/** From a step in λ = σ² to one in σ. */
function toShift(step: number, sigma: number, squared: boolean): number {
  return squared ? step / (sigma + Math.sqrt(Math.max(0, sigma * sigma + step))) : step
}

/** Between the two, and fast towards a pole at 0, near which a root may be extremely close. */
function halve(low: number, high: number): number {
  if (low === 0) return high / 64
  if (high === 0) return low / 64
  return (low + high) / 2
}
