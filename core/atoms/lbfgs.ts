import { axpy, dot } from '../linalg/products.ts'

/** A value and its gradient, which is the caller's to keep. */
export interface Evaluation {
  readonly value: number
  readonly gradient: Float64Array
}

const MEMORY = 20
const MAX_TRIALS = 12

/**
 * Minimises a function with L-BFGS and a weak Wolfe line search by bisection, which lets kinks pass (Lewis & Overton
 * 2013). The value never rises.
 *
 * @param steps of the quasi-Newton method at most
 * @returns the last point; it may be `start` itself
 */
export function minimizeSmooth(
  evaluate: (x: Float64Array) => Evaluation,
  start: Float64Array,
  steps: number,
): Float64Array {
  const memory: Pair[] = []
  let x = start
  let at = evaluate(x)
  for (let step = 0; step < steps; step++) {
    const direction = quasiNewton(memory, at.gradient)
    const next = lineSearch(evaluate, x, at, direction)
    if (!next) {
      if (memory.length === 0) break
      memory.length = 0
      continue
    }
    remember(memory, x, at, next)
    x = next.x
    at = next.at
  }
  return x
}

interface Pair {
  s: Float64Array
  y: Float64Array
  curvature: number
}

interface Landing {
  x: Float64Array
  at: Evaluation
}

/** −H·g by the two-loop recursion; the first direction has the length of a modest step. */
function quasiNewton(memory: readonly Pair[], gradient: Float64Array): Float64Array {
  const d = gradient.map((g) => -g)
  if (memory.length === 0) return d
  const along = new Float64Array(memory.length)
  for (let k = memory.length - 1; k >= 0; k--) {
    const { s, y, curvature } = memory[k]
    along[k] = dot(s, d) / curvature
    axpy(-along[k], y, d)
  }
  const { y, curvature } = memory[memory.length - 1]
  const scale = curvature / dot(y, y)
  for (let c = 0; c < d.length; c++) d[c] *= scale
  memory.forEach((pair, k) => {
    axpy(along[k] - dot(pair.y, d) / pair.curvature, pair.s, d)
  })
  return d
}

function remember(memory: Pair[], x: Float64Array, at: Evaluation, next: Landing): void {
  const s = next.x.map((value, c) => value - x[c])
  const y = next.at.gradient.map((value, c) => value - at.gradient[c])
  const curvature = dot(s, y)
  if (curvature <= 1e-14 * dot(y, y)) return
  memory.push({ s, y, curvature })
  if (memory.length > MEMORY) memory.shift()
}

/** A point with sufficient decrease, and with less slope where a few trials find one; null without any decrease. */
function lineSearch(
  evaluate: (x: Float64Array) => Evaluation,
  x: Float64Array,
  at: Evaluation,
  direction: Float64Array,
): Landing | null {
  const slope = dot(direction, at.gradient)
  if (!(slope < 0)) return null
  let [low, high] = [0, Infinity]
  let best: Landing | null = null
  let t = 1
  for (let trial = 0; trial < MAX_TRIALS; trial++) {
    const point = x.slice()
    axpy(t, direction, point)
    const there = evaluate(point)
    if (there.value > at.value + 1e-4 * t * slope) high = t
    else {
      if (!best || there.value < best.at.value) best = { x: point, at: there }
      if (dot(direction, there.gradient) >= 0.9 * slope) break
      low = t
    }
    t = high < Infinity ? 0.5 * (low + high) : 2 * t
  }
  return best
}
