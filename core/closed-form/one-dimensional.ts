/** The computing half of the theorems on data of one dimension (THEORY 5.7). */
import type { FamilySettings } from '../experiments/document.ts'
import type { NamedArray, Problem, TrainedNetwork } from '../experiments/problem.ts'
import { effectiveBeta } from '../losses/index.ts'
import { sizeOf, type KinkedFunction } from './one-dimensional/kinks.ts'
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

/** A gap of the ℓ₁ problem above this share of its value is more than rounding of an exact method. */
const SOLVED_GAP = 1e-8

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

export const solveOneDimensionalDeep: SolveTheorem = (problem) => deep(problem, 'trunk')
export const solveOneDimensionalBranches: SolveTheorem = (problem) => deep(problem, 'branches')

interface Shape {
  build: (line: Line, f: KinkedFunction, shape: NetworkShape) => TrainedNetwork
  cost: (f: KinkedFunction, layers: number) => number
}

/** Ways to build the network of a kinked function. */
const SHAPES = {
  branches: { build: branchNetwork, cost: branchCost },
  trunk: { build: trunkNetwork, cost: trunkCost },
} as const satisfies Record<string, Shape>

function deep(problem: Problem, id: keyof typeof SHAPES): ClosedForm {
  const { layers, outputBias } = settingsOf(problem)
  const solution = solveOnLine(problem, outputBias)
  const form = closedForm(problem, solution, SHAPES[id], {
    level: 'none',
    lowerBound: null,
    how: `The solution of two layers, built with ${layers}: its kinks are at data points, but nothing proves that no other network of this depth costs less.`,
  })
  return {
    ...form,
    details: {
      ...form.details,
      'cost as parallel branches': branchCost(solution, layers),
      'cost behind shared layers': trunkCost(solution, layers),
    },
  }
}

function closedForm(
  problem: Problem,
  solution: LineSolution,
  { build, cost }: Shape,
  claim: ClosedForm['claim'],
): ClosedForm {
  const { line, primal, dual, V } = solution
  const shape = settingsOf(problem)
  const beta = effectiveBeta(problem.loss, problem.beta)
  const isExact = solution.status === 'solved' && primal - dual <= SOLVED_GAP * Math.max(1, Math.abs(primal))
  return {
    network: build(line, solution, shape),
    value: primal + beta * (cost(solution, shape.layers) - sizeOf(solution)),
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
