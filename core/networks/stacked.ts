import type { NamedArrays, TrainedNetwork } from '../experiments/problem.ts'
import { Matrix } from '../linalg/matrix.ts'
import { columnNorms, multiply, scaleColumns } from '../linalg/products.ts'
import { fromVector, matrixOf, vectorOf } from './arrays.ts'
import type { NetworkModel } from './family.ts'
import { rectify } from './feedforward.ts'
import { branchesOf, branchSizes, parallel } from './parallel.ts'
import { relu } from './relu.ts'

/**
 * Stages one on the other (Ergen & Pilanci 2023, Fig. 6): a stage is a two-layer `relu` or a `parallel` network, found on
 * the hidden responses of the stage before; F is that of the last one, and so is the regulariser. The arrays of stage s
 * are those of its network with `s1_`, `s2_`, … before their names; `settings` holds [input kept] as 0 or 1.
 *
 * Responses are passed on for neurons of unit size (see {@link stageFeatures}): then a stage can repeat what the one before
 * it did at the same cost.
 */
export const stacked: NetworkModel = {
  id: 'stacked',
  title: 'stack of convex stages',
  regularizer: { value: (network) => regularizerOf(lastStage(network as TrainedNetwork)) },
  forward: respond,
  trainingLoss: (network, X, Y, loss) => loss.value(respond(network, X), Y),
  refreshStatistics: (network) => network,
  layers: (network) => stagesOf(network).flatMap((stage) => modelOf(stage).layers(stage)),
  neuronSizes: (network) =>
    Float64Array.from(stagesOf(network).flatMap((stage) => [...modelOf(stage).neuronSizes(stage)])),
}

/** The model of these stages, from input to output, sharing their memory. */
export function stackedModel(stages: readonly TrainedNetwork[], keepsInput: boolean): TrainedNetwork {
  const arrays: NamedArrays = { settings: fromVector(Float64Array.of(keepsInput ? 1 : 0)) }
  stages.forEach((stage, s) => {
    for (const [name, array] of Object.entries(stage.arrays)) arrays[`s${s + 1}_${name}`] = array
  })
  return { family: 'stacked', arrays }
}

/** The networks of the stages, sharing memory. */
export function stagesOf(network: TrainedNetwork): TrainedNetwork[] {
  const stages: NamedArrays[] = []
  for (const [name, array] of Object.entries(network.arrays)) {
    const [, stage, own] = /^s(\d+)_(.*)$/.exec(name) ?? []
    if (stage) (stages[Number(stage) - 1] ??= {})[own] = array
  }
  return stages.map((arrays) => ({ family: 'W3' in arrays ? 'parallel' : 'relu', arrays }))
}

/**
 * What the next stage sees of A: the last hidden layer of a stage with neurons of unit size, (A·w)₊/‖w‖ or
 * ((A·W1)₊·w2)₊/√(Σⱼ‖w1ⱼ‖²w2ⱼ²), n×m, after A itself where the input is kept.
 */
export function stageFeatures(stage: TrainedNetwork, A: Matrix, keepsInput: boolean): Matrix {
  const hidden = stage.family === 'parallel' ? parallelHidden(stage, A) : reluHidden(stage, A)
  return keepsInput ? sideBySide([A, hidden]) : hidden
}

function respond(network: TrainedNetwork, X: Matrix): Matrix {
  const keepsInput = vectorOf(network, 'settings')[0] === 1
  const stages = stagesOf(network)
  const A = stages.slice(0, -1).reduce((features, stage) => stageFeatures(stage, features, keepsInput), X)
  const last = stages[stages.length - 1]
  return modelOf(last).forward(last, A)
}

const lastStage = (network: TrainedNetwork): TrainedNetwork => stagesOf(network).at(-1)

const modelOf = ({ family }: TrainedNetwork): NetworkModel => (family === 'parallel' ? parallel : relu)

function regularizerOf(stage: TrainedNetwork): number {
  if (stage.family === 'parallel') return parallel.regularizer!.value(stage)
  return 0.5 * ['W1', 'W2'].reduce((sum, name) => sum + squares(vectorOf(stage, name)), 0)
}

const squares = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0)

const inverse = (sizes: Float64Array): Float64Array => sizes.map((size) => (size > 0 ? 1 / size : 0))

function reluHidden(stage: TrainedNetwork, A: Matrix): Matrix {
  const W1 = matrixOf(stage, 'W1')
  return rectify(multiply(A, scaleColumns(W1, inverse(columnNorms(W1)))))
}

function parallelHidden(stage: TrainedNetwork, A: Matrix): Matrix {
  const [, , m2] = branchSizes(stage)
  const parts = branchesOf(stage).map(([W1, W2]) => {
    const into = columnNorms(W1)
    const sizes = Float64Array.from({ length: m2 }, (_, l) =>
      Math.hypot(...W2.columnCopy(l).map((w, j) => w * into[j])),
    )
    return rectify(multiply(rectify(multiply(A, W1)), scaleColumns(W2, inverse(sizes))))
  })
  return parts.length === 0 ? Matrix.zeros(A.rows, 0) : sideBySide(parts)
}

function sideBySide(parts: readonly Matrix[]): Matrix {
  const rows = parts[0].rows
  const result = Matrix.zeros(
    rows,
    parts.reduce((sum, { cols }) => sum + cols, 0),
  )
  for (let i = 0; i < rows; i++) {
    let at = 0
    for (const part of parts) {
      result.row(i).set(part.row(i), at)
      at += part.cols
    }
  }
  return result
}
