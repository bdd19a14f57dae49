import { describe, expect, it } from 'vitest'
import { NETWORK_SCHEMAS, type FamilyId } from '../../../core/experiments/document.ts'
import type { Problem, TrainedNetwork } from '../../../core/experiments/problem.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { LOSSES } from '../../../core/losses/index.ts'
import {
  cloneNetwork,
  gradient,
  NETWORKS,
  objective,
  parameters,
  regularizer,
  regularizerGradient,
} from '../../../core/networks/index.ts'
import { convertNetwork } from '../../../core/networks/precision.ts'
import { stream } from '../../../core/random/index.ts'
import { example, LOSS_IDS, maxDifference } from './fixtures.ts'

/** Every family in every shape that its gradient distinguishes. */
const VARIANTS: [FamilyId, object, Problem['summary']['image']?][] = [
  ['relu', { width: 5 }],
  ['relu', { width: 4, layers: 4 }],
  ['relu-bias', { width: 5 }],
  ['relu-bias', { width: 4, layers: 3, outputBias: false }],
  ['bn-relu', { width: 5 }],
  ['bn-relu', { width: 4, layers: 4 }],
  ['relu-bn', { width: 5 }],
  ['relu-bn', { width: 4, layers: 3 }],
  ['conv-bn', { width: 4, filter: 2 }],
  ['conv-bn', { width: 4, filter: [2, 1], padding: 1, stride: 2 }, { height: 2, width: 2, channels: 1 }],
  ['parallel', { m1: 3, m2: 2, branches: 3 }],
  ['parallel-decay', { m1: 3, m2: 2, branches: 3 }],
  ['linear', { width: 5 }],
  ['linear', { width: 4, layers: 3 }],
]

const BETA = 0.3

/** The data of the loss, and a network of the variant with no parameter left at its special initial value. */
function started(
  [family, changes, image = null]: (typeof VARIANTS)[number],
  loss: (typeof LOSS_IDS)[number],
) {
  const { X, Y } = example('relu', loss)
  const source = stream(7).split(family).split(JSON.stringify(changes)).split(loss)
  const network = NETWORKS[family].initialize(
    {
      n: X.rows,
      d: X.cols,
      outputs: Y.cols,
      network: NETWORK_SCHEMAS[family].parse({ family, ...changes }),
      image,
    },
    { kind: 'gaussian', scale: 0.7 },
    source,
  )
  for (const [name, { data }] of Object.entries(network.arrays)) {
    if (/^(gamma|alpha|b)\d*$/.test(name))
      data.forEach((value, at) => (data[at] = value + source.normal(0, 0.5)))
  }
  return { X, Y, network }
}

/** Central differences of f at the network, for every parameter. */
function differences(
  network: TrainedNetwork,
  f: (network: TrainedNetwork) => number,
): Record<string, Float64Array> {
  const h = 1e-5
  const entries = parameters(network).map(({ name }) => [
    name,
    network.arrays[name].data.map((_, at) => {
      const [up, down] = [cloneNetwork(network), cloneNetwork(network)]
      up.arrays[name].data[at] += h
      down.arrays[name].data[at] -= h
      return (f(up) - f(down)) / (2 * h)
    }),
  ])
  return Object.fromEntries(entries) as Record<string, Float64Array>
}

const titled = VARIANTS.map((variant) => ({ title: `${variant[0]} ${JSON.stringify(variant[1])}`, variant }))

describe.each(titled)('$title', ({ variant }) => {
  it.each(LOSS_IDS)('has the gradient of its objective with the %s loss', (loss) => {
    const { X, Y, network } = started(variant, loss)
    const { gradient: g } = gradient(network, X, Y, loss, BETA)
    const expected = differences(network, (at) => objective(at, X, Y, loss, BETA))
    for (const [name, values] of Object.entries(expected)) {
      const size = Math.max(1, ...values.map(Math.abs))
      expect(maxDifference(g[name].data, values) / size, name).toBeLessThan(2e-6)
    }
  })

  it('has the gradient of its regulariser', () => {
    const { network } = started(variant, 'squared')
    const g = regularizerGradient(network)
    for (const [name, values] of Object.entries(differences(network, regularizer))) {
      const own = name in g ? g[name].data : new Float64Array(values.length)
      expect(maxDifference(own, values), name).toBeLessThan(1e-8)
    }
  })

  it.each(LOSS_IDS)('has the same gradient of the %s loss in single precision, to its rounding', (loss) => {
    const { X, Y, network } = started(variant, loss)
    const family = NETWORKS[network.family as FamilyId]
    const exact = family.lossGradient(network, X, Y, LOSSES[loss], X.rows)
    const single = family.lossGradient(
      convertNetwork(network, new Float32Array(0)),
      new Matrix(X.rows, X.cols, Float32Array.from(X.data)),
      Y,
      LOSSES[loss],
      X.rows,
    )
    expect(single.loss / exact.loss).toBeCloseTo(1, 5)
    for (const { name } of parameters(network)) {
      const { data } = single.gradient[name]
      expect(data).toBeInstanceOf(Float32Array)
      const size = Math.max(1, ...exact.gradient[name].data.map(Math.abs))
      expect(maxDifference(data, exact.gradient[name].data) / size, name).toBeLessThan(1e-4)
    }
  })
})

describe('losses', () => {
  it.each(LOSS_IDS)('%s: value and gradient at once are value and gradient', (loss) => {
    const { X, Y, network } = started(VARIANTS[0], loss)
    const F = NETWORKS.relu.forward(network, X)
    const [value, expected] = [LOSSES[loss].value(F, Y), LOSSES[loss].gradient(F, Y)]
    expect(LOSSES[loss].replaceByGradient(F, Y)).toBeCloseTo(value, 12)
    expect(maxDifference(F.data, expected.data)).toBeLessThan(1e-14)
  })
})
