import { enumerateArrangement } from '../../arrangements/arrangement.ts'
import { Matrix } from '../../linalg/matrix.ts'
import { dot, norm2 } from '../../linalg/products.ts'
import { spectralNorm } from '../../linalg/svd.ts'
import type { BlockProjector } from '../../solvers/cone-projector.ts'
import { PooledDictionary } from '../dictionaries/pooled.ts'
import type { CutOracle, PricedNeuron } from './neuron.ts'
import { ranked } from './spike-free-oracle.ts'

/** The cells of neurons whose hyperplane goes through one point: the origin, or a sample. */
interface Frame {
  dictionary: PooledDictionary
  projector: BlockProjector
  /** The sample, in the coordinates of the data; null without biases. */
  origin: Float64Array | null
  /** Number of the first cell. */
  first: number
}

/**
 * max ±vᵀ(Au)₊ over ‖u‖ ≤ 1, exactly: over every cell of the arrangement the maximum is the norm of a cone projection
 * (THEORY §4).
 *
 * @param A n×r of full column rank
 * @throws BidualError too-large when there can be more than `limit` cells
 */
export function exactOracle(A: Matrix, limit: number): CutOracle {
  return overFrames([frameOf(A, null, 0, limit)])
}

/**
 * max ±vᵀ(Au + b1)₊ over ‖u‖ ≤ 1 and b, exactly, for 1ᵀv = 0. For a given u the value is piecewise linear in b and bounded,
 * so that some best b has its kink at a sample (Ergen & Pilanci 2021 (JMLR), Cor. 2.1): the oracle without biases on the
 * differences to every sample.
 *
 * @param A n×r, the centred data in their row space; @param limit of the cells of all samples together
 * @throws BidualError too-large when there can be more
 */
export function exactOracleWithBias(A: Matrix, limit: number): CutOracle {
  const frames: Frame[] = []
  let first = 0
  for (let k = 0; k < A.rows; k++) {
    if (frames.some(({ origin }) => origin!.every((value, c) => value === A.get(k, c)))) continue
    const frame = frameOf(differencesTo(A, k), A.row(k).slice(), first, limit - first)
    frames.push(frame)
    first += frame.dictionary.count
  }
  return overFrames(frames)
}

function frameOf(A: Matrix, origin: Float64Array | null, first: number, limit: number): Frame {
  const dictionary = new PooledDictionary(A, enumerateArrangement(A, limit))
  return { dictionary, projector: dictionary.projector(), origin, first }
}

function differencesTo(A: Matrix, k: number): Matrix {
  const result = A.clone()
  for (let i = 0; i < A.rows; i++) {
    const row = result.row(i)
    for (let c = 0; c < row.length; c++) row[c] -= A.get(k, c)
  }
  return result
}

function overFrames(frames: readonly Frame[]): CutOracle {
  const cells = frames.reduce((sum, { dictionary }) => sum + dictionary.count, 0)
  return {
    cells,
    price(v, floor) {
      const found = frames.map((frame) => priceFrame(frame, v, floor))
      const { neurons } = ranked(
        found.flatMap((frame) => frame.neurons),
        floor,
      )
      return { rho: found.reduce((most, { rho }) => Math.max(most, rho), 0), neurons }
    },
    boundVectors: (V) => frames.reduce((most, frame) => Math.max(most, boundFrame(frame, V)), 0),
  }
}

/** The best neuron of every cell and sign above `floor`; `rho` also counts the bounds of what was not projected. */
function priceFrame(
  { dictionary, projector, origin, first }: Frame,
  v: Float64Array,
  floor: number,
): { rho: number; neurons: PricedNeuron[] } {
  const { count, size } = dictionary
  const gradients = new Float64Array(count * size)
  dictionary.pullAll(v, gradients)
  const neurons: PricedNeuron[] = []
  let rho = 0
  for (let cell = 0; cell < count; cell++) {
    const gradient = gradients.subarray(cell * size, (cell + 1) * size)
    const bound = norm2(gradient)
    if (bound <= floor) {
      rho = Math.max(rho, bound)
      continue
    }
    for (const sign of [1, -1]) {
      projector.load(cell)
      const z = gradient.map((t) => sign * t)
      const value = projector.project(z, floor)
      rho = Math.max(rho, value)
      if (value <= floor) continue
      const u = projector.projection.map((t) => t / value)
      neurons.push({ u, b: origin ? -dot(origin, u) : 0, value, cell: first + cell })
    }
  }
  return { rho, neurons }
}

/** max over the cells of σ_max(VᵀD_iA): no neuron of the frame responds with more. */
function boundFrame({ dictionary }: Frame, V: Matrix): number {
  const columns = Array.from({ length: V.cols }, (_, k) => V.columnCopy(k))
  const M = Matrix.zeros(V.cols, dictionary.size)
  let most = 0
  for (let cell = 0; cell < dictionary.count; cell++) {
    columns.forEach((column, k) => {
      dictionary.pull(cell, column, M.row(k))
    })
    most = Math.max(most, spectralNorm(M))
  }
  return most
}
