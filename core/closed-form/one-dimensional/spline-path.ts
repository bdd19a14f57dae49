/**
 * The squared loss with an unpenalised intercept, exactly and for all β at once:
 *
 *     min over f of ½Σ Wₖ(fₖ − zₖ)² + β·size(f),   size(f) = max(TV, D⁻ − m, D⁺ + m)   (least-split.ts)
 *
 * The solution is a linear spline whose bends are few, and linear in β between events. With v = W(z − f) the prices
 * Cᵢ = vᵀ(x − tᵢ)₊ and c₀ = C₀ = vᵀx obey max(−β, c₀ − β) ≤ Cᵢ ≤ min(β, β + c₀) and |c₀| ≤ β (the second bounds are those
 * of the left atoms), with Σv = 0; there is a bend where a bound is met. β falls from infinity; a step goes to the next β
 * at which a price meets a bound, a bend vanishes, or c₀ reaches 0 or ±β or leaves them. With hat functions the system of
 * a step is tridiagonal: O(p) an event.
 */
import { HatSystem } from './hat-system.ts'
import { leastSplit, type Bend, type Regime } from './least-split.ts'
import { pricesOf, type Kink } from './kinks.ts'

export interface PathProblem {
  /** p ascending points. */
  points: Float64Array
  /** Positive, p entries. */
  weights: Float64Array
  /** z, p entries. */
  targets: Float64Array
}

/** What is active for β below `beta`, down to the next breakpoint. */
export interface Breakpoint {
  beta: number
  regime: Regime
  /** Interior points with a bend, ascending, and the sign of each. */
  bends: readonly ActiveBend[]
}

interface ActiveBend {
  point: number
  sign: 1 | -1
}

export interface SplineFit {
  /** At the points. */
  values: Float64Array
  /** The atoms of least size that make it, up to the intercept. */
  kinks: Kink[]
}

/** A quantity that is linear in β: base + β·rate. */
interface Linear {
  base: number
  rate: number
}

interface RegimeRule {
  /** What a unit of slope at the left end costs, over β. */
  slopePrice: number
  /** What a unit of jump of a bend of sign ±1 costs, over β. */
  jumpPrice: (sign: 1 | -1) => number
  /** The slope at the left end is minus the sum of the jumps of this sign; 0: it is free. */
  tied: 1 | -1 | 0
  /** c₀ = β·this; null: it is the multiplier of the tie. */
  price: number | null
}

const RULES: Record<Regime, RegimeRule> = {
  free: { slopePrice: 0, jumpPrice: (sign) => sign, tied: 0, price: 0 },
  rising: { slopePrice: 0, jumpPrice: (sign) => sign, tied: -1, price: null },
  falling: { slopePrice: 0, jumpPrice: (sign) => sign, tied: 1, price: null },
  top: { slopePrice: 1, jumpPrice: (sign) => (sign > 0 ? 1 : 0), tied: 0, price: 1 },
  bottom: { slopePrice: -1, jumpPrice: (sign) => (sign > 0 ? 0 : -1), tied: 0, price: -1 },
}

/** Between two breakpoints everything is linear in β. */
class Piece {
  private readonly system: HatSystem
  private readonly state: Omit<Breakpoint, 'beta'>
  private readonly base: Float64Array
  private readonly rate: Float64Array
  /** c₀. */
  readonly price: Linear

  constructor({ points, weights, targets }: PathProblem, state: Omit<Breakpoint, 'beta'>) {
    this.state = state
    const knots = Int32Array.of(0, ...state.bends.map(({ point }) => point), points.length - 1)
    this.system = new HatSystem(points, weights, knots)
    const { price, tied } = RULES[state.regime]
    this.base = this.system.solve(this.system.project(targets))
    this.rate = this.system.solve(this.functional(...this.costs())).map((value) => -value)
    this.price = { base: 0, rate: price ?? 0 }
    if (tied !== 0) this.price = this.tie(this.functional(1, (sign) => (sign === tied ? 1 : 0)))
  }

  /** Values at the points, at β = 0 and per unit of β. */
  values(): { base: Float64Array; rate: Float64Array } {
    return { base: this.system.interpolate(this.base), rate: this.system.interpolate(this.rate) }
  }

  /** Slope at the left end. */
  slope(): Linear {
    return this.linear((theta) => this.system.slope(0, theta))
  }

  jump(index: number): Linear {
    return this.linear((theta) => this.system.slope(index + 1, theta) - this.system.slope(index, theta))
  }

  /** The fit at a β of this piece. */
  at(beta: number): SplineFit {
    const theta = this.base.map((value, j) => value + beta * this.rate[j])
    const { bends, regime } = this.state
    const jumps = bends.map(({ point }, index): Bend => {
      return { point, jump: this.system.slope(index + 1, theta) - this.system.slope(index, theta) }
    })
    const slope = this.system.slope(0, theta)
    return { values: this.system.interpolate(theta), kinks: leastSplit(slope, jumps, regime) }
  }

  /** Adds the multiplier of functional(θ) = 0; returns it. */
  private tie(functional: Float64Array): Linear {
    const response = this.system.solve(functional.slice())
    const size = inner(functional, response)
    const multiplier = {
      base: inner(functional, this.base) / size,
      rate: inner(functional, this.rate) / size,
    }
    for (let j = 0; j < response.length; j++) {
      this.base[j] -= multiplier.base * response[j]
      this.rate[j] -= multiplier.rate * response[j]
    }
    return multiplier
  }

  private costs(): [number, (sign: 1 | -1) => number] {
    const { slopePrice, jumpPrice } = RULES[this.state.regime]
    return [slopePrice, jumpPrice]
  }

  /** slope·(slope at the left end) + Σ jump(sign)·(jumps), as a functional of the values at the knots. */
  private functional(slope: number, jump: (sign: 1 | -1) => number): Float64Array {
    const out = new Float64Array(this.system.knots.length)
    this.system.addSlope(0, slope, out)
    this.state.bends.forEach(({ sign }, index) => {
      this.system.addSlope(index + 1, jump(sign), out)
      this.system.addSlope(index, -jump(sign), out)
    })
    return out
  }

  private linear(measure: (theta: Float64Array) => number): Linear {
    return { base: measure(this.base), rate: measure(this.rate) }
  }
}

const inner = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, j) => sum + value * b[j], 0)
const plus = (a: Linear, b: Linear, factor = 1): Linear => ({
  base: a.base + factor * b.base,
  rate: a.rate + factor * b.rate,
})
/** β itself. */
const BETA: Linear = { base: 0, rate: 1 }
const ZERO: Linear = { base: 0, rate: 0 }

/** A change of what is active, at the β where `slack` falls through zero. */
interface Event {
  slack: Linear
  next: () => Omit<Breakpoint, 'beta'>
}

/** c₀ at β = ∞ below this share of its terms is zero: data without a linear trend. */
const TREND = 1e-14
/** So many events a point at one β, or altogether, are a cycle. */
const REPEATS = 4
const MOST = 200

/**
 * The path from β = ∞ down to `end` > 0.
 *
 * @returns breakpoints by falling β, the first at ∞; null where ties go round in a cycle
 */
export function splinePath(problem: PathProblem, end: number): Breakpoint[] | null {
  const path: Breakpoint[] = [{ beta: Infinity, ...startOf(problem) }]
  let idle = 0
  for (;;) {
    const current = path[path.length - 1]
    const event = nextEvent(problem, current)
    if (!event || event.beta <= end) return path
    idle = event.beta < current.beta ? 0 : idle + 1
    if (idle > REPEATS * problem.points.length || path.length > MOST * problem.points.length) return null
    path.push(event)
  }
}

/** The fit at a β that the path covers. */
export function fitAt(problem: PathProblem, path: readonly Breakpoint[], beta: number): SplineFit {
  let index = path.length - 1
  while (path[index].beta < beta) index--
  return new Piece(problem, path[index]).at(beta)
}

function startOf({ points, weights, targets }: PathProblem): Omit<Breakpoint, 'beta'> {
  const total = weights.reduce((sum, w) => sum + w, 0)
  const mean = inner(weights, targets) / total
  const middle = inner(weights, points) / total
  let trend = 0
  let scale = 0
  points.forEach((t, k) => {
    const term = weights[k] * (targets[k] - mean) * (t - middle)
    trend += term
    scale += Math.abs(term)
  })
  if (Math.abs(trend) <= TREND * scale) return { regime: 'free', bends: [] }
  return { regime: trend > 0 ? 'rising' : 'falling', bends: [] }
}

/** The first event below the β of a breakpoint; null when the solution stays as it is down to β = 0. */
function nextEvent(problem: PathProblem, current: Breakpoint): Breakpoint | null {
  const piece = new Piece(problem, current)
  let best: { beta: number; rate: number; event: Event } | null = null
  for (const event of [...bendEvents(piece, current), ...priceEvents(problem, piece, current)]) {
    const { base, rate } = event.slack
    if (!(rate > 0)) continue
    const beta = Math.min(-base / rate, current.beta)
    if (best === null || beta > best.beta || (beta === best.beta && rate > best.rate))
      best = { beta, rate, event }
  }
  return best && best.beta > 0 ? { beta: best.beta, ...best.event.next() } : null
}

/** Bends that vanish, and what c₀ and the slope at the left end do. */
function bendEvents(piece: Piece, { regime, bends }: Breakpoint): Event[] {
  const jumps = bends.map((_, index) => piece.jump(index))
  const vanish = bends.map((bend, index): Event => {
    const { base, rate } = jumps[index]
    return {
      slack: { base: bend.sign * base, rate: bend.sign * rate },
      next: () => ({ regime, bends: bends.filter((other) => other !== bend) }),
    }
  })
  // Σ of the jumps of one sign: D⁺, and −D⁻.
  const sum = (wanted: number): Linear =>
    jumps.reduce((total, jump, index) => (bends[index].sign === wanted ? plus(total, jump) : total), ZERO)
  const to = (slack: Linear, next: Regime): Event => ({ slack, next: () => ({ regime: next, bends }) })
  const slope = piece.slope()
  const overDown = plus(slope, sum(-1))
  const overUp = plus(slope, sum(1))
  const negative = (value: Linear): Linear => plus(ZERO, value, -1)
  const moves: Record<Regime, Event[]> = {
    free: [to(negative(overDown), 'rising'), to(overUp, 'falling')],
    rising: [to(piece.price, 'free'), to(plus(BETA, piece.price, -1), 'top')],
    falling: [to(negative(piece.price), 'free'), to(plus(BETA, piece.price), 'bottom')],
    top: [to(overDown, 'rising')],
    bottom: [to(negative(overUp), 'falling')],
  }
  return [...vanish, ...moves[regime]]
}

/** Points whose price meets a bound. */
function priceEvents(problem: PathProblem, piece: Piece, { regime, bends }: Breakpoint): Event[] {
  const { points, weights, targets } = problem
  const { base, rate } = piece.values()
  const [prices, rates] = [
    pricesOf(
      points,
      weights.map((w, k) => w * (targets[k] - base[k])),
    ).right,
    pricesOf(
      points,
      weights.map((w, k) => -w * rate[k]),
    ).right,
  ]
  const isPositive = regime === 'rising' || regime === 'top'
  const isNegative = regime === 'falling' || regime === 'bottom'
  const upper = isNegative ? plus(BETA, piece.price) : BETA
  const lower = isPositive ? plus(piece.price, BETA, -1) : plus(ZERO, BETA, -1)
  const active = new Set(bends.map(({ point }) => point))
  const events: Event[] = []
  for (let i = 1; i < points.length - 1; i++) {
    if (active.has(i)) continue
    const price = { base: prices[i], rate: rates[i] }
    events.push({ slack: plus(upper, price, -1), next: () => ({ regime, bends: joined(bends, i, 1) }) })
    events.push({ slack: plus(price, lower, -1), next: () => ({ regime, bends: joined(bends, i, -1) }) })
  }
  return events
}

function joined(bends: readonly ActiveBend[], point: number, sign: 1 | -1): ActiveBend[] {
  const index = bends.findIndex((bend) => bend.point > point)
  return bends.toSpliced(index < 0 ? bends.length : index, 0, { point, sign })
}
