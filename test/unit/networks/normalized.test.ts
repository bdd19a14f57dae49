import { describe, expect, it } from 'vitest'
import { NETWORK_SCHEMAS } from '../../../core/experiments/document.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import {
  bnReluNetwork,
  convBnNetwork,
  extractPatches,
  forward,
  gradient,
  objective,
  patchGeometry,
  reluBnNetwork,
} from '../../../core/networks/index.ts'
import { expectGradient, maxDifference, random, same } from './fixtures.ts'

const normalizedWeights = (h: number, width: number, outputs: number) => ({
  W1: random(h, width, 1),
  gamma: random(1, width, 2).data.map((value) => 2 + value),
  alpha: random(1, width, 3).data,
  W2: random(width, outputs, 4),
})

describe('conv-bn', () => {
  const settings = (changes: object) => NETWORK_SCHEMAS['conv-bn'].parse({ family: 'conv-bn', ...changes })
  const pixels = { d: 12, image: { height: 3, width: 4, channels: 1 } }

  it('with a filter as large as the image is bn-relu', () => {
    const X = random(9, 12, 5)
    const weights = normalizedWeights(12, 3, 2)
    const conv = convBnNetwork(weights, patchGeometry(settings({ filter: [3, 4] }), pixels), X)
    const plain = bnReluNetwork(weights, X)
    const fresh = random(4, 12, 6)
    same(forward(conv, fresh), forward(plain, fresh))
    const Y = random(9, 2, 7)
    const [ofConv, ofPlain] = [conv, plain].map((network) => gradient(network, X, Y, 'squared', 0.1))
    expect(ofConv.objective).toBeCloseTo(ofPlain.objective, 12)
    expect(Object.keys(ofConv.gradient)).toEqual(Object.keys(ofPlain.gradient))
    for (const [name, { data }] of Object.entries(ofConv.gradient)) {
      expect(maxDifference(data, ofPlain.gradient[name].data), name).toBeLessThan(1e-12)
    }
    expect(objective(conv, X, Y, 'squared', 0.1)).toBeCloseTo(objective(plain, X, Y, 'squared', 0.1), 12)
  })

  it('is the sum over patches of bn-relu on the patches as rows', () => {
    const X = random(5, 12, 5)
    const geometry = patchGeometry(settings({ filter: 2, padding: 1, stride: 2 }), pixels)
    const weights = normalizedWeights(4, 3, 2)
    const patches = extractPatches(X, geometry)
    const perPatch = forward(bnReluNetwork(weights, patches), patches)
    const F = Matrix.zeros(5, 2)
    for (let r = 0; r < patches.rows; r++) {
      perPatch.row(r).forEach((value, k) => (F.data[Math.floor((r * 5) / patches.rows) * 2 + k] += value))
    }
    same(forward(convBnNetwork(weights, geometry, X), X), F)
  })

  it.each([
    ['an image in colour', { filter: 2, padding: 1 }, { d: 18, image: { height: 3, width: 2, channels: 3 } }],
    ['a signal with a stride', { filter: 3, stride: 2 }, { d: 18, image: null }],
  ])('has the gradient of its objective on %s', (_, changes, summary) => {
    const X = random(6, 18, 8)
    const geometry = patchGeometry(settings(changes), summary)
    const weights = normalizedWeights(geometry.filterHeight * geometry.filterWidth * geometry.channels, 3, 1)
    expectGradient(convBnNetwork(weights, geometry, X), X, random(6, 1, 9))
  })
})

describe('relu-bn', () => {
  it('has hidden columns of norm |γ| about α/√n', () => {
    const X = random(10, 4, 1)
    for (const [gamma, alpha] of [
      [1, 0],
      [-2.5, 3],
    ]) {
      const weights = {
        W1: random(4, 1, 2),
        gamma: Float64Array.of(gamma),
        alpha: Float64Array.of(alpha),
        W2: Matrix.fromRows([[1]]),
      }
      const column = forward(reluBnNetwork(weights, X), X).data
      const mean = column.reduce((sum, value) => sum + value, 0) / 10
      expect(mean).toBeCloseTo(alpha / Math.sqrt(10), 13)
      expect(Math.hypot(...column.map((value) => value - mean))).toBeCloseTo(Math.abs(gamma), 13)
    }
  })

  it('responds with α/√n alone where no row activates a neuron, gradients included', () => {
    const X = new Matrix(6, 2, random(6, 2, 3).data.map(Math.abs))
    const weights = {
      W1: Matrix.fromRows([
        [-1, 1],
        [-2, 0.5],
      ]),
      gamma: Float64Array.of(2, 2),
      alpha: Float64Array.of(3, 1),
      W2: Matrix.fromRows([[1], [0]]),
    }
    const network = reluBnNetwork(weights, X)
    for (const value of forward(network, X).data) expect(value).toBeCloseTo(3 / Math.sqrt(6), 14)
    const { gradient: g } = gradient(network, X, random(6, 1, 4), 'squared', 0.1)
    for (const { data } of Object.values(g)) expect(data.every(Number.isFinite)).toBe(true)
  })
})
