/** Two-layer solutions as networks of more layers: which of them costs least there. */
import { effectiveBeta } from '../../losses/index.ts'
import { sizeOf } from './kinks.ts'
import { trunkCost } from './network.ts'
import { lineSolver, type LineProblem, type LineSolution } from './solve.ts'

export interface DeepSolution {
  solution: LineSolution
  /** β′: what a unit of size costs in the two-layer problem that it solves. */
  beta: number
  /** ℓ + β(L/2)(Σ|c|)^{2/L}. */
  value: number
}

/** Values of β′ tried first: a range around a guess, in equal ratios; then steps of the golden section. */
const [RANGE, TRIED, SECTIONS] = [100, 13, 22]
const GOLDEN = (Math.sqrt(5) - 1) / 2

/**
 * The best network of L layers whose first L − 2 hidden layers carry the coordinate and whose last has the kinks.
 *
 * Its cost depends on the size S = Σ|c| alone, so it is a two-layer solution for some β′ (β′ = β·S^{2/L−1} where the cost
 * is smooth): a search in one variable along the path, not a theorem, as there can be several local minima.
 */
export function bestBehindTrunk(problem: LineProblem, hasIntercept: boolean, layers: number): DeepSolution {
  const solve = lineSolver(problem, hasIntercept)
  const evaluate = (beta: number): DeepSolution => {
    const solution = solve(beta)
    const loss = solution.primal - effectiveBeta(problem.loss, beta) * sizeOf(solution)
    const value = loss + effectiveBeta(problem.loss, problem.beta) * trunkCost(solution, layers)
    return { solution, beta, value }
  }
  if (problem.loss === 'equality') return evaluate(problem.beta)
  const first = evaluate(problem.beta)
  const size = sizeOf(first.solution)
  const guess = problem.beta * (size > 0 ? size ** (2 / layers - 1) : 1)
  const ratio = RANGE ** (2 / (TRIED - 1))
  // From the least on: a path down to there serves all the others.
  const tried = Array.from({ length: TRIED }, (_, k) => evaluate((guess / RANGE) * ratio ** k))
  const best = lowest([first, ...tried])
  return lowest([best, goldenSection(evaluate, best.beta / ratio, best.beta * ratio)])
}

/** The least value between two β′, by golden section in their logarithm. */
function goldenSection(evaluate: (beta: number) => DeepSolution, from: number, to: number): DeepSolution {
  const at = (low: number, high: number, share: number): DeepSolution => evaluate(low * (high / low) ** share)
  let [low, high] = [from, to]
  let [inner, outer] = [at(low, high, 1 - GOLDEN), at(low, high, GOLDEN)]
  for (let step = 0; step < SECTIONS; step++) {
    if (inner.value <= outer.value) {
      ;[high, outer] = [outer.beta, inner]
      inner = at(low, high, 1 - GOLDEN)
    } else {
      ;[low, inner] = [inner.beta, outer]
      outer = at(low, high, GOLDEN)
    }
  }
  return lowest([inner, outer])
}

const lowest = (all: readonly DeepSolution[]): DeepSolution =>
  all.reduce((a, b) => (b.value < a.value ? b : a))
