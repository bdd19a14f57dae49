import { describe, expect, it } from 'vitest'
import { certify } from '../../../core/experiments/certify.ts'
import { methodApplies } from '../../../core/experiments/catalog.ts'
import { METHOD_SCHEMAS, networkSchema, type LossId } from '../../../core/experiments/document.ts'
import { runConvex } from '../../../core/experiments/methods/convex.ts'
import { runCuttingPlanes } from '../../../core/experiments/methods/cutting-planes.ts'
import type { MethodOutcome, MethodProgress, Problem, StopReason } from '../../../core/experiments/problem.ts'
import { spikeFacts } from '../../../core/geometry/spike-facts.ts'
import { spikeFreeTest } from '../../../core/geometry/spike-free.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { multiply, multiplyVector, norm2 } from '../../../core/linalg/products.ts'
import { pseudoInverse, thinSvd } from '../../../core/linalg/svd.ts'
import { objective } from '../../../core/networks/index.ts'
import { exactOracle, exactOracleWithBias } from '../../../core/programs/cutting-planes/exact-oracle.ts'
import { spikeFreeOracle } from '../../../core/programs/cutting-planes/spike-free-oracle.ts'
import { stream } from '../../../core/random/index.ts'
import { dataFor, problemFor } from '../experiments/convex-cases.ts'

const gaussian = (n: number, d: number, seed: number) => new Matrix(n, d, stream(seed).normals(n * d))

/** Seed of an 8×2 matrix with directions in which all samples are active. */
const EXAMPLE = 35

function whitened(n: number, d: number, seed: number): Matrix {
  const { U, V } = thinSvd(gaussian(n, d, seed))
  return multiply(U, V, { transposeB: true })
}

interface Finished {
  outcome: MethodOutcome
  progress: MethodProgress[]
}

function finish(run: Generator<MethodProgress, MethodOutcome>): Finished {
  const progress: MethodProgress[] = []
  let step = run.next()
  while (!step.done) {
    progress.push(step.value)
    step = run.next()
  }
  return { outcome: step.value, progress }
}

const contextOf = (stop: (iteration: number) => StopReason | null = () => null) => ({
  clock: () => 0,
  stop,
  seed: 1,
  dictionarySeed: 7,
})

function cutting(
  problem: Problem,
  settings: object = {},
  stop?: (iteration: number) => StopReason | null,
): Finished {
  const parsed = METHOD_SCHEMAS['cutting-planes'].parse({
    id: 'cutting-planes',
    tolerance: 1e-9,
    ...settings,
  })
  return finish(runCuttingPlanes(problem, parsed, contextOf(stop)))
}

function convexValue(problem: Problem): number {
  const settings = METHOD_SCHEMAS.convex.parse({
    id: 'convex',
    tolerance: 1e-9,
    arrangements: { mode: 'enumerate', limit: 1e6 },
  })
  return finish(runConvex(problem, settings, contextOf())).outcome.program!.objective
}

const valueOf = ({ X, Y, loss, beta }: Problem, { network }: MethodOutcome) =>
  objective(network!, X, Y, loss, beta)

/** The objective of the network is the value of the program, and the certificate says what was proved. */
function expectConsistent(problem: Problem, { outcome, progress }: Finished): void {
  const value = valueOf(problem, outcome)
  const { objective: program, dual } = outcome.program!
  expect(outcome.status).toBe('solved')
  expect(Math.abs(value - program)).toBeLessThanOrEqual(1e-9 * value)
  expect(program - dual).toBeLessThanOrEqual(1e-8 * value)
  expect(program - dual).toBeGreaterThanOrEqual(-1e-9 * value)
  for (const { objective: seen, dual: bound } of progress.slice(1)) {
    if (seen !== undefined) expect(seen).toBeGreaterThanOrEqual(program * (1 - 1e-9))
    if (bound !== undefined) expect(bound).toBeLessThanOrEqual(dual + 1e-9 * value)
  }
}

const plain = (loss: LossId, n: number, d: number, beta = 0.3): Problem => {
  const { X, Y } = dataFor(loss, { n, d }, 1)
  return problemFor({ family: 'relu' }, loss, beta, X, Y)
}

describe('the exact oracle', () => {
  it('finds the maximum over all directions, against a fine grid in the plane', () => {
    const A = gaussian(9, 2, 3)
    const v = gaussian(9, 1, 4).data
    const { rho, neurons } = exactOracle(A, 1000).price(v, 0)
    let best = 0
    for (let k = 0; k < 50_000; k++) {
      const angle = (2 * Math.PI * k) / 50_000
      const t = multiplyVector(A, Float64Array.of(Math.cos(angle), Math.sin(angle)))
      best = Math.max(best, Math.abs(t.reduce((sum, value, i) => sum + v[i] * Math.max(0, value), 0)))
    }
    expect(rho).toBeGreaterThanOrEqual(best - 1e-12)
    expect(rho).toBeCloseTo(best, 6)
    expect(neurons[0].value).toBe(rho)
  })

  it('with biases finds the maximum over all directions and kinks', () => {
    const raw = gaussian(8, 2, 5)
    const mean = [0, 1].map((c) => raw.columnCopy(c).reduce((a, b) => a + b) / 8)
    const A = new Matrix(
      8,
      2,
      raw.data.map((value, at) => value - mean[at % 2]),
    )
    const w = gaussian(8, 1, 6).data
    const v = w.map((value) => value - w.reduce((a, b) => a + b) / 8)
    const { rho, neurons } = exactOracleWithBias(A, 10_000).price(v, 0)
    let best = 0
    for (let k = 0; k < 3000; k++) {
      const angle = (2 * Math.PI * k) / 3000
      const t = multiplyVector(A, Float64Array.of(Math.cos(angle), Math.sin(angle)))
      for (const b of t) {
        best = Math.max(best, Math.abs(t.reduce((sum, value, i) => sum + v[i] * Math.max(0, value - b), 0)))
      }
    }
    expect(rho).toBeGreaterThanOrEqual(best - 1e-12)
    expect(rho).toBeCloseTo(best, 4)
    const [{ u, b, value }] = neurons
    const response = multiplyVector(A, u).map((t) => Math.max(0, t + b))
    expect(Math.abs(response.reduce((sum, r, i) => sum + r * v[i], 0))).toBeCloseTo(value, 12)
  })
})

describe('cutting planes with the exact oracle', () => {
  it.each<[LossId, number, number]>([
    ['squared', 12, 2],
    ['hinge', 12, 2],
    ['equality', 9, 2],
    ['logistic', 12, 2],
    ['squared', 10, 3],
    ['hinge', 10, 3],
    ['equality', 8, 3],
  ])('agree with the convex program: %s, %i×%i', (loss, n, d) => {
    const problem = plain(loss, n, d)
    const run = cutting(problem, { oracle: 'exact' })
    expectConsistent(problem, run)
    const value = valueOf(problem, run.outcome)
    expect(Math.abs(value - convexValue(problem))).toBeLessThan(1e-7 * value)
    expect(certify(value, run.outcome.claim).level).toBe('global')
  })

  it.each<LossId>(['squared', 'hinge', 'equality'])('agree with it for biases on a line: %s', (loss) => {
    const { X, Y } = dataFor(loss, { n: 9, d: 1 }, 1)
    const problem = problemFor({ family: 'relu-bias' }, loss, 0.1, X, Y)
    const run = cutting(problem)
    expectConsistent(problem, run)
    const value = valueOf(problem, run.outcome)
    expect(run.outcome.details?.oracle).toBe('exact')
    expect(Math.abs(value - convexValue(problem))).toBeLessThan(1e-7 * value)
    expect(certify(value, run.outcome.claim).level).toBe('global')
  })

  it('reach 1ᵀv = 0 and the optimum for biases in the plane, which trained networks stay above', () => {
    const { X, Y } = dataFor('squared', { n: 10, d: 2 }, 1)
    const problem = problemFor({ family: 'relu-bias' }, 'squared', 0.1, X, Y)
    const run = cutting(problem)
    expectConsistent(problem, run)
    const value = valueOf(problem, run.outcome)
    expect(certify(value, run.outcome.claim).level).toBe('global')
    const v = run.outcome.arrays!.dual.data
    expect(Math.abs(v.reduce((a, b) => a + b, 0))).toBeLessThan(1e-12)
    // Neurons of a plain network on [X, 1] pay for their biases: they cost more.
    const lifted = Matrix.fromRows(Array.from({ length: 10 }, (_, i) => [...X.row(i), 1]))
    const paid = problemFor({ family: 'relu' }, 'squared', 0.1, lifted, Y)
    expect(value).toBeLessThan(convexValue(paid))
  })

  it('interpolate the points of B Prop. 3.1 as cheaply as the convex program', () => {
    const X = Matrix.column(Float64Array.of(-2, -1, 0, 1, 2))
    const Y = Matrix.column(Float64Array.of(1, -1, 1, 1, -1))
    const problem = problemFor({ family: 'relu-bias' }, 'equality', 1, X, Y)
    const { outcome } = cutting(problem)
    expect(outcome.status).toBe('solved')
    expect(valueOf(problem, outcome)).toBeCloseTo(convexValue(problem), 8)
  })
})

describe('cutting planes with the spike-free oracle', () => {
  it.each<LossId>(['squared', 'hinge', 'equality'])('are exact on whitened data (Prop. 3.2): %s', (loss) => {
    const X = whitened(4, 6, 2)
    const y = Float64Array.of(1, -0.5, 2, -1.5)
    const Y = Matrix.column(loss === 'hinge' ? y.map(Math.sign) : y)
    const problem = problemFor({ family: 'relu' }, loss, 0.2, X, Y)
    const run = cutting(problem, { oracle: 'spike-free' })
    expectConsistent(problem, run)
    const value = valueOf(problem, run.outcome)
    expect(run.outcome.hypotheses.find(({ name }) => name === 'spike-free')).toMatchObject({ holds: true })
    expect(certify(value, run.outcome.claim).level).toBe('global')
    expect(Math.abs(value - convexValue(problem))).toBeLessThan(1e-7 * value)
    if (loss !== 'equality') return
    // Whitened: ‖y₊‖ + ‖y₋‖ (THEORY 5.4).
    expect(value).toBeCloseTo(Math.hypot(1, 2) + Math.hypot(0.5, 1.5), 9)
  })

  it('are exact on full-row-rank data with (XXᵀ)⁻¹ of the right signs, where only the test knows', () => {
    const X = gaussian(4, 4, 3)
    for (let i = 0; i < 4; i++)
      for (let j = 0; j < 4; j++) X.set(i, j, (i === j ? 3 : 0.5) + 0.1 * X.get(i, j))
    expect(spikeFreeTest(X).spikeFree).toBe(true)
    const problem = problemFor({ family: 'relu' }, 'squared', 0.4, X, gaussian(4, 1, 8))
    const run = cutting(problem)
    expectConsistent(problem, run)
    expect(run.outcome.details?.oracle).toBe('spike-free')
    expect(valueOf(problem, run.outcome)).toBeCloseTo(convexValue(problem), 7)
    expect(run.outcome.claim.level).toBe('global')
  })

  it('give an upper bound where the data are not spike-free, and say so', () => {
    const problem = plain('squared', 12, 2)
    const run = cutting(problem, { oracle: 'spike-free' })
    expectConsistent(problem, run)
    const value = valueOf(problem, run.outcome)
    expect(value).toBeGreaterThan(convexValue(problem) * 1.01)
    expect(['bound', 'dictionary']).toContain(run.outcome.claim.level)
    const { holds, value: rows } = run.outcome.hypotheses.find(({ name }) => name === 'spike-free')!
    expect(holds).toBe(false)
    expect(rows).toMatch(/^rows \d+ and \d+/)
    if (run.outcome.claim.level === 'bound') {
      expect(run.outcome.claim.lowerBound).toBeLessThanOrEqual(convexValue(problem) + 1e-9)
    }
  })

  it('gain from the neurons of single samples (Lemma 2.7)', () => {
    const problem = plain('squared', 7, 5)
    const without = cutting(problem, { oracle: 'spike-free' })
    const run = cutting(problem, { oracle: 'spike-free', extremePoints: true })
    expectConsistent(problem, run)
    expect(valueOf(problem, run.outcome)).toBeLessThan(valueOf(problem, without.outcome))
    expect(valueOf(problem, run.outcome)).toBeGreaterThanOrEqual(convexValue(problem) - 1e-9)
  })

  it('interpolate with extreme points where each sample is a corner (Thm 3.5), and report where they cannot', () => {
    const angles = [0.1, 1.2, 2.9, 4.1, 5.5]
    const X = Matrix.fromRows(angles.map((a) => [Math.cos(a), Math.sin(a)]))
    const Y = Matrix.column(Float64Array.of(1, -1, 2, 0.5, -2))
    const problem = problemFor({ family: 'relu-bias' }, 'equality', 1, X, Y)
    const stuck = cutting(problem, { oracle: 'spike-free' })
    expect(stuck.outcome).toMatchObject({ status: 'stalled', network: null })
    const run = cutting(problem, { oracle: 'spike-free', extremePoints: true })
    expectConsistent(problem, run)
    const best = cutting(problem, { oracle: 'exact' })
    expect(valueOf(problem, best.outcome)).toBeLessThanOrEqual(valueOf(problem, run.outcome) + 1e-9)
  })

  it('with biases is exact on a simplex without obtuse angles', () => {
    const X = Matrix.fromRows([
      [0, 0],
      [1, 0.1],
      [0.4, 1],
    ])
    const problem = problemFor(
      { family: 'relu-bias' },
      'squared',
      0.05,
      X,
      Matrix.column(Float64Array.of(1, -1, 0.5)),
    )
    const run = cutting(problem)
    expect(run.outcome.details?.oracle).toBe('spike-free')
    expectConsistent(problem, run)
    const exact = cutting(problem, { oracle: 'exact' })
    expect(valueOf(problem, run.outcome)).toBeCloseTo(valueOf(problem, exact.outcome), 8)
    expect(run.outcome.claim.level).toBe('global')
  })

  it('passes the second form of B Lemma 2.3 on an 8×2 matrix that is not spike-free, and misses the optimum there', () => {
    const X = gaussian(8, 2, EXAMPLE)
    const Y = Matrix.column(gaussian(8, 1, 100).data.map(Math.abs))
    // The form as printed: only u with (Xu)₊ in the range of X, which here is u with no or all samples active.
    const inverse = pseudoInverse(X)
    for (let k = 0; k < 20_000; k++) {
      const angle = (2 * Math.PI * k) / 20_000
      const u = Float64Array.of(Math.cos(angle), Math.sin(angle))
      const y = multiplyVector(X, u).map((t) => Math.max(0, t))
      const z = multiplyVector(inverse, y)
      const missed = norm2(multiplyVector(X, z).map((t, i) => t - y[i]))
      if (missed <= 1e-9) expect(norm2(z)).toBeLessThanOrEqual(1 + 1e-9)
    }
    const test = spikeFreeTest(X)
    expect(test.spikeFree).toBe(false)
    expect(test.witness!.outside).toBeGreaterThan(0.01)
    const problem = problemFor({ family: 'relu' }, 'squared', 0.1, X, Y)
    const relaxed = valueOf(problem, cutting(problem, { oracle: 'spike-free' }).outcome)
    const exact = valueOf(problem, cutting(problem, { oracle: 'exact' }).outcome)
    expect(relaxed / exact).toBeGreaterThan(1.5)
  })

  it('projects: the price is the norm of a cone projection', () => {
    const A = Matrix.fromRows([
      [1, 0],
      [0, 1],
    ])
    const { rho, neurons } = spikeFreeOracle(A, true).price(Float64Array.of(3, -4), 0)
    expect(rho).toBeCloseTo(4, 12)
    expect(neurons.map(({ u }) => Array.from(u, Math.abs))).toEqual([
      [0, 1],
      [1, 0],
    ])
  })
})

describe('cutting planes for several outputs (A.7.3)', () => {
  it('solve the ℓ₁ form: the sum of the optima of the outputs, and a bound of the network', () => {
    const { X } = dataFor('squared', { n: 9, d: 2 }, 1)
    const Y = gaussian(9, 2, 3)
    const problem = problemFor({ family: 'relu' }, 'squared', 0.3, X, Y)
    const run = cutting({ ...problem, summary: { ...problem.summary, labels: 'real', outputs: 2 } })
    expectConsistent(problem, run)
    const apart = [0, 1].map((k) =>
      convexValue(problemFor({ family: 'relu' }, 'squared', 0.3, X, Matrix.column(Y.columnCopy(k)))),
    )
    const value = valueOf(problem, run.outcome)
    expect(value).toBeCloseTo(apart[0] + apart[1], 7)
    const { level, lowerBound } = run.outcome.claim
    expect(level).toBe('bound')
    expect(lowerBound).toBeLessThan(value)
    expect(lowerBound).toBeGreaterThan(0.5 * value)
  })

  it('are optimal for the network on whitened data with one-hot labels: β‖yₖ‖ − ½β² for each class', () => {
    const X = whitened(6, 8, 4)
    const Y = Matrix.zeros(6, 3)
    for (let i = 0; i < 6; i++) Y.set(i, i % 3, 1)
    const problem = problemFor({ family: 'relu' }, 'squared', 0.2, X, Y)
    const run = cutting(problem)
    expectConsistent(problem, run)
    const value = valueOf(problem, run.outcome)
    expect(value).toBeCloseTo(3 * (0.2 * Math.SQRT2 - 0.02), 9)
    expect(certify(value, run.outcome.claim).level).toBe('global')
  })
})

describe('the method', () => {
  const question = (settings: object, loss: LossId, X = gaussian(6, 2, 1)) => {
    const problem = problemFor(settings, loss, 0.1, X, Matrix.column(Float64Array.of(1, -1, 1, 1, -1, 1)))
    return { ...problem, summary: { ...problem.summary, spikeFree: spikeFacts(X) } }
  }
  const settings = METHOD_SCHEMAS['cutting-planes'].parse({ id: 'cutting-planes' })

  it('refuses what it does not cover, with the reason', () => {
    const because = (family: object, loss: LossId) => methodApplies(question(family, loss), settings).because
    expect(because({ family: 'bn-relu' }, 'squared')).toMatch(/relu and relu-bias networks, not bn-relu/)
    expect(because({ family: 'relu', layers: 3 }, 'squared')).toMatch(/3 layers/)
    expect(because({ family: 'relu' }, 'cross-entropy')).toMatch(/couples them/)
    expect(because({ family: 'relu-bias', outputBias: false }, 'squared')).toMatch(/1ᵀv = 0/)
    const small = { ...settings, oracle: 'exact' as const, limit: 5 }
    expect(methodApplies(question({ family: 'relu' }, 'squared'), small)).toMatchObject({ applies: false })
  })

  it('says before a run whether the data are spike-free, and by which rows not', () => {
    const answer = methodApplies(question({ family: 'relu' }, 'squared'), settings)
    expect(answer.applies).toBe(true)
    expect(answer.hypotheses.at(-1)).toMatchObject({ name: 'spike-free', holds: false })
    const white = methodApplies(question({ family: 'relu' }, 'squared', whitened(6, 7, 1)), settings)
    expect(white.hypotheses.at(-1)).toEqual({ name: 'spike-free', holds: true, value: null })
    expect(white.because).toMatch(/cone projection/)
  })

  it('keeps its best network when it is stopped', () => {
    const problem = plain('hinge', 12, 2)
    const { outcome } = cutting(problem, { oracle: 'exact' }, (k) => (k >= 1 ? 'cancelled' : null))
    expect(outcome.status).toBe('cancelled')
    expect(valueOf(problem, outcome)).toBeCloseTo(outcome.program!.objective, 10)
    expect(outcome.program!.dual).toBeLessThanOrEqual(convexValue(problem) + 1e-9)
  })

  it('has settings that all count', () => {
    const problem = plain('squared', 10, 4)
    const rough = cutting(problem, { oracle: 'exact', tolerance: 1e-2 })
    const fine = cutting(problem, { oracle: 'exact' })
    expect(rough.outcome.iterations).toBeLessThan(fine.outcome.iterations)
    expect(cutting(problem).outcome.details?.oracle).toBe('spike-free')
    expect(networkSchema.parse({ family: 'relu' }).layers).toBe(2)
  })
})
