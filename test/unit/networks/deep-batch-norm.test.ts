import { describe, expect, it } from 'vitest'
import { NETWORK_SCHEMAS, type NetworkSettings } from '../../../core/experiments/document.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { multiply } from '../../../core/linalg/products.ts'
import { LOSSES } from '../../../core/losses/index.ts'
import type { NormalizedLayer } from '../../../core/networks/bn-front.ts'
import {
  activeNeurons,
  bnReluNetwork,
  cloneNetwork,
  forward,
  gradient,
  layers,
  NETWORKS,
  objective,
  parameters,
  regularizer,
  reluBnNetwork,
  toStandardBatchNorm,
} from '../../../core/networks/index.ts'
import { convertNetwork } from '../../../core/networks/precision.ts'
import { stream } from '../../../core/random/index.ts'
import { expectGradient, maxDifference, random, relu, same, slice } from './fixtures.ts'

const FAMILIES = ['bn-relu', 'relu-bn'] as const
const make = { 'bn-relu': bnReluNetwork, 'relu-bn': reluBnNetwork }
const [n, d, K] = [11, 4, 2]
const WIDTHS = [5, 3, 6]

const scales = (width: number, seed: number) => ({
  gamma: random(1, width, seed).data.map((value) => 2 + value),
  alpha: random(1, width, seed + 1).data,
})
const front: NormalizedLayer[] = WIDTHS.slice(0, -1).map((width, l) => ({
  W: random([d, ...WIDTHS][l], width, 10 + l),
  ...scales(width, 20 + 2 * l),
}))
const last = { W1: random(WIDTHS[1], WIDTHS[2], 30), ...scales(WIDTHS[2], 31), W2: random(WIDTHS[2], K, 33) }
const X = random(n, d, 1)
const Y = random(n, K, 2)
const settings = (family: (typeof FAMILIES)[number], width: number, depth: number): NetworkSettings =>
  NETWORK_SCHEMAS[family].parse({ family, layers: depth, width })

/** The normalisation of one layer as the papers write it, column by column. */
function normalized(H: Matrix, gamma: Float64Array, alpha: Float64Array): Matrix {
  const result = H.clone()
  for (let j = 0; j < H.cols; j++) {
    const column = H.columnCopy(j)
    const mean = column.reduce((sum, value) => sum + value, 0) / H.rows
    const norm = Math.hypot(...column.map((value) => value - mean))
    column.forEach((value, i) =>
      result.set(i, j, ((value - mean) / norm) * gamma[j] + alpha[j] / Math.sqrt(H.rows)),
    )
  }
  return result
}

describe.each(FAMILIES)('deep %s', (family) => {
  const network = make[family](last, X, front)
  const all = [...front, { W: last.W1, gamma: last.gamma, alpha: last.alpha }]

  it('responds layer by layer, by its formula written out', () => {
    const A = all.reduce((input, { W, gamma, alpha }) => {
      const H = multiply(input, W)
      return family === 'bn-relu' ? relu(normalized(H, gamma, alpha)) : normalized(relu(H), gamma, alpha)
    }, X)
    same(forward(network, X), multiply(A, last.W2))
  })

  it('names the arrays of every layer and trains all but the statistics', () => {
    expect(parameters(network).map(({ name, regularized }) => (regularized ? `${name}*` : name))).toEqual([
      ...['W1', 'gamma1', 'alpha1', 'W2', 'gamma2', 'alpha2', 'W3', 'gamma3*', 'alpha3*', 'W4*'],
    ])
    expect(Object.keys(network.arrays).filter((name) => /mean|norm|^n$/.test(name))).toEqual([
      ...['mean1', 'norm1', 'mean2', 'norm2', 'mean3', 'norm3', 'n'],
    ])
    expect(layers(network).map(({ rows, cols }) => `${rows}×${cols}`)).toEqual(['4×5', '5×3', '3×6', '6×2'])
  })

  it('regularises the last normalisation and the output alone', () => {
    const squares = [last.gamma, last.alpha, last.W2.data].map((a) => a.reduce((sum, v) => sum + v * v, 0))
    expect(regularizer(network)).toBeCloseTo(squares.reduce((a, b) => a + b) / 2, 12)
  })

  it('has the gradient of its objective, every parameter', () => {
    expectGradient(network, X, Y)
  })

  it('has the gradient of a batch too', () => {
    const [Xb, Yb] = [slice(X, 2, 6), slice(Y, 2, 6)]
    const at = (moved: typeof network) => NETWORKS[family].lossGradient(moved, Xb, Yb, LOSSES.squared, n)
    const { gradient: g } = at(network)
    for (const { name } of parameters(network)) {
      const direction = stream(3).split(name).normals(g[name].data.length)
      const slope = direction.reduce((sum, value, i) => sum + value * g[name].data[i], 0)
      const along = (t: number): number => {
        const moved = cloneNetwork(network)
        direction.forEach((value, i) => (moved.arrays[name].data[i] += t * value))
        return at(moved).loss
      }
      const difference = (along(1e-6) - along(-1e-6)) / 2e-6
      expect(Math.abs(difference - slope) / Math.max(1, Math.abs(slope)), name).toBeLessThan(1e-6)
    }
  })

  it('has the same gradient in single precision, to its rounding', () => {
    const like = new Float32Array(0)
    const inSingle = (A: Matrix) => new Matrix(A.rows, A.cols, Float32Array.from(A.data))
    const single = convertNetwork(network, like)
    const low = NETWORKS[family].lossGradient(single, inSingle(X), inSingle(Y), LOSSES.squared, n)
    const high = NETWORKS[family].lossGradient(network, X, Y, LOSSES.squared, n)
    expect(low.loss / high.loss).toBeCloseTo(1, 5)
    for (const { name } of parameters(network)) {
      const { data } = high.gradient[name]
      expect(low.gradient[name].data).toBeInstanceOf(Float32Array)
      const scale = Math.max(...data.map(Math.abs))
      expect(maxDifference(low.gradient[name].data, data) / scale, name).toBeLessThan(1e-4)
    }
  })

  it('gives a batch the scale of the whole set: duplicated rows change nothing', () => {
    const twice = (A: Matrix): Matrix => new Matrix(2 * A.rows, A.cols, Float64Array.of(...A.data, ...A.data))
    const whole = NETWORKS[family].lossGradient(network, twice(X), twice(Y), LOSSES.squared, 2 * n)
    const batch = NETWORKS[family].lossGradient(network, X, Y, LOSSES.squared, 2 * n)
    expect(2 * batch.loss).toBeCloseTo(whole.loss, 11)
    for (const { name } of parameters(network)) {
      const doubled = batch.gradient[name].data.map((value) => 2 * value)
      expect(maxDifference(doubled, whole.gradient[name].data), name).toBeLessThan(1e-10)
    }
  })

  it('uses the stored training statistics of every layer for other rows', () => {
    const F = forward(network, X)
    expect(maxDifference(forward(network, slice(X, 3, 2)).data, slice(F, 3, 2).data)).toBeLessThan(1e-13)
    const stale = cloneNetwork(network)
    for (const name of ['mean1', 'norm2', 'mean3']) stale.arrays[name].data.fill(0.3)
    expect(maxDifference(forward(stale, X).data, F.data)).toBeGreaterThan(1e-3)
    same(forward(NETWORKS[family].refreshStatistics(stale, X), X), F)
    // The objective takes the statistics of the data themselves.
    expect(objective(stale, X, Y, 'squared', 0.1)).toBe(objective(network, X, Y, 'squared', 0.1))
  })

  it('does not depend on the scale of what comes before a normalisation', () => {
    const other = cloneNetwork(network)
    for (const name of ['W1', 'W2', 'gamma1', 'alpha1', 'W3', 'gamma2', 'alpha2']) {
      const by = name.endsWith('1') ? 7 : 0.2
      other.arrays[name].data.forEach((value, i) => (other.arrays[name].data[i] = by * value))
    }
    expect(objective(other, X, Y, 'squared', 0.1)).toBeCloseTo(objective(network, X, Y, 'squared', 0.1), 10)
  })

  it('is the same function in the standard-deviation convention', () => {
    const standard = toStandardBatchNorm(network)
    const A = all.reduce((input, { W }, l) => {
      const { weight, bias, runningMean, runningVariance } = standard[l]
      const before = family === 'relu-bn' ? relu(multiply(input, W)) : multiply(input, W)
      before.data.forEach((value, at) => {
        const j = at % before.cols
        before.data[at] = (weight[j] * (value - runningMean[j])) / Math.sqrt(runningVariance[j]) + bias[j]
      })
      return family === 'relu-bn' ? before : relu(before)
    }, X)
    same(multiply(A, last.W2), forward(network, X))
  })

  it('with a first layer that copies the data is the two-layer network on them', () => {
    // BN(X·I) with γ = norm and α = √n·mean is X itself; it stays where the data are positive.
    const positive = new Matrix(
      n,
      d,
      X.data.map((value) => Math.abs(value) + 0.1),
    )
    const columns = Array.from({ length: d }, (_, j) => positive.columnCopy(j))
    const mean = columns.map((column) => column.reduce((sum, value) => sum + value, 0) / n)
    const copy = {
      W: Matrix.fromRows(columns.map((_, j) => columns.map((_, k) => (j === k ? 1 : 0)))),
      gamma: Float64Array.from(columns, (column, j) => Math.hypot(...column.map((v) => v - mean[j]))),
      alpha: Float64Array.from(mean, (value) => Math.sqrt(n) * value),
    }
    const weights = { ...last, W1: random(d, WIDTHS[2], 40) }
    const deep = make[family](weights, positive, [copy])
    const plain = make[family](weights, positive)
    same(forward(deep, positive), forward(plain, positive))
    const [gDeep, gPlain] = [deep, plain].map((net) => gradient(net, positive, Y, 'squared', 0.1).gradient)
    expect(maxDifference(gDeep.W2.data, gPlain.W1.data)).toBeLessThan(1e-11)
    expect(maxDifference(gDeep.gamma2.data, gPlain.gamma.data)).toBeLessThan(1e-11)
    expect(maxDifference(gDeep.W3.data, gPlain.W2.data)).toBeLessThan(1e-11)
  })

  it('counts neurons whatever the scale of the layers before the last', () => {
    const scaled = cloneNetwork(network)
    scaled.arrays.gamma1.data.forEach((value, i) => (scaled.arrays.gamma1.data[i] = 1e9 * value))
    expect(activeNeurons(scaled)).toBe(14)
    scaled.arrays.W4.data.fill(0)
    expect(activeNeurons(scaled)).toBe(0)
  })

  it('is made with the layers and the width of the document, two layers as before', () => {
    const shape = { n, d, outputs: K, image: null }
    const start = (depth: number) =>
      NETWORKS[family].initialize(
        { ...shape, network: settings(family, 6, depth) },
        { kind: 'kaiming', scale: 1 },
        stream(1),
      )
    const deep = start(4)
    expect(layers(deep).map(({ rows, cols }) => [rows, cols])).toEqual([
      ...[
        [4, 6],
        [6, 6],
        [6, 6],
        [6, 2],
      ],
    ])
    expect([...deep.arrays.gamma2.data]).toEqual(Array<number>(6).fill(1))
    expect(Object.keys(start(2).arrays)).toEqual(['W1', 'gamma', 'alpha', 'W2', 'mean', 'norm', 'n'])
  })
})
