import { expect } from 'vitest'
import {
  NETWORK_SCHEMAS,
  type FamilyId,
  type LossId,
  type NetworkSettings,
} from '../../../core/experiments/document.ts'
import type { TrainedNetwork } from '../../../core/experiments/problem.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { rectify } from '../../../core/networks/feedforward.ts'
import { cloneNetwork, gradient, NETWORKS, objective, parameters } from '../../../core/networks/index.ts'
import { stream } from '../../../core/random/index.ts'

export const FAMILIES = Object.keys(NETWORKS) as FamilyId[]
/** Each loss with a label matrix it accepts. */
export const LOSS_IDS: LossId[] = ['squared', 'hinge', 'logistic', 'cross-entropy']

export interface Example {
  X: Matrix
  Y: Matrix
  network: TrainedNetwork
}

/** The document's settings of a family at `width`, small ones where there is no width. */
export function settingsOf(family: FamilyId, width: number): NetworkSettings {
  const sizes = family.startsWith('parallel') ? { m1: 3, m2: 2, branches: 3 } : { width }
  const filter = family === 'conv-bn' ? { filter: 2 } : {}
  return NETWORK_SCHEMAS[family].parse({ family, ...sizes, ...filter })
}

/** Random data with a non-zero mean, and a random network with no parameter left at its special initial value. */
export function example(family: FamilyId, loss: LossId, { n = 9, d = 4, width = 5, seed = 1 } = {}): Example {
  const source = stream(seed).split(family).split(loss)
  const X = new Matrix(
    n,
    d,
    source.normals(n * d).map((value, i) => value + (i % d)),
  )
  const outputs = loss === 'squared' ? 2 : loss === 'cross-entropy' ? 3 : 1
  const Y = Matrix.zeros(n, outputs)
  for (let i = 0; i < n; i++) {
    if (loss === 'squared') Y.row(i).set(source.normals(outputs))
    else if (loss === 'cross-entropy') Y.set(i, source.integer(outputs), 1)
    else Y.set(i, 0, source.uniform() < 0.5 ? -1 : 1)
  }
  const network = NETWORKS[family].initialize(
    { n, d, outputs, network: settingsOf(family, width), image: null },
    { kind: 'gaussian', scale: 0.7 },
    source.split('weights'),
  )
  if (NETWORKS[family].batchStatistics) {
    network.arrays.gamma.data.set(source.normals(width).map((t) => 2 + t))
    network.arrays.alpha.data.set(source.normals(width))
  }
  return { X, Y, network: NETWORKS[family].refreshStatistics(network, X) }
}

/** Rows first … first + rows − 1, a copy. */
export function slice(A: Matrix, first: number, rows: number): Matrix {
  return new Matrix(rows, A.cols, A.data.slice(first * A.cols, (first + rows) * A.cols))
}

/** Largest |a − b|. */
export function maxDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let worst = 0
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i] - b[i]))
  return worst
}

/** A Gaussian matrix that depends on its size and the seed. */
export const random = (rows: number, cols: number, seed: number): Matrix =>
  new Matrix(
    rows,
    cols,
    stream(seed)
      .split(rows)
      .split(cols)
      .normals(rows * cols),
  )
/** max(A, 0), a copy. */
export const relu = (A: Matrix): Matrix => rectify(A.clone())
/** Expects equal shapes and entries up to rounding. */
export const same = (A: Matrix, B: Matrix): void => {
  expect([A.rows, A.cols]).toEqual([B.rows, B.cols])
  expect(maxDifference(A.data, B.data)).toBeLessThan(1e-12 * (1 + Math.max(...B.data.map(Math.abs))))
}

/** Central differences of the objective against its gradient, every parameter. */
export function expectGradient(network: TrainedNetwork, X: Matrix, Y: Matrix): void {
  const h = 1e-5
  const { gradient: g } = gradient(network, X, Y, 'squared', 0.3)
  for (const { name } of parameters(network)) {
    const difference = network.arrays[name].data.map((_, at) => {
      const [up, down] = [cloneNetwork(network), cloneNetwork(network)]
      up.arrays[name].data[at] += h
      down.arrays[name].data[at] -= h
      return (objective(up, X, Y, 'squared', 0.3) - objective(down, X, Y, 'squared', 0.3)) / (2 * h)
    })
    const largest = Math.max(1, ...g[name].data.map(Math.abs))
    expect(maxDifference(g[name].data, difference) / largest, name).toBeLessThan(2e-6)
  }
}
