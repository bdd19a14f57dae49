import { describe, expect, it } from 'vitest'
import type { LossId } from '../../../core/experiments/document.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { axpy, multiply } from '../../../core/linalg/products.ts'
import { nuclearNorm, pseudoInverse, singularValues, spectralNorm } from '../../../core/linalg/svd.ts'
import { effectiveBeta, LOSSES } from '../../../core/losses/index.ts'
import { cloneNetwork, gradient, NETWORKS, objective } from '../../../core/networks/index.ts'
import { NETWORK_SCHEMAS } from '../../../core/experiments/document.ts'
import { solveNuclearAdmm } from '../../../core/programs/linear/nuclear-admm.ts'
import { solveNuclearNewton } from '../../../core/programs/linear/nuclear-newton.ts'
import { residualAtZero, spectralPrice } from '../../../core/programs/linear/nuclear-program.ts'
import { stream } from '../../../core/random/index.ts'
import {
  finished,
  gaussian,
  orthonormal,
  solve,
  teacherProblem,
  type LinearProblem,
  type Shape,
} from './linear-fixtures.ts'
import { scsValue } from './scs-linear.ts'

const CASES: [LossId, Shape][] = [
  ['squared', { n: 20, d: 4, K: 1 }],
  ['squared', { n: 30, d: 6, K: 3 }],
  ['squared', { n: 12, d: 20, K: 3 }],
  ['squared', { n: 15, d: 3, K: 6 }],
  ['hinge', { n: 25, d: 4, K: 1 }],
  ['hinge', { n: 10, d: 15, K: 1 }],
  ['logistic', { n: 25, d: 4, K: 1 }],
  ['cross-entropy', { n: 25, d: 4, K: 3 }],
  ['cross-entropy', { n: 12, d: 16, K: 4 }],
]

const networkObjective = ({ X, Y, loss, beta }: LinearProblem, network: Parameters<typeof objective>[0]) =>
  objective(network, X, Y, loss, beta)

/** The penalty from which on the zero network is optimal. */
function betaMax({ X, Y, loss }: LinearProblem): number {
  return spectralPrice({ A: X }, residualAtZero({ Y, loss: LOSSES[loss] }))
}

describe('the two-layer linear program', () => {
  it.each(CASES)('is solved to a proved gap, by two solvers alike: %s %o', (loss, shape) => {
    for (const share of [0.5, 0.05]) {
      const problem = teacherProblem(loss, 1, shape)
      problem.beta = share * betaMax(problem)
      const { X, Y, beta } = problem
      const newton = solve(problem)
      const admm = solve(problem, 2, { solver: 'admm', tolerance: 1e-8 })
      for (const result of [newton, admm]) {
        const { status, level, objective: value, lowerBound, dual, V, W, network } = result
        expect([status, level]).toEqual(['solved', 'global'])
        expect(value).toBeCloseTo(LOSSES[loss].value(multiply(X, W), Y) + beta * nuclearNorm(W), 10)
        expect(Math.abs(networkObjective(problem, network) - value)).toBeLessThan(1e-9 * value)
        expect(spectralNorm(multiply(X, V!, { transposeA: true }))).toBeLessThanOrEqual(beta * (1 + 1e-12))
        expect(LOSSES[loss].dualValue(V!, Y)).toBe(dual)
        expect(lowerBound).toBe(dual)
        expect(value - dual).toBeGreaterThanOrEqual(-1e-12 * value)
      }
      expect(newton.objective - newton.dual).toBeLessThanOrEqual(1e-9 * newton.objective)
      expect(Math.abs(admm.objective - newton.objective)).toBeLessThan(2e-8 * newton.objective)
    }
  })

  it.each(['squared', 'hinge', 'logistic', 'equality'] as const)('agrees with SCS, %s loss', async (loss) => {
    const shape = loss === 'equality' ? { n: 4, d: 7, K: 1 } : { n: 15, d: 4, K: 1 }
    const problem = teacherProblem(loss, 0.7, shape, 3)
    const value = await scsValue(problem.X, problem.Y.data, loss, problem.beta)
    expect(Math.abs(solve(problem).objective - value)).toBeLessThan(1e-5 * Math.max(1, value))
  })

  it('takes conjugate gradients for larger systems, with the same result', () => {
    const problem = teacherProblem('squared', 40, { n: 200, d: 40, K: 5 })
    const [newton, admm] = [solve(problem), solve(problem, 2, { solver: 'admm', tolerance: 1e-8 })]
    expect(newton.status).toBe('solved')
    expect(Math.abs(newton.objective - admm.objective)).toBeLessThan(2e-8 * newton.objective)
  })

  it('recovers balanced layers with one hidden unit for each singular value', () => {
    const problem = teacherProblem('squared', 20, { n: 30, d: 6, K: 4 })
    const { W, network } = solve(problem)
    const [W1, W2] = NETWORKS.linear.layers(network)
    const s = singularValues(W).filter((value) => value > 1e-12)
    expect(W1.cols).toBe(s.length)
    expect(W1.cols).toBeLessThan(4)
    for (const layer of [W1, W2]) {
      singularValues(layer).forEach((value, k) => expect(value).toBeCloseTo(Math.sqrt(s[k]), 10))
    }
  })

  it('has the rank #{σᵢ(XᵀY) > β} on whitened data, step by step in β', () => {
    const X = orthonormal(30, 20, 1)
    const Y = multiply(X, gaussian(20, 5, 2))
    const steps = singularValues(multiply(X, Y, { transposeA: true }))
    for (let k = 1; k <= 40; k++) {
      const beta = (1.1 * steps[0] * k) / 40
      const rank = steps.filter((value) => value > beta).length
      const { network, objective: value, dual } = solve({ X, Y, loss: 'squared', beta })
      expect(network.arrays.W1.shape).toEqual([20, rank])
      expect(value - dual).toBeLessThan(1e-12 * value)
      if (k % 10 !== 0) continue
      const newton = finished(
        solveNuclearNewton({ A: X, Y, loss: LOSSES.squared, beta }, { tolerance: 1e-10, stop: () => null }),
      )
      expect(newton.primal).toBeCloseTo(value, 8)
      expect(singularValues(newton.W).filter((t) => t > 1e-12)).toHaveLength(rank)
    }
  })
})

describe('degenerate data', () => {
  it.each(['squared', 'hinge', 'logistic'] as const)(
    'give the zero network from β_max on, %s loss',
    (loss) => {
      const problem = teacherProblem(loss, 1, { n: 15, d: 4, K: 1 })
      const most = betaMax(problem)
      for (const layers of [2, 3]) {
        const above = solve({ ...problem, beta: 1.01 * most * 5 ** (layers - 2) }, layers)
        expect(above.network.arrays.W1.shape).toEqual([4, 0])
        expect(above.objective).toBe(LOSSES[loss].value(Matrix.zeros(15, 1), problem.Y))
        expect(above.objective - above.lowerBound).toBeLessThanOrEqual(1e-9 * above.objective)
      }
      const below = solve({ ...problem, beta: 0.99 * most })
      expect(below.network.arrays.W1.shape).toEqual([4, 1])
    },
  )

  it('of low rank, with repeated and zero columns and rows, are solved to the same value', () => {
    const { X, Y, loss, beta } = teacherProblem('squared', 2, { n: 12, d: 3, K: 2 })
    const value = solve({ X, Y, loss, beta }).objective
    const repeated = Matrix.fromRows(
      Array.from({ length: 13 }, (_, i) =>
        i < 12 ? [...X.row(i), 0, ...X.row(i)] : Array<number>(7).fill(0),
      ),
    )
    const targets = Matrix.fromRows([...Array.from({ length: 12 }, (_, i) => Y.row(i)), [0, 0]])
    // Two copies of a feature are one of √2 times the size.
    const scaled = new Matrix(
      12,
      3,
      X.data.map((t) => Math.SQRT2 * t),
    )
    const twice = solve({ X: repeated, Y: targets, loss, beta })
    expect(twice.objective).toBeCloseTo(solve({ X: scaled, Y, loss, beta }).objective, 7)
    expect(twice.objective).toBeLessThan(value)
    expect(
      Math.abs(networkObjective({ X: repeated, Y: targets, loss, beta }, twice.network) - twice.objective),
    ).toBeLessThan(1e-9)
    const nothing = solve({ X: Matrix.zeros(12, 3), Y, loss, beta })
    expect(nothing).toMatchObject({
      level: 'global',
      objective: LOSSES.squared.value(Matrix.zeros(12, 2), Y),
    })
    expect(nothing.objective).toBe(nothing.lowerBound)
  })

  it.each(['squared', 'hinge', 'logistic', 'cross-entropy'] as const)(
    'that say nothing give the zero network, %s loss',
    (loss) => {
      const X = Matrix.fromRows([[1], [1], [2], [2]])
      const signs = Matrix.fromRows([[1], [-1], [1], [-1]])
      const classes = Matrix.fromRows([
        [1, 0],
        [0, 1],
        [1, 0],
        [0, 1],
      ])
      const Y = loss === 'cross-entropy' ? classes : signs
      for (const layers of [2, 3]) {
        for (const solver of ['active-set', 'admm'] as const) {
          const result = solve({ X, Y, loss, beta: 0.1 }, layers, { solver })
          expect(result.status).toBe('solved')
          expect(result.network.arrays.W1.shape).toEqual([1, 0])
          expect(result.objective).toBe(LOSSES[loss].value(Matrix.zeros(4, Y.cols), Y))
          expect(result.objective - result.lowerBound).toBeLessThan(1e-12)
        }
      }
    },
  )

  it('with zero targets give the zero network', () => {
    const [X, Y] = [gaussian(3, 5, 1), Matrix.zeros(3, 2)]
    for (const loss of ['squared', 'equality'] as const) {
      for (const layers of [2, 4]) {
        const result = solve({ X, Y, loss, beta: 0.1 }, layers)
        expect(result).toMatchObject({ status: 'solved', objective: 0, lowerBound: 0 })
      }
    }
  })

  it('are left at once when the run is stopped, with the best point so far', () => {
    for (const solver of ['active-set', 'admm'] as const) {
      for (const layers of [2, 3]) {
        const problem = teacherProblem('logistic', 1, { n: 25, d: 4, K: 1 })
        const stop = (iteration: number) => (iteration >= 3 ? ('cancelled' as const) : null)
        const result = solve(problem, layers, { solver, stop })
        expect(result.status).toBe('cancelled')
        expect(result.iterations).toBeLessThan(25)
        expect(result.objective).toBeGreaterThanOrEqual(result.lowerBound)
        expect(networkObjective(problem, result.network)).toBeCloseTo(result.objective, 9)
      }
    }
  })
})

describe('interpolation', () => {
  const problem = teacherProblem('equality', 0.3, { n: 6, d: 9, K: 3 })

  it.each([2, 3, 5])('finds the least weight decay among all interpolants, %i layers', (layers) => {
    const { X, Y } = problem
    const { W, objective: value, lowerBound, level, network } = solve(problem, layers)
    const least = multiply(pseudoInverse(X), Y)
    W.data.forEach((entry, at) => expect(entry).toBeCloseTo(least.data[at], 10))
    expect(value).toBeCloseTo(
      0.5 * layers * singularValues(least).reduce((sum, t) => sum + t ** (2 / layers), 0),
      10,
    )
    expect(level).toBe('global')
    expect(Math.abs(value - lowerBound)).toBeLessThan(1e-12 * value)
    expect(networkObjective(problem, network)).toBeCloseTo(value, 10)
    expect(effectiveBeta('equality', problem.beta)).toBe(1)
  })

  it('costs more with any weights outside of the row space', () => {
    const { X } = problem
    const { W } = solve(problem, 3)
    const source = stream(5)
    const cost = (A: Matrix) => singularValues(A).reduce((sum, t) => sum + t ** (2 / 3), 0)
    const outside = multiply(pseudoInverse(X), X, { alpha: -1 })
    for (let k = 0; k < 9; k++) outside.data[10 * k] += 1
    for (let trial = 0; trial < 50; trial++) {
      const moved = multiply(outside, new Matrix(9, 3, source.normals(27)), {
        alpha: 10 ** source.uniform(-4, 1),
      })
      axpy(1, W.data, moved.data)
      expect(cost(moved)).toBeGreaterThanOrEqual(cost(W))
    }
  })

  it('is found by ADMM too', () => {
    const admm = solve(problem, 2, { solver: 'admm', tolerance: 1e-8 })
    expect(admm.status).toBe('solved')
    expect(admm.objective).toBeCloseTo(solve(problem).objective, 6)
  })

  it('is refused where no linear network fits', () => {
    expect(() => solve(teacherProblem('equality', 1, { n: 9, d: 4, K: 2 }))).toThrow(/No linear network fits/)
  })
})

describe('deep linear networks with one output', () => {
  const deep: [LossId, number][] = (['squared', 'hinge', 'logistic'] as const).flatMap((loss) =>
    [3, 4, 8].map((layers): [LossId, number] => [loss, layers]),
  )

  it.each(deep)('are solved to a proved gap: %s loss, %i layers', (loss, layers) => {
    for (const share of [0.02, 0.2, 0.6]) {
      const problem = teacherProblem(loss, 1, { n: 20, d: 3, K: 1 }, layers)
      problem.beta = share * betaMax(problem)
      const result = solve(problem, layers, { tolerance: 1e-7 })
      expect([result.status, result.level]).toEqual(['solved', 'global'])
      expect(result.objective - result.lowerBound).toBeLessThanOrEqual(1e-7 * result.objective)
      expect(result.objective - result.lowerBound).toBeGreaterThanOrEqual(-1e-12 * result.objective)
      expect(networkObjective(problem, result.network)).toBeCloseTo(result.objective, 9)
    }
  })

  it.each(deep)(
    'have the value of a scan over all weights of one feature: %s loss, %i layers',
    (loss, layers) => {
      for (const beta of [0.1, 1, 3, 6]) {
        const problem = teacherProblem(loss, beta, { n: 9, d: 1, K: 1 }, 2)
        const { objective: value, lowerBound } = solve(problem, layers, { tolerance: 1e-8 })
        let least = Infinity
        for (let k = -20_000; k <= 20_000; k++) {
          const w = Math.sign(k) * 30 * (Math.abs(k) / 20_000) ** 3
          let fit = 0.5 * beta * layers * Math.abs(w) ** (2 / layers)
          for (let i = 0; i < 9; i++)
            fit += SCALAR[loss as keyof typeof SCALAR](w * problem.X.data[i], problem.Y.data[i])
          least = Math.min(least, fit)
        }
        expect(lowerBound).toBeLessThanOrEqual(least)
        expect(value).toBeLessThanOrEqual(least * (1 + 1e-8))
        expect(value).toBeGreaterThan(least * (1 - 3e-5))
      }
    },
  )

  it('agree with ADMM as the inner solver', () => {
    const problem = teacherProblem('hinge', 0.5, { n: 20, d: 3, K: 1 })
    const [newton, admm] = [
      solve(problem, 3, { tolerance: 1e-7 }),
      solve(problem, 3, { solver: 'admm', tolerance: 1e-7 }),
    ]
    expect(Math.abs(newton.objective - admm.objective)).toBeLessThan(3e-7 * newton.objective)
  })
})

const SCALAR = {
  squared: (f: number, y: number) => 0.5 * (f - y) ** 2,
  hinge: (f: number, y: number) => Math.max(0, 1 - y * f),
  logistic: (f: number, y: number) => Math.log1p(Math.exp(-y * f)),
}

describe('trained linear networks', () => {
  it.each([
    ['squared', 3, 1],
    ['squared', 2, 2],
    ['squared', 3, 2],
    ['logistic', 4, 1],
    ['cross-entropy', 3, 3],
  ] as const)('never go below the bound: %s loss, %i layers, %i outputs', (loss, layers, K) => {
    const problem = teacherProblem(loss, 0.5, { n: 16, d: 3, K })
    const { lowerBound, objective: value } = solve(problem, layers, { tolerance: 1e-6 })
    let best = Infinity
    for (let seed = 0; seed < 8; seed++) best = Math.min(best, trained(problem, layers, seed))
    expect(best).toBeGreaterThanOrEqual(lowerBound * (1 - 1e-9))
    // The product that the program finds is at least as good as what descent reaches.
    expect(best).toBeGreaterThanOrEqual(value * (1 - 1e-6))
    expect(best).toBeLessThan(value * 1.05)
  })
})

/** The objective that gradient descent with backtracking reaches from a random start. */
function trained({ X, Y, loss, beta }: LinearProblem, layers: number, seed: number): number {
  const network = NETWORK_SCHEMAS.linear.parse({ family: 'linear', layers, width: 6 })
  const shape = { n: X.rows, d: X.cols, outputs: Y.cols, network, image: null }
  let weights = NETWORKS.linear.initialize(
    shape,
    { kind: 'gaussian', scale: 0.6 },
    stream(seed).split('start'),
  )
  let step = 0.1
  let value = Infinity
  for (let k = 0; k < 300; k++) {
    const at = gradient(weights, X, Y, loss, beta)
    value = at.objective
    for (; step > 1e-8; step *= 0.5) {
      const trial = cloneNetwork(weights)
      for (const [name, array] of Object.entries(trial.arrays))
        axpy(-step, at.gradient[name].data, array.data)
      if (objective(trial, X, Y, loss, beta) >= value) continue
      weights = trial
      step *= 2
      break
    }
  }
  return value
}

describe('the nuclear-norm solvers', () => {
  it('start from a given solution', () => {
    const { X: A, Y, beta } = teacherProblem('logistic', 0.5, { n: 25, d: 4, K: 1 })
    const program = { A, Y, loss: LOSSES.logistic, beta }
    for (const solver of [solveNuclearNewton, solveNuclearAdmm]) {
      const settings = { tolerance: 1e-8, stop: () => null }
      const cold = finished(solver(program, settings))
      const warm = finished(solver(program, settings, cold))
      expect(warm.iterations).toBe(0)
      expect(warm.primal).toBe(cold.primal)
      const near = finished(solver({ ...program, beta: 0.95 * beta }, settings, cold))
      expect(near.status).toBe('solved')
    }
  })
})
