/**
 * Interpolation with the fewest neurons (THEORY 5.4; Ergen & Pilanci 2021 (JMLR), Lemma 3.1, 3.2, and Lemma 2 of A.7):
 * X of full row rank, two layers, one neuron a part of the labels, u = X†p/‖X†p‖.
 *
 * Fewer neurons cannot interpolate: positive and negative targets need output weights of both signs, K classes K of
 * them. Whether their weight decay is the least as well (ℓ₀ = ℓ₁) is another question, which a dual point answers:
 * where V prices no neuron above 1, ⟨V, Y⟩ bounds every interpolating network from below.
 */
import { networkBound } from '../certificates/network-bound.ts'
import { rowSpace } from '../data/spectrum.ts'
import { spikeFreeTest } from '../geometry/spike-free.ts'
import { projectPolyhedralCone } from '../linalg/cone.ts'
import { Matrix } from '../linalg/matrix.ts'
import { minimumNorm } from '../linalg/minimum-norm.ts'
import { dot, multiply, multiplyTransposeVector, norm2 } from '../linalg/products.ts'
import { LOSSES } from '../losses/index.ts'
import { fromMatrix, fromVector } from '../networks/arrays.ts'
import { separateNetwork, separateSizes, separateValue, type BranchProblem, type Part } from './branches.ts'
import { labelParts, statusOf } from './label-parts.ts'
import type { SolveTheorem } from './theorem.ts'

export const solveFullRowRank: SolveTheorem = ({ X, Y, loss, beta, network: { layers } }) => {
  const { parts, residual } = labelParts(X, Y)
  const problem: BranchProblem = { parts, Y, loss, beta, layers }
  const sizes = separateSizes(problem)
  const V = dualCandidate(X, Y, parts)
  const { spikeFree, witness } = spikeFreeTest(X)
  const { lowerBound, how } = priced(X, Y, V, parts, spikeFree)
  return {
    network: separateNetwork(problem, sizes, { features: X.cols, outputs: Y.cols }),
    value: separateValue(problem, sizes),
    claim: {
      level: 'global',
      lowerBound,
      how: `No interpolating network has fewer neurons. Weight decay: a dual point, its highest price ${how}.`,
    },
    status: statusOf(residual),
    arrays: { sizes: fromVector(sizes), dual: fromMatrix(V) },
    details: {
      neurons: parts.length,
      'interpolation residual': residual,
      'spike-free': witness ? `no: rows ${witness.rows.map((i) => i + 1).join(' and ')}` : 'yes',
    },
  }
}

/**
 * The only V that can prove these weights optimal: for each part the v with Xᵀv = u on the rows where the part is
 * positive, in its output. Elsewhere its neuron is at the kink; rows without a label take the mean of what the two
 * parts allow.
 */
export function dualCandidate(X: Matrix, Y: Matrix, parts: readonly Part[]): Matrix {
  const U = Matrix.zeros(X.cols, parts.length)
  parts.forEach(({ input }, k) => {
    input.forEach((value, i) => {
      U.set(i, k, value)
    })
  })
  const G = minimumNorm(X.transpose(), U).X
  const V = Matrix.zeros(Y.rows, Y.cols)
  for (let i = 0; i < V.rows; i++) {
    const labelled = parts.findIndex(({ response }) => response[i] > 0)
    const from = labelled >= 0 ? [labelled] : parts.map((_, k) => k)
    for (const k of from) {
      const share = G.get(i, k) / from.length
      parts[k].output.forEach((value, j) => {
        V.data[i * V.cols + j] += share * value
      })
    }
  }
  return V
}

/** Cones and precision of the search for the neuron that V prices highest. */
const SEARCH = { maxCones: 100_000, epsilon: 1e-5 }
/** What projections may lose to rounding. */
const ROUNDING = 1e-11

interface Pricing {
  lowerBound: number
  how: string
}

/** ⟨V, Y⟩ after V is scaled to price no neuron above 1: exactly on spike-free data, by a bound elsewhere. */
function priced(X: Matrix, Y: Matrix, V: Matrix, parts: readonly Part[], spikeFree: boolean): Pricing {
  if (spikeFree && Y.cols === 1) {
    const rho = spikeFreePrice(X, V.data) * (1 + ROUNDING)
    return { lowerBound: dot(V.data, Y.data) / rho, how: 'exact, the data are spike-free' }
  }
  const { V: basis } = rowSpace(X)
  const candidates = parts.map(({ input }) => multiplyTransposeVector(basis, input))
  const { lowerBound, method } = networkBound(
    { A: multiply(X, basis), V, Y, loss: LOSSES.equality, beta: 1 },
    { ...SEARCH, candidates },
  )
  return { lowerBound, how: `bounded by ${method}` }
}

/** max |vᵀ(Xu)₊| over ‖u‖ ≤ 1 where every (Xu)₊ is an Xz ≥ 0 with ‖z‖ ≤ 1: the longer of two projections on that cone. */
function spikeFreePrice(X: Matrix, v: Float64Array): number {
  const g = multiplyTransposeVector(X, v)
  const prices = [g, g.map((value) => -value)].map((z) => norm2(projectPolyhedralCone(X, z).projection))
  return Math.max(...prices)
}
