import { describe, expect, it } from 'vitest'
import type { TrainedNetwork } from '../../../core/experiments/problem.ts'
import { readNpz, writeNpz } from '../../../core/export/npz.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { multiply } from '../../../core/linalg/products.ts'
import {
  extractPatches,
  forward,
  layers,
  patchGeometry,
  toStandardBatchNorm,
} from '../../../core/networks/index.ts'
import { example, FAMILIES, relu, same } from './fixtures.ts'

describe('exports', () => {
  it.each(FAMILIES)('%s weights survive an NPZ archive, shapes and all', (family) => {
    const { X, network } = example(family, 'squared')
    const read: TrainedNetwork = { family, arrays: readNpz(writeNpz(network.arrays, { family })) }
    expect(read).toEqual(network)
    expect(forward(read, X)).toEqual(forward(network, X))
  })

  it.each(['relu-bn', 'conv-bn'] as const)(
    '%s is the same in the standard-deviation convention',
    (family) => {
      const { X, network } = example(family, 'squared')
      const [W1, W2] = layers(network)
      const { weight, bias, runningMean, runningVariance } = toStandardBatchNorm(network)[0]
      const geometry = patchGeometry({ filter: 2, stride: 1, padding: 0 }, { d: 4, image: null })
      const rows = family === 'conv-bn' ? extractPatches(X, geometry) : X
      const hidden = multiply(rows, W1)
      const before = family === 'relu-bn' ? relu(hidden) : hidden
      const scaled = before.clone()
      scaled.data.forEach((value, at) => {
        const j = at % scaled.cols
        const normalized = (value - runningMean[j]) / Math.sqrt(runningVariance[j])
        scaled.data[at] = weight[j] * normalized + bias[j]
      })
      const perRow = multiply(family === 'conv-bn' ? relu(scaled) : scaled, W2)
      const group = rows.rows / X.rows
      const F = Matrix.zeros(X.rows, 2)
      perRow.data.forEach((value, at) => (F.data[Math.floor(at / (2 * group)) * 2 + (at % 2)] += value))
      same(forward(network, X), F)
    },
  )
})
