import { describe, expect, it } from 'vitest'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { multiply } from '../../../core/linalg/products.ts'
import { collapseOf, neuralCollapse } from '../../../core/measures/neural-collapse.ts'
import { forward, NETWORKS, reluNetwork, shapeOf } from '../../../core/networks/index.ts'
import { lastHidden, outputWeights } from '../../../core/networks/last-hidden.ts'
import { stream } from '../../../core/random/index.ts'
import { bnRelu, solve } from '../closed-form/bn-fixtures.ts'
import { gaussian, problemOf } from '../closed-form/fixtures.ts'
import { example, FAMILIES, maxDifference, random } from '../networks/fixtures.ts'

/** Sample i is of class i mod K: balanced where K divides n. */
const cyclic = (n: number, K: number): Matrix =>
  Matrix.fromRows(
    Array.from({ length: n }, (_, i) => Array.from({ length: K }, (_, k) => Number(i % K === k))),
  )

describe('lastHidden', () => {
  it.each(FAMILIES)('is what the output layer multiplies, %s', (family) => {
    const { X, network } = example(family, 'squared')
    if ('b2' in network.arrays) network.arrays.b2.data.fill(0)
    const F = multiply(lastHidden(network, X), outputWeights(network))
    expect(maxDifference(F.data, forward(network, X).data)).toBeLessThan(1e-12)
  })

  it('leaves out the output bias', () => {
    const { X, network } = example('relu-bias', 'squared')
    const before = lastHidden(network, X)
    network.arrays.b2.data.fill(9)
    expect(lastHidden(network, X)).toEqual(before)
  })

  it('is the data where there is no hidden layer', () => {
    const X = random(5, 3, 1)
    const network = {
      family: 'linear' as const,
      arrays: { W1: { shape: [3, 2], data: new Float64Array(6) } },
    }
    expect(lastHidden(network, X)).toEqual(X)
  })
})

describe.each([
  [2, 3],
  [3, 2],
  [5, 2],
  [3, 4],
])('the closed form with %i balanced classes of a network', (K, layers) => {
  const n = 6 * K
  const Y = cyclic(n, K)
  const X = gaussian(n, layers === 2 ? n : 3, K)
  const beta = 0.4
  const problem = problemOf(X, Y, 'one-hot', { network: bnRelu(layers), beta })
  const network = solve(problem).network!

  it('has collapsed: a simplex equiangular tight frame to 1e-10', () => {
    const measured = neuralCollapse(network, X, Y, 'one-hot')!
    expect(measured.classes).toBe(K)
    const { withinClass, equinorm, equiangularity, maximalAngle, simplexDistance, duality } = measured
    for (const value of [withinClass, equinorm, equiangularity, maximalAngle, simplexDistance, duality]) {
      expect(value).toBeLessThan(1e-10)
    }
  })

  it('has the centred activations √(K/n)(I⊗1 − 11ᵀ/K), times √(‖y‖ − β) in weight-decay scaling', () => {
    const A = lastHidden(network, X)
    const scale = Math.sqrt(K / n) * Math.sqrt(Math.sqrt(n / K) - beta)
    for (let k = 0; k < K; k++) {
      const column = A.columnCopy(k)
      const mean = column.reduce((a, b) => a + b, 0) / n
      column.forEach((value, i) => {
        expect(value - mean).toBeCloseTo(scale * (Y.get(i, k) - 1 / K), 10)
      })
    }
  })
})

describe('neuralCollapse', () => {
  it('is far from collapsed at random weights', () => {
    const problem = problemOf(gaussian(30, 4, 1), cyclic(30, 3), 'one-hot', { network: bnRelu(3) })
    const start = NETWORKS['bn-relu'].initialize(shapeOf(problem), { kind: 'kaiming', scale: 1 }, stream(1))
    const network = NETWORKS['bn-relu'].refreshStatistics(start, problem.X)
    const measured = neuralCollapse(network, problem.X, problem.Y, 'one-hot')!
    expect(measured.withinClass).toBeGreaterThan(0.5)
    expect(measured.simplexDistance).toBeGreaterThan(0.01)
    expect(measured.duality).toBeGreaterThan(0.1)
  })

  it('measures points by hand: two classes on a line', () => {
    // Means ∓2 about 0, each class spread by ±1 along and ±3 across the line.
    const A = Matrix.fromRows([
      [-3, 3],
      [-1, -3],
      [1, 3],
      [3, -3],
    ])
    const W = Matrix.fromRows([
      [-1, 1],
      [0, 0],
    ])
    const measured = collapseOf(A, [0, 0, 1, 1], W)!
    // Tr(Σ_W·Σ_B†)/2 with variance 1 within and 4 between, across the line nothing between.
    expect(measured.withinClass).toBeCloseTo(1 / 8, 14)
    expect(measured.equinorm).toBeCloseTo(0, 14)
    expect(measured.maximalAngle).toBeCloseTo(0, 14)
    expect(measured.simplexDistance).toBeCloseTo(0, 14)
    expect(measured.duality).toBeCloseTo(0, 14)
    // Weights across the line have nothing to do with the means.
    const across = Matrix.fromRows([
      [0, 0],
      [-1, 1],
    ])
    expect(collapseOf(A, [0, 0, 1, 1], across)!.duality).toBeCloseTo(2, 13)
  })

  it('does not change with scale, rotation, shift of the activations or a common part of the weights', () => {
    const [A, W] = [random(12, 3, 1), random(3, 3, 2)]
    const classOf = Array.from({ length: 12 }, (_, i) => i % 3)
    const angle = 0.7
    const Q = Matrix.fromRows([
      [Math.cos(angle), -Math.sin(angle), 0],
      [Math.sin(angle), Math.cos(angle), 0],
      [0, 0, 1],
    ])
    const moved = multiply(A, Q)
    moved.data.forEach((value, at) => (moved.data[at] = 3 * value + 5))
    const turned = multiply(Q, W, { transposeA: true })
    turned.data.forEach((value, at) => (turned.data[at] = 2 * value + Math.floor(at / 3)))
    const [one, other] = [collapseOf(A, classOf, W)!, collapseOf(moved, classOf, turned)!]
    for (const name of Object.keys(one) as (keyof typeof one)[])
      expect(other[name]).toBeCloseTo(one[name], 12)
  })

  it('takes ±1 labels as two classes', () => {
    const X = random(6, 2, 3)
    const signs = Matrix.column(Float64Array.of(1, -1, 1, -1, 1, -1))
    const network = reluNetwork(random(2, 4, 4), random(4, 1, 5))
    const measured = neuralCollapse(network, X, signs, 'sign')!
    expect(measured.classes).toBe(2)
    const flipped = signs.data.map((value) => -value)
    expect(neuralCollapse(network, X, Matrix.column(flipped), 'sign')!.duality).toBeCloseTo(
      4 - measured.duality,
      12,
    )
  })

  it('does not exist for regression, one class, or classes in one point', () => {
    const X = random(4, 2, 6)
    const network = reluNetwork(random(2, 3, 7), random(3, 2, 8))
    expect(neuralCollapse(network, X, random(4, 2, 9), 'real')).toBeNull()
    expect(
      neuralCollapse(network, X, Matrix.fromRows([...Array<number[]>(4)].map(() => [0, 1])), 'one-hot'),
    ).toBe(null)
    const dead = reluNetwork(Matrix.zeros(2, 3), random(3, 2, 8))
    expect(neuralCollapse(dead, X, cyclic(4, 2), 'one-hot')).toBeNull()
  })

  it('leaves out classes without samples', () => {
    const X = random(8, 3, 1)
    const weights = [random(3, 4, 2), random(4, 3, 3)]
    const Y = Matrix.fromRows(Array.from({ length: 8 }, (_, i) => [i % 2, 0, 1 - (i % 2)]))
    const measured = neuralCollapse(reluNetwork(...weights), X, Y, 'one-hot')!
    expect(measured.classes).toBe(2)
    const W = Matrix.fromRows(
      Array.from({ length: 4 }, (_, j) => [weights[1].get(j, 0), weights[1].get(j, 2)]),
    )
    const two = Matrix.fromRows(Array.from({ length: 8 }, (_, i) => [i % 2, 1 - (i % 2)]))
    expect(neuralCollapse(reluNetwork(weights[0], W), X, two, 'one-hot')).toEqual(measured)
  })
})
