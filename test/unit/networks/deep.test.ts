import { describe, expect, it } from 'vitest'
import { NETWORK_SCHEMAS } from '../../../core/experiments/document.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { multiply } from '../../../core/linalg/products.ts'
import {
  activeNeurons,
  forward,
  layers,
  linearNetwork,
  NETWORKS,
  parameters,
  regularizer,
  reluBiasNetwork,
  reluNetwork,
} from '../../../core/networks/index.ts'
import { stream } from '../../../core/random/index.ts'
import { expectGradient, random, relu, same } from './fixtures.ts'

describe('deep networks', () => {
  const X = random(8, 5, 1)
  const weights = [random(5, 4, 2), random(4, 3, 3), random(3, 6, 4), random(6, 2, 5)]

  it('respond layer by layer', () => {
    const [W1, W2, W3, W4] = weights
    const hidden = relu(multiply(relu(multiply(relu(multiply(X, W1)), W2)), W3))
    same(forward(reluNetwork(...weights), X), multiply(hidden, W4))
  })

  it('without the ReLU are the product of their layers, one layer among them', () => {
    const product = weights.reduce((P, W) => multiply(P, W))
    same(forward(linearNetwork(...weights), X), multiply(X, product))
    same(forward(linearNetwork(product), X), multiply(X, product))
    expect(activeNeurons(linearNetwork(product))).toBe(0)
  })

  it('are linear where everything is positive', () => {
    const positive = (A: Matrix): Matrix => new Matrix(A.rows, A.cols, A.data.map(Math.abs))
    same(
      forward(reluNetwork(...weights.map(positive)), positive(X)),
      forward(linearNetwork(...weights.map(positive)), positive(X)),
    )
  })

  it('pass a scale from one layer to the next', () => {
    const [W1, W2, ...rest] = weights
    const scaled = (W: Matrix, by: number): Matrix =>
      new Matrix(
        W.rows,
        W.cols,
        W.data.map((w) => by * w),
      )
    same(
      forward(reluNetwork(scaled(W1, 3), scaled(W2, 1 / 3), ...rest), X),
      forward(reluNetwork(...weights), X),
    )
  })

  it('have the gradient of their objective', () => {
    expectGradient(reluNetwork(...weights), X, random(8, 2, 6))
    expectGradient(linearNetwork(...weights), X, random(8, 2, 6))
  })

  it('are made with the layers and the width of the document', () => {
    for (const family of ['relu', 'linear'] as const) {
      const network = NETWORK_SCHEMAS[family].parse({ family, layers: 4, width: 6 })
      const shape = { n: 8, d: 5, outputs: 2, network, image: null }
      const made = NETWORKS[family].initialize(shape, { kind: 'kaiming', scale: 1 }, stream(1))
      expect(layers(made).map(({ rows, cols }) => [rows, cols])).toEqual([
        [5, 6],
        [6, 6],
        [6, 6],
        [6, 2],
      ])
    }
  })
})

describe('relu-bias', () => {
  const X = random(7, 3, 1)
  const weights = {
    W1: random(3, 4, 2),
    b1: random(1, 4, 3).data,
    W2: random(4, 2, 4),
    b2: Float64Array.of(1, -2),
  }

  it('is a ReLU network on (X, 1) plus the output bias', () => {
    const withOnes = Matrix.fromRows(Array.from({ length: 7 }, (_, i) => [...X.row(i), 1]))
    const stacked = new Matrix(4, 4, Float64Array.of(...weights.W1.data, ...weights.b1))
    const F = forward(reluNetwork(stacked, weights.W2), withOnes)
    for (let i = 0; i < 7; i++) weights.b2.forEach((b, k) => (F.data[i * 2 + k] += b))
    same(forward(reluBiasNetwork(weights), X), F)
  })

  it('without an output bias has no such parameter, and its biases cost nothing', () => {
    const without = reluBiasNetwork({ ...weights, b2: null })
    expect(parameters(without).map(({ name, regularized }) => [name, regularized])).toEqual([
      ['W1', true],
      ['b1', false],
      ['W2', true],
    ])
    expect(regularizer(without)).toBe(regularizer(reluNetwork(weights.W1, weights.W2)))
    expectGradient(without, X, random(7, 2, 5))
    const network = NETWORK_SCHEMAS['relu-bias'].parse({ family: 'relu-bias', outputBias: false })
    const shape = { n: 7, d: 3, outputs: 2, network, image: null }
    const made = NETWORKS['relu-bias'].initialize(shape, { kind: 'kaiming', scale: 1 }, stream(1))
    expect(Object.keys(made.arrays)).toEqual(['W1', 'b1', 'W2'])
  })
})
