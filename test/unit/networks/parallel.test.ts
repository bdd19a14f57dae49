import { describe, expect, it } from 'vitest'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { multiply } from '../../../core/linalg/products.ts'
import { measureLayers } from '../../../core/measures/layers.ts'
import {
  activeNeurons,
  branchesOf,
  chainsAsParallel,
  cloneNetwork,
  deepAsParallel,
  forward,
  gradient,
  layers,
  objective,
  parallelNetwork,
  regularizer,
  reluNetwork,
  resNetAsParallel,
} from '../../../core/networks/index.ts'
import { example, random, relu, same } from './fixtures.ts'

describe('parallel', () => {
  const X = random(9, 4, 1)

  it('of single units is a ReLU network with output weights |w2|₊·w3', () => {
    const branches = [0.7, -0.4, 1.5].map(
      (w2, k) => [random(4, 1, k), Matrix.fromRows([[w2]]), random(1, 2, 10 + k)] as const,
    )
    const network = parallelNetwork(branches, [4, 1, 1, 2])
    const W1 = Matrix.fromRows([0, 1, 2, 3].map((i) => branches.map(([W]) => W.data[i])))
    const W2 = Matrix.fromRows(
      branches.map(([, w2, w3]) => [...w3.data].map((value) => Math.max(0, w2.data[0]) * value)),
    )
    same(forward(network, X), forward(reluNetwork(W1, W2), X))
    const norms = branches.map(
      ([w1, w2, w3]) => Math.hypot(...w1.data) * Math.abs(w2.data[0]) * Math.hypot(...w3.data),
    )
    expect(regularizer(network)).toBeCloseTo(norms[0] + norms[1] + norms[2], 12)
  })

  it('of chains responds and decays like the ReLU network with a diagonal layer', () => {
    const diagonal = Matrix.zeros(3, 3)
    ;[0.7, -0.4, 1.5].forEach((value, k) => diagonal.set(k, k, value))
    const one = reluNetwork(random(4, 3, 2), diagonal, random(3, 2, 3))
    const chains = chainsAsParallel(one)
    same(forward(chains, X), forward(one, X))
    expect(regularizer(chains)).toBeCloseTo(regularizer(one), 12)
    expect(layers(chains).map(({ data }) => [...data])).toEqual(layers(one).map(({ data }) => [...data]))
    expect(() => chainsAsParallel(reluNetwork(random(4, 3, 2), random(3, 2, 3)))).toThrow('3 layers')
  })

  it('has a path norm that is the sum over paths, written out', () => {
    const { network } = example('parallel', 'squared')
    let total = 0
    for (const [W1, W2, W3] of branchesOf(network)) {
      let squares = 0
      for (let j = 0; j < W2.rows; j++) {
        for (let l = 0; l < W2.cols; l++) {
          for (let o = 0; o < W3.cols; o++) {
            squares += (Math.hypot(...W1.columnCopy(j)) * W2.get(j, l) * W3.get(l, o)) ** 2
          }
        }
      }
      total += Math.sqrt(squares)
    }
    expect(regularizer(network)).toBeCloseTo(total, 12)
    expect(objective(network, X, random(9, 2, 3), 'squared', 0.5)).toBeCloseTo(
      objective(network, X, random(9, 2, 3), 'squared', 0) + 0.5 * total,
      11,
    )
  })

  it('keeps response and path norm when a unit passes its scale on', () => {
    const { network } = example('parallel', 'squared')
    const other = cloneNetwork(network)
    const [W1, W2, W3] = branchesOf(other)[1]
    for (let i = 0; i < W1.rows; i++) W1.set(i, 1, 5 * W1.get(i, 1))
    for (let l = 0; l < W2.cols; l++) W2.set(1, l, W2.get(1, l) / 5)
    for (let j = 0; j < W2.rows; j++) W2.set(j, 0, W2.get(j, 0) / 3)
    for (let k = 0; k < W3.cols; k++) W3.set(0, k, 3 * W3.get(0, k))
    same(forward(other, X), forward(network, X))
    expect(regularizer(other)).toBeCloseTo(regularizer(network), 12)
  })

  it('is homogeneous: scaling the last layer scales response and path norm', () => {
    const { network } = example('parallel', 'squared')
    const doubled = cloneNetwork(network)
    doubled.arrays.W3.data.forEach((value, i) => (doubled.arrays.W3.data[i] = 2 * value))
    same(
      forward(doubled, X),
      new Matrix(
        9,
        2,
        forward(network, X).data.map((value) => 2 * value),
      ),
    )
    expect(regularizer(doubled)).toBeCloseTo(2 * regularizer(network), 12)
  })

  it('has gradient 0 of the path norm at a sub-network without paths', () => {
    const { network, Y } = example('parallel', 'squared')
    branchesOf(network)[0][1].data.fill(0)
    const { gradient: g } = gradient(network, X, Y, 'squared', 0.3)
    for (const { data } of Object.values(g)) expect(data.every(Number.isFinite)).toBe(true)
    expect(activeNeurons(network)).toBe(2)
  })

  it('is the one ReLU network of its layers', () => {
    const { network } = example('parallel', 'squared')
    same(forward(reluNetwork(...layers(network)), X), forward(network, X))
    const { alignments } = measureLayers(network)
    expect(alignments.every((value) => value !== null && value <= 1)).toBe(true)
  })

  it('without sub-networks is zero', () => {
    const network = parallelNetwork([], [4, 3, 2, 2])
    expect([...forward(network, X).data]).toEqual(Array(18).fill(0))
    expect([regularizer(network), activeNeurons(network)]).toEqual([0, 0])
  })
})

describe('as parallel networks', () => {
  it('standard three-layer networks keep their predictions', () => {
    const X = random(9, 4, 1)
    const deep = reluNetwork(random(4, 3, 2), random(3, 5, 3), random(5, 2, 4))
    same(forward(deepAsParallel(deep), X), forward(deep, X))
    expect(() => deepAsParallel(reluNetwork(random(4, 3, 2), random(3, 2, 3)))).toThrow('3 layers')
  })

  it('shallow ResNets keep their predictions on non-negative inputs', () => {
    const X = new Matrix(9, 4, random(9, 4, 1).data.map(Math.abs))
    const [W1, W2, W3] = [random(4, 4, 2), random(4, 3, 3), random(3, 2, 4)]
    const block = multiply(relu(multiply(relu(multiply(X, W1)), W2)), W3)
    const skip = multiply(relu(multiply(X, W2)), W3)
    const sum = new Matrix(
      9,
      2,
      block.data.map((value, i) => value + skip.data[i]),
    )
    same(forward(resNetAsParallel({ W1, W2, W3 }), X), sum)
    expect(() => resNetAsParallel({ W1: random(4, 3, 2), W2: random(3, 3, 3), W3 })).toThrow('square')
  })
})
