import { describe, expect, it } from 'vitest'
import { atomsOf } from '../../../core/atoms/index.ts'
import { defaultSettings } from '../../../core/experiments/catalog.ts'
import { NETWORK_SCHEMAS } from '../../../core/experiments/document.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { multiply } from '../../../core/linalg/products.ts'
import {
  forward,
  layers,
  NETWORKS,
  parameters,
  regularizer,
  reluBiasNetwork,
  reluNetwork,
} from '../../../core/networks/index.ts'
import { deepReluBiasNetwork } from '../../../core/networks/relu-bias.ts'
import { convexApplies } from '../../../core/programs/applies.ts'
import { stream } from '../../../core/random/index.ts'
import { problemOf } from '../closed-form/fixtures.ts'
import { expectGradient, random, relu, same } from './fixtures.ts'

const plus = (A: Matrix, b: Float64Array): Matrix =>
  new Matrix(
    A.rows,
    A.cols,
    A.data.map((value, at) => value + b[at % A.cols]),
  )

const SIZES = [3, 5, 4, 6, 4, 2]

/** Random layers of those sizes, the last one with a bias or without. */
function randomDeep(depth: number, outputBias: boolean) {
  return Array.from({ length: depth }, (_, l) => {
    const cols = l === depth - 1 ? 2 : SIZES[l + 1]
    const b = l < depth - 1 || outputBias ? random(1, cols, 20 + l).data : null
    return { W: random(SIZES[l], cols, 10 + l), b }
  })
}

describe.each([2, 3, 5])('relu-bias of %i layers', (depth) => {
  const X = random(9, 3, 1)
  const Y = random(9, 2, 6)
  const deep = randomDeep(depth, true)
  const network = deepReluBiasNetwork(deep)

  it('responds layer by layer, a bias in each', () => {
    let A = X
    for (const { W, b } of deep.slice(0, -1)) A = relu(plus(multiply(A, W), b!))
    same(forward(network, X), plus(multiply(A, deep.at(-1).W), deep.at(-1).b!))
  })

  it('has the gradient of its objective, with an output bias and without', () => {
    expectGradient(network, X, Y)
    expectGradient(deepReluBiasNetwork(randomDeep(depth, false)), X, Y)
  })

  it('does not penalise its biases', () => {
    expect(regularizer(network)).toBe(regularizer(reluNetwork(...deep.map(({ W }) => W))))
    const free = parameters(network).filter(({ regularized }) => !regularized)
    expect(free.map(({ name }) => name)).toEqual(deep.map((_, l) => `b${l + 1}`))
  })

  it('is made with the layers and the width of the document', () => {
    const settings = NETWORK_SCHEMAS['relu-bias'].parse({ family: 'relu-bias', layers: depth, width: 6 })
    const shape = { n: 9, d: 3, outputs: 2, network: settings, image: null }
    const made = NETWORKS['relu-bias'].initialize(shape, { kind: 'kaiming', scale: 1 }, stream(1))
    const widths = [3, ...Array<number>(depth - 1).fill(6), 2]
    expect(layers(made).map(({ rows, cols }) => [rows, cols])).toEqual(
      widths.slice(1).map((cols, l) => [widths[l], cols]),
    )
    expect(made.arrays[`b${depth - 1}`].data.every((value) => Math.abs(value) <= 1 / Math.sqrt(3))).toBe(true)
    expect([...made.arrays[`b${depth}`].data]).toEqual([0, 0])
  })
})

describe('relu-bias', () => {
  it('of two layers is what reluBiasNetwork makes', () => {
    const [first, last] = randomDeep(2, true)
    const shallow = reluBiasNetwork({ W1: first.W, b1: first.b!, W2: last.W, b2: last.b })
    expect(deepReluBiasNetwork([first, last])).toEqual(shallow)
  })

  it('has a convex program of two layers only', () => {
    const problem = problemOf(random(6, 1, 1), random(6, 1, 2), 'real')
    const asks = (layers: number) => {
      const network = NETWORK_SCHEMAS['relu-bias'].parse({ family: 'relu-bias', layers })
      return convexApplies(network, 'squared', problem.summary, defaultSettings('convex'))
    }
    expect(asks(2).applies).toBe(true)
    expect(asks(3)).toMatchObject({
      applies: false,
      because: expect.stringContaining('of 3 layers') as string,
    })
    const network = NETWORK_SCHEMAS['relu-bias'].parse({ family: 'relu-bias', layers: 3 })
    expect(() => atomsOf({ ...problem, network })).toThrow(/3 layers/)
  })
})
