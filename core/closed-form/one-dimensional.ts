/** The computing half of the theorems on data of one dimension (THEORY 5.7). */
import type { FamilySettings } from '../experiments/document.ts'
import type { NamedArray, Problem, TrainedNetwork } from '../experiments/problem.ts'
import { Matrix } from '../linalg/matrix.ts'
import { maxAbs } from '../linalg/products.ts'
import { effectiveBeta, LOSSES } from '../losses/index.ts'
import { bestBehindTrunk } from './one-dimensional/deep.ts'
import { slopesOf } from './one-dimensional/interpolation.ts'
import { sizeOf, valuesAt, type KinkedFunction } from './one-dimensional/kinks.ts'
import type { Line } from './one-dimensional/line.ts'
import {
  branchCost,
  branchNetwork,
  trunkCost,
  trunkNetwork,
  type NetworkShape,
} from './one-dimensional/network.ts'
import { solveOnLine, type LineSolution } from './one-dimensional/solve.ts'
import type { ClosedForm, SolveTheorem } from './theorem.ts'

/**
 * A gap of the ℓ₁ problem above this share of its value is a failure. Usually it is 1e-10 and less; for a tiny β, prices
 * are differences of large numbers, and rounding of the dual vector is what is left. The gap itself is in the record.
 */
const SOLVED_GAP = 1e-5

/** With an unpenalised intercept the dual of the ℓ₁ problem bounds every network with biases. */
export const solveOneDimensional: SolveTheorem = (problem) => {
  const solution = solveOnLine(problem, true)
  return closedForm(problem, solution, SHAPES.branches, {
    level: 'global',
    lowerBound: solution.dual,
    how: 'Dual point with 1ᵀv = 0, feasible for both directions at every data point: kinks elsewhere cannot be better.',
  })
}

/** Without one the value is that of these weights, and the bound is that of the problem with one. */
export const solveOneDimensionalNoIntercept: SolveTheorem = (problem) => {
  const solution = solveOnLine(problem, false)
  const lowerBound = boundWithIntercept(problem)
  const form = closedForm(problem, solution, SHAPES.branches, {
    level: 'bound',
    lowerBound,
    how: 'Lower bound: optimum with a free intercept, which hidden biases that grow without limit come near.',
  })
  return { ...form, details: { ...form.details, 'optimum with an intercept': lowerBound } }
}

/** Shared layers that carry the coordinate, then the two-layer solution of the β′ that costs least at this depth. */
export const solveOneDimensionalDeep: SolveTheorem = (problem) => {
  const { layers, outputBias } = settingsOf(problem)
  const { solution, beta } = bestBehindTrunk(problem, outputBias, layers)
  const form = closedForm(problem, solution, SHAPES.trunk, deepClaim(problem, solution, layers))
  return { ...form, details: { ...form.details, 'β of the ℓ₁ problem': beta } }
}

/** As the paper builds it: the solution of two layers, a branch of single neurons for each of its atoms. */
export const solveOneDimensionalBranches: SolveTheorem = (problem) => {
  const { layers, outputBias } = settingsOf(problem)
  const solution = solveOnLine(problem, outputBias)
  return closedForm(problem, solution, SHAPES.branches, deepClaim(problem, solution, layers))
}

/**
 * A network is no steeper than the product of the norms of its layers, so half their squares are at least
 * (L/2)·slope^{2/L} (inequality of the means): a bound for interpolants, exact where the data are on a straight line.
 */
function deepClaim({ loss }: Problem, { line, ...f }: LineSolution, layers: number): ClosedForm['claim'] {
  if (loss !== 'equality') return UNPROVED
  const steepest = maxAbs(slopesOf(line.points, valuesAt(line.points, f)))
  return {
    level: 'bound',
    lowerBound: (layers / 2) * steepest ** (2 / layers),
    how: `The steepest piece between two data points bounds the product of the norms of all ${layers} layers. ${UNPROVED.how}`,
  }
}

const UNPROVED: ClosedForm['claim'] = {
  level: 'none',
  lowerBound: null,
  how: 'Built from a solution of two layers: its kinks are at data points, but other networks of this depth can cost less.',
}

interface Shape {
  build: (line: Line, f: KinkedFunction, shape: NetworkShape) => TrainedNetwork
  cost: (f: KinkedFunction, layers: number) => number
}

/** Ways to build the network of a kinked function. */
const SHAPES = {
  branches: { build: branchNetwork, cost: branchCost },
  trunk: { build: trunkNetwork, cost: trunkCost },
} as const satisfies Record<string, Shape>

function closedForm(
  problem: Problem,
  solution: LineSolution,
  { build, cost }: Shape,
  claim: ClosedForm['claim'],
): ClosedForm {
  const { line, primal, dual, V } = solution
  const shape = settingsOf(problem)
  const { Y, loss } = problem
  const f = valuesAt(line.points, solution)
  const F = Matrix.column(Float64Array.from(line.place, (k) => f[k]))
  const value = LOSSES[loss].value(F, Y) + effectiveBeta(loss, problem.beta) * cost(solution, shape.layers)
  const isExact = solution.status === 'solved' && primal - dual <= SOLVED_GAP * Math.max(1, Math.abs(primal))
  return {
    network: build(line, solution, shape),
    value,
    claim,
    status: isExact ? 'solved' : 'numericalError',
    arrays: { dual: { shape: [V.length, 1], data: V }, kinks: kinkTable(line, solution) },
    details: {
      kinks: new Set(solution.kinks.map(({ point }) => point)).size,
      'Σ|c|': sizeOf(solution),
      'ℓ₁ problem': primal,
      'its dual': dual,
    },
  }
}

/** A row for each atom: where its kink is, its direction, its weight. */
function kinkTable({ points }: Line, { kinks }: KinkedFunction): NamedArray {
  const data = Float64Array.from(kinks.flatMap(({ side, point, weight }) => [points[point], side, weight]))
  return { shape: [kinks.length, 3], data }
}

function boundWithIntercept(problem: Problem): number {
  const isOneClass = problem.Y.data.every((y) => y === problem.Y.data[0])
  // An intercept that grows makes the loss of one class vanish.
  return problem.loss === 'logistic' && isOneClass ? 0 : solveOnLine(problem, true).dual
}

/** @throws RangeError for other families: the theorems cover relu-bias alone */
function settingsOf({ network }: Problem): FamilySettings<'relu-bias'> {
  if (network.family !== 'relu-bias') throw new RangeError(`A ${network.family} network has no free biases.`)
  return network
}
