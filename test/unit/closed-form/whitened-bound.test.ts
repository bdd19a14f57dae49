import { describe, expect, it } from 'vitest'
import {
  branchNetwork,
  fitOf,
  separateSizes,
  separateValue,
  type BranchProblem,
  type Part,
} from '../../../core/closed-form/branches.ts'
import { labelParts } from '../../../core/closed-form/label-parts.ts'
import { mergedOptimum } from '../../../core/closed-form/merged-bound.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { norm2 } from '../../../core/linalg/products.ts'
import { objective } from '../../../core/networks/index.ts'
import { stream } from '../../../core/random/index.ts'
import { inTurn, whitenedRows } from './branch-fixtures.ts'

/** Parts along the axes, with any κ and t. */
function axisProblem(units: number[], targets: number[], beta: number, layers: number): BranchProblem {
  const n = units.length
  const axis = (k: number) => Float64Array.from({ length: n }, (_, i) => (i === k ? 1 : 0))
  const parts = units.map((unit, k): Part => ({
    input: axis(k),
    unit,
    response: axis(k),
    output: axis(k),
    target: targets[k],
  }))
  const Y = Matrix.zeros(n, n)
  targets.forEach((t, k) => {
    Y.set(k, k, t)
  })
  return { parts, Y, loss: 'squared', beta, layers }
}

describe('the lower bound with the power of the sum', () => {
  it.each([2, 3, 5])('L = %i: is the minimum, against a grid over two sizes', (layers) => {
    const source = stream(layers)
    for (let trial = 0; trial < 12; trial++) {
      const [units, targets] = [0, 0].map(() => [0.3 + source.uniform(), 0.2 + 2 * source.uniform()])
      const beta = 0.05 + source.uniform()
      const problem = axisProblem(units, targets, beta, layers)
      const { value, sizes } = mergedOptimum(problem)
      expect(value).toBeCloseTo(
        fitOf(problem, sizes) + 0.5 * beta * layers * (sizes[0] + sizes[1]) ** (2 / layers),
        12,
      )
      const at = (x: number, y: number): number =>
        0.5 * ((units[0] * x - targets[0]) ** 2 + (units[1] * y - targets[1]) ** 2) +
        0.5 * beta * layers * (x + y) ** (2 / layers)
      let least = Infinity
      for (let i = 0; i <= 250; i++) {
        for (let j = 0; j <= 250; j++) {
          least = Math.min(
            least,
            at((i / 250) * (targets[0] / units[0]), (j / 250) * (targets[1] / units[1])),
          )
        }
      }
      expect(value).toBeLessThanOrEqual(least + 1e-12)
      expect(value).toBeGreaterThan(least - 5e-4 * Math.max(1, least))
    }
  })

  it('is the objective of separate branches for two layers, and never above it', () => {
    const source = stream(7)
    for (let trial = 0; trial < 50; trial++) {
      const draw = () => Array.from({ length: 4 }, () => 0.1 + 3 * source.uniform())
      const [units, targets, beta] = [draw(), draw(), source.uniform()]
      for (const layers of [2, 3, 6]) {
        const problem = axisProblem(units, targets, beta, layers)
        const separate = separateValue(problem, separateSizes(problem))
        const { value } = mergedOptimum(problem)
        expect(value).toBeLessThanOrEqual(separate + 1e-12)
        if (layers === 2) expect(value).toBeCloseTo(separate, 12)
      }
    }
  })
})

describe('parallel branches that each end in one neuron', () => {
  it('none near the exact reading is below it, however it is split and bent', () => {
    const [X, Y, beta] = [whitenedRows(9, 12, 2), inTurn(9, 3), 0.3]
    const source = stream(3)
    for (const layers of [3, 4, 7]) {
      const { parts } = labelParts(X, Y)
      const problem: BranchProblem = { parts, Y, loss: 'squared', beta, layers }
      const sizes = separateSizes(problem)
      const stated = separateValue(problem, sizes)
      for (let trial = 0; trial < 200; trial++) {
        const bend = 10 ** (-3 * source.uniform())
        const branches = parts.flatMap((part, k) =>
          [0, 1].map((half) => ({
            part: bent(part, bend, () => source.normal(), X),
            size: Math.max(0, (half === 0 ? 1 - bend : bend) * sizes[k] * (1 + bend * source.normal())),
          })),
        )
        const norms = branches.map(({ size }) => new Float64Array(layers).fill(size ** (1 / layers)))
        const network = branchNetwork(
          branches.map(({ part }) => part),
          norms,
          layers,
          { features: 12, outputs: 3 },
        )
        expect(objective(network, X, Y, 'squared', beta)).toBeGreaterThan(stated - 1e-12)
      }
    }
  })
})

/** The part with its response and its output turned a little at random; responses stay nonnegative. */
function bent(part: Part, by: number, normal: () => number, X: Matrix): Part {
  const response = unit(part.response.map((value) => Math.max(0, value + by * normal())))
  const input = Float64Array.from({ length: X.cols }, (_, j) =>
    response.reduce((sum, value, i) => sum + value * X.get(i, j), 0),
  )
  return { ...part, response, input, output: unit(part.output.map((value) => value + by * normal())) }
}

const unit = (values: Float64Array): Float64Array => {
  const norm = norm2(values)
  return values.map((value) => value / norm)
}
