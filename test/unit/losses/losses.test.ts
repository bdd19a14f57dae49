import { describe, expect, it } from 'vitest'
import { defaultSettings, methodApplies } from '../../../core/experiments/catalog.ts'
import { NETWORK_SCHEMAS } from '../../../core/experiments/document.ts'
import type { ProblemSummary } from '../../../core/experiments/result.ts'
import { effectiveBeta, LOSSES, type LabelCoding, type Loss } from '../../../core/losses/index.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { stream, type Stream } from '../../../core/random/index.ts'

const ROWS = 7
const CODINGS: Record<LabelCoding, (source: Stream) => Matrix> = {
  real: (source) => new Matrix(ROWS, 3, source.normals(3 * ROWS)),
  sign: (source) =>
    Matrix.column(Float64Array.from({ length: ROWS }, () => (source.uniform() < 0.5 ? -1 : 1))),
  'one-hot': (source) => {
    const Y = Matrix.zeros(ROWS, 3)
    for (let i = 0; i < ROWS; i++) Y.set(i, source.integer(3), 1)
    return Y
  },
}

const codings = (loss: Loss) => loss.labels.map((labels) => ({ loss, labels }))
const cases = Object.values(LOSSES).flatMap(codings)
/** Equality is a constraint: it has no gradient, and its conjugate is finite everywhere. */
const differentiable = cases.filter(({ loss }) => loss.id !== 'equality')
const predictions = (source: Stream, Y: Matrix, scale = 2): Matrix =>
  new Matrix(
    Y.rows,
    Y.cols,
    source.normals(Y.data.length).map((t) => t * scale),
  )
const inner = (A: Matrix, B: Matrix): number => A.data.reduce((sum, a, i) => sum + a * B.data[i], 0)
const negated = (A: Matrix): Matrix =>
  new Matrix(
    A.rows,
    A.cols,
    A.data.map((a) => -a),
  )

describe.each(codings(LOSSES.equality))('equality with $labels labels', ({ loss, labels }) => {
  it.each([1e-6, 1, 1e6])('is zero up to rounding of the labels, and infinite beyond (times %d)', (scale) => {
    const Y = CODINGS[labels](stream(8))
    Y.data.forEach((y, at) => (Y.data[at] = scale * y))
    const size = Math.hypot(...Y.data)
    const moved = (by: number) => {
      const F = Y.clone()
      F.data[3] += by * size
      return F
    }
    expect(loss.value(Y, Y)).toBe(0)
    expect(loss.value(moved(0.9e-8), Y)).toBe(0)
    expect(loss.value(moved(1.1e-8), Y)).toBe(Infinity)
    expect(loss.value(moved(NaN), Y)).toBe(Infinity)
  })

  it('attains Fenchel equality at F = Y with every V', () => {
    const source = stream(9)
    const Y = CODINGS[labels](source)
    const V = predictions(source, Y, 100)
    expect(loss.dualValue(V, Y)).toBeCloseTo(inner(V, Y), 9)
  })

  it('has no gradient, and says so', () => {
    const Y = CODINGS[labels](stream(10))
    expect(() => loss.gradient(Y, Y)).toThrow(/no gradient/)
  })
})

describe('methods that need a gradient', () => {
  const summary: ProblemSummary = {
    sha256: '',
    n: 4,
    d: 9,
    outputs: 1,
    nTest: 0,
    classes: [],
    classCounts: [],
    labels: 'real',
    rank: 4,
    rankWithOnes: 4,
    rankCentered: 3,
    sigmaMax: 1,
    sigmaMin: 0.1,
    whitenedError: null,
    image: null,
  }

  it.each(['sgd', 'least-squares'] as const)('refuse the equality loss: %s', (id) => {
    const network = NETWORK_SCHEMAS.relu.parse({ family: 'relu' })
    const answer = methodApplies({ network, loss: 'equality', beta: 1, summary }, defaultSettings(id))
    expect(answer.applies).toBe(false)
    expect(answer.because).toMatch(/equality/i)
  })
})

describe('the factor of the regulariser', () => {
  it('is β, and 1 where the regulariser is all there is', () => {
    expect(effectiveBeta('squared', 0.3)).toBe(0.3)
    expect(effectiveBeta('equality', 0.3)).toBe(1)
  })
})

function proxObjective(loss: Loss, Z: Matrix, F: Matrix, Y: Matrix, step: number): number {
  const distance = Z.data.reduce((sum, z, i) => sum + (z - F.data[i]) ** 2, 0)
  return loss.value(Z, Y) + distance / (2 * step)
}

describe.each(cases)('$loss.id with $labels labels', ({ loss, labels }) => {
  it('has the value of its formula', () => {
    const Y = CODINGS[labels](stream(1))
    const zero = Matrix.zeros(Y.rows, Y.cols)
    const atZero = {
      squared: 0.5 * inner(Y, Y),
      hinge: ROWS,
      logistic: ROWS * Math.log(2),
      'cross-entropy': ROWS * Math.log(3),
      equality: Infinity,
    }
    if (loss.id === 'equality') expect(loss.value(zero, Y)).toBe(Infinity)
    else expect(loss.value(zero, Y)).toBeCloseTo(atZero[loss.id], 12)
  })

  it.each([1e-3, 0.4, 3, 1e4])('has a prox that beats a grid of directions, step %f', (step) => {
    const source = stream(5).split(loss.id).split(step)
    const Y = CODINGS[labels](source)
    const F = predictions(source, Y)
    const Z = loss.prox(F, Y, step)
    const best = proxObjective(loss, Z, F, Y, step)
    for (let trial = 0; trial < 200; trial++) {
      const size = 10 ** source.uniform(-6, 1)
      const other = new Matrix(
        Z.rows,
        Z.cols,
        Z.data.map((z) => z + size * source.normal()),
      )
      expect(proxObjective(loss, other, F, Y, step)).toBeGreaterThanOrEqual(best - 1e-12 * Math.max(1, best))
    }
    const inPlace = F.clone()
    expect(loss.prox(inPlace, Y, step, inPlace).data).toEqual(Z.data)
  })
})

describe.each(differentiable)('$loss.id with $labels labels', ({ loss, labels }) => {
  it('has the gradient of its value', () => {
    const source = stream(2).split(loss.id)
    const Y = CODINGS[labels](source)
    const F = predictions(source, Y)
    const G = loss.gradient(F, Y)
    const h = 1e-5
    for (let at = 0; at < F.data.length; at++) {
      const [up, down] = [F.clone(), F.clone()]
      up.data[at] += h
      down.data[at] -= h
      expect(G.data[at]).toBeCloseTo((loss.value(up, Y) - loss.value(down, Y)) / (2 * h), 6)
    }
    const inPlace = F.clone()
    expect(loss.gradient(inPlace, Y, inPlace).data).toEqual(G.data)
  })

  it('attains Fenchel equality at V = −∇ℓ(F), and stays below it elsewhere', () => {
    const source = stream(3).split(loss.id)
    const Y = CODINGS[labels](source)
    const F = predictions(source, Y)
    const V = negated(loss.gradient(F, Y))
    expect(loss.dualValue(V, Y) - inner(V, F)).toBeCloseTo(loss.value(F, Y), 10)
    for (const s of [0, 0.3, 0.9]) {
      const scaled = new Matrix(
        V.rows,
        V.cols,
        V.data.map((v) => s * v),
      )
      expect(loss.dualValue(scaled, Y)).toBeGreaterThan(-Infinity)
      expect(loss.dualValue(scaled, Y) - inner(scaled, F)).toBeLessThanOrEqual(loss.value(F, Y) + 1e-12)
    }
  })

  it('has −∞ outside the domain of the conjugate', () => {
    const Y = CODINGS[labels](stream(4))
    const outside = new Matrix(
      Y.rows,
      Y.cols,
      Y.data.map((y) => -0.1 * (y || 1)),
    )
    const value = loss.dualValue(outside, Y)
    if (loss.id === 'squared')
      expect(value).toBeCloseTo(inner(outside, Y) - 0.5 * inner(outside, outside), 12)
    else expect(value).toBe(-Infinity)
  })

  it('has a prox with the stationarity F − Z = step·∇ℓ(Z) where it is smooth', () => {
    if (loss.lipschitz === Infinity) {
      expect(loss.id).toBe('hinge')
      return
    }
    const source = stream(6).split(loss.id)
    const Y = CODINGS[labels](source)
    const F = predictions(source, Y)
    for (const step of [1e-3, 0.5, 20]) {
      const Z = loss.prox(F, Y, step)
      const G = loss.gradient(Z, Y)
      const worst = Math.max(...G.data.map((g, i) => Math.abs(F.data[i] - Z.data[i] - step * g)))
      expect(worst).toBeLessThan(1e-12 * Math.max(1, step))
    }
  })

  it('states a Lipschitz constant of its gradient that holds and is nearly attained', () => {
    if (loss.lipschitz === Infinity) {
      expect(loss.id).toBe('hinge')
      return
    }
    const source = stream(7).split(loss.id)
    const Y = CODINGS[labels](source)
    let steepest = 0
    for (let trial = 0; trial < 2000; trial++) {
      const F = predictions(source, Y, source.uniform(0, 1))
      const other = new Matrix(
        F.rows,
        F.cols,
        F.data.map((f) => f + 0.01 * source.normal()),
      )
      const [G, H] = [loss.gradient(F, Y), loss.gradient(other, Y)]
      const ratio = distance(G, H) / distance(F, other)
      steepest = Math.max(steepest, ratio)
    }
    expect(steepest).toBeLessThanOrEqual(loss.lipschitz * (1 + 1e-9))
    expect(steepest).toBeGreaterThan(0.5 * loss.lipschitz)
  })
})

const distance = (A: Matrix, B: Matrix): number => Math.hypot(...A.data.map((a, i) => a - B.data[i]))

describe('proxes far out', () => {
  const steps = [1e-3, 0.1, 1, 17.5, 48, 1e3, 1e6]

  /** |F − Z − step·∇ℓ(Z)|, as a distance of Z from the exact prox. */
  function worstError(loss: Loss, F: Matrix, Y: Matrix, step: number): number {
    const Z = loss.prox(F, Y, step)
    const G = loss.gradient(Z, Y)
    const errors = G.data.map((g, at) => Math.abs(F.data[at] - Z.data[at] - step * g))
    return Math.max(...errors) / Math.max(step, ...F.data.map(Math.abs))
  }

  it.each(steps)('are stationary for every margin, logistic loss, step %f', (step) => {
    const margins = Float64Array.from({ length: 4000 }, (_, i) => -60 + 0.03 * i)
    const Y = Matrix.column(margins.map(() => 1))
    expect(worstError(LOSSES.logistic, Matrix.column(margins), Y, step)).toBeLessThan(1e-13)
  })

  it.each(steps)('are stationary for rows of every size, cross-entropy, step %f', (step) => {
    const source = stream(11).split(step)
    for (const scale of [1, 10, 100, 1000]) {
      for (const K of [1, 2, 5, 9]) {
        const F = new Matrix(
          20,
          K,
          source.normals(20 * K).map((t) => scale * t),
        )
        const Y = Matrix.zeros(20, K)
        for (let i = 0; i < 20; i++) Y.set(i, source.integer(K), 1)
        expect(worstError(LOSSES['cross-entropy'], F, Y, step)).toBeLessThan(1e-12)
      }
    }
  })
})

describe('losses far out', () => {
  it('do not overflow', () => {
    const F = Matrix.fromRows([[800, -800]])
    const Y = Matrix.fromRows([[0, 1]])
    expect(LOSSES['cross-entropy'].value(F, Y)).toBe(1600)
    expect([...LOSSES['cross-entropy'].gradient(F, Y).data]).toEqual([1, -1])
    const wrong = Matrix.fromRows([[-800], [800]])
    const signs = Matrix.fromRows([[1], [1]])
    expect(LOSSES.logistic.value(wrong, signs)).toBe(800)
    expect([...LOSSES.logistic.gradient(wrong, signs).data]).toEqual([-1, -0])
  })
})
