import { describe, expect, it } from 'vitest'
import { labelBound, labelClaim } from '../../../core/certificates/label-bound.ts'
import { NETWORK_SCHEMAS, METHOD_SCHEMAS, type NetworkSettings } from '../../../core/experiments/document.ts'
import { runSgd } from '../../../core/experiments/methods/sgd.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { norm2 } from '../../../core/linalg/products.ts'
import { NETWORKS, objective, shapeOf } from '../../../core/networks/index.ts'
import { stream } from '../../../core/random/index.ts'
import { context, finish, gaussian, oneHot, problemOf } from '../closed-form/fixtures.ts'

const settings = (family: NetworkSettings['family'], changes: object): NetworkSettings =>
  NETWORK_SCHEMAS[family].parse({ family, ...changes })

const NETWORKS_WITH_NORM: [string, NetworkSettings][] = [
  ['bn-relu', settings('bn-relu', { width: 4 })],
  ['bn-relu, four layers', settings('bn-relu', { layers: 4, width: 4 })],
  ['relu-bn', settings('relu-bn', { width: 4 })],
  ['relu-bn, three layers', settings('relu-bn', { layers: 3, width: 4 })],
  ['conv-bn', settings('conv-bn', { filter: 3, padding: 1, width: 4 })],
]
const X = gaussian(9, 5, 1)
const TARGETS: [string, Matrix, 'real' | 'one-hot'][] = [
  ['one-hot', oneHot(9, 3, 1), 'one-hot'],
  ['real', Matrix.column(stream(2).normals(9)), 'real'],
  ['real, two outputs', gaussian(9, 2, 3), 'real'],
]

describe.each(NETWORKS_WITH_NORM)('the bound from the labels, %s', (_, network) => {
  it.each(TARGETS)('is never above a network, targets %s', (_name, Y, labels) => {
    for (const beta of [0.05, 0.7]) {
      const problem = problemOf(X, Y, labels, { network, beta })
      const { lowerBound } = labelClaim(problem)!
      expect(lowerBound).toBeGreaterThan(0)
      const family = NETWORKS[network.family]
      for (let trial = 0; trial < 40; trial++) {
        const source = stream(trial)
        const start = family.initialize(
          shapeOf(problem),
          { kind: 'gaussian', scale: 0.5 },
          source.split('start'),
        )
        for (const { name } of family.parameters(start)) {
          const { data } = start.arrays[name]
          const noise = source.split(name).normals(data.length)
          data.forEach((value, i) => (data[i] = 0.5 * value + 0.5 * noise[i]))
        }
        expect(objective(start, X, Y, 'squared', beta)).toBeGreaterThanOrEqual(lowerBound!)
      }
    }
  })
})

it('is ½‖Y‖² from β_max = the largest part on, the zero network', () => {
  const Y = oneHot(9, 3, 1)
  const largest = Math.max(...[0, 1, 2].map((k) => norm2(Y.columnCopy(k))))
  for (const family of ['bn-relu', 'relu-bn'] as const) {
    expect(labelBound({ Y, family, loss: 'squared', beta: largest, patches: 1 })).toBeCloseTo(4.5, 13)
    expect(labelBound({ Y, family, loss: 'squared', beta: 0.9 * largest, patches: 1 })).toBeLessThan(4.5)
  }
})

it('says nothing about other losses and other families', () => {
  const Y = oneHot(9, 3, 1)
  expect(labelBound({ Y, family: 'bn-relu', loss: 'cross-entropy', beta: 1, patches: 1 })).toBeNull()
  expect(labelBound({ Y, family: 'relu', loss: 'squared', beta: 1, patches: 1 })).toBeNull()
})

it('is what gradient training of a batch-normalised network is held against', () => {
  const run = (network: NetworkSettings) => {
    const problem = problemOf(X, oneHot(9, 3, 1), 'one-hot', { network, beta: 0.2 })
    const sgd = METHOD_SCHEMAS.sgd.parse({ id: 'sgd', epochs: 20, batchSize: 'full' })
    return { problem, outcome: finish(runSgd(problem, sgd, context())).outcome }
  }
  const { problem, outcome } = run(settings('bn-relu', { layers: 3, width: 8 }))
  expect(outcome.claim).toMatchObject({ level: 'bound', lowerBound: labelClaim(problem)!.lowerBound })
  expect(objective(outcome.network!, X, problem.Y, 'squared', 0.2)).toBeGreaterThan(outcome.claim.lowerBound!)
  expect(run(settings('relu', { width: 8 })).outcome.claim.level).toBe('none')
})
