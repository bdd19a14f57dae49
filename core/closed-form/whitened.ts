/** ReLU networks on whitened data (THEORY 5.3; Ergen & Pilanci 2021, Thm 4.3; 2021 (JMLR), Lemma 3.1, 3.2). */
import type { Problem, TrainedNetwork } from '../experiments/problem.ts'
import { fromMatrix, fromVector } from '../networks/arrays.ts'
import { chainsAsParallel } from '../networks/index.ts'
import { branchClaim } from './branch-claim.ts'
import {
  branchNetwork,
  fitOf,
  residualOf,
  separateNetwork,
  separateSizes,
  separateValue,
  unitPrices,
  type BranchProblem,
} from './branches.ts'
import { labelParts, statusOf } from './label-parts.ts'
import { mergedOptimum } from './merged-bound.ts'
import type { ClosedForm, SolveTheorem } from './theorem.ts'

/** Networks of the document that are what the theorem is about: no branch ends in more than one neuron. */
const isOfChains = ({ network }: Problem): boolean => network.family === 'parallel-decay' && network.m2 === 1

/** A network of branches as one of the document's family. */
const inFamily = ({ network: { family } }: Problem, chains: TrainedNetwork): TrainedNetwork =>
  family === 'parallel-decay' ? chainsAsParallel(chains) : chains

const branchProblem = ({ X, Y, loss, beta, network }: Problem) => {
  const { parts, residual } = labelParts(X, Y)
  const problem: BranchProblem = { parts, Y, loss, beta, layers: network.layers }
  return { problem, residual, sides: { features: X.cols, outputs: Y.cols } }
}

const IN_PARALLEL =
  'Optimal among parallel branches that each end in one neuron, as many as there may be; dense networks of many ' +
  'classes and layers can lie below.'

const CHAINS =
  'Proved: a branch that ends in one neuron costs at least (L/2)·σ^(2/L) of its response, which is subadditive.'

/**
 * The exact reading: a branch for every part of the labels, all layers balanced, each size the exact minimiser.
 *
 * Proved at every depth for the networks of the theorem, parallel branches that each end in one neuron. Such a network
 * is F = Σx_jz_jg_jᵀ, z_j ≥ 0 and g_j of norm 1, and costs (L/2)Σx_j^{2/L}. That is at least the Schatten quasi-norm
 * (L/2)Σσᵢ(F)^{2/L}, which is subadditive; singular values are no further from each other than matrices, and those of Y
 * are the norms of its orthogonal columns. One output: the positive and the negative branches sum to at least (y)₊ and
 * (−y)₊ each.
 *
 * Proved for all networks for two layers or one part (merged-bound.ts). Dense networks of several classes can lie below
 * by carrying them through fewer directions than there are classes: with six classes and five layers by a few per cent,
 * with ten classes and eight layers by a fifth.
 */
export const solveWhitened: SolveTheorem = (given) => {
  const { problem, residual, sides } = branchProblem(given)
  const { parts, Y, loss, layers } = problem
  const sizes = separateSizes(problem)
  const value = separateValue(problem, sizes)
  const dual = loss === 'equality' ? unitPrices(parts, Y) : residualOf(problem, sizes)
  return {
    network: inFamily(given, separateNetwork(problem, sizes, sides)),
    value,
    claim: isOfChains(given)
      ? { level: 'global', lowerBound: value, how: CHAINS }
      : branchClaim(problem, value, mergedOptimum(problem).value, IN_PARALLEL),
    status: statusOf(residual),
    arrays: { sizes: fromVector(sizes), ...(layers === 2 ? { dual: fromMatrix(dual) } : {}) },
    details: { reading: 'exact', 'interpolation residual': residual },
  }
}

/** The norms of the layers of a branch of size s, from the first to the last. */
type Reading = (size: number, layers: number) => Float64Array

/** t = 1: the first L − 2 layers have norm 1, the last two share the size. */
const balanced: Reading = (size, layers) =>
  Float64Array.from({ length: layers }, (_, l) => (l < layers - 2 ? 1 : Math.sqrt(size)))

/** Every layer but the last has norm 1, the last (‖y‖ − β)₊. */
const literal: Reading = (size, layers) =>
  Float64Array.from({ length: layers }, (_, l) => (l < layers - 1 ? 1 : size))

export const solveWhitenedBalanced: SolveTheorem = (given) => printed(given, balanced, 't = 1, balanced')
export const solveWhitenedLiteral: SolveTheorem = (given) => printed(given, literal, 't = 1, literal')

/** The theorem as printed: sizes by soft threshold, the norms of the first layers fixed. Classes below β have no branch. */
function printed(given: Problem, reading: Reading, name: string): ClosedForm {
  const { problem, residual, sides } = branchProblem(given)
  const { parts, beta, layers } = problem
  const sizes = separateSizes({ ...problem, layers: 2 })
  const active = parts.map((_, k) => k).filter((k) => sizes[k] > 0)
  const norms = active.map((k) => reading(sizes[k], layers))
  const squares = norms.reduce((sum, all) => sum + all.reduce((total, norm) => total + norm * norm, 0), 0)
  const value = fitOf(problem, sizes) + 0.5 * beta * squares
  return {
    network: inFamily(
      given,
      branchNetwork(
        active.map((k) => parts[k]),
        norms,
        layers,
        sides,
      ),
    ),
    value,
    claim: { level: 'bound', ...boundOf(given, problem, name) },
    status: statusOf(residual),
    arrays: { sizes: fromVector(sizes) },
    details: { reading: name, 'interpolation residual': residual },
  }
}

function boundOf(given: Problem, problem: BranchProblem, name: string): { lowerBound: number; how: string } {
  const chains = isOfChains(given)
  const lowerBound = chains ? separateValue(problem, separateSizes(problem)) : mergedOptimum(problem).value
  const whose = chains
    ? 'is the optimum of these networks'
    : `holds for every network of ${problem.layers} layers`
  return { lowerBound, how: `The theorem as printed (${name}); the lower bound ${whose}.` }
}
