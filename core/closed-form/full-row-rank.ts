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
import type { MethodOutcome } from '../experiments/problem.ts'
import { Matrix } from '../linalg/matrix.ts'
import { minimumNorm } from '../linalg/minimum-norm.ts'
import { multiply, multiplyTransposeVector } from '../linalg/products.ts'
import { LOSSES } from '../losses/index.ts'
import { fromMatrix, fromVector } from '../networks/arrays.ts'
import { separateNetwork, separateSizes, separateValue, type BranchProblem, type Part } from './branches.ts'
import { labelParts, statusOf } from './label-parts.ts'
import type { SolveTheorem } from './theorem.ts'

export const solveFullRowRank: SolveTheorem = ({ X, Y, loss, beta, network: { layers } }) => {
  const { parts, residual } = labelParts(X, Y)
  const problem: BranchProblem = { parts, Y, loss, beta, layers }
  const sizes = separateSizes(problem)
  const value = separateValue(problem, sizes)
  const V = dualCandidate(X, Y, parts)
  return {
    network: separateNetwork(problem, sizes, { features: X.cols, outputs: Y.cols }),
    value,
    claim: claimFrom(X, Y, V, parts),
    status: statusOf(residual),
    arrays: { sizes: fromVector(sizes), dual: fromMatrix(V) },
    details: { neurons: parts.length, 'interpolation residual': residual },
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

function claimFrom(X: Matrix, Y: Matrix, V: Matrix, parts: readonly Part[]): MethodOutcome['claim'] {
  const { V: basis } = rowSpace(X)
  const candidates = parts.map(({ input }) => multiplyTransposeVector(basis, input))
  const { lowerBound, method } = networkBound(
    { A: multiply(X, basis), V, Y, loss: LOSSES.equality, beta: 1 },
    { ...SEARCH, candidates },
  )
  return {
    level: 'global',
    lowerBound,
    how:
      'No interpolating network has fewer neurons. Weight decay: dual point from the same neurons, ' +
      `the price of all others bounded (${method}).`,
  }
}
