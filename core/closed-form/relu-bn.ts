/**
 * Batch normalisation after the ReLU with full row rank (THEORY 5.5). The response of one neuron with ‖(γ, α)‖ = 1 is a
 * unit vector, and with rank(A) = n, A the input of the last hidden layer, it can be any: A·w = u − min(u)·1 ≥ 0 passes
 * the ReLU, and γ = ‖u − ū‖, α = 1ᵀu/√n make u of it. The dual constraint is σ_max(V) ≤ β, so that the optimum shrinks the
 * singular values of Y = Σ σᵢuᵢeᵢᵀ by β, one neuron each,
 *
 *     F = Σ (σᵢ − β)₊·uᵢeᵢᵀ,  V = Σ min(σᵢ, β)·uᵢeᵢᵀ.
 *
 * For one output u = y/‖y‖: the printed formula. The value is a lower bound for every X, because ‖φ‖ ≤ 1 always holds.
 */
import { Matrix } from '../linalg/matrix.ts'
import { minimumNorm } from '../linalg/minimum-norm.ts'
import { axpy, combine, frobeniusNorm, multiply, norm2 } from '../linalg/products.ts'
import { thinSvd } from '../linalg/svd.ts'
import { fromMatrix } from '../networks/arrays.ts'
import { reluBnNetwork } from '../networks/relu-bn.ts'
import { statusOfInterpolation } from './bn-interpolation.ts'
import { fixedLayers } from './bn-layers.ts'
import { reluBn } from './bn-theorems.ts'
import type { SolveTheorem } from './theorem.ts'

/** σ·u·eᵀ, u and e unit vectors of n and K entries. */
export interface Direction {
  sigma: number
  u: Float64Array
  e: Float64Array
}

/** Y (n×K) as a sum of singular directions; of one output y/‖y‖ itself. */
export function singularDirections(Y: Matrix): Direction[] {
  if (Y.cols === 1) {
    const sigma = norm2(Y.data)
    return sigma === 0 ? [] : [{ sigma, u: Y.data.map((y) => y / sigma), e: Float64Array.of(1) }]
  }
  const { s, U, V } = thinSvd(Y)
  return [...s].map((sigma, i) => ({ sigma, u: U.columnCopy(i), e: V.columnCopy(i) }))
}

/** Σ βσ − ½β² where σ > β, ½σ² elsewhere. */
export function shrunkValue(sigmas: readonly number[], beta: number): number {
  return sigmas.reduce(
    (sum, sigma) => sum + (sigma > beta ? beta * sigma - 0.5 * beta * beta : 0.5 * sigma * sigma),
    0,
  )
}

export const solveReluBn: SolveTheorem = (problem, seed) => {
  const { X, Y, beta } = problem
  const { front, A, measured } = fixedLayers(problem, seed)
  const directions = singularDirections(Y)
  const active = directions.filter(({ sigma }) => sigma > beta)
  const { W, residual } = interpolate(A, active)
  const value = shrunkValue(
    directions.map(({ sigma }) => sigma),
    beta,
  )
  const { title, source } = reluBn
  return {
    network: reluBnNetwork({ W1: W, ...outerWeights(active, Y.cols, beta) }, X, front),
    value,
    claim: { level: 'global', lowerBound: value, how: `Value formula of ${title} (${source}).` },
    measured,
    status: statusOfInterpolation(residual),
    arrays: { dual: fromMatrix(dualPoint(directions, Y, beta)) },
    details: { 'interpolation residual': residual },
  }
}

/** The w of least norm with A·w = u − min(u)·1, and ‖A·W − B‖_F/‖B‖_F. */
function interpolate(A: Matrix, directions: readonly Direction[]): { W: Matrix; residual: number } {
  const B = Matrix.zeros(A.rows, directions.length)
  directions.forEach(({ u }, j) => {
    const least = u.reduce((a, b) => Math.min(a, b))
    u.forEach((value, i) => {
      B.set(i, j, value - least)
    })
  })
  const size = frobeniusNorm(B)
  if (size === 0) return { W: Matrix.zeros(A.cols, B.cols), residual: 0 }
  const W = minimumNorm(A, B).X
  return { W, residual: frobeniusNorm(combine(1, multiply(A, W), -1, B)) / size }
}

function outerWeights(directions: readonly Direction[], outputs: number, beta: number) {
  const root = ({ sigma }: Direction) => Math.sqrt(sigma - beta)
  const mean = ({ u }: Direction) => u.reduce((sum, value) => sum + value, 0) / u.length
  const spread = (direction: Direction) => {
    const { u } = direction
    if (u.every((value) => value === u[0])) return 0
    const average = mean(direction)
    return norm2(u.map((value) => value - average))
  }
  const W2 = Matrix.zeros(directions.length, outputs)
  directions.forEach((direction, j) => {
    axpy(root(direction), direction.e, W2.row(j))
  })
  return {
    gamma: Float64Array.from(directions, (direction) => root(direction) * spread(direction)),
    alpha: Float64Array.from(
      directions,
      (direction) => root(direction) * Math.sqrt(direction.u.length) * mean(direction),
    ),
    W2,
  }
}

/** V = Y − F. */
function dualPoint(directions: readonly Direction[], Y: Matrix, beta: number): Matrix {
  const V = Matrix.zeros(Y.rows, Y.cols)
  for (const { sigma, u, e } of directions) {
    for (let i = 0; i < V.rows; i++) axpy(Math.min(sigma, beta) * u[i], e, V.row(i))
  }
  return V
}
