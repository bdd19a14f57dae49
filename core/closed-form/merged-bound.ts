/**
 * A lower bound for every ReLU network of L layers, dense ones included, on data whose single neurons respond with
 * C = {Σx_kκ_kp_k : Σ|x_k| ≤ 1} or, whitened, with vectors of norm at most 1.
 *
 * Let every layer have Frobenius norm 1. Combining neurons (‖u‖ ≤ 1) of a hidden layer gives a convex combination of
 * ± responses, and its positive part lies in the same convex set: no layer leaves the hull of the first one. So the
 * size γ(F) of the response, measured as for two layers (Σx_k), is at most the product of the norms of the layers, and
 * the means inequality gives ½Σ‖W_l‖² ≥ (L/2)·γ(F)^{2/L}. Hence
 *
 *     P ≥ min over x ≥ 0 of  Σ½(κ_kx_k − t_k)² + β(L/2)(Σx_k)^{2/L} + what of Y is out of reach.
 *
 * For L = 2, and for one part at any depth, that is the objective of separate branches itself. For more parts and
 * L ≥ 3 it is attained where branches can share layers (rank-one.ts) and lies below the separate branches elsewhere.
 */
import { effectiveBeta } from '../losses/index.ts'
import { largestRoot } from '../programs/linear/schatten.ts'
import { fitOf, type BranchProblem } from './branches.ts'

export interface MergedOptimum {
  /** x. */
  sizes: Float64Array
  value: number
}

/** The minimum above, exactly. Under equality x = t/κ is the only choice. */
export function mergedOptimum(problem: BranchProblem): MergedOptimum {
  const { parts, loss } = problem
  const candidates =
    loss === 'equality'
      ? [Float64Array.from(parts, ({ target, unit }) => target / unit)]
      : stationarySizes(problem)
  return candidates
    .map((sizes) => ({ sizes, value: mergedValue(problem, sizes) }))
    .reduce((best, next) => (next.value < best.value ? next : best))
}

function mergedValue(problem: BranchProblem, sizes: Float64Array): number {
  const { loss, beta, layers } = problem
  const total = sizes.reduce((sum, size) => sum + size, 0)
  return fitOf(problem, sizes) + effectiveBeta(loss, beta) * 0.5 * layers * total ** (2 / layers)
}

/**
 * Every x that can be optimal. At a given total Γ the best x is the soft threshold x_k = (κ_kt_k − μ)₊/κ_k²; while the
 * same parts are active, Γ = A − μB with A = Σt/κ, B = Σ1/κ², and the loss is (A − Γ)²/(2B): the one-dimensional
 * problem of a single branch, whose largest root counts where it lies between the thresholds of the active parts.
 */
function stationarySizes({ parts, beta, layers }: BranchProblem): Float64Array[] {
  const thresholds = parts.map(({ unit, target }) => unit * target)
  const order = parts.map((_, k) => k).sort((j, k) => thresholds[k] - thresholds[j])
  const sizesAt = (mu: number): Float64Array =>
    Float64Array.from(parts, ({ unit }, k) => Math.max(thresholds[k] - mu, 0) / unit ** 2)
  const found: Float64Array[] = [new Float64Array(parts.length)]
  let [A, B] = [0, 0]
  order.forEach((k, position) => {
    A += parts[k].target / parts[k].unit
    B += 1 / parts[k].unit ** 2
    const total = largestRoot(A, beta * B, layers)
    if (total === null) return
    const next = position + 1 < order.length ? thresholds[order[position + 1]] : 0
    found.push(sizesAt(Math.min(Math.max((A - total) / B, next), thresholds[k])))
  })
  return found
}
