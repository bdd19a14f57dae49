import { describe, expect, it } from 'vitest'
import { closedFormApplies } from '../../../core/closed-form/applies.ts'
import { SOLVERS } from '../../../core/closed-form/solvers.ts'
import { sizeOf, valuesAt, type KinkedFunction } from '../../../core/closed-form/one-dimensional/kinks.ts'
import { lineOf } from '../../../core/closed-form/one-dimensional/line.ts'
import { branchNetwork, trunkCost } from '../../../core/closed-form/one-dimensional/network.ts'
import { solveOnLine } from '../../../core/closed-form/one-dimensional/solve.ts'
import { NETWORK_SCHEMAS, type LossId, type TheoremId } from '../../../core/experiments/document.ts'
import type { Problem } from '../../../core/experiments/problem.ts'
import { runClosedForm } from '../../../core/experiments/methods/closed-form.ts'
import { runConvex } from '../../../core/experiments/methods/convex.ts'
import { defaultSettings } from '../../../core/experiments/catalog.ts'
import { certify } from '../../../core/experiments/certify.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { forward, objective, reluBiasNetwork } from '../../../core/networks/index.ts'
import { stream } from '../../../core/random/index.ts'
import { context, finish, problemOf } from './fixtures.ts'

const LOSSES: LossId[] = ['squared', 'hinge', 'logistic', 'equality']

interface Options {
  loss?: LossId
  beta?: number
  outputBias?: boolean
  layers?: number
}

function onLine(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  { loss = 'squared', beta = 1, outputBias = true, layers = 2 }: Options = {},
): Problem {
  return withData(Matrix.column(Float64Array.from(x)), Matrix.column(Float64Array.from(y)), {
    loss,
    beta,
    outputBias,
    layers,
  })
}

function withData(
  X: Matrix,
  Y: Matrix,
  { loss = 'squared', beta = 1, outputBias = true, layers = 2 }: Options,
): Problem {
  const network = NETWORK_SCHEMAS['relu-bias'].parse({ family: 'relu-bias', outputBias, layers })
  const isSign = loss === 'hinge' || loss === 'logistic'
  return problemOf(X, Y, isSign ? 'sign' : 'real', { network, loss, beta })
}

/** Points of a noisy sine, distinct unless `repeats`; labels are its signs where the loss asks for them. */
function sine(n: number, seed: number, options: Options = {}, repeats = false): Problem {
  const source = stream(seed).split('points')
  const x = Array.from({ length: n }, () => source.uniform(-3, 3)).map((t) =>
    repeats ? Math.round(2 * t) / 2 : t,
  )
  const y = x.map((t) => Math.sin(2 * t) + 0.3 * t + 0.4 * source.normal())
  const isSign = options.loss === 'hinge' || options.loss === 'logistic'
  return onLine(x, isSign ? y.map((value) => (value > 0 ? 1 : -1)) : y, options)
}

const theoremOf = ({ network }: Problem): TheoremId =>
  'outputBias' in network && network.outputBias ? 'one-dimensional' : 'one-dimensional-no-intercept'
const solved = (problem: Problem, id: TheoremId = theoremOf(problem)) => SOLVERS[id](problem, 0)
const objectiveOf = (problem: Problem, id?: TheoremId): number =>
  objective(solved(problem, id).network, problem.X, problem.Y, problem.loss, problem.beta)

const PROPOSITION = { x: [-2, -1, 0, 1, 2], y: [1, -1, 1, 1, -1] }

describe('Ergen & Pilanci 2021 (JMLR), Prop. 3.1', () => {
  it.each([true, false])('interpolates with ‖w‖₁ = 8 (intercept: %s)', (outputBias) => {
    const problem = onLine(PROPOSITION.x, PROPOSITION.y, { loss: 'equality', outputBias })
    const form = solved(problem)
    expect(form.value).toBeCloseTo(8, 12)
    expect(objectiveOf(problem)).toBeCloseTo(8, 12)
    expect([...form.arrays.dual.data].map((v) => Math.round(1e9 * v) / 1e9)).toEqual([1, -3, 2, 1, -1])
    expect(form.claim.lowerBound).toBeCloseTo(8, 12)
  })

  it('is not the only solution: three networks, one with kinks between the points, cost 8', () => {
    const { X, Y } = onLine(PROPOSITION.x, PROPOSITION.y)
    const paper = (kinks: [number, number, number][]) =>
      reluBiasNetwork({
        W1: Matrix.fromRows([kinks.map(([side, , w]) => side * Math.sqrt(Math.abs(w)))]),
        b1: Float64Array.from(kinks, ([side, t, w]) => -side * t * Math.sqrt(Math.abs(w))),
        W2: Matrix.column(Float64Array.from(kinks, ([, , w]) => Math.sign(w) * Math.sqrt(Math.abs(w)))),
        b2: null,
      })
    const first = paper([
      [1, -1, 6419 / 5000],
      [1, 0, -3919 / 2500],
      [1, 1, -8581 / 5000],
      [-1, -1, 13581 / 5000],
      [-1, 0, -1081 / 2500],
      [-1, 1, -1419 / 5000],
    ])
    const between = paper([
      [1, -1, 4 / 3],
      [1, 0.5, -10 / 3],
      [-1, -1, 8 / 3],
      [-1, 0.5, -2 / 3],
    ])
    for (const network of [first, between]) expect(objective(network, X, Y, 'equality', 1)).toBeCloseTo(8, 12)
    const own = solved(onLine(PROPOSITION.x, PROPOSITION.y, { loss: 'equality', outputBias: false })).network
    const half = Matrix.column(Float64Array.of(0.25, 0.75))
    const difference = forward(own, half).data[1] - forward(between, half).data[1]
    expect(Math.abs(difference)).toBeGreaterThan(0.1)
  })

  it.each([
    [1e-4, 1999 / 2500000, 12],
    [0.1, 0.425463, 6],
  ])('β‖w‖₁ + ‖·‖²/(2n) at β = %f is %f', (beta, expected, digits) => {
    // Over n: the squared loss here is a half sum, and the penalty n times theirs.
    const problem = onLine(PROPOSITION.x, PROPOSITION.y, { beta: 5 * beta, outputBias: false })
    expect(solved(problem).value / 5).toBeCloseTo(expected, digits)
    expect(objectiveOf(problem) / 5).toBeCloseTo(expected, digits)
  })
})

describe('Ergen & Pilanci 2021 (JMLR), Fig. 7: hinge loss in one dimension', () => {
  // Their points are not printed; these have one change of sign over a gap of 1.25, that is 2/1.25 = 1.6 of slope.
  it.each([true, false])('costs β‖w‖₁ = 1.6e-4 at β = 1e-4 (intercept: %s)', (outputBias) => {
    const problem = onLine([-2, -1, 0, 1.25, 2, 3], [-1, -1, -1, 1, 1, 1], {
      loss: 'hinge',
      beta: 1e-4,
      outputBias,
    })
    const { value, network } = solved(problem)
    expect(value).toBeCloseTo(1.6e-4, 14)
    expect(objectiveOf(problem)).toBeCloseTo(1.6e-4, 12)
    const F = forward(network, problem.X).data
    F.forEach((f, i) => expect(f * problem.Y.data[i]).toBeGreaterThan(1 - 1e-12))
    // The samples on either side of the change of sign are on the margin.
    expect(F[2]).toBeCloseTo(-1, 12)
    expect(F[3]).toBeCloseTo(1, 12)
  })
})

describe.each(LOSSES)('the %s loss on a line', (loss) => {
  const cases = [true, false].flatMap((outputBias) =>
    [0.02, 0.5, 4].flatMap((beta) => [1, 2].map((seed) => ({ outputBias, beta, seed }))),
  )

  it.each(cases)('has equal primal and dual values, and a network of that objective: %o', (options) => {
    const problem = sine(14, options.seed, { loss, ...options })
    const { primal, dual } = solveOnLine(problem, options.outputBias)
    expect(Math.abs(primal - dual)).toBeLessThan(1e-8 * Math.max(1, primal))
    const { value, status } = solved(problem)
    expect(status).toBe('solved')
    expect(value).toBe(primal)
    expect(Math.abs(objectiveOf(problem) - value)).toBeLessThan(1e-9 * Math.max(1, value))
  })

  it.each([true, false])(
    'agrees with the convex program over the same atoms (intercept: %s)',
    (outputBias) => {
      for (const seed of [3, 4]) {
        const problem = sine(12, seed, { loss, beta: 0.3, outputBias })
        const settings = { ...defaultSettings('convex'), tolerance: 1e-9 }
        const { outcome } = finish(runConvex(problem, settings, context()))
        const { primal } = solveOnLine(problem, outputBias)
        expect(Math.abs(outcome.program!.objective - primal)).toBeLessThan(1e-7 * primal)
        const found = objective(outcome.network!, problem.X, problem.Y, loss, problem.beta)
        expect(Math.abs(found - objectiveOf(problem))).toBeLessThan(1e-7 * primal)
      }
    },
  )

  it('takes repeated points, with one target each for equality', () => {
    const problem = sine(24, 5, { loss, beta: 0.4 }, true)
    const Y = loss === 'equality' ? Matrix.column(problem.X.data.map((t) => Math.cos(3 * t))) : problem.Y
    const { primal, dual } = solveOnLine({ ...problem, Y }, true)
    expect(primal - dual).toBeLessThan(1e-9 * primal)
    expect(objectiveOf({ ...problem, Y })).toBeCloseTo(primal, 9)
  })

  it('is larger without the intercept, which is no bound for the network', () => {
    const problem = sine(25, 6, { loss, beta: 1 })
    const constant = { squared: 2, equality: 500, hinge: 0, logistic: 0, 'cross-entropy': 0 }[loss]
    const Y = problem.Y.data.map((y) => y + constant)
    const shifted = { ...problem, Y: Matrix.column(Y) }
    const [free, without] = [true, false].map((hasIntercept) => solveOnLine(shifted, hasIntercept))
    expect(without.primal).toBeGreaterThan(free.primal)
    const form = solved({ ...onLine(problem.X.data, Y, { loss, beta: 1, outputBias: false }) })
    expect(form.claim).toMatchObject({ level: 'bound', lowerBound: free.dual })
    expect(certify(form.value, form.claim).level).toBe('bound')
  })
})

describe('the closed form with its minimum-norm value', () => {
  it('needs kinks at data points only, and no constant where the data have a trend', () => {
    // A line: one neuron of slope 2.
    const line = solveOnLine(onLine([0, 1, 3, 4], [1, 3, 7, 9], { loss: 'equality' }), true)
    expect(line.kinks).toEqual([{ side: 1, point: 0, weight: 2 }])
    expect(line.intercept).toBe(1)
    // A hat: two bends more than the slopes at the ends ask for.
    const hat = solveOnLine(onLine([0, 1, 2], [0, 1, 0], { loss: 'equality' }), true)
    expect(sizeOf(hat)).toBe(2)
    // A constant below it: a·x and (2 − a)(2 − x) meet the middle, 1 − 2a and 2a − 3 the ends; least for ½ ≤ a ≤ 1½.
    expect(sizeOf(solveOnLine(onLine([0, 1, 2], [1, 2, 1], { loss: 'equality' }), false))).toBeCloseTo(4, 12)
  })

  it('refuses points with two targets, one point and one class where no optimum exists', () => {
    const two = onLine([0, 1, 1], [0, 1, 2], { loss: 'equality' })
    expect(() => solved(two)).toThrow(/differ in their targets/)
    expect(() => solved(onLine([1, 1], [0, 1]))).toThrow(/one point/)
    const oneClass = onLine([0, 1, 2], [1, 1, 1], { loss: 'logistic' })
    expect(() => solved(oneClass)).toThrow(/no optimum/)
  })
})

describe('data of rank one', () => {
  const source = stream(9).split('rank one')
  const direction = source.normals(6)
  const shift = source.normals(6)
  const c = source.normals(15)
  const rows = (offset: number): Matrix =>
    Matrix.fromRows(Array.from(c, (t) => direction.map((a, j) => t * a + offset * shift[j])))
  const Y = Matrix.column(c.map((t) => Math.abs(t) + 0.2 * Math.sin(9 * t)))
  const size = Math.hypot(...direction)

  it.each([
    ['through the origin', 0],
    ['shifted', 1],
  ])('%s are the data on their line', (_, offset) => {
    const high = withData(rows(offset), Y, { beta: 0.3 })
    const low = onLine(
      c.map((t) => t * size),
      Y.data,
      { beta: 0.3 },
    )
    expect(solved(high).value).toBeCloseTo(solved(low).value, 10)
    expect(objectiveOf(high)).toBeCloseTo(solved(low).value, 10)
    expect(closedFormApplies(high, defaultSettings('closed-form')).applies).toBe(true)
    const { outcome } = finish(runConvex(high, { ...defaultSettings('convex'), tolerance: 1e-9 }, context()))
    expect(objective(outcome.network!, high.X, high.Y, 'squared', 0.3)).toBeCloseTo(solved(low).value, 7)
  })

  it('that are not on a line are refused, and marked when overridden', () => {
    const X = Matrix.fromRows(Array.from(c, (t, i) => [t, i % 3]))
    const problem = withData(X, Y, { beta: 0.3 })
    const refused = closedFormApplies(problem, defaultSettings('closed-form'))
    expect(refused.applies).toBe(false)
    expect(refused.because).toContain('rank of the centred data = 1 (here 2)')
    const settings = { ...defaultSettings('closed-form'), override: true }
    const { outcome } = finish(runClosedForm(problem, settings, context()))
    expect(outcome.claim.level).toBe('none')
    const value = objective(outcome.network!, X, Y, 'squared', 0.3)
    expect(value).toBeCloseTo(outcome.details!['value formula'] as number, 9)
  })
})

describe('deep networks', () => {
  const deep = (layers: number, outputBias = false) =>
    onLine(PROPOSITION.x, PROPOSITION.y, { loss: 'equality', outputBias, layers })

  it('of three layers in branches cost 10.020 on the data of Prop. 3.1, where another interpolant costs 9.733', () => {
    const form = solved(deep(3), 'one-dimensional-branches')
    expect(form.value).toBeCloseTo(10.02, 3)
    expect(objectiveOf(deep(3), 'one-dimensional-branches')).toBeCloseTo(form.value, 10)
    expect(form.claim.level).toBe('bound')
    // Σ|c| = 8.5 is not minimal, Σ|c|^{2/3} is smaller all the same.
    const other: KinkedFunction = {
      intercept: 0,
      kinks: [
        { side: 1, point: 0, weight: 0.25 },
        { side: 1, point: 3, weight: -2 },
        { side: -1, point: 1, weight: 4 },
        { side: -1, point: 2, weight: -2 },
        { side: -1, point: 4, weight: 0.25 },
      ],
    }
    const { X, Y } = deep(3)
    const network = branchNetwork(lineOf(X), other, { layers: 3, outputBias: false })
    expect(sizeOf(other)).toBe(8.5)
    expect(objective(network, X, Y, 'equality', 1)).toBeCloseTo(9.733, 3)
  })

  it('behind shared layers cost (L/2)·8^{2/L}', () => {
    for (const layers of [3, 4, 5]) {
      const form = solved(deep(layers), 'one-dimensional-deep')
      expect(form.value).toBeCloseTo((layers / 2) * 8 ** (2 / layers), 12)
      expect(objectiveOf(deep(layers), 'one-dimensional-deep')).toBeCloseTo(form.value, 10)
      expect(form.value).toBeLessThan(solved(deep(layers), 'one-dimensional-branches').value)
      // The steepest piece has slope 2.
      expect(form.claim.level).toBe('bound')
      expect(form.claim.lowerBound).toBeCloseTo((layers / 2) * 2 ** (2 / layers), 12)
    }
  })

  it('on a straight line are optimal', () => {
    const problem = onLine([0, 1, 3], [1, 4, 10], { loss: 'equality', layers: 4 })
    const { value, claim } = solved(problem, 'one-dimensional-deep')
    expect(value).toBeCloseTo(2 * Math.sqrt(3), 12)
    expect(certify(objectiveOf(problem, 'one-dimensional-deep'), claim).level).toBe('global')
  })

  it.each(['squared', 'hinge', 'logistic'] as const)(
    'behind shared layers are the two-layer solution that costs least there: %s',
    (loss) => {
      const problem = sine(14, 8, { loss, beta: 0.2, layers: 3 })
      const { value, claim, details } = solved(problem, 'one-dimensional-deep')
      expect(claim.level).toBe('none')
      const at = (beta: number) => {
        const solution = solveOnLine({ ...problem, beta }, true)
        return solution.primal - beta * sizeOf(solution) + 0.2 * trunkCost(solution, 3)
      }
      for (let k = 0; k <= 60; k++) expect(value).toBeLessThan(at(10 ** (1 - k / 20)) + 1e-9)
      // β′ = β·S^{2/L − 1} where the loss is smooth in the size.
      const size = details['Σ|c|'] as number
      if (loss !== 'hinge') expect(details['β of the ℓ₁ problem']).toBeCloseTo(0.2 * size ** (-1 / 3), 4)
    },
  )

  it.each(['one-dimensional-deep', 'one-dimensional-branches'] as const)(
    'of %s have the stated objective, and branches predict what two layers do',
    (id) => {
      for (const layers of [3, 5]) {
        for (const loss of LOSSES) {
          const problem = sine(12, 8, { loss, beta: 0.2, layers })
          const form = solved(problem, id)
          expect(Math.abs(objectiveOf(problem, id) - form.value)).toBeLessThan(1e-9 * Math.max(1, form.value))
          if (id === 'one-dimensional-deep') continue
          const { line, ...f } = solveOnLine(problem, true)
          const expected = valuesAt(line.points, f)
          forward(form.network, problem.X).data.forEach((value, i) =>
            expect(value).toBeCloseTo(expected[line.place[i]], 9),
          )
        }
      }
    },
  )
})
