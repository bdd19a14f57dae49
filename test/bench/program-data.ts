import { spectrumOf } from '../../core/data/spectrum.ts'
import { networkSchema } from '../../core/experiments/document.ts'
import type { Problem } from '../../core/experiments/problem.ts'
import { Matrix } from '../../core/linalg/matrix.ts'
import { forward, parallelNetwork, type Branch } from '../../core/networks/index.ts'
import { stream } from '../../core/random/index.ts'

/** A problem with the squared loss on prepared matrices. */
export function problemOf(settings: object, X: Matrix, Y: Matrix, beta: number): Problem {
  const { rank, rankCentered, sigmaMax, sigmaMin } = spectrumOf(X)
  return {
    X,
    Y,
    test: null,
    network: networkSchema.parse(settings),
    loss: 'squared',
    beta,
    summary: {
      sha256: '',
      n: X.rows,
      d: X.cols,
      outputs: Y.cols,
      nTest: 0,
      classes: [],
      classCounts: [],
      labels: 'real',
      rank,
      rankWithOnes: rank,
      rankCentered,
      sigmaMax,
      sigmaMin,
      whitenedError: null,
      image: null,
    },
  }
}

/** Five Gaussian rows, and the predictions of a random parallel network of five branches for them. */
export function toyProblem(seed = 1): Problem {
  const source = stream(seed)
  const [n, d, m1] = [5, 2, 3]
  const X = new Matrix(n, d, source.normals(n * d))
  const branch = (): Branch => [
    new Matrix(d, m1, source.normals(d * m1)),
    new Matrix(m1, 1, source.normals(m1)),
    new Matrix(1, 1, source.normals(1)),
  ]
  const branches = Array.from({ length: 5 }, branch)
  const Y = forward(parallelNetwork(branches, [d, m1, 1, 1]), X)
  return problemOf({ family: 'parallel', m1, m2: 1 }, X, Y, 0.002)
}
