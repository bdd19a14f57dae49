import type { TrainedNetwork } from '../experiments/problem.ts'
import { Matrix } from '../linalg/matrix.ts'
import { multiply, norm2 } from '../linalg/products.ts'
import { fromMatrix, fromVector, matrixOf, vectorOf } from './arrays.ts'
import type { NetworkModel } from './family.ts'
import { encodeBlock, encodingBlocks, featureCount, type PatchEncoder } from './patch-features.ts'
import { geometryArray, geometryOf } from './patches.ts'
import { rowRange } from './blocks.ts'

/**
 * F = B·W with B the pooled responses of fixed filters to the patches of an image (see {@link PatchEncoder}) and W
 * (cells²·P)×K, regulariser ‖W‖₁ (Ergen & Pilanci 2021, Alg. 2): only W is fitted to the labels, by a convex program.
 */
export const randomFeatures: NetworkModel = {
  id: 'random-features',
  title: 'patch features',
  regularizer: { value: (network) => absoluteSum(matrixOf(network as TrainedNetwork, 'weights').data) },
  forward: respond,
  trainingLoss: (network, X, Y, loss) => loss.value(respond(network, X), Y),
  refreshStatistics: (network) => network,
  layers: (network) => [matrixOf(network, 'filters'), matrixOf(network, 'weights')],
  neuronSizes: filterSizes,
}

/** The model of an encoder and output weights W ((cells²·P)×K), sharing their memory. */
export function randomFeaturesModel(encoder: PatchEncoder, W: Matrix): TrainedNetwork {
  const { geometry, varianceFloor, mean, whitening, filters, pooling, cells } = encoder
  return {
    family: 'random-features',
    arrays: {
      geometry: fromVector(geometryArray(geometry)),
      settings: fromVector(Float64Array.of(varianceFloor, pooling === 'max' ? 1 : 0, cells)),
      mean: fromVector(mean),
      whitening: fromMatrix(whitening),
      filters: fromMatrix(filters),
      weights: fromMatrix(W),
    },
  }
}

/** The encoder of such a model. */
export function encoderOf(network: TrainedNetwork): PatchEncoder {
  const [varianceFloor, isMax, cells] = vectorOf(network, 'settings')
  return {
    geometry: geometryOf(vectorOf(network, 'geometry')),
    varianceFloor,
    mean: vectorOf(network, 'mean'),
    whitening: matrixOf(network, 'whitening'),
    filters: matrixOf(network, 'filters'),
    pooling: isMax === 1 ? 'max' : 'average',
    cells,
  }
}

function respond(network: TrainedNetwork, X: Matrix): Matrix {
  const encoder = encoderOf(network)
  const W = matrixOf(network, 'weights')
  const F = Matrix.zeros(X.rows, W.cols)
  for (const { first, rows } of encodingBlocks(encoder, X.rows)) {
    const features = Matrix.zeros(rows, featureCount(encoder))
    encodeBlock(encoder, rowRange(X, first, rows), { first: 0, rows }, features)
    multiply(features, W, { out: rowRange(F, first, rows) })
  }
  return F
}

/** Norm of the output weights of a filter over all cells and outputs. */
function filterSizes(network: TrainedNetwork): Float64Array {
  const W = matrixOf(network, 'weights')
  const P = matrixOf(network, 'filters').cols
  const sizes = new Float64Array(P)
  for (let row = 0; row < W.rows; row++) sizes[row % P] = Math.hypot(sizes[row % P], norm2(W.row(row)))
  return sizes
}

const absoluteSum = (values: ArrayLike<number>): number => {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += Math.abs(values[i])
  return sum
}
