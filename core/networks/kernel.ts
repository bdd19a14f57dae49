import type { TrainedNetwork } from '../experiments/problem.ts'
import { Matrix } from '../linalg/matrix.ts'
import { dot, multiply, rowNorms } from '../linalg/products.ts'
import { fromMatrix, fromVector, matrixOf, vectorOf } from './arrays.ts'
import { rowBlocks, rowRange } from './blocks.ts'
import type { NetworkModel } from './family.ts'
import { tangentKernel } from './tangent-kernel.ts'

export interface KernelSettings {
  /** Whether rows are extended by a 1 before they are compared. */
  bias: boolean
  /** What is regularised: ½‖C‖², the coefficients (Ergen & Pilanci 2021, (20)), or ½⟨C, K·C⟩, the function. */
  norm: 'coefficients' | 'function'
}

/**
 * F = K(X, A)·C: A n×d the training rows (`points`), C n×K (`coefficients`), K the tangent kernel of infinitely wide
 * two-layer ReLU networks (THEORY §6; see {@link tangentKernel}); `settings` holds [bias, function norm] as 0 or 1.
 *
 * Another model than any network of the document: its weights are not trained by gradients here.
 */
export const kernel: NetworkModel = {
  id: 'kernel',
  title: 'tangent kernel',
  regularizer: { value: (network) => kernelNorm(network as TrainedNetwork) },
  forward: respond,
  trainingLoss: (network, X, Y, loss) => loss.value(respond(network, X), Y),
  refreshStatistics: (network) => network,
  layers: (network) => [matrixOf(network, 'coefficients')],
  neuronSizes: (network) => rowNorms(matrixOf(network, 'coefficients')),
}

/** The model of these training rows A (n×d) and coefficients C (n×K), sharing their memory. */
export function kernelModel(A: Matrix, C: Matrix, { bias, norm }: KernelSettings): TrainedNetwork {
  return {
    family: 'kernel',
    arrays: {
      points: fromMatrix(A),
      coefficients: fromMatrix(C),
      settings: fromVector(Float64Array.of(bias ? 1 : 0, norm === 'function' ? 1 : 0)),
    },
  }
}

function respond(network: TrainedNetwork, X: Matrix): Matrix {
  const [A, C] = [matrixOf(network, 'points'), matrixOf(network, 'coefficients')]
  const bias = hasBias(network)
  const F = Matrix.zeros(X.rows, C.cols)
  for (const { first, rows } of rowBlocks(X.rows, A.rows)) {
    multiply(tangentKernel(rowRange(X, first, rows), A, bias), C, { out: rowRange(F, first, rows) })
  }
  return F
}

const hasBias = (network: TrainedNetwork): boolean => vectorOf(network, 'settings')[0] === 1

function kernelNorm(network: TrainedNetwork): number {
  const C = matrixOf(network, 'coefficients')
  const isOfFunction = vectorOf(network, 'settings')[1] === 1
  return 0.5 * dot(C.data, isOfFunction ? respond(network, matrixOf(network, 'points')).data : C.data)
}
